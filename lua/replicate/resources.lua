--- The operations that are a row in the core's table: a row here too. Predictions, which take more options, are next door.

local core = require "replicate.core"
local misuse = require "replicate.misuse"
local options = require "replicate.options"
local pages = require "replicate.pages"
misuse.register()

--- resource, method, what stands in the path; then whether it takes a body, a list's pages, or parameters of the query, and
-- what the answer is made into.
local rows = {
    { "account", "get", {} },
    { "hardware", "list", {} },
    { "webhooks.default.secret", "get", {} },
    { "collections", "list", {}, pages = true },
    { "collections", "get", { "slug" } },
    { "models", "list", {}, pages = true, params = { "sort_by", "sort_direction" } },
    { "models", "search", { "query" }, pages = true },
    { "models", "get", { "owner", "name" } },
    { "models", "create", {}, body = true },
    { "models", "update", { "owner", "name" }, body = true },
    { "models", "delete", { "owner", "name" } },
    { "models.examples", "list", { "owner", "name" }, pages = true, gives = "predictions" },
    { "models.readme", "get", { "owner", "name" } },
    { "models.versions", "list", { "owner", "name" }, pages = true },
    { "models.versions", "get", { "owner", "name", "version" } },
    { "models.versions", "delete", { "owner", "name", "version" } },
    { "deployments", "list", {}, pages = true },
    { "deployments", "get", { "owner", "name" } },
    { "deployments", "create", {}, body = true },
    { "deployments", "update", { "owner", "name" }, body = true },
    { "deployments", "delete", { "owner", "name" } },
    { "trainings", "create", { "owner", "name", "version" }, body = true, gives = "training" },
    { "trainings", "get", { "id" }, gives = "training" },
    { "trainings", "list", {}, pages = true, gives = "trainings" },
    { "trainings", "cancel", { "id" }, gives = "training" },
    { "files", "list", {}, pages = true },
    { "files", "get", { "id" } },
    { "files", "delete", { "id" } },
    { "predictions", "get", { "id" }, gives = "prediction" },
    {
        "predictions", "list", {}, pages = true, gives = "predictions",
        params = { "created_after", "created_before", "source" },
    },
    { "predictions", "cancel", { "id" }, gives = "prediction" },
    { "", "search", { "query" }, params = { "limit" } },
}

--- Makes a method of a row: method(self, argument…, options, callback).
local function method_of(row)
    local what = row[1] == "" and row[2] or row[1] .. ":" .. row[2]
    local operation = (row[1] == "" and row[2] or row[1] .. "." .. row[2]):gsub("%.", "_")
    local names = row[3]
    local known = options.names("call", row.pages and { "page" } or nil, row.params)
    local count = #names
    return function(self, ...)
        local client = self._client or self
        local arguments = { ... }
        for i = 1, count do
            if type(arguments[i]) ~= "string" then
                misuse.raise("%s: %s must be a string, not %s", what, names[i], misuse.describe(arguments[i]))
            end
        end
        local given, callback = arguments[count + 1], arguments[count + 2]
        if type(given) == "function" and callback == nil then
            given, callback = nil, given
        end
        if row.body then
            if type(given) ~= "table" then
                misuse.raise("%s: it takes a table of what to set, not %s", what, misuse.describe(given))
            end
            local settings, body = options.split(what, given, known, true)
            arguments[count + 1], arguments[count + 2] = core.object(body), settings
            return client:_start(what, callback, row.gives, nil, nil, operation, table.unpack(arguments, 1, count + 2))
        end
        local settings, rest = options.split(what, given, known)
        if rest.page ~= nil then
            if type(rest.page) ~= "string" then
                misuse.raise("%s: page must be a string, not %s", what, misuse.describe(rest.page))
            end
            return client:_start(what, callback, row.gives, nil, nil, "page_get", rest.page, settings)
        end
        arguments[count + 1] = settings
        return client:_start(what, callback, row.gives, nil, nil, operation, table.unpack(arguments, 1, count + 1))
    end
end

local methods = {}
for _, row in ipairs(rows) do
    methods[row] = method_of(row)
end

local resources = {}

--- The table of a resource in a client, made with those it lies in: "models.versions".
local function place(client, path)
    local at = client
    for name in path:gmatch "[^.]+" do
        at[name] = rawget(at, name) or { _client = client }
        at = at[name]
    end
    return at
end

--- Gives a client its resources.
function resources.add(client)
    for _, row in ipairs(rows) do
        local resource = place(client, row[1])
        resource[row[2]] = methods[row]
        if row.pages and row[2] == "list" then
            resource.pages = pages.of(methods[row], #row[3], row.gives)
            resource.each = pages.items_of(methods[row], #row[3], row.gives)
        end
    end
end

return resources
