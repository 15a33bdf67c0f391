--- A request under way: what the asynchronous form of a call returns.

local core = require "replicate.core"
local jobs = require "replicate.jobs"
local misuse = require "replicate.misuse"
local waiting = require "replicate.waiting"
misuse.register()

local unpack = table.unpack or unpack
local pack = table.pack or function(...)
    return { n = select("#", ...), ... }
end

local Request = {
    --- What makes the results gives this instead where another operation has to end first.
    goes_on = {},
    --- Or this, and the error.
    failed = {},
}
Request.__index = Request
Request.__name = "replicate.request"

--- `observers`: a function for snapshots, or { update =, upload =, stream = }; that of a stream gets the events, a function to
-- call when it has them, and the request.
function Request._new(client, tag, kind, finish, callback, observers)
    local on_update, on_upload, on_stream = observers, nil, nil
    if type(observers) == "table" then
        on_update, on_upload, on_stream = observers.update, observers.upload, observers.stream
    end
    return setmetatable({
        _client = client,
        _tag = tag,
        _handle = false,
        _is_uncounted = true, -- until it has begun
        _kind = kind,
        _make = finish,
        _callback = callback or false,
        _on_update = on_update,
        _on_upload = on_upload,
        _on_stream = on_stream,
        _status = "pending",
        _results = false,
        _tries = 0,
        _after = false, -- as what waits in a list has it
    }, Request)
end

local function check_self(self, what)
    if getmetatable(self) ~= Request then
        misuse.raise_for_self(what, "request:" .. what)
    end
end

--- "pending", "succeeded", "failed" or "canceled".
function Request:status()
    check_self(self, "status")
    return self._status
end

--- Ends it: the callback, or `wait`, gets an error of the kind "canceled" from the next poll. A run's prediction is canceled
-- on the server too. No-op once it has ended.
function Request:cancel()
    check_self(self, "cancel")
    self._is_canceled = self._status == "pending"
    if self._handle then
        self._handle:cancel()
    end
end

--- wait([seconds]) -> what the call results in | nil, error. Runs the callbacks of other requests meanwhile. When the
-- seconds are over first: nil, "timeout", and the request goes on.
function Request:wait(seconds)
    check_self(self, "wait")
    if seconds ~= nil and (type(seconds) ~= "number" or seconds ~= seconds or seconds < 0) then
        misuse.raise("wait: the time must be a number of seconds, 0 or more, not %s", misuse.shown(seconds))
    end
    local is_done, err = waiting.wait(self._client, self, seconds)
    if err then
        return nil, err
    elseif not is_done then
        return nil, "timeout"
    end
    return unpack(self._results, 1, self._results.n)
end

function Request:_is_done()
    return self._status ~= "pending"
end

--- The task that waits for it is canceled, and the request with it; its end, with what is known of the prediction, comes.
function Request:_is_given_up()
    self:cancel()
    return true
end

--- Events of its stream. What a loop reads is held back again: no more of it comes before it has been read. `serial` is the
-- event's, by which it is taken.
function Request:_stream(events, serial)
    if self._is_uncounted and self._handle then
        self._handle:hold(true)
    end
    waiting.wake(self, self._client)
    self._on_stream(events, serial, self)
end

function Request:_update(snapshot)
    local job = self._on_update and jobs.adopt(self._client, self._kind, snapshot)
    if job then
        self._client:_call(self, self._on_update, job)
    end
end

--- How far the files of its input are: { sent =, total = }, in bytes.
function Request:_upload(progress)
    if self._on_upload then
        self._client:_call(self, self._on_upload, progress)
    end
end

--- Of pcall's results: those of the function, or nil and what it raised.
local function made(ok, ...)
    if not ok then
        return nil, (...)
    end
    local first = ...
    return (first == Request.goes_on or first == Request.failed) and first or pack(...), select(2, ...)
end

--- A lack of memory is raised: the event comes again. Of one that comes for the third time it is the result.
function Request:_check_memory(problem)
    self._tries = self._tries + 1
    if self._tries < 3 and tostring(problem):find("not enough memory", 1, true) then
        error(problem, 0)
    end
end

--- What the event that is its last makes of it: status, results; nil if another operation has to end first. Nothing has changed
-- then that would stand in the way of the same event, which comes again if this raises an error.
function Request:_outcome(succeeded, value)
    if succeeded then
        local err
        value, err = jobs.adopt(self._client, self._kind, value)
        if err then
            succeeded, value = false, err
        end
    end
    if succeeded and self._make then
        local results, problem = made(pcall(self._make, value, self))
        if not results then
            self:_check_memory(problem)
            succeeded, value = false, core.error("internal", "the result could not be made: " .. tostring(problem))
        elseif results == Request.goes_on then
            return nil
        elseif results == Request.failed then
            succeeded, value = false, problem
        else
            return "succeeded", results
        end
    end
    if succeeded then
        return "succeeded", { n = 1, value }
    end
    jobs.adopt_error(self._client, self._kind, value)
    value.prediction = self._paid_for or value.prediction
    return value.kind == "canceled" and "canceled" or "failed", pack(nil, value)
end

--- Its last event; `serial` is nil where there is none, as the client is closed. From where it is taken on no memory is wanted
-- until all is as it shall be.
function Request:_finish(succeeded, value, serial)
    local client, tag = self._client, self._tag
    local handle = self._handle
    local status, results = self:_outcome(succeeded, value)
    if client._requests[tag] ~= self then
        return -- A finalizer has polled.
    elseif not status then
        if handle then
            handle:release()
        end
        client:_taken(serial)
        return
    end
    waiting.wake(self, client)
    if handle then
        handle:release()
    end
    client:_taken(serial)
    if client._requests[tag] ~= self then
        return -- once more
    end
    client._requests[tag] = nil
    if not self._is_uncounted then
        client._count = client._count - 1
    end
    self._handle, self._status, self._results = nil, status, results
    if self._callback then
        local queue = client._calls
        if queue:is_full() then
            queue:enqueue(self)
        else
            self:_run(queue)
        end
    end
end

--- Calls its callback.
function Request:_run(queue)
    local callback, results = self._callback, self._results
    self._callback = false
    if self._status == "succeeded" then
        -- The error's place stays free, so that `if err` means what it says.
        queue:run(nil, callback, results[1], nil, unpack(results, 2, results.n))
    else
        queue:run(nil, callback, nil, results[2])
    end
end

function Request:__tostring()
    return ("replicate.request (%s)"):format(self._status)
end

return Request
