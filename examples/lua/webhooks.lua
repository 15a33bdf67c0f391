-- Webhooks: the service posts to an URL of yours what becomes of a prediction. This server is as small as can be; ones for real
-- are in examples/hosts/nginx and examples/hosts/luasocket.

local replicate = require "replicate"
local socket = require "socket" -- LuaSocket

local server = assert(socket.bind("127.0.0.1", 0))
local _, port = server:getsockname()

-- A query of your own comes back with each webhook. The service posts to https alone; the sandbox to this machine.
local prediction = assert(replicate.predictions.create {
    model = "replicate/hello-world",
    input = { text = "webhook" },
    webhook = ("http://127.0.0.1:%d/replicate?customer=42"):format(port),
    webhook_events_filter = { "start", "completed" }, -- and "output", "logs", each at most every 500 ms
})

--- One request: its line, its headers and its body, byte for byte.
local function receive(connection)
    local line, headers = connection:receive "*l", {}
    for header in function() return connection:receive "*l" end do
        local name, value = header:match "^(.-):%s*(.*)$"
        if not name then
            break
        end
        headers[name:lower()] = value
    end
    return line, headers, connection:receive(tonumber(headers["content-length"])) or ""
end

local client = assert(replicate.new())
local seen = {} -- a webhook may come twice: its id is the same then

repeat
    local connection = server:accept()
    local line, headers, body = receive(connection)
    -- Is it the service's? The client fetches the secret once. It may be 300 s old.
    local is_genuine, err = client.webhooks:validate { headers = headers, body = body }
    connection:send(("HTTP/1.1 %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"):format(
        is_genuine and "204 No Content" or "401 Unauthorized"))
    connection:close()
    local webhook = is_genuine and replicate.json_decode(body) or {}
    if not is_genuine then
        print("refused", err)
    elseif not seen[headers["webhook-id"]] then
        seen[headers["webhook-id"]] = true
        print(line:match "POST (%S+)", webhook.id == prediction.id, webhook.status, webhook.output)
    end
until webhook.status == "succeeded"

-- With the secret in hand no client is needed, and no token. `err.kind` is "auth" where a webhook is not to be believed.
local secret = client.webhooks:secret()
print(replicate.webhooks.validate {
    id = "msg_1", timestamp = tostring(os.time()), signature = "v1,Zm9yZ2Vk", body = '{"status": "succeeded"}', secret = secret,
})
