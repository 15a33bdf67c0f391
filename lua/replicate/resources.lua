--- The operations that are a row in the core's table: a row here too. Predictions, which take more options, are next door.

local core = require "replicate.core"
local misuse = require "replicate.misuse"
local options = require "replicate.options"
local pages = require "replicate.pages"
misuse.register()

local unpack = table.unpack or unpack

local text, count = options.text, options.count
local model = {
    description = "string", github_url = "string", paper_url = "string", license_url = "string",
    cover_image_url = "string", owner = "string", name = "string", visibility = "string", hardware = "string",
}
local changes_of_model = {
    description = "string", github_url = "string", paper_url = "string", license_url = "string", readme = "string",
    weights_url = "string",
}
local deployment = {
    name = "string", model = "string", version = "string", hardware = "string", min_instances = "whole",
    max_instances = "whole",
}

--- resource, method, what stands in the path; then the fields of its body whose types are known, whether it is a list with
-- pages, the parameters of its query, and what the answer is made into.
local rows = {
    { "account", "get", {} },
    { "hardware", "list", {} },
    { "webhooks.default.secret", "get", {} },
    { "collections", "list", {}, pages = true },
    { "collections", "get", { "slug" } },
    { "models", "list", {}, pages = true, params = { sort_by = text, sort_direction = text } },
    { "models", "search", { "query" }, pages = true },
    { "models", "get", { "owner", "name" } },
    { "models", "create", {}, body = model },
    { "models", "update", { "owner", "name" }, body = changes_of_model },
    { "models", "delete", { "owner", "name" } },
    { "models.examples", "list", { "owner", "name" }, pages = true, gives = "predictions" },
    { "models.readme", "get", { "owner", "name" } },
    { "models.versions", "list", { "owner", "name" }, pages = true },
    { "models.versions", "get", { "owner", "name", "version" } },
    { "models.versions", "delete", { "owner", "name", "version" } },
    { "deployments", "list", {}, pages = true },
    { "deployments", "get", { "owner", "name" } },
    { "deployments", "create", {}, body = deployment },
    { "deployments", "update", { "owner", "name" }, body = deployment },
    { "deployments", "delete", { "owner", "name" } },
    { "trainings", "get", { "id" }, gives = "training" },
    { "trainings", "list", {}, pages = true, gives = "trainings" },
    { "trainings", "cancel", { "id" }, gives = "training" },
    { "files", "list", {}, pages = true },
    { "files", "get", { "id" } },
    { "files", "delete", { "id" } },
    { "predictions", "get", { "id" }, gives = "prediction" },
    {
        "predictions", "list", {}, pages = true, gives = "predictions",
        params = { created_after = text, created_before = text, source = text },
    },
    { "predictions", "cancel", { "id" }, gives = "prediction" },
    { "", "search", { "query" }, params = { limit = count } },
}

local resources = {}
local Resource = { __name = "replicate.resource" }

--- The client of a resource, or a client itself, that a method was called on.
function resources.client_of(self, what)
    local client = type(self) == "table" and rawget(self, "_client")
    if client and (getmetatable(self) == Resource or client == self) then
        return client
    end
    misuse.raise_for_self(what, what:find(":", 1, true) and "client." .. what or "client:" .. what)
end

--- Makes a function of a row that checks arguments: check(self, argument…, options, callback) -> client, callback, the
-- core's operation, and what the core is to be given.
local function check_of(row, method)
    local what = row[1] == "" and method or row[1] .. ":" .. method
    local operation = (row[1] == "" and row[2] or row[1] .. "." .. row[2]):gsub("%.", "_")
    local names = row[3]
    local known = options.names("call", row.pages and { "page" } or nil, row.params)
    local count_of_texts = #names
    return function(self, ...)
        local client = resources.client_of(self, what)
        local arguments = { ... }
        for i = 1, count_of_texts do
            if type(arguments[i]) ~= "string" then
                misuse.raise("%s: %s must be a string, not %s", what, names[i], misuse.describe(arguments[i]))
            end
        end
        local given, callback = arguments[count_of_texts + 1], arguments[count_of_texts + 2]
        if type(given) == "function" and callback == nil then
            given, callback = nil, given
        end
        if row.body then
            if type(given) ~= "table" then
                misuse.raise("%s: it takes a table of what to set, not %s", what, misuse.describe(given))
            end
            local settings, body = options.split(what, given, known, true)
            options.check_fields(what, body, row.body)
            options.mark_filter(body)
            arguments[count_of_texts + 1], arguments[count_of_texts + 2] = core.object(body), settings
            return client, callback, operation, unpack(arguments, 1, count_of_texts + 2)
        end
        local settings, rest = options.split(what, given, known)
        if rest.page ~= nil then
            return client, callback, "page_get", options.text(what, "page", rest.page), settings
        end
        arguments[count_of_texts + 1] = settings
        return client, callback, operation, unpack(arguments, 1, count_of_texts + 1)
    end, what
end

--- Makes a method of a row: method(self, argument…, options, callback).
local function method_of(row)
    local check, what = check_of(row, row[2])
    local function start(client, callback, operation, ...)
        return client:_start(what, callback, row.gives, nil, nil, operation, ...)
    end
    return function(self, ...)
        return start(check(self, ...))
    end
end

local methods = {}
for _, row in ipairs(rows) do
    methods[row] = { [row[2]] = method_of(row) }
    if row.pages and row[2] == "list" then
        methods[row].pages = pages.of(row.gives, check_of(row, "pages"))
        methods[row].each = pages.items_of(row.gives, check_of(row, "each"))
    end
end

--- The table of a resource in a client, made with those it lies in: "models.versions".
function resources.place(client, path)
    local at = client
    for name in path:gmatch "[^.]+" do
        at[name] = rawget(at, name) or setmetatable({ _client = client }, Resource)
        at = at[name]
    end
    return at
end

--- Gives a client its resources.
function resources.add(client)
    for _, row in ipairs(rows) do
        local resource = resources.place(client, row[1])
        for name, method in pairs(methods[row]) do
            resource[name] = method
        end
    end
end

return resources
