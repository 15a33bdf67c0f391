--- Run AI models on Replicate from Lua.
--
--     local replicate = require "replicate"
--     local output = assert(replicate.run("replicate/hello-world", { input = { text = "Lua" } }))
--
-- This file is the module: it makes clients, and offers their functions on a default client that is made when it is first
-- needed. The types are in replicate/types.lua.

--- The part in C, which each version of Lua has for itself.
local found, core = pcall(require, "replicate.core")
if not found then
    local needed = (rawget(_G, "jit") and "LuaJIT needs lib/lua/5.1" or _VERSION .. " needs lib/lua/" .. _VERSION:match "[%d.]+$")
        .. "/replicate/core.so on package.cpath"
    -- One for another Lua says so itself.
    error(tostring(core):find("^module 'replicate.core' not found") and needed .. ": " .. core or core, 0)
end
local Client = require "replicate.client"
local files = require "replicate.files"
local waiting = require "replicate.waiting"
local misuse = require "replicate.misuse"
local webhooks = require "replicate.webhooks"
misuse.register()

local replicate = {
    _VERSION = core.version,
    --- null inside an array; outside of arrays, a null is nil.
    null = core.null,
    --- Marks a table as an array, so that it stays `[]` when it is empty.
    array = core.array,
    --- Marks a table as an object: `{}`.
    object = core.object,
    --- json_encode(value) -> text | nil, message; json_decode(text) -> value | nil, message
    json_encode = core.json_encode,
    json_decode = core.json_decode,
    --- A file to send: on disk, or a string's bytes.
    file = files.file,
    bytes = files.bytes,
    --- Makes a client. Without `auth` the token is REPLICATE_API_TOKEN's.
    new = Client._new,
}

local default

--- The client behind the functions of the module; nil and an error if it cannot be made, for want of a token mostly.
local function default_client()
    if not default or default:closed() then
        local client, err = Client._new()
        if not client then
            return nil, err
        end
        default = client
    end
    return default
end

Client._default = default_client -- for what attaches it to a loop

local function on_default(method)
    return function(...)
        local client, err = default_client()
        if not client then
            return nil, err
        end
        return client[method](client, ...)
    end
end

for _, method in ipairs { "run", "stream", "use", "wait", "search", "request", "spawn", "map", "all", "file_output" } do
    replicate[method] = on_default(method)
end

--- Sleeps; in a task of any client, that task alone.
function replicate.sleep(seconds)
    local task = waiting.task()
    local client, err = task and task._home, nil
    if not client then
        client, err = default_client()
    end
    if not client then
        return nil, err
    end
    return client:sleep(seconds)
end

--- What stands for a resource where there is no client: every function of it gives nil and the error, and in a `for` loop
-- raises it.
local function without_client(err)
    local nothing = {}
    return setmetatable(nothing, {
        __index = function(_, name)
            if name == "each" or name == "pages" then
                return function()
                    error(err, 0)
                end
            end
            return nothing
        end,
        __call = function()
            return nil, err
        end,
    })
end

--- A resource of the default client: `replicate.models.versions.list(…)`. The client may be another one at each call.
local function resource(path)
    return setmetatable({}, {
        __index = function(self, name)
            if type(name) ~= "string" then
                misuse.raise("replicate.%s has no %s", path, misuse.shown(name))
            end
            local client, err = default_client()
            if not client then
                return without_client(err)[name]
            end
            local at = client
            for each in path:gmatch "[^.]+" do
                at = at[each]
            end
            local value = at[name]
            if value == nil then
                misuse.raise("replicate.%s has no %s", path, misuse.shown(name))
            end
            if type(value) == "table" then
                value = resource(path .. "." .. name)
                rawset(self, name, value)
                return value
            end
            return function(...)
                return value(at, ...)
            end
        end,
    })
end

local names = {
    "account", "collections", "deployments", "files", "hardware", "models", "predictions", "trainings", "webhooks",
}
for _, name in ipairs(names) do
    replicate[name] = resource(name)
end
-- What needs no client.
rawset(replicate.files, "sign", files.sign)
rawset(replicate.webhooks, "validate", webhooks.validate)

--- For `for page in replicate.paginate(function() return replicate.models.list() end) do`.
function replicate.paginate(first)
    return assert(default_client()):paginate(first)
end

--- Runs the callbacks that are due on the default client. Like `loop` and `pending`, it makes no client.
function replicate.poll(...)
    return default and default:poll(...) or 0
end

--- Polls the default client until nothing is pending.
function replicate.loop()
    if default then
        default:loop()
    end
end

--- How many requests of the default client have not ended.
function replicate.pending()
    return default and default:pending() or 0
end

--- Closes the default client; the next call makes a new one.
function replicate.close()
    if default then
        default:close()
        default = nil
    end
end

return setmetatable(replicate, {
    __index = function(_, name)
        misuse.raise("replicate has no %s", misuse.shown(name))
    end,
})
