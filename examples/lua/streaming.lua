-- Three ways to read a model's output while it is made.

local replicate = require "replicate"

local model = "meta/meta-llama-3-8b-instruct"
local input = { prompt = "Tell me about a fox.", max_tokens = 8, seed = 7 }

-- Every event: its type ("output", "logs", "done"), its data, and its id.
for event in replicate.stream(model, { input = input }) do
    print(event.event, event.id, event.data)
end

-- The text of the output alone; and the prediction, when it is over.
local stream = replicate.stream(model, { input = input })
for text in stream:text() do
    io.write(text)
    io.flush()
end
print("\n" .. stream.prediction.status, stream.prediction.metrics.output_token_count .. " tokens")

-- One JSON object a line, for another program to read.
for event in replicate.stream(model, { input = input }) do
    print(replicate.json_encode { event = event.event, data = event.data, id = event.id })
end

-- A connection that breaks is taken up again where it broke. What goes wrong for good is raised; `next` gives it back instead.
stream = replicate.stream("sandbox/slow", { input = { steps = 3, step_seconds = 0.01 } })
local event, err = stream:next()
print(event, err.kind, err.message)

-- A model that does not stream can be followed by polling: the same events, as the polls find them.
for each in replicate.stream("sandbox/slow", { input = { steps = 3, step_seconds = 0.01 }, fallback = "poll" }) do
    print(each.event, (each.data:gsub("\n.*", "")))
end
