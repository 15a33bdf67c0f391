--- Many calls on one client against the hostile server: reads jobs, a JSON object a line, from the file that is its first
-- argument, one after the other. A job: { name, operation, base_url, nonces, concurrency, options, … }; each call is told as a
-- line of JSON, and then what the process has held at most and how much it has worked.

package.path = arg[0]:gsub("[^/]*$", "") .. "?.lua;" .. package.path
local core = require "replicate.core"
local replicate = require "replicate"
local calls = require "operations"

io.stdout:setvbuf "line"

local function print_line(value)
    print((assert(replicate.json_encode(value))))
end

--- In KiB: what is held now, and at most so far.
local function memory()
    local now, peak
    for line in io.lines "/proc/self/status" do
        now = now or line:match "^VmRSS:%s*(%d+)"
        peak = peak or line:match "^VmHWM:%s*(%d+)"
    end
    return tonumber(now), tonumber(peak)
end

local function call(client, job, nonce)
    local cell = setmetatable({ nonce = nonce }, { __index = job })
    local seen = {}
    local start = core.now()
    local value, err = calls.operations[job.operation](client, cell, seen)
    local result = { name = nonce, start = start, seconds = core.now() - start, events = #seen > 0 and seen or nil }
    if value == nil then
        result.error = calls.error_of(err)
    else
        result.value = calls.value_of(value)
    end
    print_line(result)
    return true
end

for line in io.lines(arg[1]) do
    local job = assert(replicate.json_decode(line))
    local given = { auth = job.token, base_url = job.base_url }
    for name, value in pairs(job.options or {}) do
        given[name] = value
    end
    local client = assert(replicate.new(given))
    local before = memory()
    local start, worked = core.now(), os.clock()
    local _, err = client:map(job.nonces, function(nonce)
        return call(client, job, nonce)
    end, { concurrency = job.concurrency or 32 })
    if err then
        io.stderr:write(tostring(err), "\n")
    end
    client:close()
    local _, peak = memory()
    -- What all its threads have worked, and how long it was there.
    local worked_for, lasted = os.clock() - worked, core.now() - start
    print_line { name = "job " .. job.name, before = before, peak = peak, worked = worked_for, lasted = lasted }
end
