--- Any request to the API, for what has no function here yet.

local core = require "replicate.core"
local misuse = require "replicate.misuse"
local options = require "replicate.options"
misuse.register()

local request_names = options.names("call", { "method", "params", "data" })

local function has_content_type(settings)
    for name in pairs(settings) do
        if name:lower() == "header.content-type" then
            return true
        end
    end
    return false
end

--- Client:request. `data` goes out as JSON; a string as it is, if headers has a Content-Type.
return function(self, route, given, callback)
    if type(given) == "function" and callback == nil then
        given, callback = nil, given
    end
    local what = "request"
    if type(route) ~= "string" then
        misuse.raise("%s: the route must be a string, such as /models/owner/name, not %s", what, misuse.describe(route))
    end
    local settings, rest = options.split(what, given, request_names)
    local method = rest.method
    if method == nil then
        method = "GET"
    elseif type(method) ~= "string" then
        misuse.raise("%s: method must be a string, not %s", what, misuse.describe(method))
    end
    if rest.params ~= nil then
        options.add_params(what, rest.params, settings)
    end
    local data = rest.data
    if data ~= nil and not (type(data) == "string" and has_content_type(settings)) then
        local problem
        data, problem = core.json_encode(data, "data")
        if not data then
            misuse.raise("%s: %s", what, problem)
        end
    end
    return self:_start(what, callback, nil, function(body)
        return body, self._core:answer()
    end, nil, "call", method, route, data, settings)
end
