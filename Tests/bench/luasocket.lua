--- LuaSocket and lua-cjson, one request after another. socket.http has no keep-alive: each request is a connection.
-- Use: luasocket.lua get|create CALLS (the server is in the environment)

local http = require "socket.http"
local ltn12 = require "ltn12"
local cjson = require "cjson"
local measure = require "measure"

local case, calls = arg[1], tonumber(arg[2])
local base = os.getenv "REPLICATE_BASE_URL"
local headers = { authorization = "Bearer r8_benchmark", accept = "application/json" }

local function call(method, path, value)
    local chunks = {}
    local request = { method = method, url = base .. path, sink = ltn12.sink.table(chunks), headers = headers }
    if value then
        local body = cjson.encode(value)
        headers["content-type"], headers["content-length"] = "application/json", #body
        request.source = ltn12.source.string(body)
    end
    local _, status = http.request(request)
    assert(status == 200 or status == 201, status)
    assert(cjson.decode(table.concat(chunks)).status == "succeeded")
end

local function run(count)
    for _ = 1, count do
        if case == "get" then
            call("GET", "/predictions/z9vpxbm31hrmc0cp3w4t5r8k7m")
        else
            call("POST", "/predictions", {
                version = "c846a69991daf4c0e5d016514849d14ee5b2e6846ce6b9d6f21369e564cfe51e",
                input = {
                    prompt = "a watercolor of a lighthouse at dawn", seed = 4242424242, num_outputs = 1,
                    guidance_scale = 7.5,
                },
            })
        end
    end
end

run(50)
measure(calls, run)
