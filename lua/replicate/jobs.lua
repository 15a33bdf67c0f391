--- Predictions and trainings: the service's own fields in a plain table, and methods.
--
-- The methods are in a metatable, which each client has for each kind; pairs(), JSON and copies see the fields alone.

local core = require "replicate.core"
local misuse = require "replicate.misuse"
local options = require "replicate.options"
local outputs = require "replicate.outputs"
local streams = require "replicate.streams"
local watching = require "replicate.watching"
misuse.register()

local jobs = {}

--- The JSON text that a job came in.
local texts = setmetatable({}, { __mode = "k" })

local wait_names = options.names("call", { "interval", "on_progress" })
local call_names = options.names "call"

--- How the core calls what each kind does.
local operations = {
    prediction = { wait = "wait", reload = "predictions_get", cancel = "predictions_cancel" },
    training = { wait = "trainings_wait", reload = "trainings_get", cancel = "trainings_cancel" },
}

local ended = { succeeded = true, failed = true, canceled = true, aborted = true }

--- Gives a job the state of a later one. What has ended does not begin again: of two answers the older may come last.
local function renewed(self, later)
    if later ~= self and not (ended[self.status] and not ended[later.status]) then
        -- In this order a lack of memory in between leaves a job that can be renewed again.
        texts[self] = texts[later]
        for name, value in pairs(later) do
            self[name] = value
        end
        for name in pairs(self) do
            if later[name] == nil then
                self[name] = nil
            end
        end
    end
    return self
end

--- The metatable of a job that a method is called on, and how the method is called.
local function called_on(self, name)
    local class = jobs.class_of(self) or misuse.raise_for_self(name, "prediction:" .. name)
    return class, class.kind .. ":" .. name
end

--- The error of a job that cannot be asked for, as the service gave no id with it; nil of others. Raises if the program took
-- the id away.
local function lack_of_id(class, self, what)
    if type(self.id) == "string" then
        return nil
    end
    local given = texts[self] and core.json_decode(texts[self])
    if type(given) ~= "table" or type(given.id) == "string" then
        misuse.raise("%s: its id must be a string, not %s", what, misuse.describe(self.id))
    end
    return core.error("protocol", ("this %s has no id: the service's answer had none that is a text"):format(class.kind))
end

--- A method that asks the service for the job's state, and takes it over.
local function asking(name)
    return function(self, given, callback)
        local class, what = called_on(self, name)
        if type(given) == "function" and callback == nil then
            given, callback = nil, given
        end
        local settings = options.split(what, given, call_names)
        local err = lack_of_id(class, self, what)
        if err then
            return nil, err
        end
        return class.client:_start(
            what, callback, self, nil, nil, operations[class.kind][name], self.id, settings
        )
    end
end

local methods = { reload = asking "reload", cancel = asking "cancel" }

--- wait([options] [, callback]) -> itself, ended | nil, error
function methods:wait(given, callback)
    local class = called_on(self, "wait")
    if type(given) == "function" and callback == nil then
        given, callback = nil, given
    end
    return jobs.wait(class.client, class.kind, self, given, callback)
end

--- progress() -> { percentage = 0.3, current = 3, total = 10 } of the last bar in its logs; nil where there is none.
function methods:progress()
    called_on(self, "progress")
    local logs = self.logs
    if type(logs) ~= "string" then
        return nil
    end
    local fraction, current, total = core.progress(logs)
    return fraction and { percentage = fraction, current = current, total = total }
end

--- json() -> the text that the server sent.
function methods:json()
    called_on(self, "json")
    return texts[self]
end

local prediction_methods = {}
for name, method in pairs(methods) do
    prediction_methods[name] = method
end

--- For `for event in prediction:stream() do`, from the beginning of its output; or stream([options,] callback).
function prediction_methods:stream(given, callback)
    local class, what = called_on(self, "stream")
    if type(given) == "function" and callback == nil then
        given, callback = nil, given
    end
    local err = lack_of_id(class, self, what)
    if err and callback then
        return nil, err
    elseif err then
        error(err, 0) -- It is for a loop.
    end
    return streams.of_job(class.client, self, given, callback)
end

--- files() -> its output, with objects for the files in it.
function prediction_methods:files()
    local class, what = called_on(self, "files")
    return outputs.of(class.client, what, self)
end

--- on("start" | "output" | "logs" | "completed", function) -> itself. Calls the function as these things happen.
function prediction_methods:on(event, fn)
    local class, what = called_on(self, "on")
    local err = lack_of_id(class, self, what)
    if err then
        error(err, 0)
    end
    return watching.on(class.client, self, event, fn)
end

--- off([event [, function]]) -> itself. Takes functions back.
function prediction_methods:off(event, fn)
    local class = called_on(self, "off")
    return watching.off(class.client, self, event, fn)
end

local methods_of = { prediction = prediction_methods, training = methods }

--- Waits for the end of a job, given itself or its id.
function jobs.wait(client, kind, job, given, callback)
    local what = kind == "training" and "trainings:wait" or "wait"
    local id = job
    if type(job) == "table" then
        id = rawget(job, "id")
    end
    local class = jobs.class_of(job)
    if class and class.kind ~= kind or not class and type(id) ~= "string" then
        misuse.raise("%s: it takes a %s or its id, not %s", what, kind, misuse.describe(job))
    end
    local settings, rest = options.split(what, given, wait_names)
    local err = class and lack_of_id(class, job, what)
    if err then
        return nil, err
    end
    if rest.interval ~= nil then
        settings.poll_interval_ms = options.interval(what, "interval", rest.interval)
    end
    local observer = rest.on_progress
    if observer ~= nil and type(observer) ~= "function" then
        misuse.raise("%s: on_progress must be a function, not %s", what, misuse.describe(observer))
    end
    if observer then
        settings.updates = "1"
    end
    return client:_start(
        what, callback, class and job or kind, nil, observer, operations[kind].wait, id, settings
    )
end

--- The metatable of what a client gave; nil of anything else.
function jobs.class_of(value)
    local class = type(value) == "table" and getmetatable(value)
    local found = type(class) == "table" and rawget(class, "__index")
    return (found == methods or found == prediction_methods) and class or nil
end

--- The metatables of a client: { prediction =, training = }.
function jobs.classes(client)
    local classes = {}
    for kind in pairs(operations) do
        classes[kind] = {
            __index = methods_of[kind],
            __name = "replicate." .. kind,
            __jsontype = "object",
            client = client,
            kind = kind,
        }
    end
    return classes
end

--- A field of the service's that is called as a method is would hide it; it is still in the JSON.
local function as_job(class, value, text)
    if type(value) ~= "table" or getmetatable(value) ~= nil then
        return
    end
    for name in pairs(class.__index) do
        if value[name] ~= nil then
            value[name] = nil
        end
    end
    texts[value] = text
    setmetatable(value, class)
end

--- The text of the core's last event; nil if a finalizer has closed the client since.
local function text_of(client, pointer)
    return client._core and client._core:text(pointer)
end

--- Makes jobs of what the core's last event gave: `kind` is "prediction" or "training"; with an s, of pages of them; or a
-- job, which takes the new state over; or nil. Returns the value; or nil and an error, if it is not of that job.
function jobs.adopt(client, kind, value)
    if type(kind) == "table" then
        if type(value) ~= "table" or value.id ~= kind.id then
            return nil, core.error("protocol", "the answer is not the one that was asked for")
        end
        as_job(getmetatable(kind), value, text_of(client))
        return renewed(kind, value)
    end
    if not kind or type(value) ~= "table" then
        return value
    end
    local class = client._classes[kind]
    if class then
        as_job(class, value, text_of(client))
        return value
    end
    class = client._classes[kind:match "^(%a+)s$"]
    for index, each in ipairs(type(value.results) == "table" and value.results or {}) do
        as_job(class, each, text_of(client, "/results/" .. index - 1))
    end
    return value
end

--- The same with the job of an error, as it was seen last.
function jobs.adopt_error(client, kind, err)
    if type(err.prediction) == "table" then
        err.prediction = jobs.adopt(client, kind or "prediction", err.prediction) or err.prediction
    end
end

--- The kind of a page's results, as `adopt` takes it.
function jobs.kind_of_page(page)
    local results = rawget(page, "results")
    local class = type(results) == "table" and jobs.class_of(rawget(results, 1))
    return class and class.kind .. "s" or nil
end

return jobs
