-- What nginx does with a webhook: 401 where it is not genuine; else the application gets it, once each, and nothing of a
-- prediction after its end. If the application does not take it, neither do we: the service posts the end of a prediction again.

local replicate = require "replicate"

local webhooks = {}

local secret = assert(os.getenv "REPLICATE_WEBHOOK_SECRET", "REPLICATE_WEBHOOK_SECRET is not set")
local terminal = { succeeded = true, failed = true, canceled = true, aborted = true }
local day = 86400

--- The body byte for byte; a large one is in a file.
local function body()
    ngx.req.read_body()
    local data, path = ngx.req.get_body_data(), ngx.req.get_body_file()
    if not data and path then
        local file = assert(io.open(path, "rb"))
        data = file:read "*a"
        file:close()
    end
    return data or ""
end

--- Lets the application have it; whether it took it.
local function hand_on(location)
    local answer = ngx.location.capture(location, {
        method = ngx.HTTP_POST, args = ngx.var.args, always_forward_body = true,
    })
    return answer.status >= 200 and answer.status < 300
end

function webhooks.take(location)
    if ngx.req.get_method() ~= "POST" then
        return ngx.exit(ngx.HTTP_NOT_ALLOWED)
    end
    local headers, data = ngx.req.get_headers(), body()
    local is_genuine, err = replicate.webhooks.validate { headers = headers, body = data, secret = secret }
    if not is_genuine then
        ngx.log(ngx.WARN, tostring(err)) -- for us; who posted it hears nothing
        return ngx.exit(ngx.HTTP_UNAUTHORIZED)
    end

    local known, id = ngx.shared.replicate_webhooks, headers["webhook-id"]
    id = "webhook " .. (type(id) == "table" and id[1] or id) -- the same one may stand there twice
    local prediction = replicate.json_decode(data) or {}
    local ended = "ended " .. tostring(prediction.id)
    if known:get(ended) then
        return ngx.exit(ngx.HTTP_NO_CONTENT) -- late
    end
    local is_new, why = known:add(id, true, day)
    if not is_new then
        -- Here before; or there is no memory to know it by, and the service may try again.
        return ngx.exit(why == "exists" and ngx.HTTP_NO_CONTENT or ngx.HTTP_SERVICE_UNAVAILABLE)
    end
    if not hand_on(location) then
        known:delete(id)
        return ngx.exit(ngx.HTTP_BAD_GATEWAY)
    end
    if terminal[prediction.status] then
        known:set(ended, true, day)
    end
    return ngx.exit(ngx.HTTP_NO_CONTENT)
end

return webhooks
