--- Gets from Lua, one after another.
-- Use: gets.lua CALLS (the server and the token are in the environment)

local measure = require "measure"
local replicate = require "replicate"

local client = assert(replicate.new())

local function run(calls)
    for _ = 1, calls do
        local prediction = assert(client.predictions:get("z9vpxbm31hrmc0cp3w4t5r8k7m"))
        assert(prediction.status == "succeeded")
    end
end

run(100)
measure(tonumber(arg[1]), run)
