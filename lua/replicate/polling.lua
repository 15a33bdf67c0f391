--- What a poll does when there is more to it than to ask for events: tasks, timers, limits.

local core = require "replicate.core"
local misuse = require "replicate.misuse"
misuse.register()

local polling = {}

--- One event of the client's requests.
local function take(client)
    local tag, kind, value = client._core:poll(0)
    if tag then
        client:_take(tag, kind, value)
    end
    return tag ~= nil
end

--- Something of the clients whose requests this one's tasks wait for.
local function step_others(agenda)
    if agenda.is_with_others then
        return false -- They wait for each other's.
    end
    agenda.is_with_others = true
    local did = false
    for other in pairs(agenda.others) do
        if other._core and other:_step(0) then
            did = true
            break -- It may have changed the table.
        end
    end
    agenda.is_with_others = nil
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
            local tag, kind, value = client._core:poll(math.ceil(seconds * 1000))
            if tag then
                client:_take(tag, kind, value)
                return true
            end
        elseif agenda.due then
            core.pause(seconds)
        end
    end
    return step_now(client)
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
    if client._held then
        client:_let_go()
    end
    if client._errors[1] then
        client:_raise_next()
    end
    return handled
end

return polling
