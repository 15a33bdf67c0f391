--- What a client has to do by itself, besides the events of its requests: coroutines that can go on, and timers.

local core = require "replicate.core"

local Agenda = {}
Agenda.__index = Agenda

--- What is ready is a list through the items' own fields `_after`, which they have from the first on: to add one needs no memory,
-- and so nothing that can go on is forgotten for the want of it.
function Agenda.new()
    return setmetatable({
        first = false, last = false, -- of what is ready
        broken = false, -- what did not come to the end of its `_run`, and is to be called once more
        due = false, -- when the next thing is: 0 is at once, false is never
        heap = {}, -- of timers, the earliest at 1
        count = 0, -- of timers ever made: those of one instant run in their order
        active = 0, -- tasks that have begun to run and are not back: there may be one inside the other
        is_with_others = false, is_busy = false, has_others = false, has_calls = false, has_errors = false, is_closed = false,
        others = {}, -- clients whose requests this one's tasks wait for, and how many tasks do
        driven = {}, -- those of them that were polled in this poll
        failed = {}, -- those of them whose callbacks have raised something that is still to be told
    }, Agenda)
end

--- Has `item:_run()` called by a later step. An item is in the list once at a time.
function Agenda:enqueue(item)
    if self.last then
        self.last._after = item
    else
        self.first = item
    end
    self.last = item
    self.due = 0
    if self.changed then
        self.changed()
    end
end

local function is_before(one, other)
    return one.when < other.when or (one.when == other.when and one.number < other.number)
end

local function sift_up(heap, index)
    local timer = heap[index]
    while index > 1 do
        local parent = math.floor(index / 2)
        if not is_before(timer, heap[parent]) then
            break
        end
        heap[index] = heap[parent]
        index = parent
    end
    heap[index] = timer
end

local function sift_down(heap, index, size)
    local timer = heap[index]
    while index * 2 <= size do
        local child = index * 2
        if child < size and is_before(heap[child + 1], heap[child]) then
            child = child + 1
        end
        if not is_before(heap[child], timer) then
            break
        end
        heap[index] = heap[child]
        index = child
    end
    heap[index] = timer
end

local function pop(heap)
    local timer, size = heap[1], #heap
    heap[1] = heap[size]
    heap[size] = nil
    if size > 1 then
        sift_down(heap, 1, size - 1)
    end
    return timer
end

function Agenda:set_due()
    local heap = self.heap
    while heap[1] and heap[1].is_off do
        pop(heap)
    end
    self.due = (self.broken or self.first) and 0 or heap[1] and heap[1].when or false
end

--- Whether there is more to look at than what is due here and what the core has.
function Agenda:set_busy()
    self.is_busy = self.has_others or self.has_calls or self.has_errors or self.is_closed
        or self.failed[1] ~= nil
end

--- Calls fire(timer) when the time has come; `stop` takes it back.
function Agenda:start_timer(when, fire)
    self.count = self.count + 1
    local timer = { when = when, fire = fire, number = self.count, is_off = false }
    local heap = self.heap
    heap[#heap + 1] = timer
    sift_up(heap, #heap)
    self:set_due()
    if self.changed then
        self.changed()
    end
    return timer
end

function Agenda:stop_timer(timer)
    timer.is_off = true
    self:set_due()
end

--- Does one thing that is due, if there is one; timers that were set for later than `horizon` are left to the next poll, so
-- that one poll comes to its end.
function Agenda:step(horizon)
    if not self.due then
        return false
    end
    local now = horizon or core.now()
    local heap = self.heap
    while heap[1] and (heap[1].is_off or heap[1].when <= now) do
        local timer = pop(heap)
        if not timer.is_off then
            timer.is_off = true
            timer:fire()
        end
    end
    local item = self.broken
    if item then
        self.broken = item._after
    else
        item = self.first
        if item then
            self.first = item._after
            self.last = self.first and self.last
        end
    end
    self:set_due()
    if not item then
        return false
    end
    item._after = false
    local active = self.active
    local ok, err = core.call(item._run, item)
    if not ok then
        -- There was not enough memory. It is called again, to end what it has begun.
        item._after, self.broken, self.active = self.broken, item, active
        self.due = 0
        error(err, 0)
    end
    return true
end

--- Fires all timers at once: the client is closed.
function Agenda:fire_all()
    local heap = self.heap
    while heap[1] do
        local timer = pop(heap)
        if not timer.is_off then
            timer.is_off = true
            timer:fire()
        end
    end
end

--- Seconds until something is due; nil: never.
function Agenda:seconds()
    return self.due and math.max(0, self.due > 0 and self.due - core.now() or 0) or nil
end

return Agenda
