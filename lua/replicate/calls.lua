--- The caller's functions, and when they run: inside a poll, one at a time, those of one stream one after the other.
--
-- A function may block, and functions of others run meanwhile, which may block too. Lua ends such a chain at some two hundred
-- levels, by an error in the midst of it; so from a certain depth on functions wait for the ones outside to return.

local core = require "replicate.core"
local waiting = require "replicate.waiting"

local Calls = {}
Calls.__index = Calls

local deepest = 12

local calls = {}

--- What waits is a list through the items' own fields `_after`, as the agenda's is.
function calls.new(client)
    return setmetatable({ client = client, depth = 0, first = false, last = false, is_waiting = false }, Calls)
end

local function enter(self, fn, ...)
    self.depth = self.depth + 1
    return fn(...)
end

--- Calls fn(…), inside of whatever task there is, but not as a part of it: it is not canceled with it.
local function call(self, fn, ...)
    local depth, task = self.depth, waiting.task()
    local was_calling = task and task._is_calling
    if task then
        task._is_calling = true
    end
    local ok, err = core.call(enter, self, fn, ...)
    self.depth = depth
    if task then
        task._is_calling = was_calling
    end
    return ok, err
end

--- What a function raises comes out when the others have run: out of `poll`; or, of a request that is waited for, out of the
-- call that waits.
function Calls:run(request, fn, ...)
    local ok, err = call(self, fn, ...)
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
    local client = self.client
    if self.last then
        self.last._after = item
    else
        self.first = item
    end
    self.last = item
    client._count = client._count + 1
    if not self.is_waiting then
        set_waiting(self, true)
    end
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

--- Whether one more has to wait until those before it, or those that it would run in, are over.
function Calls:is_full()
    return self.is_waiting or self.depth >= deepest
end

--- Runs a function, or has it run once those before it have.
function Calls:call(request, fn, ...)
    if self:is_full() then
        self:enqueue(setmetatable({ request = request, fn = fn, n = select("#", ...), _after = false, ... }, Call))
    else
        self:run(request, fn, ...)
    end
end

local function take(self)
    local item = self.first
    self.first = item._after
    self.last = self.first and self.last
    item._after = false
    self.client._count = self.client._count - 1
    if not self.first then
        set_waiting(self, false)
    end
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
-- The last call has its place from the beginning: it comes, whatever memory there is when its time has come.
function calls.sequence(client, fn)
    return setmetatable({
        client = client, fn = fn,
        first = 1, last = 0,
        ending = { false, false, false }, has_ending = false,
        is_scheduled = false, is_running = false, _after = false,
    }, Sequence)
end

function Sequence:_schedule()
    if not self.is_scheduled and not self.is_running and (self.first <= self.last or self.has_ending) then
        self.is_scheduled = true
        self.client._calls:enqueue(self)
    end
end

--- Adds a call with these arguments.
function Sequence:add(...)
    self[self.last + 1] = { ... }
    self.last = self.last + 1
    self:_schedule()
end

--- Adds a call for each of what an event lists: `method` and what is listed, or that alone. The event is taken when memory can
-- be wanted no more: all of them come, or none. None, too, where a finalizer has closed the client meanwhile, or has polled it
-- and taken the event.
function Sequence:add_all(method, list, serial)
    local rows = {}
    for index, value in ipairs(list) do
        rows[index] = method and { method, value } or { value }
    end
    local last = self.last
    for index = 1, #rows do
        self[last + index] = rows[index]
    end
    if self.client:_taken(serial) then
        self.last = last + #rows
        self:_schedule()
    elseif self.last == last then
        for index = 1, #rows do
            self[last + index] = nil
        end
    end
end

--- Adds the last call.
function Sequence:finish(...)
    local ending = self.ending
    ending[1], ending[2], ending[3] = ...
    self.has_ending = true
    self:_schedule()
end

function Sequence:_run(queue)
    local arguments = self.first <= self.last and self[self.first]
    if arguments then
        self[self.first] = nil
        self.first = self.first + 1
    else
        arguments, self.has_ending = self.ending, false
    end
    self.is_scheduled, self.is_running = false, true
    local ok, err = call(queue, self.fn, arguments[1], arguments[2], arguments[3])
    self.is_running = false
    self:_schedule()
    if not ok then
        self.client:_keep_error { err }
    end
end

return calls
