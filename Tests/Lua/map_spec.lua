-- map and all: many at once, a few at a time; what becomes of the rest when one fails.

local replicate = require "replicate"
local support = require "support"
local pack = support.pack

after_each(support.close_all)

describe("map", function()
    local client

    before_each(function()
        client = support.client()
    end)

    after_each(function()
        client:close()
    end)

    local function hello(text)
        return client:run("replicate/hello-world", { input = { text = text } })
    end

    --- Runs until the group is canceled.
    local function endless()
        return client:run("sandbox/slow", { input = { steps = 100, step_seconds = 1 }, wait = false })
    end

    it("gives the results in order, whichever was first", function()
        local ended = {}
        local results, _, n = client:map({ 8, 1, 5, 2 }, function(steps, index)
            local text = client:run("sandbox/slow", { input = { steps = steps, step_seconds = 0.01, text = "t" .. index } })
            ended[#ended + 1] = index
            return text
        end)
        assert.same({ "t1", "t2", "t3", "t4" }, results)
        assert.equal(4, n)
        assert.not_same({ 1, 2, 3, 4 }, ended)
    end)

    it("runs so many at once and no more", function()
        local now, most = 0, 0
        local function work()
            now = now + 1
            most = math.max(most, now)
            client:sleep(0.001)
            now = now - 1
            return true
        end
        local list = {}
        for index = 1, 20 do
            list[index] = index
        end
        for _, concurrency in ipairs { 1, 3, 100 } do
            most = 0
            assert(client:map(list, work, { concurrency = concurrency }))
            assert.equal(math.min(concurrency, 20), most)
        end
        most = 0
        assert(client:map(list, work))
        assert.equal(8, most)
    end)

    it("knows holes, in the list and in the results", function()
        local seen = {}
        local results, _, n = client:map({ n = 4, "a", nil, "c" }, function(item, index)
            seen[index] = tostring(item)
            return item
        end)
        assert.same({ "a", "nil", "c", "nil" }, seen)
        assert.equal(4, n)
        assert.same({ [1] = "a", [3] = "c" }, results)
    end)

    it("of nothing is nothing", function()
        local results, _, n = client:map({}, error)
        assert.same({}, results)
        assert.equal(0, n)
        local called
        local group = client:map({}, error, function(...) called = pack(...) end)
        assert.is_nil(called)
        client:loop()
        assert.same({ n = 3, {}, nil, 0 }, called)
        assert.equal("succeeded", group:status())
    end)

    it("keeps what there is when some fail, and goes on with the others", function()
        local results, err, partial, errors = client:map({ "a", "fail", "c", "raise", "e" }, function(text)
            if text == "fail" then
                return client:run("sandbox/fail", { input = {} })
            elseif text == "raise" then
                client:sleep(0.05)
                error "raised in fn"
            end
            return hello(text)
        end, { concurrency = 2 })
        assert.is_nil(results)
        assert.equal("model_failed", err.kind)
        assert.equal(2, err.index)
        assert.same({ [1] = "hello a", [3] = "hello c", [5] = "hello e" }, partial)
        assert.equal(err, errors[2])
        assert.matches("^item 4: .*map_spec.lua:%d+: raised in fn\nstack traceback:", errors[4])
        assert.equal(0, client:poll())
    end)

    it("tells of its progress", function()
        local seen, last = {}, nil
        assert(client:map({ "a", "b", "c" }, hello, {
            on_progress = function(done, total, group)
                seen[#seen + 1] = done .. "/" .. total
                last = group:status()
            end,
        }))
        assert.same({ "1/3", "2/3", "3/3" }, seen)
        assert.equal("pending", last)
        local ok, err = pcall(client.map, client, { 1, 2 }, hello, { on_progress = function() error "progress" end })
        assert.is_false(ok)
        assert.matches("progress", err)
        assert.equal(0, client:pending())
    end)

    it("with a callback returns the group at once", function()
        local called
        local group = client:map({ "a", "b" }, hello, function(...) called = pack(...) end)
        assert.equal("pending", group:status())
        assert.equal("replicate.group (pending, 0 of 2)", tostring(group))
        assert.same({ nil, "timeout", n = 2 }, pack(group:wait(0)))
        client:loop()
        assert.same({ n = 3, { "hello a", "hello b" }, nil, 2 }, called)
        assert.equal("succeeded", group:status())
        assert.same({ "hello a", "hello b" }, (group:wait()))
        local failed
        client:map({ 1 }, function() return nil, "no" end, function(...) failed = pack(...) end)
        client:loop()
        assert.same({ n = 4, nil, "item 1: no", {}, { "item 1: no" } }, failed)
    end)

    it("is canceled on demand: what runs and what has not begun", function()
        local begun = 0
        local group = client:map({ 1, 2, 3, 4 }, function(item)
            begun = begun + 1
            if item == 1 then
                return "done"
            end
            return endless()
        end, { concurrency = 2 }, function() end)
        support.poll_until(client, function() return begun == 3 end)
        group:cancel()
        group:cancel()
        local results, err, partial, errors = group:wait()
        assert.is_nil(results)
        assert.equal("canceled", err.kind)
        assert.equal("canceled", group:status())
        assert.same({ "done" }, partial)
        for index = 2, 4 do
            assert.equal("canceled", errors[index].kind)
        end
        assert.matches("before this began", errors[4].message)
        assert.equal(3, begun)
        client:loop()
        assert.equal(0, client:pending())
    end)

    it("can be canceled by on_progress, also where it is waited for", function()
        local results, err, partial = client:map({ 1, 2, 3 }, function(item)
            return item == 2 and "two" or endless()
        end, { on_progress = function(_, _, group) group:cancel() end })
        assert.is_nil(results)
        assert.equal("canceled", err.kind)
        assert.same({ [2] = "two" }, partial)
    end)

    it("ends with the first failure if it is told to", function()
        local begun = 0
        local results, err, partial, errors = client:map({ 1, 2, 3, 4 }, function(item)
            begun = begun + 1
            if item == 2 then
                client:sleep(0.005)
                return client:run("sandbox/fail", { input = {} })
            end
            return endless()
        end, { concurrency = 3, cancel_on_error = true })
        assert.is_nil(results)
        assert.equal("model_failed", err.kind)
        assert.same({}, partial)
        assert.equal("canceled", errors[1].kind)
        assert.equal("canceled", errors[4].kind)
        assert.equal(3, begun)
    end)

    it("in a task is canceled with it", function()
        local begun, outcome = 0, nil
        local task = client:spawn(function()
            outcome = pack(client:map({ 1, 2 }, function()
                begun = begun + 1
                return endless()
            end))
        end)
        support.poll_until(client, function() return begun == 2 end)
        task:cancel()
        assert.equal("canceled", select(2, task:wait()).kind)
        assert.is_nil(outcome[1])
        assert.equal("canceled", outcome[2].kind)
        assert.equal("canceled", outcome[4][1].kind)
        client:loop()
        local refused = client:spawn(function()
            client:sleep(3600)
            return client:map({ 1 }, function() begun = begun + 1 end)
        end)
        client:poll()
        refused:cancel()
        client:loop()
        assert.equal(2, begun)
    end)

    it("may have a map inside", function()
        local results = client:map({ "a", "b" }, function(one)
            return table.concat(client:map({ "c", "d" }, function(two) return (hello(one .. two)) end), " ")
        end)
        assert.same({ "hello ac hello ad", "hello bc hello bd" }, results)
    end)

    it("cannot be waited for by one of its own", function()
        local group
        group = client:map({ 1 }, function() return group:wait(), "" end, function() end)
        local _, err = group:wait()
        assert.matches("map_spec.lua:%d+: wait: the task would wait for itself", err)
    end)

    it("ends when its client is closed", function()
        local called
        local group = client:map({ 1, 2, 3 }, endless, { concurrency = 1 }, function(...) called = pack(...) end)
        client:poll()
        client:close()
        assert.equal("canceled", called[2].kind)
        assert.equal("canceled", called[4][3].kind)
        assert.equal("canceled", group:status())
    end)
end)

describe("all", function()
    local client

    before_each(function()
        client = support.client()
    end)

    after_each(function()
        client:close()
    end)

    it("waits for functions, tasks, requests and groups, all at once", function()
        local request = client:run("replicate/hello-world", { input = { text = "request" } }, function() end)
        local task = client:spawn(function() return client:sleep(0.001) and "task" end)
        local group = client:map({ 1 }, function() return "group" end, function() end)
        local results, _, n = client:all {
            function() return client:run("replicate/hello-world", { input = { text = "function" } }) end,
            task, request, group,
        }
        assert.equal(4, n)
        assert.same({ "hello function", "task", "hello request", { "group" } }, results)
    end)

    it("fails in the manner of map", function()
        local results, err, partial, errors = client:all {
            client:spawn(function() error "in the task" end),
            function() return client:sleep(0.001) end,
        }
        assert.is_nil(results)
        assert.matches("^item 1: .*in the task", err)
        assert.same({ [2] = true }, partial)
        assert.equal(err, errors[1])
        client:loop()
    end)

    it("when it is canceled cancels tasks and requests that it was given", function()
        local slow = { input = { steps = 100, step_seconds = 1 }, wait = false }
        local request = client:run("sandbox/slow", slow, function() end)
        local task = client:spawn(function() return client:run("sandbox/slow", slow) end)
        local group = client:all({ request, task }, function() end)
        client:poll()
        group:cancel()
        client:loop()
        assert.equal("canceled", request:status())
        assert.equal("canceled", task:status())
        assert.equal("canceled", group:status())
    end)

    it("has a form on the default client, as map has", function()
        assert.same({ 1, 2 }, (replicate.all { function() return 1 end, function() return 2 end }))
        assert.same({ 2, 4 }, (replicate.map({ 1, 2 }, function(x) return 2 * x end)))
        replicate.close()
    end)
end)
