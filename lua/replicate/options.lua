--- Options as Lua programs write them (seconds, tables, false), as the core takes them (milliseconds, text).

local core = require "replicate.core"
local misuse = require "replicate.misuse"
misuse.register()

-- LuaJIT as of 2022 (Debian 12 has it) compiles a call that passes a new table, and the loop in here that goes through it, into a
-- trace for which the table is empty: options got lost, without a word. Interpreted, nothing is; the network takes longer.
local jit = rawget(_G, "jit")
if jit then
    jit.off(true, true)
end

local options = {}

local function seconds(what, name, value)
    if type(value) ~= "number" or value ~= value or value <= 0 or value > 2147483 then
        misuse.raise("%s: %s must be a number of seconds above 0, not %s", what, name, misuse.shown(value))
    end
    return ("%d"):format(math.ceil(value * 1000))
end

--- Between two looks at a prediction.
function options.interval(what, name, value)
    if type(value) ~= "number" or not (value >= 0.01 and value <= 3600) then
        misuse.raise("%s: %s must be a number of seconds from 0.01 to 3600, not %s", what, name, misuse.shown(value))
    end
    return seconds(what, name, value)
end

local function whole(what, name, value, least)
    if type(value) ~= "number" or value ~= math.floor(value) or value > 2 ^ 31 or value < (least or -2 ^ 31) then
        local from = least and (" from %d on"):format(least) or ""
        misuse.raise("%s: %s must be a whole number%s, not %s", what, name, from, misuse.shown(value))
    end
    return ("%d"):format(value)
end

--- How many: 1 or more.
function options.count(what, name, value)
    return whole(what, name, value, 1)
end

local function text_or_empty(what, name, value)
    if type(value) ~= "string" then
        misuse.raise("%s: %s must be a string, not %s", what, name, misuse.describe(value))
    end
    return value
end

function options.text(what, name, value)
    if text_or_empty(what, name, value) == "" then
        misuse.raise("%s: %s is empty", what, name)
    end
    return value
end

local text = options.text

--- An empty token is an error of the kind "auth", like none.
local function token(what, name, value)
    return value ~= false and text_or_empty(what, name, value)
end

local function bytes_from(least)
    return function(what, name, value)
        if type(value) ~= "number" or value ~= math.floor(value) or value < least or value > 2 ^ 50 then
            misuse.raise("%s: %s must be a number of bytes, not %s", what, name, misuse.shown(value))
        end
        return ("%d"):format(value)
    end
end

local bytes, size = bytes_from(1), bytes_from(0)

local function encoding(what, name, value)
    if value ~= "upload" and value ~= "data-uri" then
        misuse.raise('%s: %s must be "upload" or "data-uri", not %s', what, name, misuse.shown(value))
    end
    return value
end

local function addresses(what, name, value)
    if value ~= "allow" and value ~= "refuse" then
        misuse.raise('%s: %s must be "allow" or "refuse", not %s', what, name, misuse.shown(value))
    end
    return value
end

local function lifetime(what, name, value)
    return type(value) == "number" and whole(what, name, value) or text(what, name, value)
end

--- Text for a name or a path: UTF-8 of at most `limit` bytes, without zero bytes.
function options.word(what, name, value, limit)
    text(what, name, value)
    if #value > limit then
        misuse.raise("%s: %s has %d bytes; at most %d are taken", what, name, #value, limit)
    elseif value:find("\0", 1, true) or not core.is_utf8(value) then
        misuse.raise("%s: %s must be UTF-8 text without zero bytes", what, name)
    end
    return value
end

--- A copy of a table of the caller's, without its metatable, whose functions may do anything.
function options.copy(what, name, given)
    local copy = {}
    local ok, problem = pcall(function()
        for key, value in pairs(given) do
            copy[key] = value
        end
    end)
    if not ok then
        misuse.raise("%s: %s cannot be read: %s", what, name, misuse.shown(problem))
    end
    return copy
end

--- A number as an integer, if it is a whole one that Lua holds exactly; else nil.
options.integer = math.tointeger or function(value)
    return value == math.floor(value) and math.abs(value) <= 2 ^ 53 and value or nil
end

local function plain(what, name, given)
    return getmetatable(given) == nil and given or options.copy(what, name, given)
end

--- Lua name = { core name, conversion }
local patience = {
    connect_timeout = { "connect_timeout_ms", seconds },
    idle_timeout = { "idle_timeout_ms", seconds },
    timeout = { "timeout_ms", seconds },
    max_retries = { "max_retries", whole },
    retry_delay = { "retry_delay_ms", seconds },
    max_retry_wait = { "max_retry_wait_ms", seconds },
    max_header_bytes = { "max_header_bytes", bytes },
    max_error_bytes = { "max_error_bytes", bytes },
    max_redirects = { "max_redirects", whole },
    private_addresses = { "private_addresses", addresses },
}

local client = {
    auth = { "auth", token },
    base_url = { "base_url", text },
    env_file = { "env_file", text },
    user_agent = { "user_agent", text },
    connections_per_host = { "connections_per_host", whole },
    proxy = { "proxy", text },
    ca_file = { "ca_file", text },
}

local transfers = {
    max_upload_bytes = { "max_upload_bytes", bytes },
    max_download_bytes = { "max_download_bytes", bytes },
}

local expected = { expected_bytes = { "expected_bytes", size } }

--- How the files of an input reach the model.
local files = {
    max_upload_bytes = transfers.max_upload_bytes,
    file_encoding_strategy = { "file_encoding_strategy", encoding },
}

local create = { cancel_after = { "cancel_after", lifetime } }

local header = {} -- the key `headers`
local own = {} -- in a set of names: a key that the caller of `split` takes itself
local waiting = {} -- the key `wait`

local function merged(...)
    local all = {}
    for _, rows in ipairs { ... } do
        for name, row in pairs(rows) do
            all[name] = row
        end
    end
    return all
end

local both = merged(patience, {
    poll_interval = { "poll_interval_ms", options.interval },
    max_response_bytes = { "max_response_bytes", bytes },
    max_event_bytes = { "max_event_bytes", bytes },
    max_json_depth = { "max_json_depth", whole },
})
local shared = { headers = header }

local kinds = {
    client = merged(both, client, shared, transfers, files),
    call = merged(both, shared),
    create = merged(both, create, shared, files, { wait = waiting }),
    transfer = patience, -- of a file from elsewhere, where the API's headers do not go
    none = {},
}

--- What of a call's options, in the core's words, is a transfer's too: all of its patience and its care but the time, of which
-- there is less by now.
function options.of_transfer(settings)
    local mine = { max_download_bytes = settings.max_download_bytes }
    for _, row in pairs(patience) do
        mine[row[1]] = settings[row[1]]
    end
    mine.timeout_ms = nil
    return mine
end

--- The names that an operation takes: the options of its kind ("client", "call", "create", "transfer" or "none"), those of its
-- own, the parameters of its query, each with its conversion, and the options of transfers and of files that it knows.
function options.names(kind, names, params, limits)
    local known = merged(kinds[kind])
    for _, name in ipairs(limits or {}) do
        known[name] = transfers[name] or files[name] or expected[name]
    end
    for name, conversion in pairs(params or {}) do
        known[name] = { "param." .. name, conversion }
    end
    for _, name in ipairs(names or {}) do
        known[name] = own
    end
    return known
end

--- wait = true | false | seconds | { mode = "poll", interval = seconds } | { mode = "block", timeout = seconds }
local wait_names = { interval = true, mode = true, timeout = true }

--- The service's longest, and what `run` asks for.
local longest = "60"

--- The service takes 1 to 60 seconds.
local function held(what, name, value, forms)
    if type(value) ~= "number" or value ~= value or value <= 0 then
        misuse.raise("%s: %s must be %s, not %s", what, name, forms, misuse.shown(value))
    end
    return ("%d"):format(math.min(60, math.max(1, math.ceil(value))))
end

local function convert_wait(what, wait, result)
    if type(wait) == "boolean" then
        result.wait = wait and longest
        return
    elseif type(wait) ~= "table" then
        result.wait = held(what, "wait", wait, "true, false, seconds above 0 or a table with a mode")
        return
    end
    wait = plain(what, "wait", wait)
    for name in pairs(wait) do
        if not wait_names[name] then
            misuse.unknown_name(name, wait_names, what .. ": wait")
        end
    end
    if wait.mode ~= "poll" and wait.mode ~= "block" then
        misuse.raise([[%s: wait.mode must be "poll" or "block", not %s]], what, misuse.shown(wait.mode))
    end
    if wait.interval ~= nil then
        result.poll_interval_ms = options.interval(what, "wait.interval", wait.interval)
    end
    if wait.timeout ~= nil then
        if wait.mode == "poll" then
            misuse.raise([[%s: wait.timeout goes with the mode "block"]], what)
        end
        result.wait = held(what, "wait.timeout", wait.timeout, "seconds above 0")
    end
    if wait.mode == "poll" then
        result.wait = false
    elseif wait.timeout == nil then
        result.wait = longest
    end
end

local function check_name(what, kind, name)
    if type(name) ~= "string" or not core.is_utf8(name) then
        misuse.raise("%s: the name of a %s must be UTF-8 text, not %s", what, kind, misuse.shown(name))
    end
end

local function convert_headers(what, headers, result)
    if type(headers) ~= "table" then
        misuse.raise("%s: headers must be a table of strings by name, not %s", what, misuse.describe(headers))
    end
    for name, value in pairs(plain(what, "headers", headers)) do
        check_name(what, "header", name)
        if type(value) ~= "string" then
            misuse.raise("%s: the header %s must be a string, not %s", what, misuse.shown(name), misuse.describe(value))
        end
        result["header." .. name] = value
    end
end

--- Puts the parameters of a query into the core's options.
function options.add_params(what, params, result)
    if type(params) ~= "table" then
        misuse.raise("%s: params must be a table, not %s", what, misuse.describe(params))
    end
    for name, value in pairs(plain(what, "params", params)) do
        check_name(what, "parameter", name)
        local convert = type(value) == "number" and whole or text_or_empty
        result["param." .. name] = convert(what, "the parameter " .. misuse.shown(name), value)
    end
end

--- Checks the fields of a request's body whose types are known: { name = a type's name or "whole" }. null is any field's.
function options.check_fields(what, body, fields)
    for name, kind in pairs(fields) do
        local value = body[name]
        if value == nil or value == core.null then -- luacheck: ignore 542
            -- The service says what it needs.
        elseif kind == "whole" then
            whole(what, name, value, 0)
        elseif type(value) ~= kind then
            misuse.raise("%s: %s must be a %s, not %s", what, name, kind, misuse.describe(value))
        end
    end
end

--- An empty list of webhook events is a list, and not an object.
function options.mark_filter(body)
    local filter = body.webhook_events_filter
    if type(filter) == "table" and next(filter) == nil then
        body.webhook_events_filter = core.array {}
    end
end

--- Splits `given` into the core's options and the rest. `known` comes from `names`. If `open` is true, the rest may have any
-- name: it is the body of a request.
function options.split(what, given, known, open)
    local result, rest = {}, {}
    if given == nil then
        return result, rest
    end
    if type(given) ~= "table" then
        misuse.raise("%s: the options must be a table, not %s", what, misuse.describe(given))
    end
    for name, value in pairs(plain(what, "the table of options", given)) do
        local row = known[name]
        if row == own then
            rest[name] = value
        elseif row == waiting then
            convert_wait(what, value, result)
        elseif row == header then
            convert_headers(what, value, result)
        elseif row then
            result[row[1]] = row[2](what, name, value)
        elseif open and type(name) == "string" then
            rest[name] = value
        else
            misuse.unknown_name(name, known, what)
        end
    end
    return result, rest
end

return options
