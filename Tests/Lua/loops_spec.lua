-- Clients in other programs' loops: each adapter in the real library, where this Lua has it; and by the protocol of cqueues.

local core = require "replicate.core"
local replicate = require "replicate"
local support = require "support"

after_each(support.close_all)

local hello = "replicate/hello-world"

local function text(word)
    return { input = { text = word } }
end

local function must(value, err)
    if not value then
        error(err)
    end
    return value
end

-- Debian has them for every Lua, but for copas, which stands on what Lua 5.2 was the last to have. Without them this fails.
local luv, cqueues = require "luv", require "cqueues"
local copas = _VERSION <= "Lua 5.2" and require "copas" or nil

--- What there is for each loop: attach(client, options) -> adapter, spawn(fn) for a coroutine of the loop's own, and run(),
-- which returns once nothing is left to do.
local loops = {}

loops.luv = function()
    local adapter = require "replicate.loop.luv"
    return {
        attach = function(client, options)
            options = options or {}
            options.coroutines = true
            return adapter.attach(client, options)
        end,
        spawn = function(fn)
            local timer = luv.new_timer()
            timer:start(0, 0, function()
                timer:close()
                coroutine.wrap(fn)()
            end)
        end,
        run = function() luv.run() end,
    }
end

loops.cqueues = function()
    local adapter = require "replicate.loop.cqueues"
    local controller = cqueues.new()
    return {
        attach = function(client, options) return adapter.attach(client, controller, options) end,
        spawn = function(fn) controller:wrap(fn) end,
        run = function() must(controller:loop()) end,
    }
end

loops.copas = copas and function(until_done)
    local adapter = require "replicate.loop.copas"
    return {
        attach = adapter.attach,
        spawn = copas.addthread,
        run = function(client)
            local deadline = core.now() + 20
            repeat
                copas.step(0.002)
                assert(core.now() < deadline, "it took too long")
            until until_done() and client:pending() == 0
        end,
    }
end

loops.frame = function(until_done)
    local adapter = require "replicate.loop.frame"
    local tick
    return {
        attach = function(client, options)
            tick = adapter.attach(client, options)
            return tick
        end,
        run = function(client)
            support.poll_until({ poll = function() tick() core.pause(0.001) end }, function()
                return until_done() and client:pending() == 0
            end)
        end,
    }
end

loops["a timer"] = function(until_done)
    local adapter = require "replicate.loop.frame"
    local timers = {}
    return {
        attach = function(client, options)
            return adapter.every(client, function(seconds, fn)
                timers[#timers + 1] = { core.now() + seconds, fn }
            end, options, 0.002)
        end,
        run = function(client)
            while timers[1] do
                local timer = table.remove(timers, 1)
                core.pause(timer[1] - core.now())
                timer[2]()
            end
            assert(until_done() and client:pending() == 0, "no timer was started")
        end,
    }
end

for name, make in pairs(loops) do
    describe(name, function()
        local client, loop, is_done

        before_each(function()
            client = support.client()
            is_done = function() return true end
            loop = make(function() return is_done() end)
        end)

        after_each(function()
            client:close()
        end)

        it("runs callbacks, tasks and what they wait for, and ends", function()
            local output, pieces, slept
            local adapter = loop.attach(client)
            client:run(hello, text "callback", function(...) output = ... end)
            local task = client:spawn(function()
                local list = {}
                local stream = client:stream("sandbox/story", { input = { prompt = "a", max_tokens = 5, tokens_per_second = 0 } })
                while true do
                    local event = stream:next()
                    if not event then
                        break
                    end
                    list[#list + 1] = event.event == "output" and event.data or nil
                end
                pieces = #list
                return (client:run(hello, text "task"))
            end)
            client:spawn(function()
                client:sleep(0.01)
                client:sleep(0)
                slept = true
            end)
            loop.run(client)
            assert.equal("hello callback", output)
            assert.equal("hello task", (task:wait()))
            assert.equal(5, pieces)
            assert.is_true(slept)
            -- Again, from rest; and where the call waits outside of the loop.
            client:run(hello, text "again", function(...) output = ... end)
            loop.run(client)
            assert.equal("hello again", output)
            assert.equal("hello blocking", (client:run(hello, text "blocking")))
            loop.run(client)
            adapter:detach()
            adapter:detach()
            loop.run(client)
            client:run(hello, text "without", function(...) output = ... end)
            client:loop()
            assert.equal("hello without", output)
            loop.attach(client):detach()
        end)

        it("hears what a callback raises, and goes on", function()
            local raised, output = {}, nil
            loop.attach(client, { on_error = function(err) raised[#raised + 1] = err end })
            client:run(hello, text "x", function() error("one", 0) end)
            client:run(hello, text "x", function() error("two", 0) end)
            client:spawn(function()
                client:sleep(0.005)
                output = client:run(hello, text "still")
            end)
            is_done = function() return #raised == 2 and output end
            loop.run(client)
            table.sort(raised)
            assert.same({ "one", "two" }, raised)
            assert.equal("hello still", output)
        end)

        it("keeps to its limits", function()
            local order, polls = {}, 0
            loop.attach(client, { max = 1 })
            local poll = client.poll
            client.poll = function(...)
                polls = polls + 1
                return poll(...)
            end
            for index = 1, 5 do
                client:spawn(function() order[index] = polls end)
            end
            is_done = function() return #order == 5 end
            loop.run(client)
            for index = 2, 5 do
                assert.is_true(order[index] > order[index - 1])
            end
        end)

        it("takes a client that is closed meanwhile", function()
            local err
            loop.attach(client)
            client:run("sandbox/slow", { input = { steps = 100, step_seconds = 1 }, wait = false }, function(_, e) err = e end)
            client:spawn(function()
                client:sleep(0.005)
                client:close()
            end)
            loop.run(client)
            assert.equal("canceled", err.kind)
            assert.is_true(client:closed())
        end)

        if make(function() end).spawn then
            it("has coroutines of its own that yield to it: run, streams, sleep, map, limits", function()
                local results, seen = {}, 0
                loop.attach(client)
                local count = 0
                local function start(fn)
                    count = count + 1
                    loop.spawn(function()
                        fn()
                        count = count - 1
                    end)
                end
                start(function() results.run = client:run(hello, text "a") end)
                start(function()
                    results.map = client:map({ "b", "c" }, function(word) return (client:run(hello, text(word))) end)
                end)
                start(function()
                    local input = { prompt = "a", max_tokens = 5, tokens_per_second = 50 }
                    local stream = client:stream("sandbox/story", { input = input })
                    while stream:next() do
                        seen = seen + 1
                    end
                end)
                start(function()
                    local request = client:run("sandbox/slow", { input = { steps = 100, step_seconds = 1 } }, function() end)
                    results.limit = select(2, request:wait(0.005))
                    request:cancel()
                    results.canceled = select(2, request:wait()).kind
                end)
                local most = 0
                start(function()
                    while seen == 0 do
                        most = math.max(most, count)
                        results.slept = client:sleep(0.003)
                    end
                end)
                is_done = function() return count == 0 end
                loop.run(client)
                assert.equal(0, count)
                assert.equal(5, most, "they were not at the same time")
                assert.is_true(seen > 5)
                assert.same({
                    run = "hello a", map = { "hello b", "hello c" }, limit = "timeout", canceled = "canceled", slept = true,
                }, results)
            end)

            it("has them go on when the client is closed", function()
                local errors = {}
                loop.attach(client)
                loop.spawn(function()
                    local _, err = client:run("sandbox/slow", { input = { steps = 100, step_seconds = 1 }, wait = false })
                    errors[1] = err.kind
                end)
                loop.spawn(function() errors[2] = select(2, client:sleep(3600)).kind end)
                loop.spawn(function()
                    client:sleep(0.005)
                    client:close()
                end)
                is_done = function() return #errors == 2 end
                loop.run(client)
                assert.same({ "canceled", "canceled" }, errors)
            end)
        end
    end)
end

if cqueues then
    describe("the protocol of cqueues", function()
        it("needs no adapter: a client can be polled as it is", function()
            local client = support.closed(support.client())
            local controller, output, slept = cqueues.new(), nil, nil
            client:run(hello, text "x", function(...) output = ... end)
            client:spawn(function() slept = client:sleep(0.005) end)
            controller:wrap(function()
                while client:pending() > 0 do
                    cqueues.poll(client)
                    client:poll()
                end
            end)
            must(controller:loop())
            assert.equal("hello x", output)
            assert.is_true(slept)
        end)

        it("tells the controller what a callback raises, if there is no on_error", function()
            local client = support.closed(support.client())
            local controller = cqueues.new()
            require("replicate.loop.cqueues").attach(client, controller)
            client:run(hello, text "x", function() error("raised", 0) end)
            local ok, err = controller:loop()
            assert.is_falsy(ok)
            assert.matches("raised", tostring(err))
            must(controller:loop())
        end)
    end)
end

describe("attach", function()
    it("takes the default client if it is given none", function()
        local frame = require "replicate.loop.frame"
        local tick = frame.attach()
        local output
        replicate.run(hello, text "default", function(...) output = ... end)
        support.poll_until({ poll = function() tick() end }, function() return output end)
        assert.equal("hello default", output)
        tick:detach()
        assert.equal(0, tick())
        replicate.close()
    end)

    it("refuses what it cannot attach", function()
        local frame = require "replicate.loop.frame"
        local client = support.closed(support.client())
        local function refused(message, ...)
            local ok, err = pcall(...)
            assert.is_false(ok)
            assert.matches("^[%w_./]*loops_spec.lua:%d+: " .. message, err)
        end
        local attached = frame.attach(client)
        refused("frame.attach: this client is attached already", function() frame.attach(client) end)
        attached:detach()
        refused("frame.attach: it takes a client, not a table", function() frame.attach {} end)
        refused("frame.attach: the options must be a table, not a string", function() frame.attach(client, "x") end)
        refused("frame.attach: unknown option 'budgt'; did you mean 'budget'", function() frame.attach(client, { budgt = 1 }) end)
        refused("frame.attach: budget cannot be %-1", function() frame.attach(client, { budget = -1 }) end)
        refused("frame.attach: max cannot be 1.5", function() frame.attach(client, { max = 1.5 }) end)
        refused("frame.every: it takes a function", function() frame.every(client, 5) end)
        if cqueues then
            local adapter = require "replicate.loop.cqueues"
            refused("cqueues.attach: it takes a controller, not nothing", function() adapter.attach(client) end)
        end
        client:close()
        refused("frame.attach: this client is closed", function() frame.attach(client) end)
    end)
end)
