--- What the adapters in this folder share: a client that another program's loop polls.

local Client = require "replicate.client"
local misuse = require "replicate.misuse"
misuse.register()

local host = {}

--- The client to attach: one, or nil for the one behind the functions of `replicate`.
function host.client(what, client)
    if client == nil then
        local err
        client, err = Client._default()
        if not client then
            error(err, 0)
        end
    end
    if getmetatable(client) ~= Client then
        misuse.raise("%s.attach: it takes a client, not %s", what, misuse.describe(client))
    elseif client:closed() then
        misuse.raise("%s.attach: this client is closed", what)
    elseif client._host then
        misuse.raise("%s.attach: this client is attached already", what)
    end
    return client
end

local checks = {
    budget = function(value) return type(value) == "number" and value >= 0 end,
    max = function(value) return type(value) == "number" and value >= 1 and value == math.floor(value) end,
    on_error = function(value) return type(value) == "function" end,
    coroutines = function(value) return type(value) == "boolean" end,
}

--- The options of an adapter: budget, seconds for one poll; max, events of one poll; on_error(err), which is told what
-- `poll` raises (without it the loop is, in its manner).
function host.options(what, given)
    local result = {}
    if given ~= nil and type(given) ~= "table" then
        misuse.raise("%s.attach: the options must be a table, not %s", what, misuse.describe(given))
    end
    for name, value in pairs(given or {}) do
        if not checks[name] then
            misuse.unknown_name(name, checks, what .. ".attach")
        elseif not checks[name](value) then
            misuse.raise("%s.attach: %s cannot be %s", what, name, misuse.shown(value))
        end
        result[name] = value
    end
    return result
end

local function nothing() end

--- Ties an adapter to its client. `changed()` is called when there is something new to wait for; `strand(thread)` gives what
-- parks a coroutine of the loop's, or nil; `closing()` is called before the client is closed.
function host.tie(client, adapter, changed, strand, closing)
    adapter.client = client
    adapter.closing = closing or nothing
    adapter.strand = strand or nothing
    client._host = adapter
    client._agenda.changed = changed
    changed()
    return adapter
end

--- Undoes it; false if that was done before.
function host.untie(adapter)
    local client = adapter.client
    if client._host ~= adapter then
        return false
    end
    client._host, client._agenda.changed = nil, nil
    return true
end

--- Polls, and has what that raises told to on_error, if there is one.
function host.poll(adapter, options)
    local client = adapter.client
    if client:closed() then
        return 0
    end
    if not options.on_error then
        return client:poll(0, options.max, options.budget)
    end
    local ok, handled = pcall(client.poll, client, 0, options.max, options.budget)
    if ok then
        return handled
    end
    options.on_error(handled)
    return 1
end

return host
