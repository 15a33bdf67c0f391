--- What a program does with the library, with everything that it can then print printed: values, errors field by field, tostring
-- of every object, and what is to be found inside of each table. Tests/Secure/leaks.py looks for the canary in it.

local replicate = require "replicate"

local sandbox, hostile, work = os.getenv "SANDBOX_URL", os.getenv "HOSTILE_URL", os.getenv "WORK"
local token, secret = os.getenv "REPLICATE_API_TOKEN", os.getenv "WEBHOOK_SECRET"

--- All that can be reached from a value, by whoever prints tables: keys, fields and metatables. Not what the caller gave.
local function dump(value, depth, seen)
    if type(value) ~= "table" then
        io.write(tostring(value), "\n")
        return
    end
    if seen[value] or depth > 6 then
        return
    end
    seen[value] = true
    io.write(tostring(value), "\n")
    for key, field in next, value do
        dump(key, depth + 1, seen)
        -- The prediction that comes with an error is the server's data, word for word, and the caller's.
        if not (key == "prediction" and rawget(value, "kind")) then
            dump(field, depth + 1, seen)
        end
    end
    dump(getmetatable(value), depth + 1, seen)
end

local count = 0

local function show(name, ok, value, err, ...)
    count = count + 1
    print("---- " .. name, ok and "returned" or "raised", tostring(value), tostring(err))
    local all = { n = select("#", ...), ... }
    dump(value, 0, {})
    dump(err, 0, {})
    for i = 1, all.n do
        dump(all[i], 0, {})
    end
    return value, err
end

local function try(name, fn, ...)
    return show(name, pcall(fn, ...))
end

local function traced(name, fn, ...)
    local arguments, n = { ... }, select("#", ...)
    return show(name, xpcall(function() return fn((table.unpack or unpack)(arguments, 1, n)) end, debug.traceback))
end

local function observer(what)
    return function(exchange)
        print(what)
        dump(exchange, 0, {})
    end
end

local function client(base, more)
    local options = { base_url = base, timeout = 10, max_retries = 1, retry_delay = 0.01, poll_interval = 0.02 }
    options.on_request, options.on_response, options.on_retry = observer "request", observer "response", observer "retry"
    for name, value in pairs(more or {}) do
        options[name] = value
    end
    return assert(replicate.new(options))
end

local version = ("a"):rep(64)
local hello = "replicate/hello-world"
local text = { input = { text = "x" } }

--- Everything goes well.
local function success()
    local c = client(sandbox)
    dump(c, 0, {})
    try("account", c.account.get, c.account)
    try("hardware", c.hardware.list, c.hardware)
    local prediction = try("create", c.predictions.create, c.predictions, { version = hello, input = text.input })
    try("wait", prediction.wait, prediction)
    try("reload", prediction.reload, prediction)
    try("run", c.run, c, hello, text)
    local request = try("request", c.run, c, hello, text, function(...) dump({ ... }, 0, {}) end)
    c:loop()
    dump(request, 0, {})
    local story = { prompt = "x", max_tokens = 3, tokens_per_second = 0 }
    local stream = try("stream", c.stream, c, "sandbox/story", { input = story })
    for event in stream do
        dump(event, 0, {})
    end
    dump(stream, 0, {})
    local file = try("upload", c.files.create, c.files, replicate.bytes("data", { name = "x.txt" }))
    try("files", c.files.list, c.files)
    local signature = assert(replicate.files.sign { owner = "sandbox", id = file.id, expiry = 9999999999, secret = "s3cret" })
    try("download", c.files.download, c.files, file.id,
        { owner = "sandbox", expiry = 9999999999, signature = signature, path = work .. "/down" })
    local output = try("output", c.run, c, "sandbox/draw", { input = { prompt = "x" } })
    if type(output) == "table" then
        output = output[1] or output
        try("save", output.save, output, work .. "/picture.png")
    end
    local task = c:spawn(function() return c.account:get() end)
    try("task", task.wait, task)
    dump(task, 0, {})
    try("generic", c.request, c, "/account")
    try("search", c.search, c, "hello")
    c:close()
    dump(c, 0, {})
end

--- Whoever asks for the secret gets it; that the client keeps is nowhere to be read.
local function kept_secret()
    local c = client(hostile .. "/secret/v1")
    print("the secret came: " .. tostring(c.webhooks.default.secret:get() ~= nil))
    local forged = { id = "x", timestamp = "1", signature = "v1,x", body = "" }
    try("a webhook with the kept secret", c.webhooks.validate, c.webhooks, forged)
    try("the client with the kept secret", function() return c end)
    c:close()
    try("the closed client with the kept secret", function() return c end)
end

--- Servers that say the token back, wherever a server can say something.
local function echoes()
    local kinds = {
        "400", "401", "402", "403", "404", "408", "409", "410", "413", "422", "425", "429", "500", "502", "503", "504",
        "reason", "html-401", "html-500", "text-400", "text-200", "type-200", "cut-200", "location-302", "retry-429",
        "failed-200", "malformed", "at-283-400", "at-290-400", "at-296-400", "at-299-401", "header-200", "many-400", "stream-200",
    }
    for _, kind in ipairs(kinds) do
        local c = client(hostile .. "/" .. kind .. "/v1", { timeout = 3 })
        for _, call in ipairs {
            { "get", function() return c.account:get() end },
            { "create", function() return c.predictions:create { version = version, input = {} } end },
            { "upload", function() return c.files:create(replicate.bytes "x") end },
            { "list", function() return c.predictions:pages()() end },
            { "task", function() return c:spawn(function() return assert(c.account:get()) end):wait() end },
            { "read", function() return c:file_output(hostile .. "/" .. kind .. "/v1/x.png"):read() end },
            { "download", function() return c.files:download("x", { owner = "a", expiry = 9999999999, signature = "c2ln" }) end },
        } do
            local ok, value, problem = pcall(call[2])
            local err = problem or (not ok and value) or nil
            -- What a server says as data is the caller's: only what is said of it is looked at.
            if err ~= nil then
                show(kind .. " " .. call[1], false, err)
            end
        end
        local _, err = c:run("a/b", { input = {} })
        show(kind .. " run", true, nil, err)
        local ok, raised = pcall(function()
            for _ in c:stream("a/b", { input = {} }) do end
        end)
        show(kind .. " stream", ok, raised)
        c:close()
    end
end

--- Errors that are made here.
local function failures()
    local dead = client("http://127.0.0.1:1/v1")
    try("network", dead.account.get, dead.account)
    local unsafe = client(os.getenv "TLS_URL")
    try("tls", unsafe.predictions.create, unsafe.predictions, { version = version, input = {} })
    local late = client(hostile .. "/silent/v1", { timeout = 0.2 })
    try("timeout", late.predictions.create, late.predictions, { version = version, input = {} })
    local c = client(sandbox)
    local request = c:run("sandbox/slow", { input = {} }, function(...) dump({ ... }, 0, {}) end)
    request:cancel()
    c:loop()
    try("failed", c.run, c, "sandbox/fail", { input = {} })
    try("not found", c.models.get, c.models, "nobody", "nothing")
    try("invalid", c.predictions.create, c.predictions, { version = "replicate/hello-world", input = { text = {} } })
    c:close()
    try("closed", c.account.get, c.account)
    traced("unknown option", replicate.new, { auth = token, unknown = 1 })
    traced("token as a table", replicate.new, { auth = { token } })
    traced("token with a control character", replicate.new, { auth = token .. "\1" })
    traced("token with a line", replicate.new, { auth = token .. "\nX: y" })
    traced("token with 20 kB", replicate.new, { auth = token:rep(1000) })
    traced("token not UTF-8", replicate.new, { auth = token .. "\255" })
    traced("header Authorization", replicate.new, { headers = { Authorization = "Bearer " .. token } })
    traced("header of two lines", replicate.new, { headers = { ["X-Key"] = token .. "\n" } })
    traced("header of a call", client(sandbox).account.get, client(sandbox).account, { headers = { ["X-Key"] = token .. "\r" } })
    traced("wrong client", replicate.new, "x")
end

local function webhooks()
    local good = { id = "msg_1", timestamp = tostring(os.time()), signature = "v1,AAAA", body = "{}", secret = secret }
    for name, change in pairs {
        none = {}, id = { id = "" }, timestamp = { timestamp = "x" }, old = { timestamp = "1" }, signature = { signature = "v9" },
        secret = { secret = secret .. "!" }, cut = { secret = secret:sub(1, -4) }, upper = { secret = secret:upper() },
        prefix = { secret = "whsk_" .. secret }, blank = { secret = " " .. secret }, line = { secret = secret .. "\n" },
        zero = { secret = secret .. "\0" }, long = { secret = secret:rep(1000) },
        unknown = { sekret = secret }, number = { id = 1 },
    } do
        local given = {}
        for key, value in pairs(good) do given[key] = value end
        for key, value in pairs(change) do given[key] = value end
        traced("webhook " .. name, replicate.webhooks.validate, given)
    end
    traced("sign", replicate.files.sign, { owner = "", id = "x", expiry = 1, secret = secret })
    traced("sign badly", replicate.files.sign, { owner = "x", id = "x", expiry = "x", secret = secret })
    traced("sign with a table", replicate.files.sign, { owner = "x", id = "x", expiry = 1, secret = { secret } })
end

success()
kept_secret()
failures()
webhooks()
echoes()
print(count .. " things shown")
io.stdout:flush()
-- Until whoever looks at this process has seen it.
io.read "*l"
