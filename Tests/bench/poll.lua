--- Polls with nothing due: on a client with no request, on one with a request that gets no answer, and a function of
-- Lua's that does nothing, for comparison.
-- Use: poll.lua idle|pending|empty CALLS

local socket = require "socket"
local measure = require "measure"
local replicate = require "replicate"

local case, calls = arg[1], tonumber(arg[2])
local client, silent

if case == "empty" then
    client = { poll = function() end }
elseif case == "idle" then
    client = assert(replicate.new())
else
    silent = assert(socket.bind("127.0.0.1", 0))
    local _, port = silent:getsockname()
    client = assert(replicate.new { base_url = ("http://127.0.0.1:%d/v1"):format(port) })
    client.predictions:get("none", function() end)
    socket.sleep(0.2) -- the request is sent, and the network thread asleep
end

measure(calls, function()
    for _ = 1, calls do
        client:poll()
    end
end)
if silent then
    assert(client:pending() == 1, "the request did not stay under way")
    silent:close()
end
