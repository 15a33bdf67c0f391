--- Predictions: run, wait, and the operations of the API on them.

local misuse = require "replicate.misuse"
local options = require "replicate.options"
misuse.register()

local Predictions = {}
Predictions.__index = Predictions

function Predictions.new(client)
    return setmetatable({ _client = client }, Predictions)
end

local function same(value)
    return value
end

local function output_and_prediction(prediction)
    return prediction.output, prediction
end

local function check_input(what, input)
    if type(input) ~= "table" then
        misuse.raise('%s: input must be a table, such as { prompt = "a fox" }, not %s', what, misuse.describe(input))
    end
end

local function check_text(what, name, value)
    if type(value) ~= "string" then
        misuse.raise("%s: %s must be a string, not %s", what, name, misuse.describe(value))
    end
end

local function check_observer(what, observer)
    if observer ~= nil and type(observer) ~= "function" then
        misuse.raise("%s: on_progress must be a function, not %s", what, misuse.describe(observer))
    end
end

--- The keys of `rest` that go into the request's body beside the input; nil if there are none.
local function body_fields(rest)
    if rest.webhook == nil and rest.webhook_events_filter == nil and rest.stream == nil then
        return nil
    end
    return { webhook = rest.webhook, webhook_events_filter = rest.webhook_events_filter, stream = rest.stream }
end

local run_names = options.names("create", { "input", "webhook", "webhook_events_filter", "on_progress" })
local wait_names = options.names("call", { "interval", "on_progress" })
local create_names = options.names("create", {
    "version", "model", "deployment", "input", "webhook", "webhook_events_filter", "stream",
})
local call_names = options.names "call"
local list_names = options.names("call", { "page" })

local forms = "owner/name, owner/name:version, a 64-character version id or deployments/owner/name"

function Predictions.run(client, reference, given, callback)
    local what = "run"
    if type(reference) ~= "string" then
        misuse.raise("%s: the model must be a string: %s; not %s", what, forms, misuse.describe(reference))
    end
    local settings, rest = options.split(what, given, run_names)
    if rest.input == nil then
        rest.input = {}
    end
    check_input(what, rest.input)
    check_observer(what, rest.on_progress)
    if rest.on_progress then
        settings.updates = "1"
    end
    return client:_start(
        what, callback, output_and_prediction, rest.on_progress,
        "run", reference, rest.input, body_fields(rest), settings
    )
end

function Predictions.wait(client, prediction, given, callback)
    local what = "wait"
    local id = type(prediction) == "table" and prediction.id or prediction
    if type(id) ~= "string" then
        misuse.raise("%s: it takes a prediction or its id, not %s", what, misuse.describe(prediction))
    end
    local settings, rest = options.split(what, given, wait_names)
    if rest.interval ~= nil then
        settings.poll_interval_ms = options.seconds(what, "interval", rest.interval)
    end
    check_observer(what, rest.on_progress)
    if rest.on_progress then
        settings.updates = "1"
    end
    return client:_start(what, callback, same, rest.on_progress, "wait", id, settings)
end

--- create{ version= | model= | deployment=, input=, … } -> prediction | nil, error
function Predictions:create(given, callback)
    local what = "predictions:create"
    if type(given) ~= "table" then
        misuse.raise("%s: it takes a table, such as { model = ..., input = ... }, not %s", what, misuse.describe(given))
    end
    local settings, rest = options.split(what, given, create_names)
    local targets = 0
    for _, name in ipairs { "version", "model", "deployment" } do
        if rest[name] ~= nil then
            check_text(what, name, rest[name])
            targets = targets + 1
        end
    end
    if targets ~= 1 then
        misuse.raise("%s: it takes exactly one of version, model and deployment", what)
    end
    check_input(what, rest.input)
    local function begin(...)
        return self._client:_start(what, callback, same, nil, ...)
    end
    if rest.version then
        return begin("predictions_create", rest.version, rest.input, body_fields(rest), settings)
    end
    local kind = rest.model and "model" or "deployment"
    local owner, name = rest[kind]:match "^([^/]+)/([^/:]+)$"
    if not owner then
        misuse.raise("%s: %s must look like owner/name, not %q", what, kind, rest[kind])
    end
    return begin(kind .. "s_predictions_create", owner, name, rest.input, body_fields(rest), settings)
end

local function with_id(operation)
    local what = "predictions:" .. operation
    return function(self, id, given, callback)
        if type(given) == "function" and callback == nil then
            given, callback = nil, given
        end
        check_text(what, "the id", id)
        local settings = options.split(what, given, call_names)
        return self._client:_start(what, callback, same, nil, "predictions_" .. operation, id, settings)
    end
end

--- get(id [, options] [, callback]) -> prediction | nil, error
Predictions.get = with_id "get"

--- cancel(id [, options] [, callback]) -> prediction | nil, error
Predictions.cancel = with_id "cancel"

--- list([{ page = another page's `next` }] [, callback]) -> page | nil, error
function Predictions:list(given, callback)
    if type(given) == "function" and callback == nil then
        given, callback = nil, given
    end
    local what = "predictions:list"
    local settings, rest = options.split(what, given, list_names)
    if rest.page ~= nil then
        check_text(what, "page", rest.page)
    end
    return self._client:_start(what, callback, same, nil, "predictions_list", rest.page, settings)
end

return Predictions
