-- Many predictions at once, with a callback each. No threads, no coroutines: one loop, which is yours.

local replicate = require "replicate"

local client = assert(replicate.new())

local hello = "replicate/hello-world:5c7d5dc6dd8bf75c1acaa8565735e7986bc5b66206b55cca93cb72c9bf15ccaa"
local texts = { "amber", "basil", "cedar", "dill", "elder", "fennel", "garlic", "hazel", "iris", "juniper" }
local results, failures = {}, 0

for index, text in ipairs(texts) do
    -- A function as the last argument: `run` returns at once, and all of them are under way together.
    client:run(hello, { input = { text = text } }, function(output, err)
        results[index] = output or tostring(err) -- they come as they end; the index keeps the order
        failures = failures + (err and 1 or 0)
    end)
end
print(client:pending() .. " are under way")

-- In a game: `client:poll()` once a frame. A program that has nothing else to do says `client:loop()`.
while client:pending() > 0 do
    client:poll(0.05)
end

print(failures .. " of " .. #results .. " failed")
print(table.concat(results, "\n"))
client:close()
