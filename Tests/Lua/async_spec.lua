-- The asynchronous forms: callbacks inside poll, loop and blocking calls, handles, closing, and the descriptor.

local replicate = require "replicate"
local support = require "support"
local pack = support.pack

local hello = { input = { text = "x" } }
local endless = { input = { steps = 100, step_seconds = 1 }, wait = false }

after_each(support.close_all)

describe("a last function argument", function()
    local client

    before_each(function()
        client = support.client()
    end)

    after_each(function()
        client:close()
    end)

    it("makes any call return a request at once and run the function inside poll", function()
        local results = {}
        local first = assert(client.predictions:create { model = "replicate/hello-world", input = hello.input, wait = 5 })
        client:run("replicate/hello-world", hello, function(...) results.run = pack(...) end)
        client:wait(first, function(...) results.wait = pack(...) end)
        client.predictions:get(first.id, function(...) results.get = pack(...) end)
        client.predictions:list(function(...) results.list = pack(...) end)
        client.predictions:cancel(first.id, function(...) results.cancel = pack(...) end)
        local request = client.predictions:create(
            { model = "replicate/hello-world", input = hello.input },
            function(...) results.create = pack(...) end
        )
        assert.equal("pending", request:status())
        assert.equal(6, client:pending())
        assert.is_nil(next(results))
        client:loop()
        assert.equal(0, client:pending())
        assert.equal("hello x", results.run[1])
        assert.is_nil(results.run[2])
        assert.equal("succeeded", results.run[3].status)
        assert.equal("hello x", results.wait[1].output)
        assert.equal(first.id, results.get[1].id)
        assert.is_true(#results.list[1].results > 0)
        assert.equal(first.id, results.cancel[1].id)
        assert.equal("succeeded", request:status())
    end)

    it("hears of a failure as nil and the error", function()
        local results
        local request = client:run("sandbox/fail", { input = {} }, function(...) results = pack(...) end)
        client:loop()
        assert.is_nil(results[1])
        assert.equal("model_failed", results[2].kind)
        assert.equal("failed", request:status())
    end)

    it("hears of a cancel once, and the prediction is canceled on the server", function()
        local calls, last = 0, nil
        local seen
        endless.on_progress = function(prediction) seen = prediction.id end
        local request = client:run("sandbox/slow", endless, function(_, err)
            calls = calls + 1
            last = err
        end)
        endless.on_progress = nil
        support.poll_until(client, function() return seen end)
        request:cancel()
        request:cancel()
        client:loop()
        client:poll(0.01)
        assert.equal(1, calls)
        assert.equal("canceled", last.kind)
        assert.equal("canceled", request:status())
        support.poll_until(client, function() return client.predictions:get(seen).status == "canceled" end)
    end)

    it("runs during a blocking call too", function()
        local ran = false
        client.predictions:list(function() ran = true end)
        client:run("sandbox/slow", { input = { steps = 5, step_seconds = 0.05 } })
        assert.is_true(ran)
    end)

    it("may call the library again, blocking or not", function()
        local order = {}
        client:run("replicate/hello-world", hello, function()
            order[#order + 1] = client:run("replicate/hello-world", { input = { text = "inner" } })
            client:run("replicate/hello-world", hello, function(output) order[#order + 1] = output end)
        end)
        client:loop()
        assert.same({ "hello inner", "hello x" }, order)
    end)

    it("may raise: the others still run, and each error comes out of poll unchanged", function()
        local token, ran = {}, 0
        local request = client:run("replicate/hello-world", hello, function() error(token) end)
        client:run("replicate/hello-world", hello, function() error("second", 0) end)
        client:run("replicate/hello-world", hello, function() ran = ran + 1 end)
        local raised = {}
        while client:pending() > 0 or #raised < 2 do
            local ok, err = pcall(client.poll, client, 1)
            if not ok then raised[#raised + 1] = err end
        end
        assert.equal(1, ran)
        assert.is_true(raised[1] == token or raised[2] == token)
        assert.is_true(raised[1] == "second" or raised[2] == "second")
        assert.equal("succeeded", request:status())
    end)

    it("may close its own client: what is pending hears of it, once", function()
        local kinds = {}
        for _ = 1, 3 do
            client:run("sandbox/slow", endless, function(_, err) kinds[#kinds + 1] = err.kind end)
        end
        client:run("replicate/hello-world", hello, function() client:close() end)
        client:loop()
        assert.same({ "canceled", "canceled", "canceled" }, kinds)
        assert.is_true(client:closed())
    end)

    it("may collect garbage and drop its request", function()
        local count = 0
        for _ = 1, 20 do
            client:run("replicate/hello-world", hello, function()
                collectgarbage()
                count = count + 1
            end)
        end
        collectgarbage()
        client:loop()
        assert.equal(20, count)
    end)
end)

describe("a request", function()
    it("can be waited for, again and again", function()
        local client = support.closed(support.client())
        local request = client:run("replicate/hello-world", hello, function() end)
        local output, prediction = request:wait()
        assert.equal("hello x", output)
        assert.equal("succeeded", prediction.status)
        assert.equal("hello x", (request:wait()))
    end)

    it("can be waited for with a limit, and goes on", function()
        local client = support.closed(support.client())
        local request = client:run("sandbox/slow", { input = { steps = 10, step_seconds = 0.05, text = "t" } }, function() end)
        assert.same({ nil, "timeout", n = 2 }, pack(request:wait(0.05)))
        assert.equal("pending", request:status())
        assert.equal("t", (request:wait()))
    end)
end)

describe("poll", function()
    local client

    before_each(function()
        client = support.client()
    end)

    after_each(function()
        client:close()
    end)

    it("does nothing, at once, when nothing is due", function()
        assert.equal(0, client:poll())
        client:run("sandbox/slow", endless, function() end)
        assert.equal(0, client:poll())
        assert.equal(0, client:poll(0.02))
    end)

    it("returns at once when nothing is pending, whatever the timeout", function()
        assert.equal(0, client:poll(3600))
    end)

    it("runs at most max callbacks", function()
        local count = 0
        for _ = 1, 5 do
            client.predictions:list(function() count = count + 1 end)
        end
        for expected = 1, 5 do
            assert.equal(1, client:poll(10, 1))
            assert.equal(expected, count)
        end
    end)

    it("has a descriptor that is readable while events wait, and only then", function()
        local socket = require "socket"
        local readable = { getfd = function() return client:pollfd() end }
        assert.equal(0, #socket.select({ readable }, nil, 0))
        client:run("replicate/hello-world", hello, function() end)
        assert.equal(1, #socket.select({ readable }, nil, 10))
        assert.equal(1, client:poll())
        assert.equal(0, #socket.select({ readable }, nil, 0))
        assert.equal("r", client:events())
        assert.is_nil(client:timeout())
    end)
end)

describe("clients", function()
    it("are closed by <close>, by the collector and twice", function()
        if _VERSION >= "Lua 5.4" then
            -- As text, for an older Lua to read the rest of the file.
            local kept = assert(load [[
                local client, endless, kept = ...
                do
                    local closed <close> = client
                    client:run("sandbox/slow", endless, function(_, err) kept = err.kind end)
                end
                return kept
            ]])(support.client(), endless)
            assert.equal("canceled", kept)
        end
        for _ = 1, 50 do
            local dropped = support.client()
            dropped:run("sandbox/slow", endless, function() end)
        end
        collectgarbage()
        collectgarbage()
    end)

    it("do not disturb each other", function()
        local one = support.closed(support.client())
        local two = support.closed(support.client())
        local result
        one:run("replicate/hello-world", { input = { text = "one" } }, function(output) result = output end)
        assert.equal("hello two", two:run("replicate/hello-world", { input = { text = "two" } }))
        assert.is_nil(result)
        one:loop()
        assert.equal("hello one", result)
    end)

    it("never show the token", function()
        local secret = os.getenv "REPLICATE_API_TOKEN"
        local client = support.closed(assert(replicate.new { auth = secret }))
        local seen = {}
        local function scan(value, depth)
            assert.is_nil(tostring(value):find(secret, 1, true))
            if type(value) == "table" and depth < 6 and not seen[value] then
                seen[value] = true
                for key, item in next, value do
                    scan(key, depth + 1)
                    scan(item, depth + 1)
                end
            end
        end
        scan(client, 0)
        scan(select(2, client.predictions:get "none"), 0)
    end)
end)

describe("the default client", function()
    it("is made on first use, and offers poll, loop and pending", function()
        assert.equal(0, replicate.pending())
        local result
        replicate.run("replicate/hello-world", hello, function(output) result = output end)
        assert.equal(1, replicate.pending())
        replicate.loop()
        assert.equal("hello x", result)
        local created = assert(replicate.predictions.create { model = "replicate/hello-world", input = hello.input })
        assert.equal("hello x", replicate.wait(created).output)
        replicate.close()
        assert.equal("hello x", replicate.run("replicate/hello-world", hello))
        replicate.close()
    end)
end)
