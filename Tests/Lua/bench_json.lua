-- bench_json.lua - times the JSON codec of replicate.core against lua-cjson on documents of about 1 MB.
--
--   lua5.4 Tests/Lua/bench_json.lua [rounds]
--
-- Both codecs read the same texts and write the same tables, in turns within each round, so that a busy machine
-- slows both. The best round of each counts. MB/s are of the text that this codec writes; the ratio is of the times.

local core = require "replicate.core"
local cjson = require "cjson"

local ROUNDS = tonumber(arg and arg[1]) or 15

-- A fixed sequence, so that every run measures the same documents.
local state = 12345
local function random(n)
    state = (state * 1103515245 + 12345) % 2147483648
    return math.floor(state / 65536) % n + 1
end

local function identifier(length)
    local letters = {}
    for i = 1, length do
        local at = random(36)
        letters[i] = ("abcdefghijklmnopqrstuvwxyz0123456789"):sub(at, at)
    end
    return table.concat(letters)
end

local prompts = {
    "a watercolor of a lighthouse at dawn, \"golden hour\", 35mm",
    "Ein Gemälde von Zürich im Nebel, in der Art von Caspar David Friedrich",
    "東京の夜景、雨に濡れた路地、ネオンサイン、映画のような光",
    "portrait of an astronaut riding a horse on Mars 🚀, highly detailed\nno text, no watermark",
}

local function prediction()
    local id = identifier(26)
    local logs = { "Using seed: " .. random(30000) }
    for step = 1, 10 + random(30) do
        logs[#logs + 1] = ("%3d%%|%s| %d/50 [00:0%d<00:0%d, %.2fit/s]"):format(step * 2,
            ("█"):rep(math.floor(step / 5)), step, random(9), random(9), random(1000) / 37)
    end
    local output = {}
    for i = 1, random(4) do
        output[i] = ("https://replicate.delivery/pbxt/%s/out-%d.png"):format(identifier(40), i - 1)
    end
    return {
        id = id,
        model = "black-forest-labs/flux-schnell",
        version = identifier(64),
        input = {
            prompt = prompts[random(#prompts)],
            negative_prompt = "",
            width = 1024, height = 768, num_outputs = 4, seed = random(30000) * random(30000),
            guidance_scale = 7.5, prompt_strength = 0.8, go_fast = true,
        },
        logs = table.concat(logs, "\n"),
        output = output,
        data_removed = false,
        error = cjson.null,
        source = "api",
        status = "succeeded",
        created_at = "2024-11-21T02:58:33.123Z",
        started_at = "2024-11-21T02:58:33.481Z",
        completed_at = "2024-11-21T02:58:39.902Z",
        metrics = { predict_time = random(30000) / 4711, total_time = random(30000) / 3137, image_count = 4 },
        urls = {
            cancel = "https://api.replicate.com/v1/predictions/" .. id .. "/cancel",
            get = "https://api.replicate.com/v1/predictions/" .. id,
            stream = "https://stream.replicate.com/v1/files/" .. identifier(60),
            web = "https://replicate.com/p/" .. id,
        },
    }
end

local function list(count, make)
    local values = {}
    for i = 1, count do
        values[i] = make(i)
    end
    return values
end

local function page()
    return {
        previous = cjson.null,
        next = "https://api.replicate.com/v1/predictions?cursor=" .. identifier(60),
        results = list(400, prediction),
    }
end

-- Embeddings: numbers with all the 17 digits a double can need.
local function embeddings()
    return list(64, function()
        return { index = random(1000), embedding = list(768, function()
            return (random(32768) / 32768 + random(32768) / 2 ^ 30) * 2 / 3 - 0.5
        end) }
    end)
end

local function integers()
    return list(200, function()
        return list(768, function() return random(32768) * random(10) * random(10) end)
    end)
end

local function long_strings()
    return list(16, function(i)
        return { file = "data:application/octet-stream;base64," .. identifier(500):rep(120), name = "part " .. i }
    end)
end

local function prose()
    return list(40, function()
        return table.concat(list(400, function() return prompts[random(#prompts)] end), "\n")
    end)
end

local documents = {
    { "page of predictions", page() },
    { "floats, 17 digits", embeddings() },
    { "integers", integers() },
    { "long strings", long_strings() },
    { "prose, many scripts", prose() },
}

-- One measurement: about as many calls as read or write 4 MB.
local function seconds(call, argument, size)
    local calls = math.max(1, math.floor(4000000 / size))
    collectgarbage()
    local from = os.clock()
    for _ = 1, calls do
        call(argument)
    end
    return (os.clock() - from) / calls
end

local function row(name, ours, theirs, argument, their_argument, size)
    local best, their_best = math.huge, math.huge
    for _ = 1, ROUNDS do
        best = math.min(best, seconds(ours, argument, size))
        their_best = math.min(their_best, seconds(theirs, their_argument, size))
    end
    print(("%-28s %9.0f MB/s %12.0f MB/s %8.2f"):format(name, size / best / 1e6, size / their_best / 1e6,
        their_best / best))
end

print(("%-28s %14s %17s %8s"):format("name", "ours", "lua-cjson", "ratio"))
for _, document in ipairs(documents) do
    local name, value = document[1], document[2]
    local text = assert(core.json_encode(value))
    row("decode " .. name, core.json_decode, cjson.decode, text, text, #text)
    row("encode " .. name, core.json_encode, cjson.encode, value, value, #text)
end
