--- Whether a webhook is genuine; and the secret that tells, which a client fetches once and keeps.

local core = require "replicate.core"
local misuse = require "replicate.misuse"
local options = require "replicate.options"
local resources = require "replicate.resources"
local tasks = require "replicate.tasks"
local waiting = require "replicate.waiting"
misuse.register()

local unpack = table.unpack or unpack

local webhooks = {}

local what = "webhooks:validate"
local names = { "id", "timestamp", "signature" }
local known = options.names("none", { "id", "timestamp", "signature", "headers", "body", "secret", "tolerance" })

local function string_or_nil(name, value)
    if value ~= nil and type(value) ~= "string" then
        misuse.raise("%s: %s must be a string, not %s", what, name, misuse.describe(value))
    end
    return value
end

--- The value of a header as servers give it: a string, or a list of them, one for each time that it came.
local function values_of(name, value)
    local list = type(value) == "table" and options.copy(what, "the header " .. misuse.shown(name), value) or { value }
    for index = 1, #list do
        string_or_nil("the header " .. misuse.shown(name), list[index])
    end
    if #list == 0 then
        misuse.raise("%s: the header %s must be a string, not %s", what, misuse.shown(name), misuse.describe(value))
    end
    return list
end

--- Takes the three headers, in any case, out of a table of all. nil and an error if one came twice with different values: there
-- is no telling which of them was meant.
local function read_headers(headers)
    if type(headers) ~= "table" then
        misuse.raise("%s: headers must be a table of strings by name, not %s", what, misuse.describe(headers))
    end
    local found = {}
    for name, value in pairs(options.copy(what, "headers", headers)) do
        local own = type(name) == "string" and #name < 20 and name:lower():match "^webhook%-(%l+)$"
        if own == "id" or own == "timestamp" or own == "signature" then
            for _, each in ipairs(values_of(name, value)) do
                if found[own] and found[own] ~= each then
                    return nil, core.error("auth", ("the header webhook-%s came twice"):format(own))
                end
                found[own] = each
            end
        end
    end
    return found
end

--- Splits what `validate` is given. nil, nothing and an error for headers that cannot be read.
local function read(given)
    if type(given) ~= "table" then
        misuse.raise("%s: it takes a table with the webhook's headers and body, not %s", what, misuse.describe(given))
    end
    local _, rest = options.split(what, given, known)
    if type(rest.body) ~= "string" then
        misuse.raise("%s: body must be the request's body as a string, not %s", what, misuse.describe(rest.body))
    end
    local tolerance = rest.tolerance
    if tolerance == nil then
        tolerance = 300
    elseif tolerance == false then
        tolerance = nil
    elseif type(tolerance) ~= "number" or not (tolerance >= 0 and tolerance <= 2147483647) then
        misuse.raise("%s: tolerance must be a number of seconds, 0 or more, or false, not %s", what, misuse.shown(tolerance))
    else
        tolerance = math.floor(tolerance)
    end
    string_or_nil("secret", rest.secret)
    for _, name in ipairs(names) do
        string_or_nil(name, rest[name])
        if rest.headers ~= nil and rest[name] ~= nil then
            misuse.raise("%s: it takes headers, or %s and its like, not both", what, name)
        end
    end
    local found, err = rest, nil
    if rest.headers ~= nil then
        found, err = read_headers(rest.headers)
    end
    if not found then
        return nil, nil, err
    end
    return rest.secret, function(secret)
        local is_genuine, problem = core.webhook_validate(
            found.id, found.timestamp, found.signature, rest.body, secret, tolerance)
        if is_genuine then
            return true, found.id
        end
        return nil, problem
    end
end

--- validate{ id=, timestamp=, signature=, body=, secret= [, tolerance=] } or { headers=, body=, … } -> true, id | nil, error
function webhooks.validate(given)
    local secret, check, err = read(given)
    if err then
        return nil, err
    elseif not secret then
        misuse.raise("%s: there is no secret; client.webhooks:validate(…), with a colon, fetches it", what)
    end
    return check(secret)
end

--- The answer of the request that fetches the secret is kept, whoever waits for it.
local function keep(store)
    return function(answer)
        local key = type(answer) == "table" and answer.key
        if type(key) ~= "string" or key == "" then
            return nil, core.error("protocol", "the service's answer has no webhook secret in it")
        end
        store.secret = key
        return key
    end
end

local function nothing() end

local function closed()
    return core.error("canceled", "the client was closed")
end

--- Fetches the secret, or waits for the request that somebody else began. That goes on if a task that waits is canceled.
local function fetch(client)
    local store = client._webhooks()
    if not client._core then
        return nil, closed()
    end
    if not store.request or store.request:_is_done() then
        store.fetched = core.now()
        local begun, problem = client:_start(
            "webhooks:secret", nothing, nil, keep(store), nil, "webhooks_default_secret_get", {})
        if not begun then
            return nil, problem
        end
        store.request = begun
    end
    local request = store.request
    local subject = {
        _request = request,
        _is_done = function() return request:_is_done() end,
        _is_given_up = function() return false end,
    }
    local is_done, err = waiting.wait(client, subject)
    if not is_done then
        return nil, err or closed()
    end
    return unpack(request._results, 1, request._results.n)
end

local function secret_of(client)
    local secret = client._webhooks().secret
    if secret then
        return secret
    end
    return fetch(client)
end

--- A secret can be changed; but who posts forgeries is not to have it fetched each time.
local least_between_fetches = 300

local function validate_with_own(client, check)
    local store = client._webhooks()
    local secret, err = secret_of(client)
    if not secret then
        return nil, err
    end
    local is_genuine
    is_genuine, err = check(secret)
    local is_mismatch = not is_genuine and err.kind == "auth" and err.message:find "^no signature of the webhook matches"
    if not is_mismatch or core.now() - store.fetched < least_between_fetches then
        return is_genuine, err
    end
    local renewed = fetch(client)
    if not renewed or renewed == secret then
        return nil, err
    end
    return check(renewed)
end

--- Runs fn(…), which may wait; with a callback as a task, whose results the callback gets.
local function run(client, name, callback, fn, ...)
    if callback ~= nil and type(callback) ~= "function" then
        misuse.raise("%s: the callback must be a function, not %s", name, misuse.describe(callback))
    elseif not client._core then
        misuse.raise("%s: this client is closed", name)
    elseif not callback then
        return fn(...)
    end
    return tasks.start(client, function(task)
        local result, second = task._results[1], task._results[2]
        if result ~= nil then
            client:_call(nil, callback, result, nil, second) -- what is second is an error for a callback
        else
            client:_call(nil, callback, nil, second)
        end
    end, fn, ...)
end

--- secret([callback]) -> "whsec_…" | nil, error. Fetched once.
local function secret_method(self, callback)
    local client = resources.client_of(self, "webhooks:secret")
    return run(client, "webhooks:secret", callback, secret_of, client)
end

--- validate(given [, callback]): the same as of the module; without a secret it is this client's. callback(true, nil, id)
local function validate_method(self, given, callback)
    local client = resources.client_of(self, what)
    local secret, check, err = read(given)
    return run(client, what, callback, function()
        if err then
            return nil, err
        elseif secret then
            return check(secret)
        end
        return validate_with_own(client, check)
    end)
end

--- Gives a client its methods.
function webhooks.add(client)
    local store = {}
    -- A function, so that who prints a client with all that is in it does not print the secret.
    client._webhooks = function()
        return store
    end
    local place = resources.place(client, "webhooks")
    place.secret, place.validate = secret_method, validate_method
end

return webhooks
