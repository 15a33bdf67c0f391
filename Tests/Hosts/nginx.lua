-- nginx.lua FOLDER MODULES: the example's nginx, with what Makefile has unpacked in MODULES, before an application that is in
-- here, and the sandbox's webhooks through it. Says what it saw; the checks are those of programs.sh.

local replicate = require "replicate"
local socket = require "socket"

local folder, modules = arg[1], arg[2]

--- A socket that listens, and its port.
local function listen()
    local listener = assert(socket.bind("127.0.0.1", 0))
    local _, port = listener:getsockname()
    return listener, port
end

local application, application_port = listen()
local reserved, nginx_port = listen()
reserved:close()

local function read(path)
    local file = assert(io.open(path))
    local text = file:read "*a"
    file:close()
    return text
end

--- The example's configuration with ports of this test.
local function configure()
    local text = read "examples/hosts/nginx/nginx.conf"
    text = text:gsub("/usr/lib/nginx/", modules .. "/usr/lib/nginx/")
    text = text:gsub(":8080", ":" .. nginx_port):gsub(":9000", ":" .. application_port)
    local file = assert(io.open(folder .. "/nginx.conf", "w"))
    file:write(text)
    file:close()
    assert(os.execute(("cp examples/hosts/nginx/webhooks.lua '%s'"):format(folder)))
end

--- It goes on in the background once it listens.
local function start_nginx()
    local share = os.getenv "PWD" .. "/build/share/lua/5.1"
    local lib, resty = share:gsub("share", "lib", 1), modules .. "/usr/share/lua/5.1"
    local user = io.popen("id -un"):read "*l" == "root" and "-g 'user root;'" or "" -- else others could not read the folder
    local command = table.concat({
        ("LUA_PATH='%s/?.lua;%s/?/init.lua;%s/?.lua;;'"):format(share, share, resty),
        ("LUA_CPATH='%s/?.so;;'"):format(lib),
        ("LD_LIBRARY_PATH=$(echo '%s'/usr/lib/*-linux-gnu):$(echo '%s'/lib/*-linux-gnu)"):format(modules, modules),
        ("REPLICATE_WEBHOOK_SECRET='%s'"):format(replicate.webhooks.secret()),
        ("nginx -p '%s' -c nginx.conf %s"):format(folder, user),
    }, " ")
    assert(os.execute(command), "nginx does not start")
end

--- Takes one request of nginx's: the head, the body, and when it came.
local function take(status)
    application:settimeout(20)
    local connection = assert(application:accept(), "no webhook came")
    connection:settimeout(10)
    local head = {}
    repeat
        local line = assert(connection:receive "*l")
        head[#head + 1] = line:gsub("^[^:]*", string.lower)
    until line == ""
    local text = table.concat(head, "\n")
    local length = tonumber(text:match "content%-length: (%d+)")
    local body = length and assert(connection:receive(length)) or ""
    local time = socket.gettime()
    connection:send(("HTTP/1.1 %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"):format(status or "204 No Content"))
    connection:close()
    local prediction = assert(replicate.json_decode(body))
    return { id = text:match "webhook%-id: (%S+)", head = text, body = body, time = time, prediction = prediction }
end

--- Posts to nginx, and gives the status that it answers. `meanwhile` takes what it hands on.
local function post(headers, body, method, meanwhile)
    local connection = assert(socket.connect("127.0.0.1", nginx_port))
    connection:settimeout(10)
    local head = { (method or "POST") .. " /replicate HTTP/1.1", "Host: test", "Connection: close", "Content-Length: " .. #body }
    for name, value in pairs(headers) do
        head[#head + 1] = name .. ": " .. value
    end
    connection:send(table.concat(head, "\r\n") .. "\r\n\r\n" .. body)
    if meanwhile then
        meanwhile()
    end
    local status = assert(connection:receive "*l"):match "^HTTP/1.1 (%d+)"
    connection:close()
    return status
end

local function headers_of(webhook)
    local headers = {}
    for _, name in ipairs { "webhook-id", "webhook-timestamp", "webhook-signature" } do
        headers[name] = webhook.head:match(name:gsub("%-", "%%-") .. ": ([^\n]+)")
    end
    return headers
end

local function create(model, input, events, port)
    return assert(replicate.predictions.create {
        model = model, input = input, webhook = ("http://127.0.0.1:%d/replicate?own=1"):format(port or nginx_port),
        webhook_events_filter = events,
    })
end

local function is_over(webhook)
    return webhook.prediction.status == "succeeded"
end

local function told(what, value)
    print(("%s: %s"):format(what, tostring(value)))
end

--- All that is told of a prediction of two seconds: `what` grows, "output" or "logs".
local function a_life(what, model, input)
    local prediction = create(model, input, { "start", what, "completed" })
    local webhooks, least = {}, math.huge
    repeat
        webhooks[#webhooks + 1] = take()
    until is_over(webhooks[#webhooks])
    for i = 3, #webhooks - 1 do
        least = math.min(least, webhooks[i].time - webhooks[i - 1].time)
    end
    local first, early, late, last = webhooks[1], webhooks[2], webhooks[#webhooks - 1], webhooks[#webhooks]
    told(what .. " came", #webhooks - 2)
    told(what .. " begin", first.prediction.status)
    told(what .. " are of it", first.prediction.id == prediction.id and last.prediction.id == prediction.id)
    told(what .. " with the query", first.head:find("^post /webhook%?own=1 ") ~= nil)
    told(what .. " between two", ("%d ms"):format(math.floor(least * 1000)))
    told(what .. " grew", #early.prediction[what] < #late.prediction[what] and #late.prediction[what] <= #last.prediction[what])
    return webhooks
end

--- The end that the application does not take comes again, as the same webhook.
local function a_retry()
    create("replicate/hello-world", { text = "again" }, { "completed" })
    local refused = take "500 Not now"
    local taken = take()
    told("again", refused.id == taken.id and refused.body == taken.body)
    return taken
end

--- Output comes twice; then the end overtakes the rest of it.
local function a_late_one()
    create("sandbox/story", { prompt = "late", max_tokens = 60 }, { "output", "completed" }, application_port)
    local first, second = take(), take()
    local last
    repeat
        last = take()
    until is_over(last)
    told("handed on", post(headers_of(first), first.body, "POST", take))
    told("output twice", post(headers_of(first), first.body))
    told("the end", post(headers_of(last), last.body, "POST", take))
    told("late", post(headers_of(second), second.body))
end

--- What came before, and what nobody signed: nothing of it reaches the application.
local function nothing_new(webhooks, taken)
    local last = webhooks[#webhooks]
    told("twice", post(headers_of(last), last.body))
    local headers = headers_of(taken)
    told("changed", post(headers, (taken.body:gsub("again", "never"))))
    headers["webhook-id"] = "msg_other"
    told("with another id", post(headers, taken.body))
    told("without headers", post({}, taken.body))
    headers = headers_of(taken)
    headers["webhook-timestamp"] = "1614265330"
    told("old", post(headers, taken.body))
    told("get", post({}, "", "GET"))
    application:settimeout(0)
    told("reached the application", application:accept() ~= nil)
end

--- One that nginx has in a file.
local function a_large_one()
    local text = ("long "):rep(40000)
    create("replicate/hello-world", { text = text }, { "completed" })
    local webhook = take()
    told("large", webhook.prediction.output == "hello " .. text)
end

local function test()
    a_life("logs", "sandbox/slow", { steps = 20, step_seconds = 0.1 })
    local webhooks = a_life("output", "sandbox/story", { prompt = "a fox" })
    a_late_one()
    nothing_new(webhooks, a_retry())
    a_large_one()
end

configure()
start_nginx()
local ok, err = xpcall(test, debug.traceback)
local pid = read(folder .. "/nginx.pid"):match "%d+"
os.execute("kill -QUIT " .. pid)
application:close()
assert(ok, err)
