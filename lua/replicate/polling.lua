--- What a poll does when there is more to it than to ask for events: tasks, timers, limits.

local core = require "replicate.core"
local misuse = require "replicate.misuse"
misuse.register()

local polling = {}

--- One event of the client's requests.
local function take(client)
    local tag, kind, value, serial = client._core:poll(0)
    if tag then
        client:_take(tag, kind, value, serial)
    end
    return tag ~= nil
end

local function step_one_of_others(agenda)
    for other in pairs(agenda.others) do
        agenda.driven[other] = true -- before it can hold something
        if other._core and other:_step(0) then
            if other._errors[1] then
                agenda.failed[#agenda.failed + 1] = other
                agenda:set_busy()
            end
            return true -- It may have changed the table.
        end
    end
    return false
end

--- Something of the clients whose requests this one's tasks wait for.
local function step_others(agenda)
    if agenda.is_with_others or not agenda.has_others then
        return false -- They wait for each other's, or there are none.
    end
    agenda.is_with_others = true
    local ok, did = pcall(step_one_of_others, agenda)
    agenda.is_with_others = false
    if not ok then
        error(did, 0)
    end
    return did
end

local function step_now(client, horizon)
    local agenda = client._agenda
    -- In turns: neither events nor tasks that are always ready keep the others out.
    agenda.is_tasks_turn = not agenda.is_tasks_turn
    if agenda.is_tasks_turn then
        return agenda:step(horizon) or client._core and take(client) or step_others(agenda)
    end
    return take(client) or agenda:step(horizon) or step_others(agenda)
end

--- The soonest of the clients' timers, and their descriptors.
local function sources(client, seconds, descriptors, seen)
    if seen[client] or not client._core then
        return seconds
    end
    seen[client] = true
    descriptors[#descriptors + 1] = client._core:pollfd()
    seconds = math.min(seconds, client._agenda:seconds() or seconds)
    for other in pairs(client._agenda.others) do
        seconds = sources(other, seconds, descriptors, seen)
    end
    return seconds
end

local unpack = table.unpack or unpack

--- Client:_step, where there are tasks or timers.
function polling.step(client, milliseconds, horizon)
    if step_now(client, horizon) then
        return true
    elseif milliseconds == 0 or not client._core then
        return false
    end
    local agenda = client._agenda
    local seconds = milliseconds / 1000
    if agenda.has_others then
        local descriptors = {}
        seconds = sources(client, seconds, descriptors, {})
        core.pause(seconds, unpack(descriptors))
    else
        seconds = math.min(seconds, agenda:seconds() or seconds)
        if next(client._requests) then
            local tag, kind, value, serial = client._core:poll(math.ceil(seconds * 1000))
            if tag then
                client:_take(tag, kind, value, serial)
                return true
            end
        elseif agenda.due then
            core.pause(seconds)
        end
    end
    return step_now(client)
end

--- Client:_step for a call that blocks inside of a task, where tasks lie inside of each other as deep as they may: it begins none
-- and takes none up, but for what its own end needs. In Lua each is some levels of the C stack, of which there are two hundred.
local deepest = 12

function polling.step_for(client, subject, milliseconds)
    local agenda = client._agenda
    if agenda.active < deepest or subject._needs_tasks then
        return client:_step(milliseconds)
    elseif client._calls:step() or take(client) or step_others(agenda) then
        return true
    elseif not client._core then
        return false
    end
    local seconds, descriptors = milliseconds / 1000, {}
    for other in pairs(agenda.others) do
        seconds = sources(other, seconds, descriptors, { [client] = true })
    end
    core.pause(seconds, client._core:pollfd(), unpack(descriptors))
    return take(client)
end

--- Raises what callbacks raised of clients that were polled for this one's tasks: nobody else may poll them.
local function raise_of_others(agenda)
    local failed = agenda.failed
    while failed[1] do
        if failed[1]._errors[1] then
            failed[1]:_raise_next()
        end
        table.remove(failed, 1)
        agenda:set_busy()
    end
end

local function is_amount(value)
    return type(value) == "number" and value == value and value >= 0
end

--- Client:poll, when `handled` events of it are.
function polling.poll(client, timeout, max, seconds, handled)
    if handled == 0 and not client._core then
        misuse.raise("poll: this client is closed")
    end
    if timeout ~= nil and not is_amount(timeout) then
        misuse.raise("poll: the timeout must be a number of seconds, 0 or more, not %s", misuse.shown(timeout))
    end
    if max ~= nil and (type(max) ~= "number" or max ~= math.floor(max) or max < 1) then
        misuse.raise("poll: max must be a whole number from 1 on, not %s", misuse.shown(max))
    end
    if seconds ~= nil and not is_amount(seconds) then
        misuse.raise("poll: its seconds must be a number, 0 or more, not %s", misuse.shown(seconds))
    end
    local milliseconds = timeout and math.ceil(math.min(timeout, 2147483) * 1000) or 0
    local horizon
    local stop = seconds and core.now() + seconds
    while client._core and (not max or handled < max) do
        if handled > 0 and stop and core.now() >= stop then
            break
        elseif not client:_step(handled == 0 and milliseconds or 0, horizon) then
            break
        end
        handled = handled + 1
        horizon = horizon or core.now()
    end
    if client._held or next(client._agenda.driven) then
        client:_let_go()
    end
    if client._errors[1] then
        client:_raise_next()
    elseif client._agenda.failed[1] then
        raise_of_others(client._agenda)
    end
    return handled
end

return polling
