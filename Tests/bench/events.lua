--- Reads a stream of many small events in a `for` loop.
-- Use: events.lua EVENTS (the server and the token are in the environment; it serves that many, and a `done`)

local measure = require "measure"
local replicate = require "replicate"

local client = assert(replicate.new())

local function run(calls)
    local prediction = assert(client.predictions:get("z9vpxbm31hrmc0cp3w4t5r8k7m"))
    prediction.urls = { stream = os.getenv "BENCH_SERVER" .. "/stream" }
    local count, bytes = 0, 0
    for event in prediction:stream() do
        count = count + 1
        bytes = bytes + #event.data
    end
    assert(count == calls + 1, count)
end

measure(tonumber(arg[1]), run)
