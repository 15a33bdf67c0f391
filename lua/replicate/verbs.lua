--- What a client can be asked to do besides the operations of the API: each checks what it is called with, and gives it on.

local generic = require "replicate.generic"
local jobs = require "replicate.jobs"
local map = require "replicate.map"
local misuse = require "replicate.misuse"
local outputs = require "replicate.outputs"
local pages = require "replicate.pages"
local Predictions = require "replicate.predictions"
local tasks = require "replicate.tasks"

misuse.register()

local verbs = {}
local Client

local function check(self, what)
    if getmetatable(self) ~= Client then
        misuse.raise_for_self(what, "client:" .. what)
    end
end

--- run(reference, { input=, … } [, callback]) -> output, prediction | nil, error
function verbs:run(reference, given, callback)
    check(self, "run")
    if type(given) == "function" and callback == nil then
        given, callback = nil, given
    end
    return Predictions.run(self, reference, given, callback)
end

--- For `for event in client:stream(reference, { input=, … }) do`; or stream(reference, options, callback).
function verbs:stream(reference, given, callback)
    check(self, "stream")
    if type(given) == "function" and callback == nil then
        given, callback = nil, given
    end
    return Predictions.stream(self, reference, given, callback)
end

--- file_output(url) -> the object for a model's file whose URL, or data: URI, was kept.
function verbs:file_output(url)
    check(self, "file_output")
    return outputs.open(self, "file_output", url)
end

--- use(reference) -> a function that runs the model: fn(input [, options] [, callback]) -> output, prediction | nil, error
function verbs:use(reference)
    check(self, "use")
    if not self._core then
        misuse.raise "use: this client is closed"
    end
    return Predictions.use(self, reference)
end

--- For `for page in client:paginate(function() return client.models:list() end) do`.
function verbs:paginate(first)
    check(self, "paginate")
    if not self._core then
        misuse.raise "paginate: this client is closed"
    end
    if type(first) ~= "function" then
        misuse.raise("paginate: it takes a function that gets the first page, not %s", misuse.describe(first))
    end
    return pages.paginate(self, first)
end

--- request(route [, { method=, params=, headers=, data= }] [, callback]) -> body, status, headers | nil, error. Any request to
-- the API, for what has no function here yet. `data` goes out as JSON; a string as it is, if headers has a Content-Type.
function verbs:request(route, given, callback)
    check(self, "request")
    return generic(self, route, given, callback)
end

--- spawn(fn, …) -> a task: fn(…) as a coroutine, in which every call looks blocking and yields.
function verbs:spawn(fn, ...)
    check(self, "spawn")
    return tasks.spawn(self, fn, ...)
end

--- sleep(seconds) -> true. The others run meanwhile.
function verbs:sleep(seconds)
    check(self, "sleep")
    return tasks.sleep(self, seconds)
end

--- map(list, fn [, { concurrency=, on_progress=, cancel_on_error= }] [, callback]) -> results, nil, n | nil, error, results,
-- errors
function verbs:map(list, fn, given, callback)
    check(self, "map")
    return map.map(self, list, fn, given, callback)
end

--- all({ functions, tasks and requests } [, options] [, callback]): the same, of what is different each time.
function verbs:all(list, given, callback)
    check(self, "all")
    return map.all(self, list, given, callback)
end

--- wait(prediction, its id or training [, options] [, callback]) -> prediction | nil, error
function verbs:wait(prediction, given, callback)
    check(self, "wait")
    if type(given) == "function" and callback == nil then
        given, callback = nil, given
    end
    local class = jobs.class_of(prediction)
    return jobs.wait(self, class and class.kind or "prediction", prediction, given, callback)
end

--- Has the class of clients do all of this.
return function(class)
    Client = class
    for name, verb in pairs(verbs) do
        class[name] = verb
    end
end
