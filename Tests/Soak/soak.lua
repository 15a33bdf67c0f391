--- soak.lua MINUTES SEED MODES FOLDER: random calls, tasks, streams, downloads, drops and closes, some of them of the hostile
-- server; and whether memory, descriptors and threads stay what they were.

local core = require "replicate.core"
local measure = dofile "Tests/Soak/measure.lua"
local replicate = require "replicate"

local minutes, seed, modes_path, folder = tonumber(arg[1]), tonumber(arg[2]), arg[3], arg[4]
math.randomseed(seed)
print(("seed %d, %g minutes"):format(seed, minutes))

local file = assert(io.open(modes_path))
local given = assert(replicate.json_decode(file:read "a"))
file:close()
local modes, left_out = given.operations, table.concat(given.left_out, " ")

local most_at_once, patience, most_bytes = 60, 1, 1048576
local under_way, count = 0, { calls = 0, values = 0, errors = 0, wrong = 0, late = 0 }
local kinds, problems = {}, {}

local function problem(format, ...)
    if #problems < 20 then
        problems[#problems + 1] = format:format(...)
        print("FAILED " .. problems[#problems])
    end
end

--- Begins a call and returns the callback that ends it. `expect(value, err)` says whether it is right; without it any result is.
local function begin(name, deadline, expect)
    local start, ended = core.now(), false
    under_way, count.calls = under_way + 1, count.calls + 1
    return function(value, err)
        if ended then
            return problem("%s ended twice", name)
        end
        ended, under_way = true, under_way - 1
        local took = core.now() - start
        -- Beside the second that is promised, what one waits for its turn: one thread judges hundreds of calls a second.
        if deadline and took > deadline + 1 + 2 then
            count.late = count.late + 1
            problem("%s took %.1f s; its deadline was %g", name, took, deadline)
        end
        if value ~= nil then
            count.values = count.values + 1
        else
            count.errors = count.errors + 1
            kinds[err and err.kind or "none"] = (kinds[err and err.kind or "none"] or 0) + 1
        end
        if expect and not expect(value, err) then
            count.wrong = count.wrong + 1
            problem("%s: %s", name, err and tostring(err) or (replicate.json_encode(value) or tostring(value)):sub(1, 300))
        end
    end
end

local before = measure.sample()
-- It keeps so many connections for later.
local kept = 16
local good = assert(replicate.new { poll_interval = 0.02, connections_per_host = kept })
local clients, number = {}, 0

local function hostile_client(base_url)
    return assert(replicate.new {
        auth = os.getenv "REPLICATE_API_TOKEN", base_url = base_url, timeout = patience, connect_timeout = 0.5,
        max_retries = 1, retry_delay = 0.02,
        poll_interval = 0.02, max_response_bytes = most_bytes,
    })
end

local version = ("a"):rep(64)
local function with(nonce, fields)
    fields = fields or {}
    fields.headers = { ["X-Nonce"] = nonce }
    return fields
end

local function input(nonce)
    return with(nonce, { input = { prompt = "x", nonce = nonce } })
end

local hostile = {
    get = function(client, nonce, done) client.predictions:get("p-1", with(nonce), done) end,
    list = function(client, nonce, done) client.predictions:list(with(nonce), done) end,
    create = function(client, nonce, done)
        client.predictions:create(with(nonce, { version = version, input = { nonce = nonce } }), done)
    end,
    run = function(client, nonce, done) client:run("hostile/model:" .. version, input(nonce), done) end,
    upload = function(client, nonce, done)
        client.files:create(replicate.bytes(("x"):rep(20000), { name = "a.bin" }), with(nonce), done)
    end,
    stream = function(client, nonce, done)
        client:spawn(function()
            local texts = {}
            local whole, err = pcall(function()
                for event in assert(client:stream("hostile/model:" .. version, input(nonce))) do
                    -- Of what is long enough to be wrong, no more.
                    texts[#texts + 1] = event.event == "output" and #texts < 10 and event.data:sub(1, 99) or nil
                end
            end)
            done(whole and texts or nil, err)
        end)
    end,
}

--- What a good server says in the end (Tests/Hostile/replies.py).
local function says_all(value)
    return type(value) == "table" and table.concat(value) == "Hello w\u{f6}rld!"
end

--- Of each operation: whether a value is this call's, and what else a good server's value is.
local is_own = {
    get = function(value, nonce) return value.nonce == nonce end,
    create = function(value, nonce) return value.nonce == nonce end,
    upload = function(value, nonce) return value.nonce == nonce end,
    list = function(value, nonce)
        local first = type(value.results) == "table" and value.results[1]
        return not first or first.nonce == nonce
    end,
}
local is_good = {
    get = function(value) return value.id == "p-1" and value.status == "succeeded" and says_all(value.output) end,
    create = function(value) return value.status == "starting" and value.id:find "^p%d+n%d+$" end,
    upload = function(value) return value.id:find "^f%d+n%d+$" and value.size > 20000 end,
    list = function(value) return type(value.results) == "table" and #value.results == 1 and value.results[1].id == "p1" end,
    run = says_all,
    stream = says_all,
}

--- By what the mode's demand says: a value only where it allows one, and then this call's own. A client that is closed meanwhile,
-- a second that was too short on a busy machine, and the limit that is set here, are errors anywhere.
local function expected(name, place, nonce)
    return function(value, err)
        if value == nil and err == nil and name == "run" and not place.is_exact then
            return place.outcome ~= "error" -- a prediction without output
        elseif value == nil then
            local kind = type(err) == "table" and err.kind
            return kind and (place.outcome ~= "value" or kind == "timeout" or kind == "canceled"
                or tostring(err):find(most_bytes .. " bytes", 1, true) ~= nil)
        end
        return place.outcome ~= "error"
            and (not place.is_own or not is_own[name] or type(value) == "table" and is_own[name](value, nonce))
            and (not place.is_exact or type(value) == "table" and is_good[name](value))
    end
end

local names = {}
for name in pairs(hostile) do
    names[#names + 1] = name
end
table.sort(names)

--- What a program does with the real service. Each calls `done` once.
local ordinary = {
    function()
        number = number + 1
        local text = "soak " .. number
        good:run("replicate/hello-world", { input = { text = text } }, begin("run", nil, function(output)
            return output == "hello " .. text
        end))
    end,
    function()
        local done, words = begin("stream", nil, function(value) return value == 20 end), 0
        good:spawn(function()
            local ok, err = pcall(function()
                for event in assert(good:stream("sandbox/story", {
                    input = { prompt = "soak", max_tokens = 20, tokens_per_second = 0, seed = 1 },
                    headers = math.random(2) == 1 and { ["X-Sandbox-Drop-Stream-After"] = "7" } or nil,
                })) do
                    words = words + (event.event == "output" and 1 or 0)
                end
            end)
            done(ok and words or nil, err)
        end)
    end,
    function()
        local done = begin("a stream that is left", nil)
        local stream = good:stream("sandbox/story", {
            input = { prompt = "x", max_tokens = 500, tokens_per_second = 500 }, cancel = math.random(2) == 1,
        })
        good:spawn(function()
            replicate.sleep(math.random() * 0.05)
            if stream then
                stream:close()
            end
            done(true)
        end)
    end,
    function()
        local done = begin("map", nil, function(value) return value == 3 end)
        good:map({ 1, 2, 3 }, function(item)
            return good:run("replicate/hello-world", { input = { text = tostring(item) } })
        end, function(results, err) done(results and #results, err) end)
    end,
    function()
        local done = begin("a canceled run", nil)
        local request = good:run("sandbox/slow", { input = { steps = 20, step_seconds = 0.05 }, wait = false }, done)
        good:spawn(function()
            replicate.sleep(math.random() * 0.1)
            request:cancel()
        end)
    end,
    function()
        local done = begin("save", nil, function(value) return value == true end)
        local path = ("%s/%d.png"):format(folder, math.random(4))
        good:spawn(function()
            local output, err = good:run("sandbox/draw", { input = { prompt = "soak", width = 32, height = 32 } })
            local image = type(output) == "table" and output[1] or output
            local saved
            if image then
                saved, err = image:save(path)
            end
            done(saved and true or nil, err)
        end)
    end,
    function()
        local done = begin("upload", nil, function(value) return value == true end)
        good:spawn(function()
            local record, err = good.files:create(replicate.bytes(("y"):rep(math.random(50000)), { name = "soak.bin" }))
            if record then
                record, err = good.files:delete(record.id)
            end
            done(record ~= nil or nil, err)
        end)
    end,
    function()
        good.models:list(begin("list", nil, function(value) return value ~= nil end))
        collectgarbage "step"
    end,
}

local function something()
    if math.random(2) == 1 then
        return ordinary[math.random(#ordinary)]()
    end
    local name = names[math.random(#names)]
    local place = modes[name][math.random(#modes[name])]
    local client = hostile_client(place.base_url)
    clients[#clients + 1] = client
    number = number + 1
    local nonce, deadline = "soak-" .. number, name ~= "run" and name ~= "stream" and patience or patience + 2
    hostile[name](client, nonce, begin(place.mode .. " " .. name, deadline, expected(name, place, nonce)))
    if math.random(20) == 1 and name ~= "stream" then
        client:close() -- which ends the call
    end
end

local function poll()
    good:poll(0.005, 100, 0.01)
    for index = #clients, 1, -1 do
        local client = clients[index]
        if not client:closed() then
            client:poll(0)
        end
        if client:closed() or client:pending() == 0 then
            client:close()
            table.remove(clients, index)
        end
    end
end

--- Until nothing is under way, or half a minute has passed.
local function drain()
    local limit = core.now() + 30
    while (under_way > 0 or #clients > 0) and core.now() < limit do
        poll()
    end
    if under_way > 0 then
        problem("%d calls hang", under_way)
    end
end

local start, warm = core.now(), minutes * 60 / 4
local samples = {}
while core.now() - start < minutes * 60 and #problems == 0 do
    local round = core.now()
    while core.now() - round < 15 do
        while under_way < most_at_once do
            something()
        end
        poll()
    end
    drain()
    local sample = measure.sample(before.threads + 1)
    sample.at = core.now() - start
    print(("%5.0f s: %6d calls, %6d KiB in use, %6d resident, %3d descriptors, %2d threads"):format(
        sample.at, count.calls, sample.in_use, sample.resident, sample.descriptors, sample.threads))
    if sample.at >= warm then
        samples[#samples + 1] = sample
    end
end
good:close()
local after = measure.sample(before.threads)

local words = {}
for kind, times in pairs(kinds) do
    words[#words + 1] = kind .. " " .. times
end
table.sort(words)
print(("%d values, %d errors: %s"):format(count.values, count.errors, table.concat(words, ", ")))
local passed, failed = measure.judge(samples, minutes, count, #problems, core.now() - start, left_out, before, after, kept)
print(("soak: %d passed, %d failed"):format(passed, failed))
os.exit(failed == 0 and 0 or 1)
