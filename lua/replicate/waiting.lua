--- How a call waits. Inside of a coroutine that can be taken up again it yields; anywhere else it polls until it is done.
--
-- What a call waits for has `_is_done()`, and `_is_given_up(err)` for a task that is canceled meanwhile: true if the end comes
-- all the same, and is to be waited for. What can be taken up again is a strand: `_park()` yields, and `_unpark(client)` has it
-- go on, inside a poll of that client. Tasks are strands; a loop's adapter may have others.

local core = require "replicate.core"
local misuse = require "replicate.misuse"
local polling = require "replicate.polling"
misuse.register()

local waiting = {}

--- The task of each coroutine that runs one. The coroutine keeps its task, and must not be kept by it here: see `agendas` in
-- replicate/client.lua.
waiting.tasks = setmetatable({}, { __mode = _VERSION == "Lua 5.1" and "kv" or "k" })

local has_yieldable_iterators = _VERSION ~= "Lua 5.1" or rawget(_G, "jit") ~= nil

--- What a task yields to see whether it can: it is resumed at once.
waiting.probe = {}

--- Functions in C that Lua 5.2 can yield across.
local transparent = has_yieldable_iterators and { [pcall] = true, [xpcall] = true } or {}

--- In Lua 5.1 nothing can yield out of a `for` loop's iterator or a metamethod, which are functions in Lua on a stack in C. They
-- show by the names that they are called by: that of the loop, and none. A function that is called without a name, as the result
-- of another one is, is taken for a metamethod: in it a call blocks. `caller` is nil at the end of the stack.
local function is_called_from_c(frame, caller)
    local is_from_lua = caller and (caller.what == "Lua" or caller.what == "main")
    if has_yieldable_iterators or frame.what ~= "Lua" or not is_from_lua then
        return false
    end
    return frame.name == "(for generator)" or frame.namewhat == ""
end

--- For Lua 5.1 and 5.2, which cannot say it: whether a function in C is on the stack, such as the one that runs callbacks. And
-- whether that is not certain: of what ended with a tail call, Lua 5.1 does not know how it was called.
local function is_yieldable_by_stack()
    local level, is_uncertain = 2, false
    local frame = debug.getinfo(level, "Snf")
    while frame do
        level = level + 1
        local caller = debug.getinfo(level, "Snf")
        if frame.what == "C" and not transparent[frame.func] or is_called_from_c(frame, caller) then
            return false
        end
        is_uncertain = is_uncertain or frame.what == "tail"
        frame = caller
    end
    return true, is_uncertain and not has_yieldable_iterators
end

local is_yieldable = coroutine.isyieldable or is_yieldable_by_stack

--- The task that runs, from inside its own coroutine; nil elsewhere, such as in a generator that a task runs.
function waiting.task()
    local thread = coroutine.running()
    return thread and waiting.tasks[thread]
end

--- What the running coroutine can be parked by; nil: it has to block.
function waiting.strand(client)
    local thread, is_main = coroutine.running()
    if not thread or is_main then
        return nil
    end
    local can_yield, is_uncertain = is_yieldable()
    if not can_yield then
        return nil
    end
    local task = waiting.tasks[thread]
    if task and is_uncertain then
        -- The task goes on at once; or this raises, while nothing has begun that could be lost.
        coroutine.yield(waiting.probe)
    end
    return task or client._host and client._host.strand(thread)
end

--- The task that a call blocks in: not that of a callback which only runs inside of its call.
local function blocked_task()
    local task = waiting.task()
    return task and not task._is_calling and task or nil
end

--- What a call that waits is canceled with.
function waiting.owner(client)
    return waiting.strand(client) or blocked_task()
end

local function raised(ok, ...)
    if not ok then
        error((...), 0)
    end
    return ...
end

--- Calls an iterator's function. Where nothing can yield out of a `for` loop's iterator it blocks, for pcall is on the stack.
function waiting.iterate(fn, ...)
    if has_yieldable_iterators then
        return fn(...)
    end
    return raised(pcall(fn, ...))
end

--- A coroutine of a loop's that waits is pending as a task is, or the loop would end without it.
local function count_parked(strand, client)
    if not strand._home then
        strand._counted_by = client
        client._count = client._count + 1
        client:_tell_loop(client._count == 1)
    end
end

local function unpark(strand, client)
    local counted_by = strand._counted_by
    if counted_by then
        strand._counted_by = nil
        counted_by._count = counted_by._count - 1
    end
    strand:_unpark(client)
end

--- Has those go on that wait for `subject`, inside this poll of `client`.
function waiting.wake(subject, client)
    local waiters = subject._waiters
    if waiters then
        for _, strand in ipairs(waiters) do
            unpark(strand, client)
        end
        subject._waiters = nil
    end
end

local function remove(list, value)
    for index, each in ipairs(list or {}) do
        if each == value then
            table.remove(list, index)
            return
        end
    end
end

local function count_other(strand, client, change)
    local own = strand._home
    if own and own ~= client then
        local others = own._agenda.others
        local count = (others[client] or 0) + change
        others[client] = count > 0 and count or nil
        own._agenda.has_others = next(others) ~= nil
        own._agenda:set_busy()
    end
end

local function closed()
    return core.error("canceled", "the client was closed")
end

local function park(strand, client, subject, seconds)
    if strand._canceled then
        strand._is_told = true
        return nil, strand._canceled
    end
    local home = strand._home or client
    local agenda, timer, is_over, err, given_up = home._agenda, nil, false, nil, false
    if seconds then
        timer = agenda:start_timer(core.now() + seconds, function()
            is_over = true
            unpark(strand, home)
        end)
    end
    local target = subject._request or subject
    strand._awaits = subject
    count_other(strand, client, 1)
    repeat
        local waiters = target._waiters or {}
        target._waiters = waiters
        waiters[#waiters + 1] = strand
        count_parked(strand, client)
        strand:_park()
        remove(target._waiters, strand)
        if strand._canceled and not given_up then
            given_up = true
            if not subject:_is_done() and not subject:_is_given_up(strand._canceled) then
                err = strand._canceled
            end
        end
        if not client._core and not subject:_is_done() then
            err = err or closed()
        end
    until err or is_over or subject:_is_done()
    count_other(strand, client, -1)
    strand._awaits = nil
    if timer then
        agenda:stop_timer(timer)
    end
    if err or (given_up and subject._status == "canceled") then
        strand._is_told = true
    end
    if err then
        return nil, err
    end
    return subject:_is_done()
end

local function nothing() end

--- In slices, so that an interrupt is heard.
local function block(client, subject, seconds)
    local deadline = seconds and core.now() + seconds
    -- So that there is something to wait for.
    local timer = deadline and client._agenda:start_timer(deadline, nothing)
    local is_done, err = false, nil
    local task, given_up = blocked_task(), false
    while client._core do
        local left = deadline and deadline - core.now() or 0.1
        if left <= 0 then
            break
        end
        local went_on = polling.step_for(client, subject, math.ceil(math.min(left, 0.1) * 1000))
        is_done = subject:_is_done()
        if client._held or next(client._agenda.driven) then
            client:_let_go()
        end
        if is_done then
            break
        elseif task and task._canceled and not given_up then
            given_up, task._is_told = true, true
            if not subject:_is_given_up(task._canceled) then
                err = task._canceled
                break
            end
        elseif not went_on and not deadline and not client:_can_go_on() then
            misuse.raise "wait: this can never end: what it waits for waits for it"
        end
    end
    if timer then
        client._agenda:stop_timer(timer)
    end
    if err then
        return nil, err
    end
    return is_done or subject:_is_done()
end

--- Waits for `subject`, which is done by polls of `client`: true; false when the seconds were over first, or the client was
-- closed; nil and an error in a task that is canceled.
function waiting.wait(client, subject, seconds)
    if subject:_is_done() then
        return true
    end
    local strand = waiting.strand(client)
    if strand then
        return park(strand, client, subject, seconds)
    end
    return block(client, subject, seconds)
end

return waiting
