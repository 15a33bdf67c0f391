--- Tasks: functions that run as coroutines, in which every call of this library looks blocking and yields.
--
-- A task begins, and goes on, inside of a poll of its client. What it raises is its own: `wait` gives it; if nobody waits, it
-- comes out of `poll` as what a callback raises does.

local core = require "replicate.core"
local misuse = require "replicate.misuse"
local waiting = require "replicate.waiting"
misuse.register()

local tasks = {}

local Task = {}
Task.__index = Task
Task.__name = "replicate.task"
Task._needs_tasks = true -- for to end, as it is one

local unpack = table.unpack or unpack
local pack = table.pack or function(...)
    return { n = select("#", ...), ... }
end

--- What a task yields: nobody else can.
local parked = {}

local function check_self(self, what)
    if getmetatable(self) ~= Task then
        misuse.raise_for_self(what, "task:" .. what)
    end
end

--- The coroutine of a task keeps what its function returns: outside it could be lost for the want of memory.
local function new_thread(task, fn)
    return coroutine.create(function(...)
        task._returned = pack(fn(...))
    end)
end

--- Makes a task that `begin` has begin; `on_end(task)` is for groups.
function tasks.new(client, on_end, fn, ...)
    local task = setmetatable({
        _home = client, -- as a strand has it
        _status = "pending",
        _results = false,
        _returned = false,
        _on_end = on_end or false,
        _next = pack(...), -- its arguments; in the end what it raised
        _is_ready = true,
        _is_parked = false,
        _is_counted = false,
        _is_over = false, -- its function is, well or with an error
        _is_failed = false,
        _is_calling = false, -- a callback runs in its coroutine, inside of a call of its own that blocks
        _after = false, -- as what waits in a list has it
    }, Task)
    task._thread = new_thread(task, fn)
    waiting.tasks[task._thread] = task
    return task
end

--- Has it begin in the next poll.
function tasks.begin(task)
    local client = task._home
    client._tasks[task] = true
    task._is_counted = true
    client._count = client._count + 1
    client._agenda:enqueue(task)
    return task
end

function tasks.start(...)
    return tasks.begin(tasks.new(...))
end

function Task:_park()
    self._is_parked = true
    coroutine.yield(parked)
end

function Task:_unpark(client)
    if self._is_parked and not self._is_ready then
        self._is_ready = true
        -- The poll that woke it is to be the one that it runs in.
        client = client._core and client or self._home
        client._agenda:enqueue(self)
    end
end

--- The value that a task raised, and where: an error of the library gets a field `traceback`, as there is no better place.
local function failure(thread, err)
    local trace = type(err) == "string" and debug.traceback(thread, err) or debug.traceback(thread)
    if type(err) == "table" and getmetatable(err) == tasks.error_metatable then
        err.traceback = trace
    end
    return pack(nil, err, trace)
end

tasks.error_metatable = getmetatable(core.error("internal", ""))

local function close_thread(thread)
    if coroutine.close then
        coroutine.close(thread)
    end
end

local nothing = pack()

--- Runs it until it parks, or is over. The agenda calls it once more if there was not the memory to say so.
function Task:_run()
    self._is_ready = false
    if not self._is_over and self._status == "pending" then
        self._is_parked = false
        local arguments, thread, agenda = self._next, self._thread, self._home._agenda
        agenda.active = agenda.active + 1
        local ok, value = coroutine.resume(thread, unpack(arguments, 1, arguments.n))
        while ok and value == waiting.probe do
            ok, value = coroutine.resume(thread)
        end
        agenda.active = agenda.active - 1
        if ok and value == parked and coroutine.status(thread) ~= "dead" then
            self._next = nothing
            return
        end
        self._is_over, self._is_failed, self._next = true, not ok, value -- in a place that there is
    end
    self:_conclude()
end

--- Why it failed, and where.
function Task:_failed()
    local thread = self._thread
    if self._is_failed then
        return failure(thread, self._next)
    end
    local at = debug.getinfo(thread, 1, "Sl")
    return failure(thread, ("%s:%d: a task yielded by itself: inside of a task only the calls of this library may"):format(
        at and at.short_src or "?", at and at.currentline or 0))
end

function Task:_conclude()
    if self._status ~= "pending" then
        self:_tell()
    elseif self._returned then
        if self._is_told then
            self:_end("canceled", pack(nil, self._canceled))
        else
            self:_end("succeeded", self._returned)
        end
    else
        local results, err = self:_failed(), self._is_failed and self._next or nil
        close_thread(self._thread)
        local is_canceled = self._is_told and type(err) == "table" and rawget(err, "kind") == "canceled"
        self:_end(is_canceled and "canceled" or "failed", results)
    end
end

function Task:_end(status, results)
    local client = self._home
    local is_heard = self._waiters ~= nil or self._on_end
    waiting.wake(self, client)
    self._status, self._results = status, results
    self._thread, self._returned = nil, false
    client._tasks[self] = nil
    if self._is_counted then
        client._count = client._count - 1
    end
    self:_tell()
    if status == "failed" and not is_heard then
        local err = results[2]
        client:_keep_error { type(err) == "string" and results[3] or err, task = self }
    end
end

function Task:_tell()
    if self._on_end then
        self._on_end(self)
        self._on_end = false
    end
    self._home:_tell_loop()
end

--- "pending", "succeeded", "failed" or "canceled".
function Task:status()
    check_self(self, "status")
    return self._status
end

--- Ends what it waits for, which gives nil and an error of the kind "canceled" inside of it, as does every later call that
-- would wait: what it does then is to clean up. No-op once it has ended.
function Task:cancel()
    check_self(self, "cancel")
    self:_cancel(core.error("canceled", "the task was canceled"))
end

function Task:_cancel(err)
    if self._status ~= "pending" or self._canceled then
        return
    end
    self._canceled = err
    if coroutine.status(self._thread) == "suspended" and not self._is_parked then
        self:_end("canceled", pack(nil, err)) -- It had not begun.
    else
        self:_unpark(self._home)
    end
end

function Task:_is_done()
    return self._status ~= "pending"
end

--- Another task that waits for this one is canceled: this one goes on.
function Task._is_given_up()
    return false
end

--- Whether `task` is one that `self` waits for, or its group is, or a task is that …
function Task:_waits_for(task)
    local at, group = self, task._group
    while at do
        if at == task or (group and at == group) then
            return true
        end
        at = at._awaits
    end
    return false
end

--- wait([seconds]) -> what its function returned | nil, error, and of a task that failed where. When the seconds are over
-- first: nil, "timeout", and the task goes on.
function Task:wait(seconds)
    check_self(self, "wait")
    if seconds ~= nil and (type(seconds) ~= "number" or seconds ~= seconds or seconds < 0) then
        misuse.raise("wait: the time must be a number of seconds, 0 or more, not %s", misuse.shown(seconds))
    end
    local task = waiting.task()
    if task and self._status == "pending" and self:_waits_for(task) then
        misuse.raise "wait: the task would wait for itself"
    end
    local is_done, err = waiting.wait(self._home, self, seconds)
    if err then
        return nil, err
    elseif not is_done then
        return nil, "timeout"
    end
    local errors = self._home._errors
    for index, each in ipairs(errors) do
        if each.task == self then
            table.remove(errors, index) -- It is told here.
            self._home._agenda.has_errors = errors[1] ~= nil
            self._home._agenda:set_busy()
            break
        end
    end
    return unpack(self._results, 1, self._results.n)
end

function Task:__tostring()
    return ("replicate.task (%s)"):format(self._status)
end

function tasks.is_task(value)
    return getmetatable(value) == Task
end

--- spawn(fn, …) -> task. It begins in the next poll.
function tasks.spawn(client, fn, ...)
    if type(fn) ~= "function" then
        misuse.raise("spawn: it takes a function, not %s", misuse.describe(fn))
    elseif not client._core then
        misuse.raise "spawn: this client is closed"
    end
    return tasks.start(client, nil, fn, ...)
end

--- What a sleep waits for: only for the time; but what a program sleeps for may be another task's doing.
local Sleep = {
    _needs_tasks = true, _is_done = function() return false end, _is_given_up = function() return false end,
}
Sleep.__index = Sleep

--- sleep(seconds) -> true | nil, error in a task that is canceled.
function tasks.sleep(client, seconds)
    if type(seconds) ~= "number" or not (seconds >= 0 and seconds <= 2147483) then
        misuse.raise("sleep: the time must be a number of seconds from 0 to 2147483, not %s", misuse.shown(seconds))
    end
    local task = waiting.task()
    client = task and task._home or client
    if not client._core and not task then
        misuse.raise "sleep: this client is closed"
    end
    local _, err = waiting.wait(client, setmetatable({}, Sleep), seconds)
    if err then
        return nil, err
    end
    return client._core ~= nil or nil, not client._core and core.error("canceled", "the client was closed") or nil
end

--- Ends the tasks of a client that is closed: what they wait for is canceled, and they run to their ends.
function tasks.close(client)
    local agenda = client._agenda
    local list = {}
    for task in pairs(client._tasks) do
        list[#list + 1] = task
    end
    for _, task in ipairs(list) do
        task:_cancel(core.error("canceled", "the client was closed"))
    end
    agenda:fire_all()
    while agenda:step() do end -- luacheck: ignore 542
end

return tasks
