--- Options as Lua programs write them (seconds, tables, false), as the core takes them (milliseconds, text).

local misuse = require "replicate.misuse"
misuse.register()

local options = {}

local function seconds(what, name, value)
    if type(value) ~= "number" or value ~= value or value <= 0 or value > 2147483 then
        misuse.raise("%s: %s must be a number of seconds above 0, not %s", what, name, tostring(value))
    end
    return ("%d"):format(math.ceil(value * 1000))
end

options.seconds = seconds

local function whole(what, name, value)
    if type(value) ~= "number" or value ~= math.floor(value) or math.abs(value) > 2 ^ 31 then
        misuse.raise("%s: %s must be a whole number, not %s", what, name, tostring(value))
    end
    return ("%d"):format(value)
end

local function text(what, name, value)
    if type(value) ~= "string" then
        misuse.raise("%s: %s must be a string, not %s", what, name, misuse.describe(value))
    end
    return value
end

local function text_or_false(what, name, value)
    return value ~= false and text(what, name, value)
end

local function bytes(what, name, value)
    if type(value) ~= "number" or value ~= math.floor(value) or value < 1 or value > 2 ^ 50 then
        misuse.raise("%s: %s must be a number of bytes, not %s", what, name, tostring(value))
    end
    return ("%d"):format(value)
end

local function lifetime(what, name, value)
    return type(value) == "number" and whole(what, name, value) or text(what, name, value)
end

--- Lua name = { core name, conversion }
local both = {
    connect_timeout = { "connect_timeout_ms", seconds },
    idle_timeout = { "idle_timeout_ms", seconds },
    timeout = { "timeout_ms", seconds },
    max_retries = { "max_retries", whole },
    poll_interval = { "poll_interval_ms", seconds },
}

local client = {
    auth = { "auth", text_or_false },
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

local create = { cancel_after = { "cancel_after", lifetime } }

local header = {} -- the key `headers`
local param = {} -- a parameter of the query
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

local shared = { headers = header }

local kinds = {
    client = merged(both, client, shared, transfers),
    call = merged(both, shared),
    create = merged(both, create, shared, { wait = waiting }),
}

--- The names that an operation takes: the options of its kind ("client", "call" or "create"), those of its own, the
-- parameters of its query, and the options of transfers that it knows.
function options.names(kind, names, params, limits)
    local known = merged(kinds[kind])
    for _, name in ipairs(limits or {}) do
        known[name] = transfers[name]
    end
    for _, name in ipairs(params or {}) do
        known[name] = param
    end
    for _, name in ipairs(names or {}) do
        known[name] = own
    end
    return known
end

--- wait = true | false | seconds | { mode = "poll", interval = seconds } | { mode = "block", timeout = seconds }
local wait_names = { interval = true, mode = true, timeout = true }

local function convert_wait(what, wait, result)
    if type(wait) == "table" then
        for name in pairs(wait) do
            if not wait_names[name] then
                misuse.unknown_name(name, wait_names, what .. ": wait")
            end
        end
        if wait.mode ~= "poll" and wait.mode ~= "block" then
            misuse.raise([[%s: wait.mode must be "poll" or "block"]], what)
        end
        if wait.interval ~= nil then
            result.poll_interval_ms = seconds(what, "wait.interval", wait.interval)
        end
        if wait.mode == "poll" then
            if wait.timeout ~= nil then
                misuse.raise([[%s: wait.timeout goes with the mode "block"]], what)
            end
            wait = false
        else
            wait = wait.timeout or true
        end
    end
    if wait == false then
        result.wait = false
    elseif type(wait) == "number" and wait == wait and wait > 0 then
        -- The service takes 1 to 60.
        result.wait = ("%d"):format(math.min(60, math.max(1, math.ceil(wait))))
    elseif wait ~= true then
        misuse.raise("%s: wait must be true, false, seconds above 0 or a table with a mode, not %s", what, tostring(wait))
    end
end

local function convert_headers(what, headers, result)
    if type(headers) ~= "table" then
        misuse.raise("%s: headers must be a table of strings by name, not %s", what, misuse.describe(headers))
    end
    for name, value in pairs(headers) do
        if type(name) ~= "string" or type(value) ~= "string" then
            misuse.raise("%s: headers must be a table of strings by name; %s is not", what, tostring(name))
        end
        result["header." .. name] = value
    end
end

local function convert_param(what, name, value)
    if type(value) == "number" then
        return whole(what, name, value)
    end
    return text(what, name, value)
end

--- Puts the parameters of a query into the core's options.
function options.add_params(what, params, result)
    if type(params) ~= "table" then
        misuse.raise("%s: params must be a table, not %s", what, misuse.describe(params))
    end
    for name, value in pairs(params) do
        result["param." .. text(what, "the name of a parameter", name)] = convert_param(what, name, value)
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
    for name, value in pairs(given) do
        local row = known[name]
        if row == own then
            rest[name] = value
        elseif row == waiting then
            convert_wait(what, value, result)
        elseif row == header then
            convert_headers(what, value, result)
        elseif row == param then
            result["param." .. name] = convert_param(what, name, value)
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
