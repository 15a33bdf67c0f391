-- Calls that block inside of tasks: where Lua cannot yield, as in functions that its library calls.

local support = require "support"
local pack = support.pack

after_each(support.close_all)

local function hello(text)
    return { input = { text = text } }
end

local slow = { input = { steps = 100, step_seconds = 1 }, wait = false }
local story = { input = { prompt = "a fox", seed = 3, max_tokens = 12, tokens_per_second = 100 } }

describe("a call that blocks in a task", function()
    local client

    local function assert_canceled_at_server(id)
        support.poll_until(client, function() return client.predictions:get(id).status == "canceled" end)
    end

    before_each(function()
        client = support.client()
    end)

    after_each(function()
        client:close()
    end)

    --- fn(…), and a function in C on the stack.
    local function blocking(fn, ...)
        local arguments, results = pack(...), nil
        local _ = ("x"):gsub("x", function()
            results = pack(fn(support.unpack(arguments, 1, arguments.n)))
        end)
        return support.unpack(results, 1, results.n)
    end

    -- Found so: each began inside of the one before, until Lua's C stack was over, and the rest never began.
    it("may be in each of hundreds of tasks", function()
        local depth, deepest, problems = 0, 0, {}
        for index = 1, 200 do
            client:spawn(function()
                depth = depth + 1
                deepest = math.max(deepest, depth)
                local output, err = blocking(client.run, client, "replicate/hello-world", hello(tostring(index)))
                depth = depth - 1
                if output ~= "hello " .. index then
                    problems[#problems + 1] = tostring(err)
                end
            end)
        end
        client:loop()
        assert.same({}, problems)
        assert.is_true(deepest > 1 and deepest < 50)
    end)

    it("may wait for tasks, however deep it is", function()
        local function nested(level)
            return level == 0 and client:run("replicate/hello-world", hello "bottom")
                or blocking(function() return client:spawn(nested, level - 1):wait() end)
        end
        local task = client:spawn(nested, 16)
        local sum = client:spawn(function()
            return #blocking(client.map, client, { 1, 2, 3 }, function()
                return client:run("replicate/hello-world", hello "m")
            end)
        end)
        assert.equal("hello bottom", (task:wait()))
        assert.equal(3, (sum:wait()))
    end)

    it("may sleep for what another task does, in more of them than may lie in each other", function()
        local token, awake = nil, 0
        client:spawn(function()
            token = client:run("sandbox/slow", { input = { steps = 2, step_seconds = 0.05, text = "token" } })
        end)
        for _ = 1, 20 do
            client:spawn(blocking, function()
                while not token do
                    client:sleep(0.01)
                end
                awake = awake + 1
            end)
        end
        support.poll_until(client, function() return client:pending() == 0 end)
        assert.equal("token", token)
        assert.equal(20, awake)
    end)

    it("takes no callback that runs inside of it along when it is canceled", function()
        local output, id
        local task = client:spawn(function()
            return blocking(client.run, client, "sandbox/slow", {
                input = slow.input, wait = false, on_progress = function(prediction) id = prediction.id end,
            })
        end)
        client:spawn(function()
            while not id do
                client:sleep(0.01)
            end
            client.account:get(function()
                task:cancel()
                output = client:run("sandbox/slow", { input = { steps = 2, step_seconds = 0.05, text = "mine" } })
            end)
        end)
        client:loop()
        assert.equal("mine", output)
        assert.equal("canceled", task:status())
        assert_canceled_at_server(id)
    end)

    -- Found so: nobody had the handle of its request.
    it("is canceled with its task, at the server too, and so are those that come after it", function()
        local id, seen, again
        local requests = 0
        local observed = support.closed(support.client { on_request = function() requests = requests + 1 end })
        local task = observed:spawn(function()
            seen = pack(blocking(observed.run, observed, "sandbox/slow", {
                input = slow.input, wait = false, on_progress = function(prediction) id = prediction.id end,
            }))
            requests = 0
            again = pack(blocking(observed.run, observed, "replicate/hello-world", hello "x"))
        end)
        observed:spawn(function()
            while not id do
                observed:sleep(0.01)
            end
            task:cancel()
        end)
        observed:loop()
        assert.equal("canceled", seen[2].kind)
        assert.equal("canceled", again[2].kind)
        assert.equal(0, requests)
        assert_canceled_at_server(id)
    end)

    -- Found so, in Lua 5.1: its create was sent, and then it raised "attempt to yield".
    it("or yields in an iterator or a metamethod of the program's own, as Lua can", function()
        local function outputs(words)
            local index = 0
            return function()
                index = index + 1
                return words[index] and client:run("replicate/hello-world", hello(words[index]))
            end
        end
        local field = setmetatable({}, {
            __index = function(_, key)
                local output = client:run("replicate/hello-world", hello(key))
                return output
            end,
            __add = function(_, word) return (client:run("replicate/hello-world", hello(word))) end,
        })
        local seen = {}
        client:spawn(function()
            for output in outputs { "a", "b" } do
                seen[#seen + 1] = output
            end
            seen[#seen + 1] = field.c
            seen[#seen + 1] = field + "d"
        end)
        client:loop()
        assert.same({ "hello a", "hello b", "hello c", "hello d" }, seen)
    end)

    it("begins nothing where Lua 5.1 says too late that it cannot yield", function()
        local requests = 0
        local observed = support.closed(support.client { on_request = function() requests = requests + 1 end })
        local field = setmetatable({}, {
            __index = function(_, key) return observed:run("replicate/hello-world", hello(key)) end,
        })
        local task = observed:spawn(function()
            return field.c
        end)
        local plain = observed:spawn(function() return observed:run("replicate/hello-world", hello "d") end)
        assert.equal("hello d", (plain:wait()))
        local output, problem = task:wait()
        if output == nil then
            assert.matches("attempt to yield", problem)
            requests = 0
            assert.is_nil((observed:spawn(function() return field.c end):wait()))
            assert(observed.account:get())
            assert.equal(1, requests) -- of the account alone
        else
            assert.equal("hello c", output)
        end
    end)

    -- Found so, in Lua 5.1: the task that waits blocked on top of the one that it waits for.
    it("in a loop over a stream keeps no other task from parking", function()
        local words = 0
        local reading = client:spawn(function()
            for _ in client:stream("sandbox/story", story):text() do
                words = words + 1
            end
            return "read"
        end)
        local result
        client:spawn(function() result = reading:wait() end)
        support.poll_until(client, function() return client:pending() == 0 end)
        assert.equal(12, words)
        assert.equal("read", result)
    end)
end)
