--- soak.lua MINUTES SEED MODES FOLDER: random calls, tasks, streams, downloads, drops and closes, some of them of the hostile
-- server; and whether memory, descriptors and threads stay what they were.

local core = require "replicate.core"
local measure = dofile "Tests/Soak/measure.lua"
local replicate = require "replicate"

local minutes, seed, modes_path, folder = tonumber(arg[1]), tonumber(arg[2]), arg[3], arg[4]
math.randomseed(seed)
print(("seed %d, %g minutes"):format(seed, minutes))

local file = assert(io.open(modes_path))
local modes = assert(replicate.json_decode(file:read "a"))
file:close()

local most_at_once, patience = 60, 1
local under_way, count = 0, { calls = 0, values = 0, errors = 0, wrong = 0, late = 0 }
local kinds, problems = {}, {}

local function problem(format, ...)
    if #problems < 20 then
        problems[#problems + 1] = format:format(...)
        print("FAILED " .. problems[#problems])
    end
end

--- Begins a call and returns the callback that ends it. `expect(value)` says whether a value is right; without it any result is.
local function begin(name, deadline, expect)
    local start, ended = core.now(), false
    under_way, count.calls = under_way + 1, count.calls + 1
    return function(value, err)
        if ended then
            return problem("%s ended twice", name)
        end
        ended, under_way = true, under_way - 1
        local took = core.now() - start
        -- Beside the second that is promised, what one on a busy machine waits for its turn.
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
            problem("%s: %s", name, tostring(err or value))
        end
    end
end

local good = assert(replicate.new { poll_interval = 0.02 })
local clients, number = {}, 0

local function hostile_client(base_url)
    return assert(replicate.new {
        auth = os.getenv "REPLICATE_API_TOKEN", base_url = base_url, timeout = patience, connect_timeout = 0.5,
        max_retries = 1, retry_delay = 0.02,
        poll_interval = 0.02, max_response_bytes = 1048576,
    })
end

local version = ("a"):rep(64)
local input = { input = { prompt = "x" } }
local hostile = {
    get = function(client, done) client.predictions:get("p-1", done) end,
    list = function(client, done) client.predictions:list(done) end,
    create = function(client, done) client.predictions:create({ version = version, input = {} }, done) end,
    run = function(client, done) client:run("hostile/model:" .. version, input, done) end,
    upload = function(client, done) client.files:create(replicate.bytes(("x"):rep(20000), { name = "a.bin" }), done) end,
    stream = function(client, done)
        client:spawn(function()
            local whole, err = pcall(function()
                for _ in assert(client:stream("hostile/model:" .. version, input)) do -- luacheck: ignore 542
                end
            end)
            done(whole or nil, err)
        end)
    end,
}
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
    hostile[name](client, begin(place.mode .. " " .. name, name ~= "run" and name ~= "stream" and patience or patience + 2))
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
    local sample = measure.sample()
    sample.at = core.now() - start
    print(("%5.0f s: %6d calls, %6d KiB, %3d descriptors, %2d threads"):format(
        sample.at, count.calls, sample.memory, sample.descriptors, sample.threads))
    if sample.at >= warm then
        samples[#samples + 1] = sample
    end
end
good:close()

local words = {}
for kind, times in pairs(kinds) do
    words[#words + 1] = kind .. " " .. times
end
table.sort(words)
print(("%d values, %d errors: %s"):format(count.values, count.errors, table.concat(words, ", ")))
local passed, failed = measure.judge(samples, minutes, count, #problems, core.now() - start)
print(("soak: %d passed, %d failed"):format(passed, failed))
os.exit(failed == 0 and 0 or 1)
