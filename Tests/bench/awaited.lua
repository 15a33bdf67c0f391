--- Many predictions awaited at once, none of which ends before seconds have passed: what the process takes at its peak.
-- Prints "runs KiB threads seconds"; the threads are those beside Lua's own.
-- Use: awaited.lua RUNS (beside a sandbox: Tests/with-sandbox)

local replicate = require "replicate"
local core = require "replicate.core"

local function status(field)
    for line in io.lines "/proc/self/status" do
        local value = line:match("^" .. field .. ":%s+(%d+)")
        if value then
            return tonumber(value)
        end
    end
end

local runs = tonumber(arg[1])
local client = assert(replicate.new())
local done, threads = 0, 0
local start = core.now()
for _ = 1, runs do
    client:run("sandbox/slow", { input = { steps = 2, step_seconds = 2 }, wait = false }, function(output, err)
        assert(output and not err, err)
        done = done + 1
    end)
end
while client:pending() > 0 do
    client:poll(0.5)
    threads = math.max(threads, status "Threads" - 1)
end
assert(done == runs, "some run has not ended")
print(("%d %d %d %.1f"):format(runs, status "VmHWM", threads, core.now() - start))
