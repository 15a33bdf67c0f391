-- exits.lua WHERE CODE [CLOSES]: a program that ends by os.exit where the library has called it (R17). If it is still there at the end,
-- it has exit code 99. The base URL is the sandbox's.

local replicate = require "replicate"
local where, code, closes = arg[1], tonumber(arg[2]), arg[3] == "closes"

local function leave()
    if closes then
        os.exit(code, true)
    end
    os.exit(code)
end

local story = { input = { prompt = "a fox", max_tokens = 100000, tokens_per_second = 100 } }
local client = assert(replicate.new {
    poll_interval = 0.02,
    on_request = where == "observer" and leave or nil,
})

local places = {}

function places.callback()
    client.account:get(leave)
    client:loop()
end

function places.observer()
    client.account:get()
end

function places.stream()
    client:stream("sandbox/story", story, leave)
    client:loop()
end

--- In the middle of a loop over events, with a download and a run under way.
function places.loop()
    client:run("sandbox/slow", { input = { steps = 30 }, wait = false }, function() end)
    for _ in client:stream("sandbox/story", story) do
        leave()
    end
end

function places.task()
    client:spawn(function()
        client:sleep(0.001)
        leave()
    end)
    client:loop()
end

function places.map()
    client:map({ 1, 2, 3 }, leave)
end

--- A callback that was called while another call waits.
function places.nested()
    client.account:get(function()
        client.account:get(leave)
        client.predictions:list()
    end)
    client:loop()
end

function places.finalizer()
    local value = newproxy and newproxy(true) or setmetatable({}, { __gc = leave }) -- luacheck: ignore 113
    if newproxy then -- luacheck: ignore 113
        getmetatable(value).__gc = leave
    end
    client.account:get(function()
        value = nil -- luacheck: ignore 311
        collectgarbage()
        collectgarbage()
    end)
    client:loop()
end

places[where]()
os.exit(99)
