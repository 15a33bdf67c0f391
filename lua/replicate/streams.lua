--- The output of a prediction while it is made: an iterator over the events of its stream.
--
-- A stream that is read by a loop is held back in the core between two events: whatever else is polled meanwhile, no more than
-- what was asked for is taken from the server.

local calls = require "replicate.calls"
local misuse = require "replicate.misuse"
local options = require "replicate.options"
local waiting = require "replicate.waiting"
misuse.register()

local streams = {}

local none = {}

local Stream = { __name = "replicate.stream" }
Stream.__index = Stream

local function check_self(self, what)
    if getmetatable(self) ~= Stream then
        misuse.raise_for_self(what, "stream:" .. what)
    end
end

--- next() -> event | nil at the end | nil, error. Waits for it, running callbacks of other requests meanwhile.
function Stream:next()
    check_self(self, "next")
    local event = self._events[self._index + 1]
    if event then
        self._index = self._index + 1
        return event
    end
    return self:_refill()
end

--- For those who wait: whether `next` has something to say.
function Stream:_is_done()
    return self._events[self._index + 1] ~= nil or self._request._status ~= "pending"
end

--- The task that reads it is canceled.
function Stream:_is_given_up()
    self:close()
    return false
end

function Stream:_refill()
    local request, client = self._request, self._request._client
    local event
    -- Of several tasks that read it, another may have been quicker.
    while not event and not self._is_closed and request._status == "pending" and client._core do
        self._events, self._index = none, 0
        request._handle:hold(false) -- until something comes
        local _, err = waiting.wait(client, self)
        if err then
            return nil, err
        end
        event = self._events[self._index + 1]
    end
    if event then
        self._index = self._index + 1
        return event
    end
    local err = request._status ~= "succeeded" and not self._is_closed and request._results and request._results[2] or nil
    return nil, err
end

--- In a `for` loop: the next event; raises what goes wrong.
function Stream:__call()
    -- A million a second may come: no more than this for one that is here.
    local index = self._index + 1
    local event = self._events[index]
    if event then
        self._index = index
        return event
    end
    local err
    event, err = waiting.iterate(self.next, self)
    if err then
        error(err, 0)
    end
    return event
end

--- For `for text in stream:text() do`: the output alone.
function Stream:text()
    check_self(self, "text")
    return function()
        while true do
            local event = self()
            if not event or event.event == "output" then
                return event and event.data
            end
        end
    end, nil, nil, self
end

--- Has the core end the transfer of a stream's request.
local function end_transfer(request)
    if request._handle then
        request._handle:hold(false)
        request._handle:cancel()
        request._client:_recount(request)
    end
end

--- Ends the transfer; with the option cancel the prediction is canceled on the server too. No-op once it has ended.
function Stream:close()
    check_self(self, "close")
    self._is_closed = true
    if self._request then
        end_transfer(self._request)
    end
    self._events, self._index = none, 0
end

Stream.__close = Stream.close
Stream.__gc = Stream.close

--- In Lua 5.1 and LuaJIT the collector finalizes no tables. There a stream holds a userdata, which ends the transfer when the
-- stream is gone; it knows the request alone, for what it knows it keeps alive.
local function guard(cell)
    local userdata = newproxy and newproxy(true)
    if userdata then
        getmetatable(userdata).__gc = function()
            if cell.request then
                end_transfer(cell.request)
            end
        end
    end
    return userdata
end

function Stream:__tostring()
    return ("replicate.stream (%s)"):format(self._request._status)
end

streams.names = { "input", "webhook", "webhook_events_filter", "cancel", "fallback", "on_upload" }
local call_names = options.names("call", { "cancel", "fallback" })

--- Moves the options of a stream from `rest` to the core's `settings`.
local function set_options(what, rest, settings)
    local cancel, fallback = rest.cancel, rest.fallback
    rest.cancel, rest.fallback = nil, nil
    if cancel ~= nil and type(cancel) ~= "boolean" then
        misuse.raise("%s: cancel must be true or false, not %s", what, misuse.describe(cancel))
    end
    if fallback ~= nil and fallback ~= false and fallback ~= "poll" then
        misuse.raise('%s: fallback must be "poll", not %s', what, misuse.shown(fallback))
    end
    if cancel then
        settings.cancel_prediction = "1"
    end
    settings.fallback = fallback or nil
    settings.updates = "1"
end

--- Starts an operation of the core that streams. With a callback it is called for each event, and at the end with nil, the
-- error or nil, and the prediction.
-- `kind` is false for a file's bytes; `on_done` hears what the operation results in, `on_upload` how far the input's files are.
local function start(client, what, callback, kind, on_done, on_upload, operation, ...)
    if callback ~= nil and type(callback) ~= "function" then
        misuse.raise("%s: the callback must be a function, not %s", what, misuse.describe(callback))
    end
    -- A task that is canceled begins nothing.
    local owner = not callback and waiting.owner(client)
    if owner and owner._canceled then
        owner._is_told = true
        return nil, owner._canceled
    end
    -- The client knows the request, and the request must not keep the stream alive. All of it is made before the request begins.
    local holder = setmetatable({ stream = false }, { __mode = "v" })
    local cell = { request = false }
    local sequence = callback and calls.sequence(client, callback)
    local function ended(prediction, err)
        if on_done and not err then
            on_done(prediction)
        end
        if holder.stream and kind then
            holder.stream.prediction = prediction or err.prediction or holder.stream.prediction
        end
        if sequence then
            sequence:finish(nil, err, kind and prediction or nil)
        end
    end
    local function update(prediction)
        if holder.stream then
            holder.stream.prediction = prediction
        end
    end
    local function take(events, serial, request)
        local reader = holder.stream
        if sequence then
            client:_hold(request)
            sequence:add_all(nil, events, serial)
        elseif client:_taken(serial) and reader and not reader._is_closed then
            reader._events, reader._index = events, 0
        end
    end
    local stream = not callback and setmetatable({
        _request = false, _events = none, _index = 0, _guard = guard(cell), _is_closed = false,
        prediction = type(kind) == "table" and kind or nil,
    }, Stream)
    holder.stream = stream
    local request, err = client:_start(
        what, ended, kind or nil, nil, { update = update, upload = on_upload, stream = take }, operation, ...
    )
    if not request or callback then
        return request, err
    end
    stream._request, cell.request = request, request
    request._handle:hold(true)
    client:_uncount(request)
    return stream
end

--- The values that a `for` loop takes: the iterator, and in Lua 5.4 what it closes.
local function for_loop(stream, err, callback)
    if not stream then
        if callback then
            return nil, err
        end
        error(err, 0)
    end
    if callback then
        return stream
    end
    return stream, nil, nil, stream
end

--- Of a prediction that is made for it. `rest`: what the options hold beside the core's settings.
function streams.create(client, what, reference, settings, input, rest, callback, on_upload)
    local stream, err = start(client, what, callback, "prediction", nil, on_upload, "stream", reference, input, rest, settings)
    return for_loop(stream, err, callback)
end

streams.set_options = set_options

--- Of a file's bytes, by an operation of the core: the pieces are strings.
function streams.of_bytes(client, what, callback, on_done, operation, ...)
    local stream, err = start(client, what, callback, false, on_done, nil, operation, ...)
    return for_loop(stream, err, callback)
end

--- Of a prediction that exists: stream([options] [, callback]).
function streams.of_job(client, job, given, callback)
    local what = "prediction:stream"
    local settings, rest = options.split(what, given, call_names)
    set_options(what, rest, settings)
    local url = type(job.urls) == "table" and job.urls.stream or nil
    local stream, err = start(client, what, callback, job, nil, nil, "predictions_stream", job.id, url, settings)
    return for_loop(stream, err, callback)
end

return streams
