-- luasocket.lua URL…: posts what nobody signed, and what is no request, to the example's server, and says what it answers.

local replicate = require "replicate"
local socket = require "socket"

local port = arg[1]:match ":(%d+)/"

local function answer(text, is_in_pieces)
    local connection = assert(socket.connect("127.0.0.1", port))
    connection:settimeout(10)
    for piece in text:gmatch(is_in_pieces and "." or ".+") do
        connection:send(piece)
    end
    local line = connection:receive "*l"
    connection:close()
    return line and line:match "%d%d%d" or "nothing"
end

--- A story that is being told.
local function running()
    for _ = 1, 500 do
        local latest = assert(replicate.predictions.list()).results[1]
        if latest and latest.model == "sandbox/story" and latest.status == "processing" then
            return latest.id
        end
        socket.sleep(0.02)
    end
    error "no story is being told"
end

local body = ('{"id": "%s", "status": "succeeded", "output": ["forged"]}'):format(running())
local forged = table.concat({
    "POST /replicate HTTP/1.1", "Host: test", "Webhook-Id: msg_1", "Webhook-Timestamp: " .. os.time(),
    "Webhook-Signature: v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", "Content-Length: " .. #body, "", body,
}, "\r\n")
print("forged: " .. answer(forged))
print("in pieces: " .. answer(forged, true))
print("no headers: " .. answer "POST /replicate HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}")
print("get: " .. answer "GET /replicate HTTP/1.1\r\nContent-Length: 0\r\n\r\n")
print("elsewhere: " .. answer "POST /other HTTP/1.1\r\nContent-Length: 0\r\n\r\n")
print("no length: " .. answer "POST /replicate HTTP/1.1\r\n\r\n")
print("too long: " .. answer "POST /replicate HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n")
print("no HTTP: " .. answer "hello\r\n\r\n")
