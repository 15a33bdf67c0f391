-- What a callback may do without harm to anything else: raise, yield, call again, close its client, collect garbage.

local support = require "support"

after_each(support.close_all)

local hello = "replicate/hello-world"
local story = { input = { prompt = "a fox", max_tokens = 12, tokens_per_second = 0 } }

describe("a callback", function()
    local client

    before_each(function()
        client = support.client()
    end)

    after_each(function()
        client:close()
    end)

    local function text(word)
        return { input = { text = word } }
    end

    --- Requests whose callbacks are due: each is in `order` when it was called.
    local function start(order, ...)
        for index, fn in ipairs { ... } do
            client:run(hello, text(tostring(index)), function(...)
                order[#order + 1] = index
                return fn and fn(...)
            end)
        end
    end

    --- Polls till nothing is pending; the errors that came out.
    local function poll_all()
        local raised, quiet = {}, 0
        while client:pending() > 0 or quiet < 2 do
            local ok, err = pcall(client.poll, client, 0.05)
            quiet = ok and quiet + 1 or 0
            if not ok then
                raised[#raised + 1] = err
            end
        end
        return raised
    end

    it("runs in the order of the events, and once", function()
        local words, ends = {}, {}
        client:stream("sandbox/story", story, function(event, _, prediction)
            if event and event.event == "output" then
                words[#words + 1] = event.data
            elseif not event then
                ends[#ends + 1] = prediction.output
            end
        end)
        client:loop()
        assert.equal(12, #words)
        assert.same({ words }, ends)
    end)

    it("of a stream runs in order even if it polls, which brings the next events", function()
        local words, depth, deepest, output = {}, 0, 0, nil
        client:stream("sandbox/story", { input = { prompt = "a fox", max_tokens = 12, tokens_per_second = 200 } },
            function(event, _, prediction)
                depth = depth + 1
                deepest = math.max(depth, deepest)
                client:poll(0.03)
                depth = depth - 1
                if event and event.event == "output" then
                    words[#words + 1] = event.data
                end
                output = prediction and prediction.output
            end)
        client:loop()
        assert.same(output, words)
        assert.equal(1, deepest)
    end)

    it("that raises keeps none from running; its error is the next poll's, and a further one the poll's after", function()
        local order, token = {}, {}
        start(order, function() error(token) end, function() error("second", 0) end, false)
        local raised = poll_all()
        table.sort(order)
        assert.same({ 1, 2, 3 }, order)
        assert.equal(2, #raised)
        assert.is_true(raised[1] == token and raised[2] == "second" or raised[1] == "second" and raised[2] == token)
    end)

    it("that raises within one poll is heard once the others of that poll have run", function()
        local ran = {}
        for index = 1, 3 do
            client:spawn(function() client:map({ 1 }, function() end, {
                on_progress = function()
                    ran[#ran + 1] = index
                    error("raised " .. index, 0)
                end,
            }, function() end) end)
        end
        local ok, err = pcall(client.poll, client)
        assert.is_false(ok)
        assert.equal("raised 1", err)
        assert.same({ 1, 2, 3 }, ran)
        assert.equal(0, client:timeout()) -- or a loop with nothing else to wait for would end without the others
        assert.same({ "raised 2", "raised 3" }, poll_all())
    end)

    for place, run in pairs {
        ["the main thread"] = function(fn) return fn() end,
        ["a coroutine of the caller's"] = function(fn)
            local thread = coroutine.create(fn)
            assert(coroutine.resume(thread))
            assert.equal("dead", coroutine.status(thread), "the poll was left half way")
        end,
        ["a task"] = function(fn)
            local other = support.closed(support.client())
            local task = other:spawn(fn)
            other:loop()
            assert.equal("succeeded", task:status())
        end,
    } do
        it("that yields has raised, where the poll is in " .. place, function()
            local order, raised = {}, nil
            start(order, coroutine.yield, function() coroutine.yield "further" end, false)
            run(function() raised = poll_all() end)
            table.sort(order)
            assert.same({ 1, 2, 3 }, order)
            assert.equal(2, #raised)
            for _, err in ipairs(raised) do
                assert.matches("attempt to yield", err)
            end
        end)

        it("may call again: run, poll, loop, sleep and spawn, where the poll is in " .. place, function()
            local order, results = {}, {}
            start(order, function()
                results.run = client:run(hello, text "inner")
            end, function()
                client:poll()
                client:poll(0.01)
            end, function()
                client:loop()
                results.left = client:pending()
            end, function()
                client:sleep(0.001)
                client:spawn(function() results.task = client:run(hello, text "task") end)
            end, function()
                client:run(hello, text "later", function(output) results.later = output end)
            end)
            run(function() assert.same({}, poll_all()) end)
            table.sort(order)
            assert.same({ 1, 2, 3, 4, 5 }, order)
            assert.same({ run = "hello inner", left = 0, task = "hello task", later = "hello later" }, results)
        end)
    end

    it("may close its client: everybody else hears of it, once, and later calls are refused", function()
        local kinds, ran = {}, 0
        local slow = { input = { steps = 100, step_seconds = 1 }, wait = false }
        for _ = 1, 3 do
            client:run("sandbox/slow", slow, function(_, err) kinds[#kinds + 1] = err.kind end)
        end
        local task = client:spawn(function() return client:run("sandbox/slow", slow) end)
        client:poll()
        client:run(hello, text "x", function()
            ran = ran + 1
            client:close()
            assert.has_error(function() client:poll() end)
            error("after the close", 0)
        end)
        local ok, err = pcall(client.loop, client)
        assert.is_false(ok)
        assert.equal("after the close", err)
        assert.same({ "canceled", "canceled", "canceled" }, kinds)
        assert.equal("canceled", task:status())
        assert.equal(1, ran)
        assert.equal(0, client:pending())
        client:close()
    end)

    it("may collect garbage, with what it came from dropped", function()
        local order = {}
        local function collect()
            collectgarbage()
        end
        start(order, collect, false, collect, false, collect)
        collectgarbage()
        client:loop()
        table.sort(order)
        assert.same({ 1, 2, 3, 4, 5 }, order)
    end)

    it("of every sort may do all that: progress, streams, observers", function()
        local function wild(count)
            return function()
                count.n = count.n + 1
                collectgarbage()
                if not pcall(client.poll, client) then
                    count.heard = count.heard + 1
                end
                if count.n == 1 then
                    coroutine.yield()
                end
                client:run(hello, text "inner")
                error("wild", 0)
            end
        end
        local progress, stream = { n = 0, heard = 0 }, { n = 0, heard = 0 }
        local ended
        client:run("sandbox/slow", {
            input = { steps = 3, step_seconds = 0.01 }, wait = false, on_progress = wild(progress),
        }, function() ended = true end)
        client:stream("sandbox/story", story, wild(stream))
        local raised = poll_all()
        assert.is_true(ended)
        assert.is_true(progress.n > 0)
        assert.equal(16, stream.n) -- two of the logs, the words, "done", and the end
        assert.equal(progress.n + stream.n, #raised + progress.heard + stream.heard)
        local count = 0
        local observed = support.closed(support.client {
            on_request = function()
                count = count + 1
                coroutine.yield()
            end,
        })
        local ok, err = pcall(observed.run, observed, hello, text "o")
        assert.is_false(ok)
        assert.matches("attempt to yield", err)
        assert.is_true(count > 0)
    end)

    it("in a nested poll takes nothing from a loop that reads a stream", function()
        local words, nested = 0, 0
        local stream = client:stream("sandbox/story", {
            input = { prompt = "a fox", max_tokens = 12, tokens_per_second = 300 },
        })
        for _ in stream:text() do
            words = words + 1
            client.account:get(function()
                nested = nested + 1
                client:poll(0.002)
                client:sleep(0.02) -- several words come meanwhile
            end)
        end
        client:loop()
        assert.equal(12, words)
        assert.equal(12, nested)
    end)

    -- Found so: each blocked inside of the one before, until Lua's C stack was over, and the rest was lost.
    it("that blocks may be one of hundreds", function()
        local ended, depth, deepest = 0, 0, 0
        for _ = 1, 300 do
            client.account:get(function()
                depth = depth + 1
                deepest = math.max(deepest, depth)
                assert.equal("sandbox", client.account:get().username)
                depth = depth - 1
                ended = ended + 1
            end)
        end
        assert.same({}, poll_all())
        assert.equal(300, ended)
        assert.is_true(deepest > 1 and deepest < 50)
    end)

    it("that has to wait for its turn is pending, and runs when its client is closed", function()
        local ended, seen, is_up = 0, {}, false
        --- Has `bottom` run inside of twelve callbacks, as many as there may be.
        local function dig(levels, bottom, done)
            client.account:get(function()
                if levels == 1 then
                    bottom()
                else
                    local is_back = false
                    dig(levels - 1, bottom, function() is_back = true end)
                    support.poll_until(client, function() return is_back end)
                end
                done()
            end)
        end
        dig(12, function()
            local requests = {}
            for index = 1, 5 do
                requests[index] = client.account:get(function() ended = ended + 1 end)
            end
            for _, request in ipairs(requests) do
                assert(request:wait())
            end
            seen = { ended = ended, pending = client:pending() }
            client:close()
            seen.closed = ended
        end, function() is_up = true end)
        pcall(support.poll_until, client, function() return is_up or client:closed() end)
        assert.same({ ended = 0, pending = 5, closed = 5 }, seen)
    end)

    local endless = { input = { prompt = "a fox", max_tokens = 200000, tokens_per_second = 0 }, cancel = true }

    it("of a stream that is faster than the program leaves each poll an end", function()
        local texts = 0
        local request = client:stream("sandbox/story", endless, function(event)
            texts = texts + (event and 1 or 0)
            local later = os.clock() + 2e-5
            while os.clock() < later do end -- luacheck: ignore 542
        end)
        support.poll_until(client, function() return texts >= 50000 end)
        assert.is_true(texts >= 50000 and texts < 200000)
        request:cancel()
        client:loop()
    end)

    it("of a stream is one of those that a poll's limit counts", function()
        local texts = 0
        local request = client:stream("sandbox/story", endless, function(event)
            texts = texts + (event and 1 or 0)
        end)
        support.poll_until(client, function() return texts > 0 end)
        for _ = 1, 200 do
            local before = texts
            local handled = client:poll(1, 3)
            assert.is_true(handled <= 3 and texts - before <= 3)
        end
        local before = texts
        client:poll(0, nil, 0)
        assert.is_true(texts - before <= 1)
        -- What is left of a batch is due: a loop is to poll again.
        support.poll_until(client, function()
            client:poll(0, 1)
            return client:timeout() == 0
        end)
        request:cancel()
        client:loop()
    end)
end)
