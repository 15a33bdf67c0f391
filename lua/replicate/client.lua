--- A client: it starts requests, and runs what they are to run when they end, on the thread that polls.

local Agenda = require "replicate.agenda"
local calls = require "replicate.calls"
local close = require "replicate.closing"
local core = require "replicate.core"
local files = require "replicate.files"
local jobs = require "replicate.jobs"
local misuse = require "replicate.misuse"
local options = require "replicate.options"
local outputs = require "replicate.outputs"
local polling = require "replicate.polling"
local Predictions = require "replicate.predictions"
local Request = require "replicate.request"
local resources = require "replicate.resources"
local verbs = require "replicate.verbs"
local waiting = require "replicate.waiting"
local webhooks = require "replicate.webhooks"
misuse.register()

local unpack = table.unpack or unpack

local poll_core, taken = core.poll, core.taken

--- Of each client, its agenda: for `poll`, which has no time to call getmetatable. The client keeps it: where a weak key's value
-- is kept (before Lua 5.2, and in LuaJIT), an agenda whose tasks know the client would keep that for ever. Elsewhere finalizers
-- find only what has a weak key.
local agendas = setmetatable({}, { __mode = _VERSION == "Lua 5.1" and "kv" or "k" })

local Client = {}
Client.__index = Client
Client.__name = "replicate.client"

local names = options.names("client", { "on_request", "on_response", "on_retry", "file_output", "max_pages" })

verbs(Client)

local function check_self(self, what)
    if getmetatable(self) ~= Client then
        misuse.raise_for_self(what, "client:" .. what)
    end
end

local function wait_for_training(self, training, given, callback)
    local client = resources.client_of(self, "trainings:wait")
    if type(given) == "function" and callback == nil then
        given, callback = nil, given
    end
    return jobs.wait(client, "training", training, given, callback)
end

--- new{ auth=, base_url=, … } -> client | nil, error
function Client._new(given)
    local settings, observers = options.split("replicate.new", given, names)
    local file_output = observers.file_output
    local max_pages = observers.max_pages
    observers.file_output, observers.max_pages = nil, nil
    if max_pages ~= nil then
        options.count("replicate.new", "max_pages", max_pages)
    end
    outputs.check_option("replicate.new", file_output)
    for name, observer in pairs(observers) do
        if type(observer) ~= "function" then
            misuse.raise("replicate.new: %s must be a function, not %s", name, misuse.describe(observer))
        end
        settings.observe = "1"
    end
    local handle, err = core.client(settings)
    if not handle then
        if type(err) == "string" or err.kind == "invalid_input" then
            misuse.raise_of_core("replicate.new", err)
        end
        return nil, err
    end
    local self = setmetatable({ _core = handle, _requests = {}, _errors = {}, _watches = {}, _count = 0, _tag = 0,
        _is_half_ended = false, _is_ending = false,
    }, Client)
    self._client = self -- as a resource has it
    self._timeout_ms = settings.timeout_ms
    self._agenda, self._tasks, self._calls = Agenda.new(), {}, calls.new(self)
    agendas[self] = self._agenda
    self._file_output = file_output
    self._max_pages = max_pages
    self._observers = next(observers)
        and { request = observers.on_request, response = observers.on_response, retry = observers.on_retry }
    self._classes = jobs.classes(self)
    resources.add(self)
    self.predictions.create = Predictions.create
    self.trainings.create, self.trainings.wait = Predictions.create_training, wait_for_training
    self.files.create, self.files.download, self.files.sign = files.create, files.download, files.sign_method
    webhooks.add(self)
    resources.place(self, "models.predictions").create = Predictions.create_of_model
    resources.place(self, "deployments.predictions").create = Predictions.create_of_deployment
    return self
end

--- Starts an operation of the core. With a callback it returns the request at once, else what the operation results in.
-- `kind` says of what sort the answer is ("prediction", "predictions" for pages of them, nil: no matter); `finish`, if
-- there is one, makes the results of it.
function Client:_start(what, callback, kind, finish, on_update, operation, ...)
    if callback ~= nil and type(callback) ~= "function" then
        misuse.raise("%s: the callback must be a function, not %s", what, misuse.describe(callback))
    end
    local owner = not callback and waiting.owner(self)
    if owner and owner._canceled then
        owner._is_told = true
        return nil, owner._canceled
    end
    if not self._core then
        misuse.raise("%s: this client is closed", what)
    end
    -- Whatever needs memory comes first: what has begun may be paid for, and must not be lost for the want of a table.
    local tag = self._tag + 1
    self._tag = tag
    local request = Request._new(self, tag, kind, finish, callback, on_update)
    self._requests[tag] = request
    local ok, handle, err, is_of_file = pcall(self._core[operation], self._core, tag, (callback or owner) and true or false, ...)
    if not ok then
        self._requests[tag] = nil -- It has not begun: what begins something raises nothing.
        error(handle, 0)
    elseif not handle then
        self._requests[tag] = nil
        if type(err) == "string" or (err.kind == "invalid_input" and not is_of_file) then
            misuse.raise_of_core(what, err)
        end
        return nil, err
    end
    request._handle, request._is_uncounted = handle ~= true and handle, false
    self._count = self._count + 1
    if self._agenda.changed then
        self._agenda.changed()
    end
    if callback then
        return request
    end
    request._is_waited_for = true
    if not waiting.wait(self, request) then
        return nil, core.error("canceled", "the client was closed")
    end
    if request._raised then
        error(request._raised[1], 0)
    end
    return unpack(request._results, 1, request._results.n)
end

--- Has a request, whose operation has ended, go on with another one: what its `finish` gives is the result then.
function Client:_continue(request, finish, operation, ...)
    local handle, err = self._core[operation](self._core, request._tag, true, ...)
    if not handle then
        return Request.failed, type(err) == "string" and core.error("invalid_input", err) or err
    end
    request._handle, request._kind, request._make = handle, nil, finish
    return Request.goes_on
end

--- The page at an URL. `settings` are the core's options.
function Client:_page(what, url, settings, kind)
    return self:_start(what, nil, kind, nil, nil, "page_get", url, settings)
end

--- Takes one event and does what it asks for, or one thing of the agenda; false if there was none within the time.
function Client:_step(milliseconds, horizon)
    if self._calls:step() then
        return true
    end
    local agenda = self._agenda
    if agenda.due or agenda.has_others then
        return polling.step(self, milliseconds, horizon)
    end
    local tag, kind, value, serial = self._core:poll(milliseconds)
    if not tag then
        return false
    end
    self:_take(tag, kind, value, serial)
    return true
end

--- An event comes again with the next step, until it was taken: if an error, which is a lack of memory, ends this before, nothing
-- is lost. A finalizer that runs meanwhile may poll: the event is its own then.
function Client:_take(tag, kind, value, serial)
    local request = self._requests[tag]
    if not self._core then
        return -- A finalizer has closed it meanwhile, and all requests were told.
    elseif not request then
        self:_taken(serial)
    elseif kind == "done" or kind == "failed" then
        request:_finish(kind == "done", value, serial)
        self:_tell_loop()
    elseif kind == "stream" then
        request:_stream(value, serial)
    elseif kind == "chunk" then
        request:_stream({ value }, serial)
    elseif self:_taken(serial) then
        self:_observe(request, kind, value)
    end
end

--- What the event asks for has been done, as far as it can be lost. False if it was taken before.
function Client:_taken(serial)
    return self._core ~= nil and taken(self._core, serial)
end

--- What is only told.
function Client:_observe(request, kind, value)
    local observers = self._observers
    if kind == "updated" then
        request:_update(value)
    elseif kind == "upload" then
        request:_upload(value)
    elseif observers and observers[kind] then
        self:_call(request, observers[kind], value)
    end
end

--- The loop that this client is attached to does not wait for one that has nothing to do.
function Client:_tell_loop(is_news)
    if (is_news or self._count == 0) and self._agenda.changed then
        self._agenda.changed()
    end
end

--- A stream that is read by a loop is not among what `loop` waits for: it goes on when it is read.
function Client:_uncount(request)
    request._is_uncounted = true
    self._count = self._count - 1
end

function Client:_recount(request)
    if request._is_uncounted and self._requests[request._tag] then
        request._is_uncounted = false
        self._count = self._count + 1
    end
end

--- Runs a function of the caller's, or has it run when it is its turn.
function Client:_call(request, fn, ...)
    self._calls:call(request, fn, ...)
end

--- Holds a stream's next events back until the end of this poll, so that it comes to an end however fast a server is.
function Client:_hold(request)
    if request._handle then
        local held = self._held or {}
        self._held = held
        held[#held + 1] = request -- first, for it may want memory: what is held for ever never ends
        request._handle:hold(true)
    end
end

--- At that end: of a poll, or of one step of a call that blocks. What was polled only because this client's tasks wait for it has
-- none of its own.
function Client:_let_go()
    local held = self._held
    self._held = nil
    for _, request in ipairs(held or {}) do
        if request._handle and self._core then
            request._handle:hold(false)
        end
    end
    local driven = self._agenda.driven
    for other in pairs(driven) do
        driven[other] = nil
        other:_let_go()
    end
end

--- Keeps what a function of the caller's raised, for a poll to raise it.
function Client:_keep_error(err)
    self._errors[#self._errors + 1] = err
    self._agenda.has_errors = true
    self._agenda:set_busy()
end

function Client:_raise_next()
    local first = table.remove(self._errors, 1)
    if first then
        self._agenda.has_errors = self._errors[1] ~= nil
        self._agenda:set_busy()
        error(first[1], 0)
    end
end

--- poll([timeout [, max [, seconds]]]) -> how many events were handled. Runs the callbacks and tasks that are due, at most
-- `max` of them, and begins none after `seconds`; waits up to `timeout` seconds (default 0: not at all) for the first. What a
-- callback raised is raised when the others have run.
function Client:poll(timeout, max, seconds)
    local agenda = agendas[self]
    if not agenda then
        misuse.raise_for_self("poll", "client:poll")
    end
    if timeout == nil and max == nil and seconds == nil and not agenda.is_busy then
        -- What a game does 60 times a second, mostly to find nothing.
        local due = agenda.due
        if not due and self._count == 0 and not self._observers then
            return 0
        elseif not due or due > core.now() then
            local tag, kind, value, serial = poll_core(self._core, 0)
            if not tag then
                return 0
            end
            self:_take(tag, kind, value, serial)
            return polling.poll(self, nil, nil, nil, 1)
        end
    end
    return polling.poll(self, timeout, max, seconds, 0)
end

--- Polls until nothing is pending: no request, and no task but those that this is called in.
function Client:loop()
    check_self(self, "loop")
    while self._core and self._count > self._agenda.active do
        if self:poll(0.1) == 0 and not self:_can_go_on() then
            break
        end
    end
    self:_raise_next()
end

--- Whether there is anything to wait for.
function Client:_can_go_on()
    local agenda = self._agenda
    return agenda.due ~= false or next(self._requests) ~= nil or agenda.has_others == true
end

--- How many requests and tasks have not ended.
function Client:pending()
    check_self(self, "pending")
    return self._count
end

--- The protocol of cqueues, for any loop: poll when the descriptor can be read.
function Client:pollfd()
    check_self(self, "pollfd")
    if not self._core then
        misuse.raise("pollfd: this client is closed")
    end
    return self._core:pollfd()
end

function Client:events()
    check_self(self, "events")
    return "r"
end

--- Seconds after which to poll in any case, for a task that sleeps; nil: what is due makes the descriptor readable.
function Client:timeout()
    check_self(self, "timeout")
    if self._calls.is_waiting or self._errors[1] or self._agenda.failed[1] then
        return 0
    end
    local seconds = self._agenda:seconds()
    -- What a task waits for may come by the descriptor of another client.
    return self._agenda.has_others and math.min(seconds or 0.02, 0.02) or seconds
end

function Client:closed()
    check_self(self, "closed")
    return self._core == nil
end

--- Ends everything at once; pending requests end with an error of the kind "canceled", and their callbacks hear it. If there is
-- not the memory to tell them, it raises, and can be called again.
function Client:close()
    check_self(self, "close")
    return close(self)
end

Client.__close = Client.close

function Client:__tostring()
    return self._core and "replicate.client" or "replicate.client (closed)"
end

return Client
