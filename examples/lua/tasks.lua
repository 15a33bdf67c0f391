-- Tasks: code that reads as if it waited, in a program that never does. Each is a coroutine; one loop runs them all.

local replicate = require "replicate"

local client = assert(replicate.new())

-- One model's output is the next one's input; meanwhile the loop below goes on.
local chain = client:spawn(function(text)
    for _ = 1, 2 do
        text = assert(client:run("replicate/hello-world", { input = { text = text } }))
    end
    return text
end, "you")

local story = client:spawn(function()
    local words = 0
    for _ in client:stream("sandbox/story", { input = { prompt = "a fox", max_tokens = 12 } }):text() do
        words = words + 1
    end
    return words
end)

-- Ends by its deadline, and cleans up.
local slow = client:spawn(function()
    local output, err = client:run("sandbox/slow", { input = { steps = 100, step_seconds = 1 } })
    print("given up", output, err.kind)
end)
client:spawn(function()
    client:sleep(0.05)
    slow:cancel()
end)

local failing = client:spawn(function()
    local nothing = ({}).here
    return nothing.field
end)

local watcher = client:spawn(function()
    local _, err, where = failing:wait()
    print("failed", err)
    print("where", (where:match "tasks%.lua:%d+: in function"))
end)

local frames = 0
while client:pending() > 0 do
    frames = frames + 1 -- draw it, and:
    client:poll(0.005, 10, 0.002) -- wait no longer than a frame lasts, run at most 10 things, and none after 2 ms
end

print("chain", (chain:wait()))
print("story", (story:wait()) .. " words")
print("slow", slow:status())
print("watcher", watcher:status())
client:close()
