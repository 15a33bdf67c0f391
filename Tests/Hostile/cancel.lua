--- Cancels calls in each of their phases against the hostile server. A cell: { name, operation, base_url, after, … }: the call
-- is canceled `after` seconds; how long its end took is told, and a plain call on the same client must pass then.

package.path = arg[0]:gsub("[^/]*$", "") .. "?.lua;" .. package.path
local core = require "replicate.core"
local replicate = require "replicate"
local calls = require "operations"

io.stdout:setvbuf "line"
local version = ("a"):rep(64)

local start = {
    get = function(client, cell, callback)
        return client.predictions:get("p-1", { headers = calls.headers_of(cell) }, callback)
    end,
    create = function(client, cell, callback)
        return client.predictions:create(
            { version = version, input = { nonce = cell.nonce }, headers = calls.headers_of(cell) }, callback)
    end,
    upload = function(client, cell, callback)
        return client.files:create(replicate.bytes(("x"):rep(cell.size)), { headers = calls.headers_of(cell) }, callback)
    end,
    run = function(client, cell, callback)
        return client:run("hostile/model:" .. version, {
            input = { nonce = cell.nonce }, headers = calls.headers_of(cell), wait = { mode = "poll", interval = 0.05 },
        }, callback)
    end,
    stream = function(client, cell, callback)
        return client:stream("hostile/model:" .. version, {
            input = { nonce = cell.nonce }, headers = calls.headers_of(cell),
        }, function(event, problem)
            if not event then
                callback(nil, problem)
            end
        end)
    end,
    download = function(client, cell, callback)
        return client:file_output(cell.url):save(cell.path, callback)
    end,
}

local function heal(cell)
    local control = assert(replicate.new { auth = "r8_control", base_url = cell.control })
    control:request("/heal/" .. cell.scenario, { method = "POST" })
    control:close()
end

for line in io.lines(arg[1]) do
    local cell = assert(replicate.json_decode(line))
    local client = assert(replicate.new {
        auth = cell.token, base_url = cell.base_url, timeout = 20, connect_timeout = 10, max_retries = 20,
        connections_per_host = cell.connections,
    })
    local ended, err, others = nil, nil, {}
    for index = 1, cell.before or 0 do
        others[index] = start.get(client, cell, function() end)
    end
    local request = start[cell.operation](client, cell, function(_, problem)
        ended, err = core.now(), problem
    end)
    local from = core.now()
    while core.now() < from + cell.after and not ended do
        client:poll(0.01)
    end
    local was_early, canceled = ended ~= nil, core.now()
    request:cancel()
    while not ended and core.now() < canceled + 10 do
        client:poll(0.5)
    end
    for _, other in ipairs(others) do
        other:cancel()
    end
    heal(cell)
    -- A client that speaks TLS to who does not has nobody to ask.
    local other = cell.plain_url and assert(replicate.new { auth = cell.token, base_url = cell.plain_url })
    local plain, problem = (other or client).predictions:get("plain", { headers = { ["X-Nonce"] = "plain" }, timeout = 8 })
    client:close()
    if other then
        other:close()
    end
    print((assert(replicate.json_encode {
        name = cell.name, was_early = was_early, seconds = ended and ended - canceled or 99, kind = err and err.kind,
        delivery = err and err.delivery, plain = plain ~= nil and plain.nonce == "plain",
        problem = problem and tostring(problem) or nil,
    })))
end
