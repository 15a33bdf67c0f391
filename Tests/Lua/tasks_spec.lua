-- Tasks: functions in which every call looks blocking and yields.

local core = require "replicate.core"
local replicate = require "replicate"
local support = require "support"
local pack = support.pack

after_each(support.close_all)

local function hello(text)
    return { input = { text = text } }
end

--- Lua's own assert: busted's changes what it raises.
local function must(value, err)
    if not value then
        error(err)
    end
    return value
end

local slow = { input = { steps = 100, step_seconds = 1 }, wait = false }
local story = { input = { prompt = "a fox", seed = 3, max_tokens = 12, tokens_per_second = 100 } }

describe("a task", function()
    local client

    before_each(function()
        client = support.client()
    end)

    after_each(function()
        client:close()
    end)

    --- A task that waits for a prediction, and the prediction's id.
    local function slow_task(fn)
        local id
        local options = { input = slow.input, wait = false, on_progress = function(prediction) id = prediction.id end }
        local task = client:spawn(function()
            return (fn or function(...) return ... end)(client:run("sandbox/slow", options))
        end)
        support.poll_until(client, function() return id end)
        return task, id
    end

    local function assert_canceled_at_server(id)
        support.poll_until(client, function() return client.predictions:get(id).status == "canceled" end)
    end

    it("begins in the next poll, and gives what its function returns", function()
        local began = false
        local task = client:spawn(function(...)
            began = true
            return select("#", ...), ..., nil
        end, "a", nil)
        assert.is_false(began)
        assert.equal("pending", task:status())
        assert.equal(1, client:pending())
        assert.matches("^replicate%.task %(pending%)", tostring(task))
        assert.equal(1, client:poll())
        assert.is_true(began)
        assert.equal("succeeded", task:status())
        assert.equal(0, client:pending())
        assert.same({ n = 3, 2, "a" }, pack(task:wait()))
        assert.same({ n = 3, 2, "a" }, pack(task:wait()))
    end)

    it("waits without keeping others: every operation, at the same time", function()
        local order, most = {}, 0
        local function add(name, fn)
            client:spawn(function()
                local result = assert(fn())
                most = math.max(most, client:pending())
                order[#order + 1] = name .. (type(result) == "string" and ": " .. result or "")
            end)
        end
        add("slow", function() return client:run("sandbox/slow", { input = { steps = 3, step_seconds = 0.05, text = "t" } }) end)
        add("run", function() return client:run("replicate/hello-world", hello "a") end)
        add("create", function()
            local prediction = client.predictions:create { model = "replicate/hello-world", input = hello("b").input }
            return client:wait(prediction).output
        end)
        add("wait", function()
            local prediction = client.predictions:create { model = "replicate/hello-world", input = hello("c").input }
            return prediction:wait().output
        end)
        add("request", function() return client:request "/account" end)
        add("get", function() return client.models:get("replicate", "hello-world") end)
        add("pages", function()
            return client.collections:pages()()
        end)
        add("callback", function() return client:run("replicate/hello-world", hello "d", function() end):wait() end)
        client:loop()
        assert.equal("slow: t", order[8])
        table.sort(order)
        assert.same({
            "callback: hello d", "create: hello b", "get", "pages", "request", "run: hello a", "slow: t", "wait: hello c",
        }, order)
        assert.is_true(most > 8, "nothing was at the same time")
    end)

    it("reads streams beside others, and no one of them waits for the other's end", function()
        local whole = {}
        for text in client:stream("sandbox/story", story):text() do
            whole[#whole + 1] = text
        end
        local seen = {}
        for _, name in ipairs { "a", "b", "c" } do
            client:spawn(function()
                local text = {}
                local stream = client:stream("sandbox/story", story)
                while true do
                    local event = stream:next()
                    if not event then
                        break
                    elseif event.event == "output" then
                        text[#text + 1] = event.data
                        seen[#seen + 1] = name
                    end
                end
                assert.same(whole, text)
            end)
        end
        client:loop()
        assert.equal(36, #seen)
        local changes = 0
        for index = 2, #seen do
            changes = changes + (seen[index] ~= seen[index - 1] and 1 or 0)
        end
        assert.is_true(changes > 6, table.concat(seen))
    end)

    it("reads streams in a for loop", function()
        local seen = {}
        for index = 1, 2 do
            client:spawn(function()
                for _ in client:stream("sandbox/story", story):text() do
                    seen[index] = (seen[index] or 0) + 1
                end
            end)
        end
        client:loop()
        assert.same({ 12, 12 }, seen)
    end)

    it("reads a stream together with another: each event comes to one of them", function()
        local stream = client:stream("sandbox/story", story)
        local count, ended = 0, 0
        for _ = 1, 2 do
            client:spawn(function()
                while true do
                    local event, err = stream:next()
                    assert(not err, err)
                    if not event then
                        ended = ended + 1
                        return
                    end
                    count = count + (event.event == "output" and 1 or 0)
                end
            end)
        end
        client:loop()
        assert.equal(12, count)
        assert.equal(2, ended)
    end)

    it("that raises says where, to those who wait", function()
        local function deep()
            error "boom" -- line of the error
        end
        local line = debug.getinfo(deep, "S").linedefined + 1
        local task = client:spawn(function()
            client:sleep(0)
            deep()
        end)
        local waiter = client:spawn(function() return task:wait() end)
        local none, err, where = waiter:wait()
        assert.is_nil(none)
        assert.matches(("tasks_spec.lua:%d: boom$"):format(line), err)
        assert.matches(("tasks_spec.lua:%d: in "):format(line), where)
        assert.matches("'deep'", where)
        assert.equal("failed", task:status())
        assert.equal("succeeded", waiter:status())
        assert.equal(0, client:poll())
    end)

    it("that raises an error of the library gives it as it is, with where", function()
        local task = client:spawn(function()
            return must(client:run("sandbox/fail", { input = {} }))
        end)
        local none, err = task:wait()
        assert.is_nil(none)
        assert.equal("model_failed", err.kind)
        assert.matches("tasks_spec.lua:%d+: in function", err.traceback)
    end)

    it("that raises while nobody waits is heard from poll or loop, once, and the others go on", function()
        local token, ran = {}, false
        local first = client:spawn(function() error(token) end)
        client:spawn(function() error "second" end)
        client:spawn(function() ran = true end)
        local ok, err = pcall(client.loop, client)
        assert.is_false(ok)
        assert.equal(token, err)
        assert.is_true(ran)
        ok, err = pcall(client.poll, client)
        assert.is_false(ok)
        assert.matches("tasks_spec.lua:%d+: second\nstack traceback:", err)
        assert.equal(0, client:poll())
        assert.equal(token, select(2, first:wait()))
    end)

    it("that has failed before it is waited for is told once", function()
        local failing = client:spawn(function() error "one" end)
        local other = client:spawn(function() client:sleep(0.001) return "two" end)
        assert.equal("two", (other:wait()))
        assert.matches("one", select(2, failing:wait()))
        assert.equal(0, client:poll())
        client:loop()
    end)

    it("may be waited for with a limit", function()
        local task = client:spawn(function() return client:run("sandbox/slow", slow) end)
        assert.same({ nil, "timeout", n = 2 }, pack(task:wait(0.01)))
        local inner = client:spawn(function() return task:wait(0.01) end)
        assert.same({ nil, "timeout", n = 2 }, pack(inner:wait()))
        assert.equal("pending", task:status())
    end)

    it("cannot wait for itself, nor for one that waits for it", function()
        local one, two
        one = client:spawn(function() return two:wait(), "" end)
        two = client:spawn(function() return one:wait(), "" end)
        local three
        three = client:spawn(function() return three:wait() end)
        local four
        four = client:spawn(function()
            return coroutine.wrap(function() return pcall(four.wait, four) end)()
        end)
        assert.matches("would wait for itself", select(2, three:wait()))
        assert.matches("tasks_spec.lua:%d+: wait: the task would wait for itself", select(2, two:wait()))
        local ok, err = four:wait()
        assert.is_false(ok)
        assert.matches("can never end", err)
        assert.is_nil((one:wait()))
        assert.equal("succeeded", one:status())
    end)

    it("is canceled with what it waits for, at the server too, and may clean up", function()
        local seen, again, after
        local task, id = slow_task(function(_, err)
            seen = err
            again = pack(client:run("replicate/hello-world", hello "x"))
            after = pack(client:sleep(10))
            return "what it returns then is not heard"
        end)
        task:cancel()
        task:cancel()
        local none, err = task:wait()
        assert.is_nil(none)
        assert.equal("canceled", err.kind)
        assert.equal("canceled", task:status())
        assert.equal("canceled", seen.kind)
        assert.equal(id, seen.prediction.id)
        assert.equal("canceled", again[2].kind)
        assert.equal("canceled", after[2].kind)
        assert_canceled_at_server(id)
        client:loop()
    end)

    it("that is canceled and asserts is canceled, not failed; one that raises something else has failed", function()
        local asserting = slow_task(must)
        local raising = slow_task(function() error "clean up" end)
        asserting:cancel()
        raising:cancel()
        assert.equal("canceled", select(2, asserting:wait()).kind)
        assert.equal("canceled", asserting:status())
        assert.matches("clean up", select(2, raising:wait()))
        assert.equal("failed", raising:status())
        client:loop()
    end)

    it("that is canceled before it began never runs; after its end it stays what it is", function()
        local ran = false
        local task = client:spawn(function() ran = true end)
        task:cancel()
        assert.equal("canceled", task:status())
        client:loop()
        assert.is_false(ran)
        assert.equal("canceled", select(2, task:wait()).kind)
        local done = client:spawn(function() return 1 end)
        client:loop()
        done:cancel()
        assert.equal("succeeded", done:status())
        assert.equal(1, (done:wait()))
    end)

    it("that is canceled while it sleeps, reads a stream or waits for another ends that alone", function()
        local request = client:run("sandbox/slow", slow, function() end)
        local other = client:spawn(function() return request:wait() end)
        local stream
        local tasks = {
            client:spawn(function() return client:sleep(3600) end),
            client:spawn(function() return other:wait() end),
            client:spawn(function()
                stream = client:stream("sandbox/story", { input = { prompt = "a fox", tokens_per_second = 0.1 } })
                while true do
                    local event, err = stream:next()
                    if not event then
                        return nil, err
                    end
                end
            end),
        }
        support.poll_until(client, function() return stream end)
        for _, task in ipairs(tasks) do
            task:cancel()
        end
        for _, task in ipairs(tasks) do
            assert.equal("canceled", select(2, task:wait()).kind)
        end
        assert.equal("pending", other:status())
        other:cancel()
        assert.equal("canceled", select(2, other:wait()).kind)
        assert.equal("canceled", request:status())
        client:loop()
        assert.equal(0, client:pending())
    end)

    it("of a closed client ends: what it waits for is canceled", function()
        local kinds = {}
        client:spawn(function() kinds[1] = select(2, client:run("sandbox/slow", slow)).kind end)
        client:spawn(function()
            kinds[2] = select(2, client:sleep(3600)).kind
            kinds[3] = select(2, client:run("sandbox/slow", slow)).kind
            kinds[4] = select(2, client:sleep(3600)).kind
        end)
        local asleep = client:spawn(function() return client:sleep(3600) end)
        client:poll()
        local late = client:spawn(function() kinds[5] = "ran" end)
        client:close()
        assert.same({ "canceled", "canceled", "canceled", "canceled" }, kinds)
        assert.equal("canceled", asleep:status())
        assert.equal("canceled", late:status())
        assert.equal("canceled", select(2, asleep:wait()).kind)
        assert.equal(0, client:pending())
    end)

    it("may close its own client", function()
        local task = client:spawn(function()
            client:close()
            return client:run("replicate/hello-world", hello "x")
        end)
        client:loop()
        assert.equal("canceled", task:status())
        assert.is_true(client:closed())
    end)

    it("that yields by itself fails, and says where", function()
        local line
        local task = client:spawn(function()
            line = debug.getinfo(1, "l").currentline + 1
            coroutine.yield(1)
        end)
        local none, err = task:wait()
        assert.is_nil(none)
        assert.matches(("tasks_spec.lua:%d: a task yielded by itself"):format(line), err)
    end)

    it("may have coroutines of its own, in which calls block, running the others", function()
        local ran = false
        local task = client:spawn(function()
            local list = {}
            local generate = coroutine.wrap(function()
                coroutine.yield(client:run("replicate/hello-world", hello "a"))
                client:sleep(0.002)
                coroutine.yield(client:run("replicate/hello-world", hello "b"))
            end)
            list[1], list[2] = (generate()), (generate())
            return table.concat(list, ",")
        end)
        client:spawn(function() ran = true end)
        assert.equal("hello a,hello b", (task:wait()))
        assert.is_true(ran)
    end)

    it("blocks where nothing can yield: inside of gsub or sort", function()
        local task = client:spawn(function()
            return (("x"):gsub("x", function() return (client:run("replicate/hello-world", hello "a")) end))
        end)
        assert.equal("hello a", (task:wait()))
    end)

    it("may call poll and loop, which do not wait for it", function()
        local order = {}
        client:spawn(function()
            client:spawn(function()
                client:sleep(0.002)
                order[#order + 1] = "inner"
            end)
            client:poll()
            client:loop()
            order[#order + 1] = "outer"
        end)
        client:loop()
        assert.same({ "inner", "outer" }, order)
    end)

    it("may raise from on_progress: the error is that of the call", function()
        local options = { input = slow.input, wait = false, on_progress = function() error "in on_progress" end }
        local request
        local task = client:spawn(function()
            request = coroutine.running()
            return pcall(client.run, client, "sandbox/slow", {
                input = { steps = 1 }, wait = false, on_progress = options.on_progress,
            })
        end)
        local ok, err = task:wait()
        assert.is_false(ok)
        assert.matches("in on_progress", err)
        assert.is_truthy(request)
    end)

    it("may wait for what another client does, and loop goes on without spinning", function()
        local other = support.closed(support.client())
        local task = client:spawn(function()
            return other:run("sandbox/slow", { input = { steps = 3, step_seconds = 0.05, text = "other" } })
        end)
        local before = os.clock()
        client:loop()
        assert.equal("other", (task:wait()))
        assert.is_true(os.clock() - before < 0.05, "it used " .. os.clock() - before .. " s")
        local result
        client:spawn(function() result = other:run("replicate/hello-world", hello "b") end)
        client:poll()
        support.poll_until(other, function() return result end) -- polling that one is enough
        assert.equal("hello b", result)
        local waiting = other:spawn(function()
            return client:spawn(function() return other:run("replicate/hello-world", hello "c") end):wait()
        end)
        other:loop()
        assert.equal("hello c", (waiting:wait()))
        client:spawn(function() result = other:run("replicate/hello-world", hello "d") end)
        support.poll_until(client, function() return result == "hello d" end)
    end)

    -- Found so: the other's stream was held back until a poll of the other, and nobody polls that.
    it("may wait for another client's callbacks: streams go on, and what they raise comes out here", function()
        local other = support.closed(support.client())
        local words, ended, on_words = 0, 0, 0
        client:spawn(function()
            local request = other:stream("sandbox/story", story, function(event, err)
                assert(not err, err)
                words = words + (event and event.event == "output" and 1 or 0)
                ended = ended + (event and 0 or 1)
            end)
            request:wait()
            local prediction = other.predictions:create { model = "sandbox/story", input = story.input }
            prediction:on("output", function() on_words = on_words + 1 end)
            prediction:wait()
            support.poll_until(other, function() return on_words == 12 end)
            other:run("replicate/hello-world", hello "e", function() error "in a callback of the other" end):wait()
        end)
        local problem
        local limit = core.now() + 20
        while client:pending() > 0 and core.now() < limit do
            local ok, err = pcall(client.poll, client, 0.1)
            problem = problem or not ok and err
        end
        assert.same({ 12, 1, 12 }, { words, ended, on_words })
        assert.matches("in a callback of the other", problem)
    end)

    it("that nobody keeps runs all the same, through collections of garbage", function()
        local count = 0
        for _ = 1, 10 do
            client:spawn(function()
                client:run("replicate/hello-world", hello "x")
                collectgarbage()
                client:sleep(0)
                count = count + 1
            end)
        end
        collectgarbage()
        client:loop()
        assert.equal(10, count)
    end)

    -- Found so: before Lua 5.2, and in LuaJIT, weak keys keep the values that know them, and with them the client's thread.
    it("goes with its client, when nobody keeps that", function()
        local dropped = setmetatable({}, { __mode = "k" })
        for _ = 1, 20 do
            local alone = support.client()
            dropped[alone] = true
            alone:spawn(function() alone:run("sandbox/slow", slow) end)
            alone:spawn(function() alone:sleep(100) end)
            alone:spawn(function() end)
            alone:poll(0, 2)
        end
        for _ = 1, 3 do
            collectgarbage()
        end
        local left = 0
        for _ in pairs(dropped) do
            left = left + 1
        end
        assert.is_true(left <= 1, left .. " of 20 clients are still there") -- one may be on the stack
    end)
end)

describe("sleep", function()
    local client

    before_each(function()
        client = support.client()
    end)

    after_each(function()
        client:close()
    end)

    it("lets tasks go on in the order of their times", function()
        local order = {}
        for _, each in ipairs { 20, 5, 10, 0, 15, 5 } do
            client:spawn(function()
                assert.is_true(client:sleep(each / 1000))
                order[#order + 1] = each
            end)
        end
        local before = core.now()
        client:loop()
        assert.same({ 0, 5, 5, 10, 15, 20 }, order)
        assert.is_true(core.now() - before >= 0.02)
        assert.is_nil(client:timeout())
    end)

    it("outside of a task blocks, and runs the others", function()
        local ran = false
        client:spawn(function()
            client:sleep(0.005)
            ran = true
        end)
        local before, clock = core.now(), os.clock()
        assert.is_true(client:sleep(0.03))
        local took = core.now() - before
        assert.is_true(took >= 0.03 and took < 1, took)
        assert.is_true(os.clock() - clock < 0.02, "it span")
        assert.is_true(ran)
    end)

    it("of no time is over in the next poll, and does not keep events out", function()
        local rounds, done = 0, nil
        client:run("replicate/hello-world", { input = { text = "x" } }, function() done = true end)
        client:spawn(function()
            while not done do
                rounds = rounds + 1
                client:sleep(0)
            end
        end)
        client:poll()
        assert.is_true(rounds <= 2)
        client:loop()
        assert.is_true(done)
    end)

    it("is told of no error that a wait has heard already", function()
        local task = client:spawn(function() error("heard", 0) end)
        client:_step(0) -- it ends, and nobody waits yet
        local _, err = task:wait()
        assert.equal("heard", (tostring(err)))
        assert.is_nil(client:timeout())
        assert.equal(0, client:poll())
    end)

    it("tells timeout and poll when to look again", function()
        client:spawn(function() client:sleep(0.03) end)
        assert.equal(0, client:timeout())
        client:poll()
        local seconds = client:timeout()
        assert.is_true(seconds > 0 and seconds <= 0.03, seconds)
        local before = core.now()
        assert.equal(1, client:poll(10))
        local took = core.now() - before
        assert.is_true(took > 0.01 and took < 1, took)
        assert.is_nil(client:timeout())
    end)
end)

describe("poll's budget", function()
    it("is kept by at most one too many", function()
        local client = support.closed(support.client())
        local count = 0
        local function work()
            count = count + 1
            local till = core.now() + 0.004
            while core.now() < till do end -- luacheck: ignore 542
        end
        for _ = 1, 10 do
            client:spawn(work)
        end
        assert.equal(1, client:poll(0, nil, 0))
        assert.equal(1, client:poll(0, nil, 0.002))
        assert.is_true(client:poll(0, nil, 0.006) <= 2)
        assert.equal(1, client:poll(0, 1, 10))
        client:poll(0, nil, 10)
        assert.equal(10, count)
    end)
end)

describe("the module", function()
    it("has spawn and sleep on the default client", function()
        local task = replicate.spawn(function(text)
            replicate.sleep(0.001)
            return (replicate.run("replicate/hello-world", { input = { text = text } }))
        end, "default")
        assert.equal(1, replicate.pending())
        replicate.loop()
        assert.equal("hello default", (task:wait()))
        replicate.close()
        local client = support.closed(support.client())
        local slept = client:spawn(function() return replicate.sleep(0) end)
        assert.is_true((slept:wait()))
        assert.equal(0, replicate.pending())
    end)
end)
