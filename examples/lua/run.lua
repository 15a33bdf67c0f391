-- Runs models by their names, and gives the output of one to another as its input.

local replicate = require "replicate"

-- owner/name runs the version that is the latest today. `run` waits for the end, and gives what the model put out.
-- With wait = false a picture is always an URL; else the service may put a small one into its answer, as a data: URI.
local picture, prediction = assert(replicate.run("bytedance/seedream-3", {
    input = { prompt = "a red fox with a blue scarf, portrait", size = "small", seed = 7 },
    wait = false,
}))
print("a fox", tostring(picture))
print("", prediction.status, prediction.metrics.predict_time .. " s")

-- The output goes on as it is: nothing is downloaded here, the other model fetches it.
local scene = assert(replicate.run("ideogram-ai/ideogram-character", {
    input = { prompt = "the fox rides a bicycle through Lisbon", character_reference_image = picture, seed = 7 },
    wait = false,
}))
print("it rides", tostring(scene))

-- owner/name:version always runs the same code, however the model goes on.
local version = "5c7d5dc6dd8bf75c1acaa8565735e7986bc5b66206b55cca93cb72c9bf15ccaa"
local greeting
greeting, prediction = assert(replicate.run("replicate/hello-world:" .. version, { input = { text = "fox" } }))
print("by version", greeting, prediction.version == version)
