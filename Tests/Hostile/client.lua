--- The library against the hostile server: reads cells, a JSON object a line, from the file that is its first argument, runs
-- them a few at a time (the second argument), each with a client of its own, and prints what came of each as a line of JSON.
--
-- A cell: { name, operation, base_url, control, nonce, options, … }. After each one a plain call must pass on the same client.

package.path = arg[0]:gsub("[^/]*$", "") .. "?.lua;" .. package.path
local core = require "replicate.core"
local replicate = require "replicate"
local calls = require "operations"
local error_of, operations, value_of = calls.error_of, calls.operations, calls.value_of

local cells_path, concurrency = arg[1], tonumber(arg[2] or "16")
io.stdout:setvbuf "line"

local function print_line(value)
    print((assert(replicate.json_encode(value))))
end

local function heal(cell)
    local control = assert(replicate.new { auth = "r8_control", base_url = cell.control })
    control:request("/heal/" .. cell.scenario, { method = "POST" })
    control:close()
end

local function check_plain(client, cell)
    local nonce = cell.nonce .. "-plain"
    local value, err = client.predictions:get("plain", { headers = { ["X-Nonce"] = nonce }, timeout = 8 })
    if not value then
        return { error = error_of(err) }
    end
    return { ok = value.nonce == nonce, nonce = value.nonce }
end

--- Where a coroutine cannot yield out of a pcall, calls would block all the others; then only what may raise is protected.
local can_yield = rawget(_G, "jit") ~= nil or _VERSION ~= "Lua 5.1"

local function try(client, cell, seen)
    local operation = operations[cell.operation]
    if can_yield or cell.operation == "pages" then
        return pcall(operation, client, cell, seen)
    end
    return true, operation(client, cell, seen)
end

--- How much later than they should this process's sleeps end: what other programs and other cells take from it. Moments that
-- were late, with by how much.
local moments = {}

local function watch_lateness()
    while moments do
        local due = core.now() + 0.02
        replicate.sleep(0.02)
        local late = core.now() - due
        if late > 0.03 then
            moments[#moments + 1] = { at = due, late = late }
        end
    end
end

--- Of the time since then.
local function lateness(since)
    local sum = 0
    for index = #moments, 1, -1 do
        if moments[index].at + moments[index].late < since then
            break
        end
        sum = sum + moments[index].late
    end
    return sum
end

local function perform(cell)
    calls.prepare(cell)
    local given = {
        auth = cell.token, base_url = cell.base_url, connect_timeout = 0.5, timeout = 2, max_retries = 2, retry_delay = 0.05,
    }
    for name, value in pairs(cell.options or {}) do
        given[name] = value
    end
    local client = assert(replicate.new(given))
    local seen = {}
    if cell.warm then
        check_plain(client, cell)
    end
    local start = core.now()
    local is_whole, value, err = try(client, cell, seen)
    local result = { name = cell.name, start = start, seconds = core.now() - start, events = #seen > 0 and seen or nil }
    if not is_whole then
        result.error = error_of(value)
    elseif value == nil then
        result.error = error_of(err)
    else
        result.value = value_of(value)
    end
    if cell.heals then
        heal(cell)
    end
    if cell.pause then
        replicate.sleep(cell.pause)
    end
    if cell.plain ~= false then
        result.plain = check_plain(client, cell)
    end
    client:close()
    result.late = lateness(start)
    result.total = core.now() - start
    print_line(result)
end

local cells = {}
for line in io.lines(cells_path) do
    cells[#cells + 1] = assert(replicate.json_decode(line))
end
local home = assert(replicate.new { auth = "r8_home", base_url = "http://127.0.0.1:9/v1" })
local watch = home:spawn(watch_lateness)
local _, err, _, errors = home:map(cells, function(cell)
    perform(cell)
    return true
end, { concurrency = concurrency })
watch:cancel()
if err then
    for index, each in pairs(errors) do
        io.stderr:write(("cell %s: %s\n"):format(cells[index].name, tostring(each)))
    end
    os.exit(1)
end
