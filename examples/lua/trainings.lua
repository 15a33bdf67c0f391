-- Trains a model, waits for it with its progress, and runs what came out.
--
-- sandbox/trainable is a model of the local server: it learns which words follow which. At replicate.com take one that can
-- be trained there, with the input that it wants.

local replicate = require "replicate"

local trainer = { owner = "sandbox", name = "trainable" }
local what_to_learn = {
    examples = {
        { prompt = "The fox", completion = "sleeps under the old bridge." },
        { prompt = "The river", completion = "runs on to the sea." },
    },
}

local client = assert(replicate.new())

-- Where it goes: a model of yours, made on the first run of this script.
local owner, name = assert(client.account:get()).username, "trained-from-lua"
local model, err = client.models:get(owner, name)
if not model and err.kind == "not_found" then
    model, err = client.models:create { owner = owner, name = name, visibility = "private", hardware = "cpu" }
end
assert(model, err)
print("destination", model.owner .. "/" .. model.name)

local version = assert(client.models:get(trainer.owner, trainer.name)).latest_version.id
local training = assert(client.trainings:create(trainer.owner, trainer.name, version, {
    destination = owner .. "/" .. name,
    input = what_to_learn,
}))
print("created", training.status)

-- A training has the methods of a prediction: wait, cancel, reload, progress.
assert(training:wait {
    interval = 0.2,
    on_progress = function(seen)
        local progress = seen:progress()
        if progress then
            io.write(("learning %3.0f%%, step %d of %d\n"):format(progress.percentage * 100, progress.current, progress.total))
        end
    end,
})
print("trained", training.status)

-- Its output names the version that it made.
local completion = assert(client:run(training.output.version, { input = { prompt = "The fox" } }))
print("it says", completion)
client:close()
