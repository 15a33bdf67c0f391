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

--- `observers`: a function for snapshots, or { update =, upload = }.
function Request._new(client, tag, kind, finish, callback, observers)
    local on_update, on_upload = observers, nil
    if type(observers) == "table" then
        on_update, on_upload = observers.update, observers.upload
    end
    return setmetatable({
        _client = client,
        _tag = tag,
        _handle = false,
        _is_uncounted = true, -- until it has begun
        _kind = kind,
        _make = finish,
        _callback = callback,
        _on_update = on_update,
        _on_upload = on_upload,
        _status = "pending",
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

--- Events of its stream. What a loop reads is held back again: no more of it comes before it has been read.
function Request:_stream(events)
    if self._is_uncounted then
        self._handle:hold(true)
    end
    self._on_stream(events)
    waiting.wake(self, self._client)
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
    if ok then
        return pack(...)
    end
    return nil, (...)
end

function Request:_finish(succeeded, value)
    if self._handle then
        self._handle:release()
        self._handle = nil
    end
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
            succeeded, value = false, core.error("internal", "the result could not be made: " .. tostring(problem))
        elseif results[1] == Request.goes_on then
            return
        elseif results[1] == Request.failed then
            succeeded, value = false, results[2]
        end
        self._results = succeeded and results or nil
    end
    if succeeded then
        self._status = "succeeded"
        self._results = self._results or { n = 1, value }
    else
        jobs.adopt_error(self._client, self._kind, value)
        value.prediction = self._paid_for or value.prediction
        self._status = value.kind == "canceled" and "canceled" or "failed"
        self._results = pack(nil, value)
    end
    waiting.wake(self, self._client)
    local callback = self._callback
    if not callback then
        return
    end
    self._callback = nil
    if succeeded then
        -- The error's place stays free, so that `if err` means what it says.
        self._client:_call(nil, callback, self._results[1], nil, unpack(self._results, 2, self._results.n))
    else
        self._client:_call(nil, callback, nil, value)
    end
end

function Request:__tostring()
    return ("replicate.request (%s)"):format(self._status)
end

return Request
