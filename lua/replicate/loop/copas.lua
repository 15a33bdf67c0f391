--- For copas, of any version. Tasks and callbacks run inside of its loop, and in its threads every call looks blocking and
-- yields.
--
--     require("replicate.loop.copas").attach(client)
--     copas.addthread(function() print(client:run(…)) end)
--     copas.loop()
--
-- Copas cannot tell its threads from other coroutines: as with its own functions, a call in a generator would yield to the wrong
-- one. A sleep ends when copas next looks: the timeout of copas.loop or copas.step is to be short where it has no timers.

local core = require "replicate.core"
local host = require "replicate.loop.host"

local loop = {}

local Loop = { __name = "replicate.copas" }
Loop.__index = Loop

--- What copas takes for a socket: one that can be read when the client is to be polled, or the strand to go on.
local Socket = {}
Socket.__index = Socket

function Socket:getfd()
    if self.is_quiet and not self:is_ready() then
        return -1 -- LuaSocket knows one socket for each descriptor: that of the pump.
    end
    return self.client._core and self.client:pollfd() or 0 -- it is dirty then, which is looked at first
end

--- LuaSocket's select does not wait where something is read already.
function Socket:dirty()
    return self:is_ready()
end

function Socket:receive()
    if self:is_ready() then
        return true
    end
    return nil, "timeout"
end

function Socket.settimeout() end

--- Copas closes the socket that a thread was last resumed for.
function Socket.close() end

local function socket(client, is_ready, is_quiet)
    return setmetatable({ client = client, is_ready = is_ready, is_quiet = is_quiet }, Socket)
end

local Strand = {}
Strand.__index = Strand

function Strand:_park()
    self._copas.receive(self._socket)
    self._is_woken = false
end

function Strand:_unpark()
    self._is_woken = true
end

--- attach([client [, { budget=, max=, on_error= }]]) -> an object with a method `detach`.
function loop.attach(client, given)
    local copas = require "copas"
    client = host.client("copas", client)
    local options = host.options("copas", given)
    local adapter = setmetatable({}, Loop)
    local is_pumping = false

    local function is_needed()
        return client._host == adapter and not client:closed() and (client:pending() > 0 or client:timeout() ~= nil)
    end

    local pollable = socket(client, function()
        local due = client._agenda.due
        return not is_needed() or (due and due <= core.now() or false)
    end)
    local was_asked = false

    -- Always once round the loop: copas runs a new thread at once, but a task is to begin later.
    function pollable.receive()
        was_asked = not was_asked
        if was_asked then
            return nil, "timeout"
        end
        return true
    end

    local function pump()
        while is_needed() do
            copas.receive(pollable)
            if is_needed() then
                local ok, err = pcall(host.poll, adapter, options)
                if not ok then
                    copas.addthread(function() error(err, 0) end)
                end
            end
        end
        is_pumping = false
    end

    return host.tie(client, adapter, function()
        if not is_pumping and is_needed() then
            is_pumping = true
            copas.addthread(pump)
        end
    end, function()
        local strand = setmetatable({ _copas = copas }, Strand)
        strand._socket = socket(client, function() return strand._is_woken end, true)
        return strand
    end)
end

function Loop:detach()
    host.untie(self)
end

return loop
