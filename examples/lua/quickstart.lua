-- A prediction in one call, one that does not block, one whose output is read while it is made, and a picture.
-- Run it against the local server with `make demo`, or with REPLICATE_API_TOKEN set against replicate.com.

local replicate = require "replicate"

-- Waits, and gives back what the model put out, and the prediction with everything about it.
local output, prediction = assert(replicate.run("replicate/hello-world", { input = { text = "from Lua" } }))
print("run:      " .. output, prediction.status, prediction.metrics.predict_time .. " s")

-- A function as the last argument: the call returns at once, and the function runs inside a later poll.
replicate.run("replicate/hello-world", { input = { text = "from a callback" } }, function(result, err)
    print("callback: " .. (result or tostring(err)))
end)

local frames = 0
while replicate.pending() > 0 do
    frames = frames + 1 -- a game would draw here
    replicate.poll(0.001)
end
print(("          after %s"):format(frames == 1 and "one frame" or "some frames"))

-- The output of a model while it is made.
io.write "stream:   "
for event in replicate.stream("meta/meta-llama-3-8b-instruct", { input = { prompt = "a fox", max_tokens = 9, seed = 7 } }) do
    if event.event == "output" then
        io.write(event.data)
        io.flush()
    end
end
print()

-- A model of images puts out a file, which can be saved.
local picture = assert(replicate.run("bytedance/seedream-3", { input = { prompt = "a fox", size = "small" } }))
print("image:    " .. assert(picture:save((os.getenv "TMPDIR" or "/tmp") .. "/fox.png")))

-- What goes wrong at run time is `nil, err`, and err.kind is what a program decides on.
local none, err = replicate.predictions.get("no-such-prediction")
print("error:    " .. tostring(err), none, err.kind)
