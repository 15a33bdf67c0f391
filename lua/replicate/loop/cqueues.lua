--- For cqueues. Tasks and callbacks run inside of the controller's loop, and in its own coroutines every call looks blocking
-- and yields.
--
--     require("replicate.loop.cqueues").attach(client, controller)
--     controller:wrap(function() print(client:run(…)) end)
--     controller:loop()
--
-- (Without it cqueues.poll(client) works too, as a client has its methods pollfd, events and timeout; poll then.)

local condition = require "cqueues.condition"
local cqueues = require "cqueues"
local host = require "replicate.loop.host"
local misuse = require "replicate.misuse"
misuse.register()

local loop = {}

local Loop = { __name = "replicate.cqueues" }
Loop.__index = Loop

local Strand = {}
Strand.__index = Strand

function Strand:_park()
    while not self._is_woken do
        self._condition:wait()
    end
    self._is_woken = nil
end

function Strand:_unpark()
    self._is_woken = true
    self._condition:signal()
end

--- attach(client | nil, controller [, { budget=, max=, on_error= }]) -> an object with a method `detach`.
function loop.attach(client, controller, given)
    client = host.client("cqueues", client)
    if cqueues.type(controller) ~= "controller" then
        misuse.raise("cqueues.attach: it takes a controller, not %s", misuse.describe(controller))
    end
    local options = host.options("cqueues", given)
    local adapter = setmetatable({ _changed = condition.new() }, Loop)
    local is_pumping, is_polling = false, false
    local descriptor = client:pollfd()

    local function is_needed()
        return client._host == adapter and not client:closed() and (client:pending() > 0 or client:timeout() ~= nil)
    end

    local function pump()
        while is_needed() do
            cqueues.poll(client, adapter._changed)
            if not is_needed() then
                break
            end
            is_polling = true
            local ok, err = pcall(host.poll, adapter, options)
            is_polling = false
            if not ok then
                -- The controller is told by a coroutine that can be spared.
                controller:wrap(function() error(err, 0) end)
            end
        end
        is_pumping = false
    end

    return host.tie(client, adapter, function()
        if not is_pumping and is_needed() then
            is_pumping = true
            controller:wrap(pump)
        elseif is_pumping and not is_polling then
            adapter._changed:signal()
        end
    end, function()
        local running, is_its_own = cqueues.running()
        return running == controller and is_its_own and setmetatable({ _condition = condition.new() }, Strand) or nil
    end, function()
        controller:cancel(descriptor) -- It does not notice by itself that one is closed.
    end)
end

function Loop:detach()
    if host.untie(self) then
        self:closing()
        self._changed:signal()
    end
end

return loop
