--- For any program with a frame, or with a timer.
--
--     local tick = require("replicate.loop.frame").attach(client, { budget = 0.002 })
--     function love.update() tick() end
--
-- Of a program that only has timers, `every` makes a frame while there is something to wait for: start(seconds, fn) calls fn
-- once, so many seconds later.
--
--     require("replicate.loop.frame").every(client, function(seconds, fn) timer.start(seconds, fn) end)

local host = require "replicate.loop.host"
local misuse = require "replicate.misuse"
misuse.register()

local frame = {}

local Frame = { __name = "replicate.frame" }
Frame.__index = Frame

--- attach([client [, { budget=, max=, on_error= }]]) -> a function to call in each frame, with a method `detach`.
function frame.attach(client, given)
    client = host.client("frame", client)
    return host.tie(client, setmetatable({ _options = host.options("frame", given) }, Frame), function() end)
end

function Frame:__call()
    return self.client._host == self and host.poll(self, self._options) or 0
end

function Frame:detach()
    host.untie(self)
end

--- every([client,] start [, options [, interval]]): `interval` is in seconds, a 60th without it.
function frame.every(client, start, given, interval)
    if type(client) == "function" then
        client, start, given, interval = nil, client, start, given
    end
    if type(start) ~= "function" then
        misuse.raise("frame.every: it takes a function that starts a timer, not %s", misuse.describe(start))
    end
    client = host.client("frame", client)
    local adapter = setmetatable({ _options = host.options("frame", given) }, Frame)
    interval = interval or 1 / 60
    local is_started = false
    local function arm()
        if not is_started and client._host == adapter and client:pending() > 0 then
            is_started = true
            start(interval, adapter._tick)
        end
    end
    function adapter._tick()
        is_started = false
        local ok, err = pcall(adapter)
        arm()
        if not ok then
            error(err, 0)
        end
    end
    return host.tie(client, adapter, arm)
end

return frame
