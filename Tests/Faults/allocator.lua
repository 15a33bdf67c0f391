-- What a program does while its memory fails: allocator.c runs each of these with an allocator that refuses the n-th request.
--
-- A scenario returns nothing when all went right, or nil and an error of the library's; what is wrong in itself is raised by
-- `right`. What is left behind is looked at by `finish`, with memory again.

local replicate = require "replicate"
local folder = ...

local scenarios, order = {}, {}

local function scenario(name, fn)
    scenarios[name] = fn
    order[#order + 1] = name
end

local function right(is_right, what)
    if not is_right then
        error("WRONG: " .. what, 0)
    end
end

local megabyte = ("0123456789abcdef"):rep(65536)
local options = { text = { wait = false, timeout = 20 }, plain = { timeout = 20 } }

local function new()
    return replicate.new { poll_interval = 0.01, max_retries = 0, timeout = 20 }
end

scenario("client", function()
    local client, err = new()
    if not client then
        return nil, err
    end
    right(client:pending() == 0 and client:pollfd() > 0, "a new client")
    client:close()
    right(client:closed(), "closed")
end)

scenario("get", function(s)
    local prediction, err = s.client.predictions:get(s.id, options.plain)
    if not prediction then
        return nil, err
    end
    right(prediction.id == s.id and prediction.status == "succeeded" and prediction:json():find(s.id, 1, true), "get")
end)

scenario("create", function(s)
    local prediction, err = s.client.predictions:create {
        model = "replicate/hello-world", input = { text = "create" },
    }
    if not prediction then
        return nil, err
    end
    right(prediction.model == "replicate/hello-world", "create")
end)

scenario("run", function(s)
    local output, err = s.client:run("replicate/hello-world", { input = { text = "run" }, on_progress = function() end })
    if not output then
        return nil, err
    end
    right(output == "hello run" and err.status == "succeeded", "run")
end)

scenario("list", function(s)
    local count = 0
    for page in s.client:paginate(function()
        local page, err = s.client.collections:list()
        if page then
            page.next = os.getenv "REPLICATE_BASE_URL" .. "/collections?again=1"
        end
        return page, err
    end) do
        count = count + 1
        right(#page.results > 0, "a page")
    end
    right(count == 2, "list")
end)

local story = { prompt = "a fox", max_tokens = 20, tokens_per_second = 1000, seed = 1 }

scenario("stream", function(s)
    local pieces = {}
    local events = s.client:stream("sandbox/story", { input = story, timeout = 20 })
    for event in events do
        if event.event == "output" then
            pieces[#pieces + 1] = event.data
        end
    end
    right(#pieces == 20 and tostring(events):find "succeeded", "stream: " .. #pieces)
end)

scenario("stream to a callback", function(s)
    local calls = { count = 0, ended = 0 }
    s.calls[#s.calls + 1] = calls
    local request, problem = s.client:stream("sandbox/story", { input = story, timeout = 20 }, function(event, err)
        calls.count = calls.count + 1
        if not event then
            calls.ended, calls.err = calls.ended + 1, err
        end
    end)
    if not request then
        return nil, problem
    end
    calls.request = request
    s.client:loop()
    right(calls.ended == 1 and calls.count > 20, "stream to a callback")
end)

scenario("upload", function(s)
    local file, err = s.client.files:create(replicate.bytes(megabyte, { name = "a.bin", type = "text/plain" }), options.plain)
    if not file then
        return nil, err
    end
    right(file.size == #megabyte and file.id, "upload")
end)

scenario("error", function(s)
    local prediction, err = s.client.predictions:create { model = "replicate/hello-world", input = { text = 7 } }
    right(prediction == nil, "an error")
    if err.kind ~= "invalid_input" then
        return nil, err
    end
    right(err.status == 422 and err.invalid_fields[1].field and tostring(err):find "422", "the error's fields")
end)

scenario("failed run", function(s)
    local output, err = s.client:run("sandbox/fail", { input = {} })
    right(output == nil, "a failure")
    if err.kind ~= "model_failed" then
        return nil, err
    end
    right(err.prediction.status == "failed" and err.prediction:json(), "the failed prediction")
end)

-- That of Tests/canary, which must stand nowhere.
local secret = "whsec_Q0FOQVJZLXdlYmhvb2stc2VjcmV0LTEyMzQ1Ng=="

scenario("webhook", function()
    local ok, err = replicate.webhooks.validate {
        id = "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp = "1614265330", body = '{"test": 2432232314}', secret = secret,
        signature = "v1,JYmEVOHEqaH7c5qb9PuNAQFTFoZlXP0d87nYsGDSb0I=", tolerance = false,
    }
    if not ok then
        return nil, err
    end
    ok, err = replicate.webhooks.validate {
        headers = { ["Webhook-Id"] = "x", ["Webhook-Timestamp"] = "1614265330", ["Webhook-Signature"] = "v1,AAAA" },
        body = "{}", secret = secret, tolerance = false,
    }
    right(ok == nil, "a false webhook")
    if err.kind ~= "auth" then
        return nil, err
    end
end)

scenario("save", function(s)
    local path, err = s.client:file_output(s.url):save(folder .. "/saved.png", options.plain)
    if not path then
        return nil, err
    end
    local file = assert(io.open(path, "rb"))
    local size = file:seek "end"
    file:close()
    right(size == s.size, "save")
end)

scenario("run that saves", function(s)
    local output, err = s.client:run("sandbox/draw", { input = s.drawing, save_outputs = folder, timeout = 20 })
    if not output then
        return nil, err
    end
    local path = output:path()
    right(path and os.remove(path), "run that saves")
end)

scenario("callbacks", function(s)
    for _ = 1, 3 do
        local calls = { ended = 0 }
        s.calls[#s.calls + 1] = calls
        local request, problem = s.client.predictions:get(s.id, options.plain, function(prediction, err)
            calls.ended, calls.err, calls.ok = calls.ended + 1, err, prediction and prediction.id == s.id
        end)
        if not request then
            return nil, problem
        end
        calls.request = request
    end
    s.client:loop()
    for _, calls in ipairs(s.calls) do
        if calls.err then
            return nil, calls.err
        end
        right(calls.ended == 1 and calls.ok, "a callback")
    end
end)

scenario("task", function(s)
    local task = s.client:spawn(function()
        s.client:sleep(0.001)
        local prediction, err = s.client.predictions:get(s.id, options.plain)
        return prediction and prediction.id, err
    end)
    s.tasks[#s.tasks + 1] = task
    local id, err = task:wait()
    if not id then
        return nil, err
    end
    right(id == s.id, "task")
end)

scenario("map", function(s)
    local results, err, n = s.client:map({ "a", "b", "c" }, function(text)
        return s.client:run("replicate/hello-world", { input = { text = text }, timeout = 20 })
    end, { concurrency = 2 })
    if not results then
        return nil, err
    end
    right(n == 3 and results[1] == "hello a" and results[3] == "hello c", "map")
end)

scenario("on", function(s)
    local prediction, err = s.client.predictions:create { model = "sandbox/story", input = story }
    if not prediction then
        return nil, err
    end
    local calls = { ended = 0 }
    s.calls[#s.calls + 1] = calls
    local text = ""
    local watched, problem = prediction:on("output", function(piece) text = text .. piece end)
    if not watched then
        return nil, problem
    end
    prediction:on("completed", function(_, failure) calls.ended, calls.err = calls.ended + 1, failure end)
    s.client:loop()
    if calls.err then
        return nil, calls.err
    end
    right(calls.ended == 1 and #text > 20, "on")
end)

-- ---- What the host calls, with memory

local setting

local function memory(err)
    local text = tostring(err)
    return text:find("not enough memory", 1, true) or text:find("stack overflow", 1, true)
end

local function setup(name)
    if not setting then
        local client = assert(new())
        local made = assert(client.predictions:create { model = "replicate/hello-world", input = { text = "x" }, wait = 5 })
        made = assert(made:wait())
        local drawing = { prompt = "a", width = 16, height = 16, seed = 1 }
        local output = assert(client:run("sandbox/draw", { input = drawing }))
        local url = tostring(output)
        setting = { id = made.id, url = url, size = #assert(client:file_output(url):read()), drawing = drawing }
        client:close()
    end
    local s = { calls = {}, tasks = {}, client = name ~= "client" and assert(new()) or nil }
    for key, value in pairs(setting) do
        s[key] = value
    end
    return s
end

local function keys(t)
    local names = {}
    for key in pairs(t) do
        names[#names + 1] = tostring(key)
    end
    return table.concat(names, " ")
end

local function drain(s)
    local client = s.client
    for _ = 1, 60 do
        local ok, err = pcall(client.poll, client, 0.05)
        if not ok then
            s.has_raised = true
            if not memory(err) then
                return "poll raised later: " .. tostring(err)
            end
        end
        if ok and client:pending() == 0 and not client:timeout() then
            return nil
        end
    end
    return "pending for ever: " .. client:pending() .. " " .. keys(client._requests)
end

local function left_behind(s)
    local client = s.client
    local problem = drain(s)
    if problem then
        return problem
    end
    for i, calls in ipairs(s.calls) do
        -- What was raised out of a poll may be the callback's own lack of memory.
        local least = (s.has_raised or calls.request == nil) and 0 or 1
        if calls.ended > 1 or calls.ended < least or (calls.request and calls.request:status() == "pending") then
            return ("callback %d was called %d times at its end, status %s"):format(i, calls.ended,
                calls.request and calls.request:status() or "?")
        elseif calls.err and not memory(calls.err) then
            return "a callback got " .. tostring(calls.err)
        end
    end
    for _, task in ipairs(s.tasks) do
        if task:status() == "pending" then
            return "a task is pending"
        end
    end
    collectgarbage()
    collectgarbage()
    for _ = 1, 200 do -- what the collector has ended, ends
        if next(client._requests) == nil then
            break
        end
        client:poll(0.02)
    end
    if next(client._requests) ~= nil or client._count ~= 0 or next(client._tasks) ~= nil then
        return ("left in the client: %d, requests %s, tasks %s"):format(client._count, keys(client._requests), keys(client._tasks))
    end
end

--- finish(name, s, ok, first, err) -> nil, or what is not as it should be.
local function finish(name, s, ok, ...)
    local first, second = ...
    s.has_raised = not ok
    local err = not ok and first or (select("#", ...) > 0 and second) or nil
    if err ~= nil and not memory(err) then
        return "it ended with " .. tostring(err)
    elseif err == nil and select("#", ...) > 0 then
        return "nil without an error"
    end
    local problem = s.client and left_behind(s)
    if problem then
        return problem .. (err and " (after: " .. tostring(err) .. ")" or "")
    end
    s.calls, s.tasks = {}, {}
    local again = { pcall(scenarios[name], s) }
    if not again[1] or again[3] ~= nil then
        return "the next time: " .. tostring(again[1] and again[3] or again[2])
    end
    if s.client then
        s.client:close()
        if s.client:pending() ~= 0 then
            return "pending after close"
        end
    end
end

return order, scenarios, setup, finish
