--- Creates from Lua, 64 in flight, from the table that goes in to the table that comes out.
-- Use: creates.lua CALLS (the server and the token are in the environment)

local measure = require "measure"
local replicate = require "replicate"

local client = assert(replicate.new())

local function run(calls)
    local started = 0
    local function start()
        started = started + 1
        client.predictions:create({
            version = "c846a69991daf4c0e5d016514849d14ee5b2e6846ce6b9d6f21369e564cfe51e",
            input = {
                prompt = "a watercolor of a lighthouse at dawn", seed = 4242424242, num_outputs = 1,
                guidance_scale = 7.5,
            },
        }, function(prediction, err)
            assert(not err and prediction.status == "succeeded", err)
            if started < calls then
                start()
            end
        end)
    end
    while started < math.min(64, calls) do
        start()
    end
    client:loop()
end

run(640)
measure(tonumber(arg[1]), run)
