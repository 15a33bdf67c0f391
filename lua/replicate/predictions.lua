--- How predictions begin: run, and the three ways to create one; and trainings.

local misuse = require "replicate.misuse"
local options = require "replicate.options"
local outputs = require "replicate.outputs"
local resources = require "replicate.resources"
local streams = require "replicate.streams"
misuse.register()

-- See replicate/options.lua: `use` goes through a table of the caller's.
local jit = rawget(_G, "jit")
if jit then
    jit.off(true, true)
end

local Predictions = {}

local function check_input(what, input)
    if type(input) ~= "table" then
        misuse.raise('%s: input must be a table, such as { prompt = "a fox" }, not %s', what, misuse.describe(input))
    end
end

--- Takes a function of the caller's out of the options; `setting` has the core tell what it is to be told.
local function take_observer(what, name, rest, settings, setting)
    local observer = rest[name]
    rest[name] = nil
    if observer == nil then
        return nil
    elseif type(observer) ~= "function" then
        misuse.raise("%s: %s must be a function, not %s", what, name, misuse.describe(observer))
    end
    settings[setting] = "1"
    return observer
end

--- Who hears how far the input's files are.
local function take_uploads(what, rest, settings, update)
    return { update = update, upload = take_observer(what, "on_upload", rest, settings, "uploads") }
end

--- The keys of `rest` that go into the request's body beside the input: all the others; nil if there are none.
local function body_fields(rest)
    rest.input = nil
    options.mark_filter(rest)
    return next(rest) ~= nil and rest or nil
end

local run_names = options.names(
    "create", { "input", "webhook", "webhook_events_filter", "on_progress", "on_upload", "file_output", "save_outputs" }, nil,
    { "max_download_bytes" }
)
local stream_names = options.names("create", streams.names)
local create_names = options.names("create", { "on_upload" })
local fields = { stream = "boolean" }

local forms = "owner/name, owner/name:version, a 64-character version id or deployments/owner/name"

--- What stands for a model: its reference; or a model as the API gives it, or a version.
local function reference_of(reference)
    if type(reference) ~= "table" then
        return reference
    end
    local owner, name = rawget(reference, "owner"), rawget(reference, "name")
    if type(owner) == "string" and type(name) == "string" then
        return owner .. "/" .. name
    end
    return rawget(reference, "cog_version") ~= nil and rawget(reference, "id") or reference
end

--- use(reference): a model as a function, fn(input [, options] [, callback]).
function Predictions.use(client, reference)
    local what = "use"
    if type(reference_of(reference)) ~= "string" then
        misuse.raise("%s: the model must be a string: %s; not %s", what, forms, misuse.describe(reference))
    end
    return function(input, given, callback)
        if type(given) == "function" and callback == nil then
            given, callback = nil, given
        end
        check_input(what, input)
        if given ~= nil and type(given) ~= "table" then
            misuse.raise("%s: the options must be a table, not %s", what, misuse.describe(given))
        end
        local settings = { input = input }
        for name, value in next, given or {} do
            if name == "input" then
                misuse.raise("%s: the input is the first argument", what)
            end
            settings[name] = value
        end
        return Predictions.run(client, reference, settings, callback)
    end
end

--- What `run` and `stream` begin with -> the reference, the core's settings, the rest of the options, the input.
local function checked(what, reference, given, names)
    reference = reference_of(reference)
    if type(reference) ~= "string" then
        misuse.raise("%s: the model must be a string: %s; not %s", what, forms, misuse.describe(reference))
    end
    local settings, rest = options.split(what, given, names)
    local input = rest.input
    if input == nil then
        input = {}
    end
    check_input(what, input)
    return reference, settings, rest, input
end

function Predictions.run(client, reference, given, callback)
    local what = "run"
    local settings, rest, input
    reference, settings, rest, input = checked(what, reference, given, run_names)
    local observers = take_uploads(what, rest, settings, take_observer(what, "on_progress", rest, settings, "updates"))
    local finish = outputs.finish(client, outputs.wanted(what, client, rest), settings)
    return client:_start(
        what, callback, "prediction", finish, observers, "run", reference, input, body_fields(rest), settings
    )
end

--- The events of a model's output, while it is made.
function Predictions.stream(client, reference, given, callback)
    local what = "stream"
    local settings, rest, input
    reference, settings, rest, input = checked(what, reference, given, stream_names)
    streams.set_options(what, rest, settings)
    local observers = take_uploads(what, rest, settings)
    return streams.create(client, what, reference, settings, input, body_fields(rest), callback, observers.upload)
end

local function start(client, what, callback, settings, operation, which, target, rest)
    local input = rest.input
    check_input(what, input)
    local observers = take_uploads(what, rest, settings)
    if operation == "predictions_create" then
        return client:_start(what, callback, "prediction", nil, observers, operation, target, input, body_fields(rest), settings)
    end
    local owner, name = target:match "^([^/]+)/([^/:]+)$"
    if not owner then
        misuse.raise("%s: %s must look like owner/name, not %s", what, which, misuse.shown(target))
    end
    return client:_start(
        what, callback, "prediction", nil, observers, operation, owner, name, input, body_fields(rest), settings
    )
end

local targets = {
    version = "predictions_create",
    model = "models_predictions_create",
    deployment = "deployments_predictions_create",
}

--- create{ version= | model= | deployment=, input=, … } -> prediction | nil, error. Keys that are no options go into the
-- request as they are.
function Predictions.create(self, given, callback)
    local what = "predictions:create"
    local client = resources.client_of(self, what)
    if type(given) ~= "table" then
        misuse.raise("%s: it takes a table, such as { model = ..., input = ... }, not %s", what, misuse.describe(given))
    end
    local settings, rest = options.split(what, given, create_names, true)
    options.check_fields(what, rest, fields)
    local operation, which, target
    for name, each in pairs(targets) do
        if rest[name] ~= nil then
            options.text(what, name, rest[name])
            if target then
                misuse.raise("%s: it takes exactly one of version, model and deployment", what)
            end
            operation, which, target, rest[name] = each, name, rest[name], nil
        end
    end
    if not target then
        misuse.raise("%s: it takes exactly one of version, model and deployment", what)
    end
    return start(client, what, callback, settings, operation, which, target, rest)
end

--- The create of what has an owner and a name: create(self, owner, name, { input=, … } [, callback]) -> prediction | nil, error
local function create_of(resource, operation)
    local what = resource .. ".predictions:create"
    return function(self, owner, name, given, callback)
        local client = resources.client_of(self, what)
        options.text(what, "owner", owner)
        options.text(what, "name", name)
        if type(given) ~= "table" then
            misuse.raise("%s: it takes a table, such as { input = ... }, not %s", what, misuse.describe(given))
        end
        local settings, rest = options.split(what, given, create_names, true)
        options.check_fields(what, rest, fields)
        local input = rest.input
        check_input(what, input)
        local observers = take_uploads(what, rest, settings)
        return client:_start(
            what, callback, "prediction", nil, observers, operation, owner, name, input, body_fields(rest), settings
        )
    end
end

local training_names = options.names("call", { "on_upload" }, nil, { "max_upload_bytes", "file_encoding_strategy" })
local training_fields = { destination = "string", webhook = "string", webhook_events_filter = "table" }

--- create(self, owner, name, version, { destination=, input=, … } [, callback]) -> training | nil, error
function Predictions.create_training(self, owner, name, version, given, callback)
    local what = "trainings:create"
    local client = resources.client_of(self, what)
    for place, value in ipairs { owner or false, name or false, version or false } do
        if type(value) ~= "string" then
            misuse.raise("%s: %s must be a string, not %s", what, ({ "owner", "name", "version" })[place],
                misuse.describe(value or nil))
        end
    end
    if type(given) ~= "table" then
        misuse.raise("%s: it takes a table, such as { destination = ..., input = ... }, not %s", what, misuse.describe(given))
    end
    local settings, rest = options.split(what, given, training_names, true)
    options.check_fields(what, rest, training_fields)
    local input = rest.input
    check_input(what, input)
    local observers = take_uploads(what, rest, settings)
    return client:_start(
        what, callback, "training", nil, observers, "trainings_create", owner, name, version, input, body_fields(rest), settings
    )
end

Predictions.create_of_model = create_of("models", "models_predictions_create")
Predictions.create_of_deployment = create_of("deployments", "deployments_predictions_create")

return Predictions
