--- What a process holds, and whether that grew.

local core = require "replicate.core"
local heap = require "heap"

local measure = {}

local function status(field)
    for line in io.lines "/proc/self/status" do
        local value = line:match("^" .. field .. ":%s+(%d+)")
        if value then
            return tonumber(value)
        end
    end
end

local function descriptors()
    local count, list = 0, assert(io.popen("ls /proc/" .. status "Pid" .. "/fd"))
    for _ in list:lines() do
        count = count + 1
    end
    list:close()
    return count - 1 -- the pipe of the list itself
end

--- Once there are no more than `threads` (nil: however many), or after 5 s. What was closed last has its thread a moment longer,
-- and on a busy machine many may be closed by one poll.
function measure.sample(threads)
    collectgarbage()
    collectgarbage()
    local limit = core.now() + 5
    while threads and status "Threads" > threads and core.now() < limit do
        core.pause(0.01)
    end
    return { in_use = heap.in_use(), resident = status "VmRSS", descriptors = descriptors(), threads = status "Threads" }
end

--- In KiB for each second, by least squares.
local function slope(samples)
    local n, sum_x, sum_y, sum_xx, sum_xy = #samples, 0, 0, 0, 0
    for _, each in ipairs(samples) do
        sum_x, sum_y = sum_x + each.at, sum_y + each.in_use
        sum_xx, sum_xy = sum_xx + each.at * each.at, sum_xy + each.at * each.in_use
    end
    return (n * sum_xy - sum_x * sum_y) / (n * sum_xx - sum_x * sum_x)
end

local function most_and_least(samples, field)
    local least, most = math.huge, -math.huge
    for _, each in ipairs(samples) do
        least, most = math.min(least, each[field]), math.max(most, each[field])
    end
    return least, most
end

--- Of `samples` the client has `kept` connections at most; `before` it there are none, and `after` it. `left_out`: the families
-- of modes that took no part.
function measure.judge(samples, minutes, count, problems, seconds, left_out, before, after, kept)
    local passed, failed = 0, 0
    local function check(demand, measured, is_right)
        passed, failed = passed + (is_right and 1 or 0), failed + (is_right and 0 or 1)
        print(("row\tR21\t%s\t%s\t%s"):format(demand, measured, is_right and "ok" or "missed"))
    end
    local demand = ("%g minutes%s, 50 calls a second, of the sandbox and of the hostile modes (but %s): 0 crashes, hangs, "
        .. "wrong results, ends 3 s past a deadline (in place of 1 s: one thread judges all calls)"):format(
        minutes, minutes < 60 and " in place of an hour" or "", left_out)
    local rate = count.calls / seconds
    check(demand, ("%d calls in %.1f min, %.0f a second: %d wrong, %d late, %d problems"):format(
        count.calls, seconds / 60, rate, count.wrong, count.late, problems), problems == 0 and rate >= 50)
    if #samples < 3 then
        check("three measurements", "only " .. #samples, false)
        return passed, failed
    end
    local growth = slope(samples) * 600
    -- Of a few minutes the slope says little: there the pages of one round count for an hour's.
    local from, to = samples[1].at / 60, samples[#samples].at / 60
    local limit = minutes >= 20 and 1024 or 1024 * 20 / minutes
    local least_use, most_use = most_and_least(samples, "in_use")
    check(("memory in use grows by less than %.4g MiB in 10 minutes%s"):format(limit / 1024,
        limit > 1024 and ", in place of the 1 MiB of a run of 20 minutes or more" or ""),
        ("%.0f KiB in 10 minutes, from minute %.1f to %.1f; %d to %d KiB"):format(growth, from, to, least_use, most_use),
        growth < limit)
    -- An answer of many MiB is put where there is room for it, and what stands above it keeps that room.
    local smallest, largest = most_and_least(samples, "resident")
    check("resident memory stays within 64 MiB, an answer's limit (one heap, which gives back what is free at its end)",
        ("%d to %d KiB"):format(smallest, largest), largest - smallest < 64 * 1024)
    -- Connections that are kept come and go; beside them a client has what it is waited for and woken by.
    local own = 4
    local least, most = most_and_least(samples, "descriptors")
    check(("descriptors: never more than those of before, %d of a client and the %d connections that it keeps; then as before")
        :format(own, kept), ("%d before, %d to %d, %d after it"):format(before.descriptors, least, most, after.descriptors),
        most <= before.descriptors + own + kept and after.descriptors == before.descriptors)
    least, most = most_and_least(samples, "threads")
    check("threads: as many each time, then as before", ("%d before, %d to %d, %d after it"):format(before.threads, least, most,
        after.threads), least == most and after.threads == before.threads)
    return passed, failed
end

return measure
