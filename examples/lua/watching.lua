-- Functions that hear of a prediction as it goes on, while the program does other things.

local replicate = require "replicate"

local prediction = assert(replicate.predictions.create {
    model = "meta/meta-llama-3-8b-instruct",
    input = { prompt = "Tell me about a fox.", max_tokens = 8, seed = 7 },
})

prediction
    :on("start", function() print "it has started" end)
    :on("output", function(text) io.write("[", text, "]") end) -- each piece once, from the first
    :on("logs", function() end)
    :on("completed", function(_, err)
        print("\n" .. prediction.status, err)
    end)

while replicate.pending() > 0 do
    -- draw a frame, serve a request, …
    replicate.poll(0.01)
end
