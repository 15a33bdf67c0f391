-- Asks the local server for each operation, by an HTTP request with its method and path, and tells whether it has it.
--
-- A path that nobody serves and an id that nobody has are both 404. So the requests are for things that are there: the first of
-- the list that a path begins with, as that list has it. Then whatever the answer is (a refusal of an empty body, of a change
-- to a model that is somebody else's), 404 in the words for an unknown path, 405 and 5xx mean that it is not served.

local Probe = {}
Probe.__index = Probe

local function call(client, method, path, options)
    options = options or {}
    options.method, options.max_retries = method, 0
    local body, status = client:request(path, options)
    if type(status) == "table" then
        return status.status, nil, status
    end
    return status, body
end

--- Something in each list that begins empty.
local function furnish(client)
    assert(client:run("replicate/hello-world", { input = { text = "probe" } }))
    local owner = assert(client.account:get()).username
    client.models:create { owner = owner, name = "probe", visibility = "private", hardware = "cpu" } -- or it is there already
    local version = assert(client.models:get("sandbox", "trainable")).latest_version.id
    assert(client.trainings:create("sandbox", "trainable", version, {
        destination = owner .. "/probe",
        input = { text = "a probe", steps = 1 },
    }))
    local lines = { "--B", 'Content-Disposition: form-data; name="content"; filename="a"', "", "bytes", "--B--", "" }
    assert(client:request("/files", {
        method = "POST",
        data = table.concat(lines, "\r\n"),
        headers = { ["Content-Type"] = "multipart/form-data; boundary=B" },
    }))
end

--- Asks at once for all that is in `rows`; what deletes comes last, so that the others find what they ask for.
function Probe.new(client, rows)
    local self = setmetatable({ _client = client, _answers = {} }, Probe)
    furnish(client)
    local _, _, err = call(client, "GET", "/no-such-path-at-all")
    self._unknown = assert(err and err.detail, "an unknown path is not refused")
    for _, deletes in ipairs { false, true } do
        for _, row in ipairs(rows) do
            if (row.method == "DELETE") == deletes then
                self._answers[row.name] = self:_ask(row)
            end
        end
    end
    return self
end

--- A path with values that exist: { owner, name } of the first of /models, then { version } of the first of its versions.
function Probe:_real(path)
    local start = path:find "{"
    if not start then
        return path
    end
    local status, list = call(self._client, "GET", (path:sub(1, start - 2)))
    local first = status == 200 and list.results and list.results[1]
    if not first then
        return nil, "there is nothing in the list " .. path:sub(1, start - 2)
    end
    local stop = path:match "^[^{]+{[^}]+}()"
    while path:find("^/{", stop) do
        stop = path:match("^/{[^}]+}()", stop)
    end
    local real = path:sub(1, stop - 1):gsub("{([^}]+)}", function(name)
        return first[name] or first.id
    end)
    return self:_real(real .. path:sub(stop))
end

function Probe:_ask(row)
    local path, problem = self:_real((row.path:gsub("%?.*", "")))
    if not path then
        return problem
    end
    local is_routed, status = self:is_routed(row.method, path)
    return is_routed and "yes" or ("%s %s: status %s"):format(row.method, path, tostring(status))
end

function Probe:is_routed(method, path)
    local sends = method == "POST" or method == "PATCH"
    local status, _, err = call(self._client, method, path, { data = sends and {} or nil })
    local is_unknown = status == 404 and err.detail == self._unknown
    return status ~= nil and status < 500 and status ~= 405 and not is_unknown, status
end

--- "yes", or what the answer was.
function Probe:answer(row)
    return self._answers[row.name]
end

return Probe
