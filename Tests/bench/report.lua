--- Makes the table of what Tests/bench/run has measured.
-- Use: report.lua RESULTS JSON DELAY AWAITED GROWTH MEGABYTES (lines "name calls cpu wall"; what Tests/Lua/bench_json.lua,
-- delay.lua, awaited.lua and transfers.lua printed; and the size of the large file)

local results = {}
for line in io.lines(arg[1]) do
    local name, calls, cpu, wall = line:match "^(%S+) (%d+) (%S+) (%S+)$"
    assert(name, line)
    local list = results[name] or { cpu = {}, wall = {} }
    results[name] = list
    list.cpu[#list.cpu + 1] = cpu / calls * 1e6
    list.wall[#list.wall + 1] = wall / calls * 1e6
end

local function sorted(list)
    local copy = table.move(list, 1, #list, 1, {})
    table.sort(copy)
    return copy
end

local function median(list)
    local values = sorted(list)
    return (values[(#values + 1) // 2] + values[#values // 2 + 1]) / 2
end

local function best(list)
    return math.min(table.unpack(list))
end

--- The ratios of each round, where ours and the baseline ran in the same rounds.
local function ratios(ours, theirs)
    local list = {}
    for i = 1, #ours == #theirs and #ours or 0 do
        list[i] = ours[i] / theirs[i]
    end
    return list
end

local function print_row(...)
    print((("%7s %-12s %-9s %-4s %-33s %9s %9s  %9s %9s  %s"):format(...):gsub("%s+$", "")))
end

local function title(text, ours, theirs)
    print(text)
    print_row("ratio", "rounds", "target", "met", "", "ours", "", "baseline", "", "")
    print_row("", "", "", "", "", ours[1], ours[2], theirs[1], theirs[2], "")
end

--- `limit` is a text such as "<= 2" or ">= 1", or nil where there is no target.
local function verdict(value, limit)
    if not limit then
        return "", ""
    end
    local sign, bound = limit:match "^([<>]=) ([%d.]+)"
    local met
    if sign == "<=" then
        met = value <= tonumber(bound)
    else
        met = value >= tonumber(bound)
    end
    return limit, met and "yes" or "NO"
end

local function rate(name)
    return ("%.0f"):format(1e6 / median(results[name].wall))
end

--- A row whose ratio is ours by the baseline's, in CPU or wall time per call: the median of the rounds' ratios, and their
-- range, or the ratio of the medians where the baseline ran once.
local function call_row(what, ours, theirs, clock, limit, baseline)
    if not results[theirs] then
        return
    end
    local mine, other = results[ours][clock], results[theirs][clock]
    local ratio, range = median(mine) / median(other), ""
    local each = sorted(ratios(mine, other))
    if #each > 1 then
        ratio, range = median(each), ("%.2f-%.2f"):format(each[1], each[#each])
    end
    local target, met = verdict(ratio, limit)
    print_row(("%.2f"):format(ratio), range, target, met, what, ("%.1f"):format(median(mine)), rate(ours),
        ("%.1f"):format(median(other)), rate(theirs), baseline)
end

local columns = { "us/call", "calls/s" }

title("CPU of the client's process per call", columns, columns)
call_row("create from Lua, 64 in flight", "creates.lua", "creates.curl", "cpu", "<= 2", "libcurl multi in C")
call_row("create from C, 64 in flight", "creates.c", "creates.curl", "cpu", nil, "libcurl multi in C")
call_row("create from Lua, 64 in flight", "creates.lua", "creates.c", "cpu", nil, "replicate.h in C: the cost of Lua")
call_row("get from Lua, one after another", "gets.lua", "gets.curl", "cpu", nil, "libcurl easy in C")
call_row("get from C, one after another", "gets.c", "gets.curl", "cpu", nil, "libcurl easy in C")
print()

title("Wall time per call", columns, columns)
call_row("get from Lua, one after another", "gets.lua", "gets.curl", "wall", "<= 1.5", "libcurl easy in C")
call_row("get from C, one after another", "gets.c", "gets.curl", "wall", nil, "libcurl easy in C")
print()

title("For scale: CPU per call (LuaSocket: a new connection for each call, since socket.http keeps none alive)",
    columns, columns)
call_row("get from Lua, one after another", "gets.lua", "luasocket.get", "cpu", nil, "LuaSocket and lua-cjson")
call_row("create from Lua, 64 in flight", "creates.lua", "luasocket.create", "cpu", nil, "LuaSocket, one after another")
call_row("get from Lua, one after another", "gets.lua", "python.get", "cpu", nil, "Replicate's Python client")
call_row("create from Lua, 64 in flight", "creates.lua", "python.create", "cpu", nil, "the same, async, 64 in flight")
print(("Not measured here: Replicate's Node client. Ours is %.1f times the 5,700 creates/s that were measured for it"
    .. " on 2 cores\n(the target is 8 times, in one run; this is information only)."):format(
    1e6 / median(results["creates.lua"].wall) / 5700))
print()

local function poll_row(what, name)
    local ours, empty = best(results[name].cpu) * 1000, best(results["poll.empty"].cpu) * 1000
    local target, met = verdict(ours, "<= 200 ns")
    print_row(("%.1f"):format(ours / empty), "", target, met, what, ("%.0f"):format(ours), "", ("%.0f"):format(empty), "",
        "an empty method in Lua")
end

title("client:poll() with nothing due (the best round)", { "ns/call", "" }, { "ns/call", "" })
poll_row("no request", "poll.idle")
poll_row("a request under way", "poll.pending")
print()

local function start_row(what, pick)
    local ours, theirs = pick(results["start.lua"].wall) / 1000, pick(results["start.curl"].wall) / 1000
    local target, met = verdict(ours, "<= 10 ms")
    print_row(("%.2f"):format(ours / theirs), "", target, met, what, ("%.2f"):format(ours), "", ("%.2f"):format(theirs), "",
        "dlopen of libcurl, curl_global_init")
end

title(([[require "replicate" and replicate.new(), in %d fresh processes]]):format(#results["start.lua"].wall),
    { "ms", "" }, { "ms", "" })
start_row("best", best)
start_row("median", median)
print()

title("Server-sent events into a `for` loop, 40 bytes each, from nginx on the same cores", { "us/event", "events/s" },
    { "us/event", "events/s" })
do
    local ours = 1e6 / median(results["events.lua"].wall)
    local target, met = verdict(ours, ">= 1000000")
    local python = results["events.python"]
    local theirs = python and median(python.wall)
    print_row(theirs and ("%.0f"):format(theirs / median(results["events.lua"].wall)) or "", "times", target, met,
        "from Lua, wall time", ("%.3f"):format(1e6 / ours), ("%.0f"):format(ours),
        theirs and ("%.2f"):format(theirs) or "", theirs and ("%.0f"):format(1e6 / theirs) or "",
        "Replicate's Python client")
end
print()

--- How quick a large file goes, beside the curl program, in the median of the rounds; and the most memory that it took.
local function transfer_row(what, name)
    local ours, theirs = results[name .. ".lua"].wall, results[name .. ".curl"].wall
    local each = sorted(ratios(theirs, ours))
    local ratio = median(each)
    local target, met = verdict(ratio, ">= 0.9")
    local function speed(list)
        return ("%.0f"):format(arg[6] / (median(list) / 1e6))
    end
    print_row(("%.2f"):format(ratio), ("%.2f-%.2f"):format(each[1], each[#each]), target, met, what, speed(ours), "",
        speed(theirs), "", "the curl program")
end

local function growth_row(what, name)
    local most = 0
    for line in io.lines(arg[5]) do
        local which, kib = line:match "^(%S+) (%d+)$"
        most = which == name and math.max(most, kib * 1024 / 1e6) or most
    end
    local target, met = verdict(most, "<= 16 MB")
    print_row("", "", target, met, what, ("%.1f"):format(most), "MB", "", "", "more memory than before, the worst round")
end

title(("A file of %s MB from or to disk (speed: a ratio above 1 is faster)"):format(arg[6]), { "MB/s", "" }, { "MB/s", "" })
transfer_row("up", "upload")
transfer_row("down", "download")
growth_row("up", "upload")
growth_row("down", "download")
print()

title("From an event's last byte to its callback, one event each 5 ms", { "ms", "" }, { "", "" })
for line in io.lines(arg[3]) do
    local calls, p50, p99, max = line:match "^(%d+) (%S+) (%S+) (%S+)$"
    local target, met = verdict(tonumber(p99), "<= 5 ms")
    print_row("", "", "", "", ("median of %s"):format(calls), p50, "", "", "", "")
    print_row("", "", target, met, "p99", p99, "", "", "", "")
    print_row("", "", "", "", "the longest", max, "", "", "", "")
end
print()

--- The rows of awaited.lua: absolute figures, of which the worst counts.
local function awaited_rows(file)
    local rounds, megabytes, threads, seconds, runs = 0, 0, 0, 0, nil
    for line in io.lines(file) do
        local count, kib, beside, wall = line:match "^(%d+) (%d+) (%d+) (%S+)$"
        rounds, runs = rounds + 1, assert(count, line)
        megabytes = math.max(megabytes, kib * 1024 / 1e6)
        threads = math.max(threads, beside + 0)
        seconds = math.max(seconds, wall + 0)
    end
    local function row(what, format, value, unit, limit, remark)
        local target, met = verdict(value, limit)
        print_row("", "", target, met, what, format:format(value), unit, "", "", remark or "")
    end
    title(("%s predictions awaited at once, run from Lua (the worst of %d rounds)"):format(runs, rounds), { "", "" }, { "", "" })
    row("most memory of the process", "%.1f", megabytes, "MB", "<= 64 MB")
    row("threads beside Lua's own", "%d", threads, "", "<= 1")
    row("until all have ended", "%.1f", seconds, "s", nil, "of which 4 s are the predictions'; the sandbox shares the cores")
end

awaited_rows(arg[4])
print()

title("JSON in the glue: speed (a ratio above 1 is faster)", { "MB/s", "" }, { "MB/s", "" })
for line in io.lines(arg[2]) do
    local what, ours, theirs, ratio = line:match "^(.-)%s+(%d+) MB/s%s+(%d+) MB/s%s+([%d.]+)$"
    if what then
        local target, met = verdict(tonumber(ratio), ">= 1")
        print_row(ratio, "", target, met, what, ours, "", theirs, "", "lua-cjson")
    end
end
