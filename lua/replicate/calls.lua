--- The caller's functions, and when they run: inside a poll, one at a time, those of one stream one after the other.
--
-- A function may block, and functions of others run meanwhile, which may block too. Lua ends such a chain at some two hundred
-- levels, by an error in the midst of it; so from a certain depth on functions wait for the ones outside to return.

local core = require "replicate.core"

local Calls = {}
Calls.__index = Calls

local deepest = 12

local calls = {}

function calls.new(client)
    return setmetatable({ client = client, depth = 0, first = 1, last = 0, is_waiting = false }, Calls)
end

--- What a function raises comes out when the others have run: out of `poll`; or, of a request that is waited for, out of the
-- call that waits.
function Calls:run(request, fn, ...)
    self.depth = self.depth + 1
    local ok, err = core.call(fn, ...)
    self.depth = self.depth - 1
    if ok then
        return
    end
    if request and request._is_waited_for then
        request._raised = request._raised or { err }
    else
        self.client:_keep_error { err }
    end
end

local function set_waiting(self, is_waiting)
    local agenda = self.client._agenda
    self.is_waiting, agenda.has_calls = is_waiting, is_waiting
    agenda:set_busy()
end

--- Has `item:_run(calls)` called by a later step. What waits is pending.
function Calls:enqueue(item)
    self.last = self.last + 1
    self[self.last] = item
    if not self.is_waiting then
        set_waiting(self, true)
    end
    local client = self.client
    client._count = client._count + 1
    if client._agenda.changed then
        client._agenda.changed()
    end
end

local Call = {}
Call.__index = Call

local unpack = table.unpack or unpack

function Call:_run(queue)
    queue:run(self.request, self.fn, unpack(self, 1, self.n))
end

--- Runs a function, or has it run once those before it have.
function Calls:call(request, fn, ...)
    if self.is_waiting or self.depth >= deepest then
        self:enqueue(setmetatable({ request = request, fn = fn, n = select("#", ...), ... }, Call))
    else
        self:run(request, fn, ...)
    end
end

local function take(self)
    local item = self[self.first]
    self[self.first] = nil
    self.first = self.first + 1
    if self.first > self.last then
        set_waiting(self, false)
    end
    self.client._count = self.client._count - 1
    item:_run(self)
end

--- Runs one that waits; false if there is none that may run here.
function Calls:step()
    if not self.is_waiting or self.depth >= deepest then
        return false
    end
    take(self)
    return true
end

--- Runs all, wherever this is: there will be no other poll.
function Calls:finish()
    while self.is_waiting do
        take(self)
    end
end

local Sequence = {}
Sequence.__index = Sequence

--- For a function that is called many times, one call after the other: a call that polls may bring the next before it is back.
function calls.sequence(client, fn)
    return setmetatable({ client = client, fn = fn, first = 1, last = 0 }, Sequence)
end

function Sequence:_schedule()
    if not self.is_scheduled and not self.is_running and self.first <= self.last then
        self.is_scheduled = true
        self.client._calls:enqueue(self)
    end
end

--- Adds a call with these arguments.
function Sequence:add(...)
    self.last = self.last + 1
    self[self.last] = { ... }
    self:_schedule()
end

function Sequence:_run(queue)
    local arguments = self[self.first]
    self[self.first] = nil
    self.first = self.first + 1
    self.is_scheduled, self.is_running = false, true
    queue:run(nil, self.fn, arguments[1], arguments[2], arguments[3])
    self.is_running = false
    self:_schedule()
end

return calls
