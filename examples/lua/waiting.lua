-- Creates a prediction and waits for its end: first by hand, then in the way that is better.

local replicate = require "replicate"

local client = assert(replicate.new())

-- Without waiting: the prediction comes back as soon as the service knows of it.
local function create(prompt)
    return assert(client.predictions:create {
        model = "google/imagen-4-fast",
        input = { prompt = prompt, output_format = "png" },
    })
end

-- By hand: look at it again until it is no longer starting or processing, at most 5 times, 2 seconds apart.
local pause = 2
local prediction = create "a lighthouse in a storm"
print("created", prediction.status)
for _ = 1, 5 do
    if prediction.status ~= "starting" and prediction.status ~= "processing" then
        break
    end
    os.execute("sleep " .. pause)
    prediction = assert(client.predictions:get(prediction.id))
end
print("by hand", prediction.status, prediction.output)

-- Better: `wait` looks as often as is sensible, gets over a network that fails for a moment, tells what changes, and makes
-- an error of a prediction that failed. Other requests' callbacks run meanwhile.
prediction = create "the same lighthouse on a calm morning"
assert(prediction:wait {
    interval = 0.25,
    timeout = 120,
    on_progress = function(seen)
        print("on_progress", seen.status)
    end,
})
print("with wait", prediction.status, prediction.output)
client:close()
