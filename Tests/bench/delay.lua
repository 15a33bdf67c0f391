--- How long after its last byte was sent an event's callback runs, in a program that has nothing else to do.
-- Use: delay.lua EVENTS (clock_stream.py is at BENCH_CLOCK). Prints "EVENTS p50 p99 max", in milliseconds.

local core = require "replicate.core"
local replicate = require "replicate"

local calls = tonumber(arg[1])
local client = assert(replicate.new())
local prediction = assert(client.predictions:get("z9vpxbm31hrmc0cp3w4t5r8k7m"))
prediction.urls = { stream = os.getenv "BENCH_CLOCK" .. "/" .. calls }

local delays = {}
prediction:stream(function(event, err)
    assert(not err, err)
    if event and event.event == "output" then
        -- The server wrote down what the same clock said when it sent this.
        delays[#delays + 1] = (core.now() - tonumber(event.data)) * 1000
    end
end)
client:loop()
assert(#delays == calls, #delays)
table.sort(delays)
print(("%d %.3f %.3f %.3f"):format(
    calls, delays[math.ceil(calls / 2)], delays[math.ceil(calls * 0.99)], delays[calls]))
