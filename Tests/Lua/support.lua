--- What the specs share: clients of the local server, and a server that only a spec's own script answers for.

local replicate = require "replicate"

local support = {}

--- Of Lua 5.2 and later, for all.
support.unpack = table.unpack or unpack
support.pack = table.pack or function(...)
    return { n = select("#", ...), ... }
end

--- Whether Lua has integers beside floats (5.3), tostring() heeds __name (5.3), and loops close what they go through (5.4).
support.has_integers = math.type ~= nil
support.shows_names = tostring(setmetatable({}, { __name = "a name" })):find "^a name" ~= nil
support.loops_close = _VERSION >= "Lua 5.4"

local open = {}

--- A value to be closed when its test has ended: what <close> does in Lua 5.4. The file of such a test says
-- `after_each(support.close_all)`.
function support.closed(value)
    open[#open + 1] = value
    return value
end

function support.close_all()
    while open[1] do
        table.remove(open):close()
    end
end

--- A client of the sandbox that polls fast.
function support.client(options)
    options = options or {}
    options.poll_interval = options.poll_interval or 0.02
    return assert(replicate.new(options))
end

--- A port on loopback that nobody listens on.
function support.dead_url()
    local socket = require "socket"
    local server = assert(socket.bind("127.0.0.1", 0))
    local _, port = server:getsockname()
    server:close()
    return ("http://127.0.0.1:%s/v1"):format(port)
end

--- A listening socket that takes connections and never answers: its URL, and the socket to close.
function support.silent_server()
    local socket = require "socket"
    local server = assert(socket.bind("127.0.0.1", 0))
    local _, port = server:getsockname()
    return ("http://127.0.0.1:%s/v1"):format(port), server
end

--- A server that answers each request with the JSON that `answer(head, body)` gives. serve(n) takes so many requests, on
-- connections that are kept open.
function support.recording_server(answer)
    local socket = require "socket"
    local listener = assert(socket.bind("127.0.0.1", 0))
    local _, port = listener:getsockname()
    local connections = { listener }
    local server = { url = ("http://127.0.0.1:%s/v1"):format(port) }

    local function accept()
        local connection = assert(listener:accept())
        connection:settimeout(10)
        connections[#connections + 1] = connection
    end

    local function take(connection)
        local head = ""
        repeat
            local line = connection:receive "*l"
            if not line then
                return false
            end
            head = head .. line .. "\r\n"
        until line == ""
        local length = tonumber(head:lower():match "content%-length: (%d+)")
        local body = length and length > 0 and connection:receive(length) or ""
        local text, status, kind = answer(head, body)
        connection:send(("HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s"):format(
            status or "200 OK", kind or "application/json", #text, text))
        return true
    end

    --- What can be read is a new connection, a request, or the end of a connection: 1 of a request, else 0.
    local function serve_one(connection)
        if connection == listener then
            accept()
            return 0
        elseif take(connection) then
            return 1
        end
        connection:close()
        for i, each in ipairs(connections) do
            if each == connection then
                table.remove(connections, i)
            end
        end
        return 0
    end

    function server.serve(count)
        while count > 0 do
            local ready = socket.select(connections, nil, 10)
            assert(ready[1], "no request came")
            for _, connection in ipairs(ready) do
                if count == 0 and connection ~= listener then
                    break -- It has to wait for its own turn.
                end
                count = count - serve_one(connection)
            end
        end
    end

    --- Takes one request that has come, without waiting for any.
    function server.serve_if_any()
        local ready = socket.select(connections, nil, 0)[1]
        if ready then
            serve_one(ready)
        end
    end

    --- Waits until a request has begun to come in; it is taken by a later `serve`.
    function server.await()
        local ready = socket.select(connections, nil, 10)
        if ready[1] == listener then
            accept()
            ready = socket.select({ connections[#connections] }, nil, 10)
        end
        assert(ready[1], "no request came")
    end

    function server.close()
        for _, connection in ipairs(connections) do
            connection:close()
        end
    end

    return server
end

--- Polls `client` until `done()` is true; fails after `seconds`.
function support.poll_until(client, done, seconds)
    local core = require "replicate.core"
    local deadline = core.now() + (seconds or 20) * (tonumber(os.getenv "TEST_PATIENCE") or 1)
    while not done() do
        assert(core.now() < deadline, "it took too long")
        client:poll(0.05)
    end
end

--- Runs a script in a process of its own; what it printed, and whether it ended well.
function support.script(text, environment)
    local path = os.tmpname()
    local file = assert(io.open(path, "w"))
    file:write(text)
    file:close()
    local pipe = assert(io.popen(('%s timeout 60 %s %s 2>&1; echo " $?"'):format(
        environment or "", os.getenv "REPLICATE_LUA_COMMAND" or "lua5.4", path)))
    -- The status is a line of its own, for Lua 5.1 does not tell how a program that it reads from has ended.
    local output, status = pipe:read("*a"):match "^(.*) (%d+)\n$"
    pipe:close()
    os.remove(path)
    return output, status == "0"
end

return support
