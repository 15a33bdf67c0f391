-- A small server on LuaSocket that takes webhooks: webhooks.listen(port, take) -> server.
--
-- take(webhook) gets { id, prediction } of each genuine one and returns the status to answer with. What is not genuine gets
-- 401. Connections are coroutines, so that a slow one holds nobody up.

local replicate = require "replicate"
local socket = require "socket"

local webhooks = {}

local Server = {}
Server.__index = Server

local longest_head, longest_body, patience = 65536, 16 * 2 ^ 20, 10

--- Reads a line, or so many bytes, and yields while there is nothing to read; nil when the other end has gone, or is too long.
local function read(connection, what, limit)
    local parts, count = {}, 0
    while true do
        local data, problem, part = connection:receive(type(what) == "number" and what - count or what)
        parts[#parts + 1] = data or part
        count = count + #parts[#parts]
        if data then
            return table.concat(parts)
        elseif problem ~= "timeout" or count > limit then
            return nil
        end
        coroutine.yield()
    end
end

--- method, path, headers (each a list of what came by that name) and body of a request; nil and a status for none.
local function read_request(connection)
    local line = read(connection, "*l", longest_head)
    local method, path = (line or ""):match "^(%u+) (%S+) HTTP/1%.[01]$"
    if not method then
        return nil, "400 Bad Request"
    end
    local headers, total = {}, 0
    repeat
        line = read(connection, "*l", longest_head)
        total = total + #(line or "")
        if not line or total > longest_head then
            return nil, "400 Bad Request"
        end
        local name, value = line:match "^([%w-]+):%s*(.-)%s*$"
        if name then
            name = name:lower()
            headers[name] = headers[name] or {}
            table.insert(headers[name], value)
        end
    until line == ""
    local length = headers["content-length"] and tonumber(headers["content-length"][1]:match "^%d+$")
    if not length then
        return nil, "411 Length Required"
    elseif length > longest_body then
        return nil, "413 Payload Too Large"
    end
    local body = length == 0 and "" or read(connection, length, longest_body)
    return body and method, body and path or "400 Bad Request", headers, body
end

--- The status of the answer to a request.
local function answer_of(self, connection)
    local method, path, headers, body = read_request(connection)
    if not method then
        return path
    elseif method ~= "POST" then
        return "405 Method Not Allowed"
    elseif path:match "^[^?]*" ~= "/replicate" then
        return "404 Not Found"
    end
    local is_genuine, err = replicate.webhooks.validate { headers = headers, body = body, secret = self.secret }
    if not is_genuine then
        io.stderr:write("refused: ", tostring(err), "\n")
        return "401 Unauthorized"
    end
    return self.take { id = headers["webhook-id"][1], prediction = replicate.json_decode(body) or {} }
end

local function serve(self, connection)
    local status = answer_of(self, connection)
    local text = ("HTTP/1.1 %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"):format(status)
    connection:send(text) -- shorter than any buffer
end

--- Sockets for `select` to wait for.
function Server:sockets()
    local list = { self.listener }
    for connection in pairs(self.connections) do
        list[#list + 1] = connection
    end
    return list
end

--- Goes on with what can be read; never blocks. Who says nothing for too long is let go.
function Server:step(readable)
    local now = socket.gettime()
    for _, ready in ipairs(readable) do
        if ready == self.listener then
            local connection = ready:accept()
            if connection then
                connection:settimeout(0)
                self.connections[connection] = { coroutine.create(serve), now }
            end
        elseif self.connections[ready] then
            self.connections[ready][2] = now
            assert(coroutine.resume(self.connections[ready][1], self, ready))
        end
    end
    for connection, state in pairs(self.connections) do
        if coroutine.status(state[1]) == "dead" or now - state[2] > patience then
            connection:close()
            self.connections[connection] = nil
        end
    end
end

function webhooks.listen(port, secret, take)
    local listener = assert(socket.bind("127.0.0.1", port))
    listener:settimeout(0)
    local _, bound = listener:getsockname()
    return setmetatable({ listener = listener, port = bound, secret = secret, take = take, connections = {} }, Server)
end

return webhooks
