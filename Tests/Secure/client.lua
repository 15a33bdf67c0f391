--- A program that does what it is told: reads pieces of Lua from its input, each after a line with its length, runs them, and
-- writes a line of JSON about what came of each. A piece knows `replicate`, `new` (a client, with patience for tests), `kept` (a
-- table that stays) and `said` (a list for what observers hear).

local replicate = require "replicate"

local function new(given)
    given.timeout = given.timeout or 2
    given.max_retries = given.max_retries or 0
    return assert(replicate.new(given))
end

local environment = setmetatable({ replicate = replicate, new = new, kept = {}, said = {} }, { __index = _G })

local function compile(text)
    if setfenv then
        local chunk = assert(loadstring(text, "=told"))
        return setfenv(chunk, environment)
    end
    return assert(load(text, "=told", "t", environment))
end

--- As text that JSON takes, byte by byte.
local function shown(value)
    return (tostring(value):gsub("[\128-\255%z]", function(byte)
        return ("\\x%02x"):format(byte:byte())
    end))
end

local fields = { "kind", "message", "status", "title", "detail", "delivery", "attempts", "retryable" }

local function report(ok, value, err, ...)
    if not ok and not (type(value) == "table" or type(value) == "userdata") then
        return { raised = shown(value) }
    elseif not ok then
        value, err = nil, value
    end
    if value == nil and err ~= nil then
        local all = { text = shown(err) }
        for _, name in ipairs(fields) do
            local field = err[name]
            all[name] = type(field) == "string" and shown(field) or field
        end
        return { err = all }
    end
    local others = { ... }
    for i, other in ipairs(others) do
        others[i] = shown(other)
    end
    return { value = shown(value), second = err ~= nil and shown(err) or nil, others = replicate.array(others) }
end

for length in function() return io.read "*l" end do
    local text = io.read(tonumber(length))
    local result = report(pcall(function()
        return compile(text)()
    end))
    io.write(assert(replicate.json_encode(result)), "\n")
    io.flush()
end
