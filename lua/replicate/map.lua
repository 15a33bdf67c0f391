--- map and all: the same for each of a list, or different things, a few at a time. Each is a task, and all of them a group.
--
-- A failure does not end the others: what was begun may have been paid for. It leaves a hole in the results.

local core = require "replicate.core"
local misuse = require "replicate.misuse"
local options = require "replicate.options"
local Request = require "replicate.request"
local tasks = require "replicate.tasks"
local waiting = require "replicate.waiting"
misuse.register()

local map = {}

local Group = {}
Group.__index = Group
Group.__name = "replicate.group"
Group._needs_tasks = true -- for to end

local raw_length = rawget(_G, "rawlen") or function(list)
    return #list
end

local names = options.names("none", { "concurrency", "on_progress", "cancel_on_error" })

local function check_self(self, what)
    if getmetatable(self) ~= Group then
        misuse.raise_for_self(what, "group:" .. what)
    end
end

--- "pending", "succeeded", "failed" or "canceled".
function Group:status()
    check_self(self, "status")
    return self._status
end

function Group:_is_done()
    return self._status ~= "pending"
end

--- The task that waits for it is canceled, and the group with it.
function Group:_is_given_up(err)
    self:_end_by(err)
    return true
end

--- wait([seconds]) -> results, nil, n | nil, error, the results there are, the errors by index; or nil, "timeout".
function Group:wait(seconds)
    check_self(self, "wait")
    if seconds ~= nil and (type(seconds) ~= "number" or seconds ~= seconds or seconds < 0) then
        misuse.raise("wait: the time must be a number of seconds, 0 or more, not %s", misuse.shown(seconds))
    end
    local task = waiting.task()
    if task and task._group == self and not self:_is_done() then
        misuse.raise "wait: the task would wait for itself"
    end
    local is_done, err = waiting.wait(self._client, self, seconds)
    if err then
        return nil, err, self._results, self._errors
    elseif not is_done then
        return nil, "timeout"
    end
    return self:_outcome()
end

function Group:_outcome()
    if self._status == "succeeded" then
        return self._results, nil, self._n
    end
    return nil, self._err, self._results, self._errors
end

--- Begins no more, and cancels those that run. No-op once it has ended.
function Group:cancel()
    check_self(self, "cancel")
    self:_end_by(core.error("canceled", "the group was canceled"))
end

function Group:_end_by(err)
    if not self:_is_done() and not self._is_canceled then
        self._is_canceled, self._err = true, err
        self:_stop()
    end
end

function Group:_stop()
    if self._is_stopped then
        return
    end
    for index = self._begun + 1, self._n do
        self._errors[index] = core.error("canceled", "the group was canceled before this began")
    end
    local running = {}
    for index, task in pairs(self._running) do
        running[#running + 1] = task
        local item = self._list[index]
        if self._is_all and tasks.is_task(item) then
            running[#running + 1] = item
        end
    end
    self._is_stopped = true
    self._done = self._done + self._n - self._begun
    self._begun = self._n
    for _, task in ipairs(running) do
        task:cancel()
    end
    self:_end_if_done()
end

local function fail(self, index, err, trace)
    if type(err) == "table" and getmetatable(err) == tasks.error_metatable then
        err.index = index
    elseif type(err) == "string" then
        err = ("item %d: %s"):format(index, trace or err)
    end
    self._errors[index] = err
    self._err = self._err or err
end

--- One of the tasks has ended. This is called once more if it could not be done to its end for the want of memory.
function Group:_ended(index, task)
    local is_failed = task:status() ~= "succeeded" or (task._results[1] == nil and task._results[2] ~= nil)
    if self._running[index] == task then
        if is_failed then
            fail(self, index, task._results[2], task._results[3])
        else
            self._results[index] = task._results[1]
        end
        self._running[index] = nil
        self._count = self._count - 1
        self._done = self._done + 1
        if self._on_progress then
            self._client:_call(self, self._on_progress, self._done, self._n, self)
        end
    end
    if is_failed and self._cancel_on_error then
        self:_stop()
    end
    self:_fill()
    self:_end_if_done()
end

function Group:_fill()
    while self._begun < self._n and self._count < self._concurrency and self._client._core do
        local index = self._begun + 1
        local task = tasks.new(self._client, function(task)
            self:_ended(index, task)
        end, self._fn, self._list[index], index)
        task._group = self
        self._running[index] = task
        tasks.begin(task)
        self._begun = index
        self._count = self._count + 1
    end
end

function Group:_end_if_done()
    if self._done < self._n and self._client._core == nil and self._count == 0 then
        self:_end_by(core.error("canceled", "the client was closed"))
    end
    if self._done < self._n or self:_is_done() then
        return
    end
    waiting.wake(self, self._client)
    self._status = not self._err and "succeeded" or self._is_canceled and "canceled" or "failed"
    if self._callback then
        if self._err then
            self._client:_call(nil, self._callback, nil, self._err, self._results, self._errors)
        else
            self._client:_call(nil, self._callback, self._results, nil, self._n)
        end
    end
end

function Group:__tostring()
    return ("replicate.group (%s, %d of %d)"):format(self._status, self._done, self._n)
end

local function length(list)
    local n = rawget(list, "n")
    return type(n) == "number" and n >= 0 and n == math.floor(n) and n < 2 ^ 31 and n or raw_length(list)
end

local function copy(list)
    local items = {}
    for index = 1, length(list) do
        items[index] = rawget(list, index)
    end
    return items, length(list)
end

--- Starts a group; with a callback it is returned at once, else waited for.
local function start(client, what, list, fn, given, callback, is_all)
    if type(given) == "function" and callback == nil then
        given, callback = nil, given
    end
    local _, rest = options.split(what, given, names)
    local concurrency = rest.concurrency
    if concurrency == nil then
        concurrency = is_all and math.huge or 8
    elseif type(concurrency) ~= "number" or concurrency ~= math.floor(concurrency) or concurrency < 1 then
        misuse.raise("%s: concurrency must be a whole number from 1 on, not %s", what, misuse.shown(concurrency))
    end
    if rest.on_progress ~= nil and type(rest.on_progress) ~= "function" then
        misuse.raise("%s: on_progress must be a function, not %s", what, misuse.describe(rest.on_progress))
    end
    if rest.cancel_on_error ~= nil and type(rest.cancel_on_error) ~= "boolean" then
        misuse.raise("%s: cancel_on_error must be true or false, not %s", what, misuse.describe(rest.cancel_on_error))
    end
    if callback ~= nil and type(callback) ~= "function" then
        misuse.raise("%s: the callback must be a function, not %s", what, misuse.describe(callback))
    end
    local owner = not callback and waiting.owner(client)
    if owner and owner._canceled then
        owner._is_told = true
        return nil, owner._canceled, {}, {}
    end
    if not client._core then
        misuse.raise("%s: this client is closed", what)
    end
    local items, n = copy(list)
    local group = setmetatable({
        _client = client,
        _fn = fn,
        _list = items,
        _n = n,
        _is_all = is_all,
        _concurrency = concurrency,
        _on_progress = rest.on_progress,
        _cancel_on_error = rest.cancel_on_error,
        _callback = callback,
        _status = "pending",
        _is_stopped = false,
        _results = {},
        _errors = {},
        _running = {},
        _begun = 0, _count = 0, _done = 0,
    }, Group)
    if n == 0 and callback then
        -- Callbacks run inside of a poll.
        tasks.start(client, function() group:_end_if_done() end, function() end)
        return group
    end
    local ok, problem = pcall(group._fill, group)
    if not ok then
        group._concurrency = 0 -- Nobody will know the group: it begins no more.
        error(problem, 0)
    end
    group:_end_if_done()
    if callback then
        return group
    end
    group._is_waited_for = true
    local _, err = waiting.wait(client, group)
    if group._raised then
        error(group._raised[1], 0)
    elseif err then
        return nil, err, group._results, group._errors
    end
    return group:_outcome()
end

function map.map(client, list, fn, given, callback)
    if type(list) ~= "table" then
        misuse.raise("map: it takes a list, not %s", misuse.describe(list))
    elseif type(fn) ~= "function" then
        misuse.raise("map: it takes a list and a function, not %s", misuse.describe(fn))
    end
    return start(client, "map", list, fn, given, callback)
end

local function run_one(item)
    if type(item) == "function" then
        return item()
    end
    return item:wait()
end

--- What can be waited for.
local function is_waitable(value)
    local metatable = type(value) == "table" and getmetatable(value)
    return metatable == Request or metatable == Group or tasks.is_task(value)
end

function map.all(client, list, given, callback)
    if type(list) ~= "table" then
        misuse.raise("all: it takes a list of functions, tasks and requests, not %s", misuse.describe(list))
    end
    for index = 1, length(list) do
        local item = rawget(list, index)
        if type(item) ~= "function" and not is_waitable(item) then
            misuse.raise("all: the list takes functions, tasks and requests; item %d is %s", index, misuse.describe(item))
        end
    end
    return start(client, "all", list, run_one, given, callback, true)
end

--- For editors' and specs' sake: the metatable.
map.Group = Group

return map
