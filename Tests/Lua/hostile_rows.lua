--- What hostile_spec.lua knows: the hostile values, which of them each sort of place takes all the same, and how every
-- method is called rightly. A method that is in the module and not here fails the spec, and so does an option.

local replicate = require "replicate"

local hostile = {}

local function nested(depth)
    local value = {}
    for _ = 1, depth do
        value = { value }
    end
    return value
end

local function closed_client()
    local client = assert(replicate.new { auth = "x" })
    client:close()
    return client
end

local function dead_client()
    return assert(replicate.new { auth = "x", base_url = "http://127.0.0.1:9/v1", max_retries = 0 })
end

local function closed_stream()
    local client = dead_client()
    local stream = assert(client:stream("acme/fox", { input = {} }))
    stream:close()
    client:close()
    return stream
end

local function ended_request()
    local client = dead_client()
    local request = client.account:get(function() end)
    client:loop()
    client:close()
    return request
end

local function raise()
    error "the metatable was used"
end

local cycle = {}
cycle.again = cycle

local cursed_metatable = { __index = raise, __newindex = raise, __len = raise, __pairs = raise, __tostring = raise, __name = 5 }

--- { name, value }, in order.
hostile.values = {
    { "nil", nil }, { "true", true }, { "false", false },
    { "NaN", 0 / 0 }, { "inf", math.huge }, { "-1", -1 }, { "2^63", 2 ^ 63 }, { "maxinteger", math.maxinteger or 2 ^ 53 },
    { "empty", "" }, { "zero byte", "a\0b" }, { "not UTF-8", "\255" }, { "line end", "a\r\nb" },
    { "10 MB", ("a"):rep(10 * 2 ^ 20) },
    { "table", {} }, { "cycle", cycle }, { "deep", nested(100000) },
    { "function", function() end }, { "coroutine", coroutine.create(function() end) }, { "file", assert(io.open "/etc/passwd") },
    { "closed client", closed_client() }, { "closed stream", closed_stream() }, { "ended request", ended_request() },
    { "cursed", setmetatable({}, cursed_metatable) },
}

local function set(...)
    local names = {}
    for _, name in ipairs { ... } do
        names[name] = true
    end
    return names
end

--- The hostile values that are fine in a place of each sort.
hostile.fine = {
    json_text = set("empty", "zero byte", "not UTF-8", "line end", "10 MB"), -- what is no JSON gives nil and a message
    from_outside = set("nil", "empty", "zero byte", "not UTF-8", "line end", "10 MB"), -- nil and an error
    key = set("zero byte", "not UTF-8", "line end", "10 MB"),
    json_value = {}, -- any: nil and a message where there is no JSON of it
    segment = set(),
    reference = set(),
    reference_for_later = set("empty", "zero byte", "not UTF-8", "line end", "10 MB"), -- looked at when it is used
    query = set "line end",
    job = set(),
    options = set("nil", "table", "function"), -- a function is the callback then
    options_of_loop = set("nil", "table"),
    options_of_client = set("nil", "table"),
    body = set "table",
    whole_body = set(), -- what cannot be empty
    callback = set("nil", "function"),
    no_callback = set "nil",
    observer = set("nil", "function"),
    required_function = set "function",
    time = set("nil", "inf", "2^63", "maxinteger"),
    option = set "nil", -- numbers, and texts that are checked
    parameter = set("nil", "line end"), -- the service reads it
    auth = set("nil", "false", "empty", "line end"), -- the last two: an error of the kind "auth"
    wait = set("nil", "true", "false", "inf", "2^63", "maxinteger"),
    event_or_none = set "nil",
    function_or_none = set("nil", "function"),
    wait_seconds = set("nil", "inf", "2^63", "maxinteger"),
    required = set(),
    -- Whatever is in them is the function's; of functions nothing is.
    list = set("table", "cycle", "deep", "closed client", "closed stream", "ended request", "cursed"),
    list_of_functions = set("table", "cycle", "closed client", "closed stream", "ended request", "cursed"),
    headers = set("nil", "table"),
    -- All others are passed over.
    headers_of_webhook = set("nil", "table", "cycle", "deep", "closed client", "closed stream", "ended request"),
    header_name = set(),
    file_path = set "line end",
    file_name = set("nil", "line end"),
    file_data = set("empty", "zero byte", "not UTF-8", "line end", "10 MB"),
    file = set "file",
    metadata = set("nil", "table"),
    moment = set "maxinteger",
    parameter_value = set("nil", "-1", "empty", "line end"),
    parameter_name = set "line end",
    json = set(
        "nil", "true", "false", "-1", "2^63", "maxinteger", "empty", "zero byte", "line end", "10 MB", "table", "cursed"
    ),
    input_value = set(
        "nil", "true", "false", "-1", "2^63", "maxinteger", "empty", "zero byte", "line end", "10 MB", "table", "cursed", "file"
    ),
    input = set("table", "cursed"),
    optional_input = set("nil", "table", "cursed"),
    string = set("nil", "empty", "zero byte", "line end", "10 MB"),
    whole = set "nil",
    table = set("nil", "table", "cursed"),
    filter = set("nil", "table", "cursed"), -- an empty list
    boolean = set("nil", "true", "false"),
    fallback = set("nil", "false"),
    mark = set("nil", "table", "cycle", "deep"),
    -- A further key: of the options, of a prediction's body, and of a body that goes out as JSON.
    valid = set "valid",
    option_name = set(),
    field_name = set "line end",
    json_name = set("empty", "zero byte", "line end", "10 MB"),
}

for _, each in ipairs(hostile.values) do
    hostile.fine.json_value[each[1]] = true
end

-- Before Lua 5.2, and in LuaJIT, pairs() takes no notice of a metatable: there it is a table like others.
if pcall(pairs, setmetatable({}, cursed_metatable)) then
    for sort, fine in pairs(hostile.fine) do
        if fine.table and sort ~= "mark" then
            fine.cursed = true
        end
    end
end

--- A place inside an option: what the message calls it, its sort, and the option with a value in that place.
local function inside(names, sort, with)
    return { names, sort, with }
end

local headers = {
    inside("header", "option", function(x) return { ["X-Name"] = x } end),
    inside("header", "header_name", function(x) return { [x] = "value" } end),
}
local wait = {
    inside("wait.mode", "required", function(x) return { mode = x } end),
    inside("wait.interval", "option", function(x) return { mode = "block", interval = x } end),
    inside("wait.timeout", "wait_seconds", function(x) return { mode = "block", timeout = x } end),
}
local params = {
    inside("parameter", "parameter_value", function(x) return { q = x } end),
    inside("parameter", "parameter_name", function(x) return { [x] = "value" } end),
}
local input = { inside("input", "input_value", function(x) return { prompt = x } end) }

--- option = { sort, places inside }
hostile.options = {
    auth = { "auth" }, base_url = { "option" }, env_file = { "option" }, user_agent = { "option" },
    connections_per_host = { "option" }, proxy = { "option" }, ca_file = { "option" },
    on_request = { "observer" }, on_response = { "observer" }, on_retry = { "observer" }, max_pages = { "option" },
    retry_delay = { "option" }, max_retry_wait = { "option" }, max_response_bytes = { "option" },
    max_header_bytes = { "option" }, max_error_bytes = { "option" }, max_event_bytes = { "option" }, max_redirects = { "option" },
    max_json_depth = { "option" }, expected_bytes = { "option" },
    private_addresses = { "option" },
    connect_timeout = { "option" }, idle_timeout = { "option" }, timeout = { "option" }, max_retries = { "option" },
    poll_interval = { "option" }, interval = { "option" }, on_progress = { "observer" }, cancel_after = { "option" },
    webhook = { "option" }, webhook_events_filter = { "filter" }, page = { "option" },
    sort_by = { "parameter" }, sort_direction = { "parameter" }, created_after = { "parameter" },
    created_before = { "parameter" }, source = { "parameter" }, limit = { "option" },
    method = { "option" }, data = { "json" },
    max_upload_bytes = { "option" }, max_download_bytes = { "option" }, metadata = { "metadata" },
    name = { "file_name" }, type = { "option" }, path = { "file_name" },
    owner = { "query" }, signature = { "query" }, expiry = { "moment" },
    headers = { "headers", headers, names = { "headers", "header" } },
    params = { "headers", params, names = { "params", "parameter" } }, wait = { "wait", wait },
    input = { "optional_input", input }, cancel = { "boolean" }, fallback = { "fallback" },
    on_upload = { "observer" }, file_encoding_strategy = { "option" },
    secret = { "option" }, concurrency = { "time" }, cancel_on_error = { "boolean" },
    file_output = { "boolean" }, save_outputs = { "file_name" },
}

--- A positional argument: what the message calls it, its sort, a valid value.
local function argument(names, sort, valid)
    return { names, sort, valid }
end

local function options_argument(names, sort, valid)
    return { names, sort, valid, has_options = true }
end

local owner, name = argument("owner", "segment", "acme"), argument("name", "segment", "fox")
local version, id = argument("version", "segment", "v1"), argument("id", "segment", "p1")
local query = argument("query", "query", "foxes")
local option_names = { "options", "option", "callback" }
local options, callback = options_argument(option_names, "options", {}), argument("callback", "callback")
local loop_options = options_argument(option_names, "options_of_loop", {})
local no_callback = argument("callback", "no_callback")

local function call(...)
    local row = { ... }
    row[#row + 1] = options
    row[#row + 1] = callback
    return row
end

local function loop(...)
    local row = { ... }
    row[#row + 1] = loop_options
    row[#row + 1] = no_callback
    row.gives = "iterator"
    return row
end

--- `fields` are those of the body that the module does not enumerate: { sort, places inside, the body without it }.
local function with_body(body, sort, fields, ...)
    local row = { ... }
    row[#row + 1] = options_argument({ "options", "table", "version", "input" }, sort, body)
    row[#row + 1] = callback
    row.fields, row.is_json = fields, sort == "body"
    return row
end

--- A stream tells what goes wrong when it is read.
local function stream(...)
    local row = call(...)
    row.gives = "stream"
    return row
end

local function local_call(...)
    return { gives = "anything", ... }
end

local description = options_argument(option_names, "options_of_loop", {})
local download = { owner = "acme", expiry = 2000000000, signature = "c2ln" }
local download_options = options_argument({ "options", "option", "table", "owner" }, "whole_body", download)

local webhook = { webhook = { "option" }, webhook_events_filter = { "filter" } }
local create = {
    version = { "required", nil, { input = {} } },
    model = { "required", nil, { input = {} } },
    deployment = { "required", nil, { input = {} } },
    input = { "input", input },
    webhook = webhook.webhook,
    webhook_events_filter = webhook.webhook_events_filter,
}
local create_of_deployment = { input = { "input", input }, webhook = { "option" }, webhook_events_filter = { "filter" } }

local sign = { owner = "acme", id = "f1", expiry = 2000000000, secret = "key" }
local genuine = {
    id = "msg_1", timestamp = "1614265330", signature = "v1,x", body = "{}",
    secret = "whsec_Q0FOQVJZLXdlYmhvb2stc2VjcmV0LTEyMzQ1Ng==",
}
local fields_of_webhook = {
    id = { "from_outside" }, timestamp = { "from_outside" }, signature = { "from_outside" }, body = { "json_text" },
    secret = { "from_outside" }, tolerance = { "fallback" },
    headers = {
        "headers_of_webhook",
        {
            inside("header", "from_outside", function(x) return { ["Webhook-Id"] = x } end),
            inside("header", "json_text", function(x) return { ["webhook-signature"] = { x } } end),
            inside("header", "json_value", function(x) return { [x] = "value" } end),
        },
        { body = "{}", secret = genuine.secret },
    },
}

--- "resource:method" as the client has them; also "client:", "request:", "prediction:", "training:", "file:" (of an
-- output) and "replicate.".
hostile.rows = {
    ["account:get"] = call(),
    ["hardware:list"] = call(),
    ["webhooks.default.secret:get"] = call(),
    ["collections:list"] = call(),
    ["collections:pages"] = loop(),
    ["collections:each"] = loop(),
    ["collections:get"] = call(argument("slug", "segment", "art")),
    ["models:list"] = call(),
    ["models:pages"] = loop(),
    ["models:each"] = loop(),
    ["models:search"] = call(query),
    ["models:get"] = call(owner, name),
    ["models:create"] = with_body({ owner = "acme" }, "body"),
    ["models:update"] = with_body({ readme = "x" }, "body", nil, owner, name),
    ["models:delete"] = call(owner, name),
    ["models.examples:list"] = call(owner, name),
    ["models.examples:pages"] = loop(owner, name),
    ["models.examples:each"] = loop(owner, name),
    ["models.readme:get"] = call(owner, name),
    ["models.versions:list"] = call(owner, name),
    ["models.versions:pages"] = loop(owner, name),
    ["models.versions:each"] = loop(owner, name),
    ["models.versions:get"] = call(owner, name, version),
    ["models.versions:delete"] = call(owner, name, version),
    ["deployments:list"] = call(),
    ["deployments:pages"] = loop(),
    ["deployments:each"] = loop(),
    ["deployments:get"] = call(owner, name),
    ["deployments:create"] = with_body({ name = "fox" }, "body"),
    ["deployments:update"] = with_body({ min_instances = 0 }, "body", nil, owner, name),
    ["deployments:delete"] = call(owner, name),
    ["models.predictions:create"] = with_body({ input = {} }, "whole_body", create_of_deployment, owner, name),
    ["deployments.predictions:create"] = with_body({ input = {} }, "whole_body", create_of_deployment, owner, name),
    ["trainings:create"] = with_body(
        { destination = "a/b", input = {} }, "whole_body", create_of_deployment, owner, name, version
    ),
    ["trainings:get"] = call(id),
    ["trainings:list"] = call(),
    ["trainings:pages"] = loop(),
    ["trainings:each"] = loop(),
    ["trainings:cancel"] = call(id),
    ["trainings:wait"] = call(argument("training", "job", "t1")),
    ["files:list"] = call(),
    ["files:pages"] = loop(),
    ["files:each"] = loop(),
    ["files:get"] = call(id),
    ["files:delete"] = call(id),
    ["files:create"] = call(argument("file", "file", replicate.bytes "data")),
    ["files:download"] = { id, download_options, callback },
    ["files:sign"] = {
        options_argument({ "options", "option", "table", "owner" }, "whole_body", sign), gives = "anything",
        fields = { id = { "segment" }, secret = { "key" } },
    },
    -- That of the module needs a secret: webhooks_spec.lua.
    ["webhooks:validate"] = {
        options_argument({ "options", "option", "table", "body" }, "whole_body", genuine), callback, gives = "anything",
        fields = fields_of_webhook, is_another_in_module = true,
    },
    ["webhooks:secret"] = { callback },
    ["predictions:create"] = with_body({ model = "a/b", input = {} }, "whole_body", create),
    ["predictions:get"] = call(id),
    ["predictions:list"] = call(),
    ["predictions:pages"] = loop(),
    ["predictions:each"] = loop(),
    ["predictions:cancel"] = call(id),

    ["client:run"] = call(argument({ "model", "reference" }, "reference", "acme/fox")),
    ["client:stream"] = stream(argument({ "model", "reference" }, "reference", "acme/fox")),
    ["client:use"] = local_call(argument({ "model", "reference" }, "reference_for_later", "acme/fox")),
    ["client:file_output"] = local_call(argument({ "URL", "client" }, "segment", "https://localhost:1/x")),
    ["client:wait"] = call(argument("prediction", "job", "p1")),
    ["client:search"] = call(query),
    ["client:request"] = call(argument("route", "segment", "/account")),
    ["client:paginate"] = { argument("function", "required_function", function() end), gives = "anything" },
    ["client:poll"] = local_call(argument("timeout", "time", 0), argument("max", "time", 1), argument("seconds", "time", 1)),
    ["client:spawn"] = local_call(argument("function", "required_function", function() end)),
    ["client:sleep"] = local_call(argument("time", "required", 0)),
    ["client:map"] = local_call(
        argument("list", "list", {}), argument("function", "required_function", function() end), options, callback
    ),
    ["client:all"] = local_call(argument("list", "list_of_functions", {}), options, callback),
    ["client:loop"] = local_call(),
    ["client:pending"] = local_call(),
    ["client:pollfd"] = local_call(),
    ["client:events"] = local_call(),
    ["client:timeout"] = local_call(),
    ["client:closed"] = local_call(),
    ["client:close"] = local_call(),

    ["request:status"] = local_call(),
    ["request:cancel"] = local_call(),
    ["request:wait"] = local_call(argument("time", "time", 0)),

    ["task:status"] = local_call(),
    ["task:cancel"] = local_call(),
    ["task:wait"] = local_call(argument("time", "time", 0)),
    ["group:status"] = local_call(),
    ["group:cancel"] = local_call(),
    ["group:wait"] = local_call(argument("time", "time", 0)),

    ["prediction:wait"] = call(),
    ["prediction:reload"] = call(),
    ["prediction:cancel"] = call(),
    ["prediction:stream"] = stream(),
    ["prediction:on"] = local_call(
        argument("event", "required", "start"), argument("function", "required_function", function() end)
    ),
    ["prediction:off"] = local_call(argument("event", "event_or_none", "start"), argument("function", "function_or_none")),
    ["prediction:progress"] = local_call(),
    ["prediction:json"] = local_call(),
    ["prediction:files"] = local_call(),
    ["file:url"] = local_call(),
    ["file:type"] = local_call(),
    ["file:path"] = local_call(),
    ["file:read"] = call(),
    ["file:save"] = call(argument("path", "file_path", "/tmp/x")),
    ["file:chunks"] = stream(),
    ["training:wait"] = call(),
    ["training:reload"] = call(),
    ["training:cancel"] = call(),
    ["training:progress"] = local_call(),
    ["training:json"] = local_call(),

    ["replicate.new"] = { options_argument(option_names, "options_of_client", { auth = "x" }), gives = "client" },
    ["replicate.file"] = { argument("path", "file_path", "/tmp/x"), description, gives = "anything" },
    ["replicate.bytes"] = { argument("data", "file_data", "x"), description, gives = "anything" },
    ["replicate.json_encode"] = { argument("#1", "json_value", 1), gives = "anything", says = "bad argument" },
    ["replicate.json_decode"] = { argument("#1", "json_text", "1"), gives = "anything", says = "bad argument" },
    ["replicate.array"] = { argument("#1", "mark", {}), gives = "anything", says = "bad argument" },
    ["replicate.object"] = { argument("#1", "mark", {}), gives = "anything", says = "bad argument" },
}

--- What a closed client does all the same.
hostile.when_closed = set(
    "files:sign", "client:loop", "client:pending", "client:events", "client:timeout", "client:closed", "client:close",
    "prediction:progress", "prediction:json", "prediction:off", "training:progress", "training:json", "file:url", "file:type",
    "file:path"
)

return hostile
