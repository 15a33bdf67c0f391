-- What a program leaves lying (R15): streams, files, requests and clients without a close, in loops that are left, functions that
-- raise, coroutines that are never resumed. After two collections nothing is left of it: host_descriptors() and host_threads() of
-- the program around this (abandoned_host.c) count. And what callbacks may do (R17), and what is closed already (R16).
-- Argument: quick or long.

local replicate = require "replicate"
local is_long = ... == "long"

local passed, failed = 0, 0
local function check(is_right, what)
    if is_right then
        passed = passed + 1
    else
        failed = failed + 1
        io.stderr:write("FAILED ", what, "\n")
    end
    return is_right
end

local function row(name, what, measured, is_right)
    print(("row\t%s\t%s\t%s\t%s"):format(name, what, measured, is_right and "ok" or "missed"))
end

local function new(options)
    options = options or {}
    options.poll_interval = options.poll_interval or 0.02
    return assert(replicate.new(options))
end

local function collect()
    collectgarbage()
    collectgarbage()
end

-- ---- R15: what is dropped

local many = is_long and 10000 or 500
local few = is_long and 500 or 40
local story = { prompt = "a fox", max_tokens = 3, tokens_per_second = 1000 }
local slow = { prompt = "a fox", max_tokens = 100000, tokens_per_second = 1 }

host_settle(0)
local descriptors, threads = host_descriptors(), host_threads()

local function is_back()
    collect()
    return host_settle(descriptors) and host_descriptors() <= descriptors and host_threads() <= threads
end

local function in_batches(count, client, drop)
    local most = 0
    for i = 1, count do
        drop(i)
        if i % 50 == 0 then
            most = math.max(most, client:pending())
            collect()
            client:poll(0.001)
        end
    end
    collect()
    local deadline = os.time() + 30
    while (next(client._requests) ~= nil or client:pending() > 0) and os.time() < deadline do
        client:poll(0.05)
        collect()
    end
    return next(client._requests) == nil and client:pending() == 0
end

local dropped = {}
local function drops(name, count, drop, client)
    client = client or new { connections_per_host = 64 }
    local is_right = check(in_batches(count, client, function(i) drop(client, i) end), "dropped " .. name .. ": pending "
        .. client:pending())
    check(client:request "/account" ~= nil, "a call after dropped " .. name)
    client:close()
    client = nil -- luacheck: ignore 311
    is_right = check(is_back(), ("dropped %s: %d descriptors, %d threads"):format(name, host_descriptors(), host_threads())) and is_right
    dropped[#dropped + 1] = ("%d %s"):format(count, name)
    return is_right
end

local all = true
local id, picture, stream_of
do
    local client = new()
    id = assert(client.predictions:create { model = "replicate/hello-world", input = { text = "x" }, wait = 5 }).id
    picture = tostring(assert(client:run("sandbox/bytes", { input = { size = 2 ^ 20 } })))
    stream_of = assert(client.predictions:create { model = "sandbox/story", input = slow })
    client:close()
end

all = drops("streams", many, function(client, i)
    local stream = client:stream("sandbox/story", { input = story })
    if i % 10 == 0 then
        stream:next()
    end
end) and all
all = drops("streams of a prediction that goes on", is_long and 2000 or 100, function(client, i)
    local stream = assert(client.predictions:get(stream_of.id)):stream()
    if i % 3 == 0 then
        stream:next()
    end
end) and all
all = drops("files", many, function(client, i)
    local file = client:file_output(picture)
    if i % 5 == 0 then
        file:chunks():next()
    end
end) and all
all = drops("requests", many, function(client)
    client.predictions:get(id, function() end)
end) and all
all = drops("loops left half way", few, function(client)
    for _ in client:stream("sandbox/story", { input = story }) do -- luacheck: ignore 512
        break
    end
end) and all
all = drops("loops left by an error", few, function(client)
    pcall(function()
        for _ in client:stream("sandbox/story", { input = story }) do
            error "left"
        end
    end)
end) and all
all = drops("coroutines left suspended", few, function(client)
    local run = coroutine.wrap(function()
        local stream = client:stream("sandbox/story", { input = story })
        coroutine.yield(stream:next())
        stream:close()
    end)
    run()
end) and all
if _VERSION >= "Lua 5.4" then
    local to_be_closed = assert(load [[
        local client, story = ...
        do
            local stream <close> = client:stream("sandbox/story", { input = story })
            stream:next()
        end
        pcall(function()
            local stream <close> = client:stream("sandbox/story", { input = story })
            error(stream)
        end)
        local own <close> = require "replicate".new()
        own.predictions:list(function() end)
    ]])
    all = drops("variables to be closed", few, function(client)
        to_be_closed(client, story)
    end) and all
end
all = drops("clients", many, function(_, i)
    local client = new()
    client.predictions:get(id, function() end)
    if i % 3 == 0 then
        client:poll()
    end
end) and all
all = drops("tasks", few, function(client)
    client:spawn(function()
        client:stream("sandbox/story", { input = story }):next()
    end)
end) and all
-- Of an error in a finalizer Lua 5.4 only warns; those before it raise it where they collect.
all = check(host_warnings() == 0, "errors in finalizers: " .. host_warnings()) and all
row("R15", "dropped without close, then two collections: descriptors, threads and requests as before, no error in a finalizer",
    table.concat(dropped, ", ") .. (": %d descriptors, %d threads, %d warnings"):format(host_descriptors(), host_threads(),
    host_warnings()), all)

-- ---- R16: every method of every object that is closed, twice

--- What needs no connection tells what it knows, or that there is nothing more.
local without_connection = {}
for name in ("close closed cancel status pending loop timeout events next text json progress off url path type"):gmatch "%a+" do
    without_connection[name] = true
end

local errors, values = 0, 0

local function safely(what, name, fn, ...)
    local ok, first, err = pcall(fn, ...)
    if not ok then
        errors = errors + 1
        return check(type(first) == "string" and not first:find("attempt to", 1, true) or type(first) == "table", what .. ": "
            .. tostring(first))
    elseif first == nil and err ~= nil then
        errors = errors + 1
        return check(type(err) == "table" or type(err) == "string", what)
    end
    values = values + 1
    return check(without_connection[name], what .. " gave " .. tostring(first):sub(1, 100))
end

local arguments = {
    {}, { "a" }, { "a", "b" }, { "replicate/hello-world", { input = {} } }, { function() end }, { {}, function() end }, { 0.01 },
    { { model = "replicate/hello-world", input = {} } },
}

local function walk(name, object, seen)
    local metatable = getmetatable(object)
    local index = type(metatable) == "table" and rawget(metatable, "__index")
    for _, source in ipairs { index or false, object } do
        for key, method in pairs(type(source) == "table" and source or {}) do
            if type(key) == "string" and type(method) == "function" and key:sub(1, 1) ~= "_" then
                for _, given in ipairs(arguments) do
                    for _ = 1, 2 do
                        safely(name .. ":" .. key, key, method, object, (table.unpack or unpack)(given))
                    end
                end
            elseif type(key) == "string" and key:sub(1, 1) ~= "_" and type(method) == "table" and not seen[method] then
                seen[method] = true
                walk(name .. "." .. key, method, seen)
            end
        end
    end
    check(type(tostring(object)) == "string", name .. " as text")
end

do
    local client = new()
    -- Anew: of so many the sandbox may have forgotten the first.
    id = assert(client.predictions:create { model = "replicate/hello-world", input = { text = "x" }, wait = 5 }).id
    picture = tostring(assert(client:run("sandbox/bytes", { input = { size = 2 ^ 20 } })))
    local prediction = assert(client.predictions:get(id))
    local request = client.predictions:get(id, function() end)
    local stream = client:stream("sandbox/story", { input = story })
    local file = client:file_output(picture)
    local chunks = file:chunks()
    local task = client:spawn(function() client:sleep(10) end)
    local group = client:map({ 1, 2 }, function() client:sleep(10) end, function() end)
    stream:close()
    chunks:close()
    local before = failed
    for _, each in ipairs { { "stream", stream }, { "chunks", chunks } } do
        walk("closed " .. each[1], each[2], {})
    end
    client:close()
    client:close()
    for _, each in ipairs {
        { "client", client }, { "prediction", prediction }, { "request", request }, { "stream", stream }, { "file", file },
        { "chunks", chunks }, { "task", task }, { "group", group },
    } do
        walk(each[1] .. " of a closed client", each[2], {})
    end
    check(request:status() == "canceled" and task:status() == "canceled", "what was pending is canceled")
    row("R16", "every method of every closed object, twice: an error, or of what needs no connection (close, status, pending, next …) what"
        .. " it knows", ("%d calls: %d errors, %d without a connection, %d wrong"):format(errors + values, errors, values,
        failed - before), failed == before)
end

-- ---- R17: what callbacks do

local client = new()
local before = failed
local function through_poll(fn)
    local called = 0
    client.predictions:get(id, function(...)
        called = called + 1
        return fn(...)
    end)
    local raised = {}
    for _ = 1, 400 do
        local ok, err = pcall(client.poll, client, 0.05)
        if not ok then
            raised[#raised + 1] = { err }
        end
        if client:pending() == 0 then
            break
        end
    end
    check(called == 1 and client:pending() == 0, "a callback is called once")
    return raised
end
local value = {}
local raised = through_poll(function() error(value, 0) end)
check(#raised == 1 and raised[1][1] == value, "a raised table comes out unchanged")
raised = through_poll(function() error("text", 0) end)
check(#raised == 1 and raised[1][1] == "text", "a raised string comes out unchanged")
raised = through_poll(function() error(nil) end)
check(#raised == 1 and raised[1][1] == nil, "a raised nil comes out as nil, not as " .. tostring((raised[1] or {})[1]))
raised = through_poll(function() coroutine.yield(1) end)
check(#raised == 1 and tostring(raised[1][1]):find "yield", "a callback that yields is an error: " .. tostring((raised[1] or {})[1]))
raised = through_poll(function()
    local again, err = client.predictions:get(id)
    check(again and again.id == id, "a call in a callback: " .. tostring(err))
    client.predictions:get(id, function(inner) check(inner.id == id, "a callback of a callback") end)
    client:poll(0.01)
    client:loop()
end)
check(#raised == 0, "re-entering")
raised = through_poll(function()
    collectgarbage()
    collectgarbage "step"
end)
check(#raised == 0, "collecting")
raised = through_poll(function()
    local deep
    deep = function() return 1 + deep() end
    deep()
end)
check(#raised == 1 and tostring(raised[1][1]):find "stack overflow", "an overflow of the stack comes out")
local events = client:stream("sandbox/story", { input = story })
local count = 0
client.predictions:get(id, function() events:close() end)
for _ in events do
    count = count + 1
end
client:loop()
check(events:next() == nil, "a callback closes a stream that is read")
local request
local ends = 0
request = client:stream("sandbox/story", { input = { prompt = "a", max_tokens = 200, tokens_per_second = 500 } }, function(event)
    if event then
        request:cancel()
    else
        ends = ends + 1
    end
end)
client:loop()
check(ends == 1 and request:status() == "canceled", "a callback ends its own stream")
ends = 0
local other = new()
other.predictions:get(id, function() other:close() end)
other.predictions:get("none", function(_, err) ends = ends + (err and 1 or 0) end)
pcall(other.loop, other)
check(other:closed() and ends == 1, "a callback closes its own client")
client:close()
row("R17", "callbacks that raise, yield, re-enter, collect, overflow, close their stream or client", failed - before .. " wrong",
    failed == before)
collect()
check(host_warnings() == 0, "errors in finalizers, in the end: " .. host_warnings())
check(is_back(), ("in the end: %d descriptors, %d threads"):format(host_descriptors(), host_threads()))
print(("abandoned: %d passed, %d failed"):format(passed, failed))
host_exit(failed == 0 and 0 or 1)
