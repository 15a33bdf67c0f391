--- What the specs share: clients of the local server, and a server that only a spec's own script answers for.

local replicate = require "replicate"

local support = {}

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

--- Polls `client` until `done()` is true; fails after `seconds`.
function support.poll_until(client, done, seconds)
    local core = require "replicate.core"
    local deadline = core.now() + (seconds or 20)
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
    local pipe = assert(io.popen(("%s timeout 60 lua5.4 %s 2>&1"):format(environment or "", path)))
    local output = pipe:read "a"
    local ok = pipe:close()
    os.remove(path)
    return output, ok == true
end

return support
