-- Cancels a prediction by its id.

local replicate = require "replicate"

local client = assert(replicate.new())

-- Twenty pictures, which take a while.
local id = assert(client.predictions:create {
    version = "9c77a3c2f884193fcee4d89645f02a0b9def9434f9e03cb98460456b831c8772", -- fofr/consistent-character
    input = { prompt = "an astronaut, seen from all sides", number_of_outputs = 20 },
}).id

local prediction = assert(client.predictions:cancel(id))
print("canceled", prediction.id == id, prediction.status)

-- Whoever waits for it hears of it as of an error, with the prediction as it was seen last. (One that had ended before the
-- cancel came stays as it was.)
local ended, err = client:wait(id)
print("waiting", ended, err and err.kind, err and err.prediction.status)

-- To cancel once more changes nothing, and is no error.
print("again", assert(client.predictions:cancel(id)).status)
client:close()
