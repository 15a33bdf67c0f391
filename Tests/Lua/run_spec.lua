-- run and wait: what comes out, how it ends, and what a prediction that fails looks like.

local replicate = require "replicate"
local support = require "support"

after_each(support.close_all)

describe("run", function()
    local client

    setup(function()
        client = support.client()
    end)

    teardown(function()
        client:close()
    end)

    it("gives back the output and the prediction", function()
        local output, prediction = client:run("replicate/hello-world", { input = { text = "Lua" } })
        assert.equal("hello Lua", output)
        assert.equal("succeeded", prediction.status)
        assert.equal("replicate/hello-world", prediction.model)
        assert.same({ text = "Lua" }, prediction.input)
    end)

    it("takes each form of a reference", function()
        local _, prediction = assert(client:run("replicate/hello-world", { input = { text = "a" } }))
        local version = prediction.version
        for _, reference in ipairs { version, "replicate/hello-world:" .. version, "deployments/sandbox/hello-world" } do
            assert.equal("hello b", client:run(reference, { input = { text = "b" } }), reference)
        end
    end)

    for _, row in ipairs {
        { "string", "string" },
        { "number", "number" },
        { "integer", support.has_integers and "number" or "string" }, -- 9007199254740993: see json_spec.lua
        { "boolean", "boolean" },
        { "array", "table" },
        { "object", "table" },
        { "null", "nil" },
    } do
        it("gives back an output of the kind " .. row[1], function()
            local output, prediction = client:run("sandbox/outputs", { input = { kind = row[1] } })
            assert.equal(row[2], type(output))
            assert.equal("succeeded", prediction.status)
        end)
    end

    it("keeps what an input was: integers, floats, nulls, empty tables, bytes", function()
        local input = {
            seed = support.has_integers and 12345678901234567 or 2 ^ 53, -- as exact as this Lua has them
            least = math.mininteger or -2 ^ 53,
            one = 1,
            float = 1.0,
            nothing = { replicate.null, 2 },
            list = replicate.array {},
            object = {},
            text = "héllo\0\"\\\n世界",
        }
        local output = assert(client:run("sandbox/echo", { input = input }))
        assert.same(input, output)
        if support.has_integers then
            assert.equal("integer", math.type(output.one))
            assert.equal("float", math.type(output.float))
        end
        local core = require "replicate.core"
        assert.equal("[]", core.json_encode(output.list))
        assert.equal("{}", core.json_encode(output.object))
    end)

    for _, wait in ipairs { true, false, 1, 0.5, { mode = "poll", interval = 0.02 }, { mode = "block", timeout = 5 } } do
        it("waits by " .. (type(wait) == "table" and wait.mode or tostring(wait)), function()
            local output = client:run("sandbox/slow", { input = { steps = 3, step_seconds = 0.01, text = "t" }, wait = wait })
            assert.equal("t", output)
        end)
    end

    it("reports progress: first, changes, and the end", function()
        local statuses = {}
        client:run("sandbox/slow", {
            input = { steps = 5, step_seconds = 0.1, text = "t" },
            wait = false,
            on_progress = function(prediction)
                statuses[#statuses + 1] = prediction.status
            end,
        })
        assert.equal("starting", statuses[1])
        assert.equal("succeeded", statuses[#statuses])
        assert.is_true(#statuses > 2)
    end)

    it("ends with model_failed and the prediction when the model fails", function()
        local output, err = client:run("sandbox/fail", { input = { message = "out of paint" } })
        assert.is_nil(output)
        assert.equal("model_failed", err.kind)
        assert.equal("out of paint", err.message)
        assert.equal("failed", err.prediction.status)
        assert.matches("out of paint", tostring(err))
    end)

    it("tells a refusal of content from a failure", function()
        local _, err = client:run("sandbox/fail", { input = { message = "NSFW content detected" } })
        assert.equal("content_filtered", err.kind)
    end)

    it("cancels on the server when its deadline passes", function()
        local output, err = client:run("sandbox/slow", {
            input = { steps = 100, step_seconds = 1 },
            wait = false,
            timeout = 0.3,
        })
        assert.is_nil(output)
        assert.equal("timeout", err.kind)
        local id = err.prediction.id
        support.poll_until(client, function()
            return client.predictions:get(id).status == "canceled"
        end)
    end)

    -- Its id was read, nobody waits for it, and it would be billed. The first cancel comes before the server knows it.
    it("canceled in its create cancels on the server, if of a cut answer the id is known", function()
        local listener = support.closed(assert(require "socket".bind("127.0.0.1", 0)))
        local _, port = listener:getsockname()
        listener:settimeout(10)
        local its_client = support.closed(support.client { base_url = ("http://127.0.0.1:%s/v1"):format(port) })
        local function take(answer)
            local connection = assert(listener:accept())
            connection:settimeout(10)
            local first = assert(connection:receive "*l")
            repeat
                local line = assert(connection:receive "*l")
            until line == ""
            answer(connection)
            connection:close()
            return first
        end
        local ended
        local request = its_client:run("owner/model", { input = {} }, function(...)
            ended = { ... }
        end)
        assert.match("^POST /v1/models/owner/model/predictions ", take(function(connection)
            request:cancel()
            connection:send 'HTTP/1.1 201 Created\r\nContent-Length: 500\r\n\r\n{"id":"cut1","status":'
        end))
        for _, status in ipairs { "404 Not Found", "200 OK" } do
            assert.match("^POST /v1/predictions/cut1/cancel ", take(function(connection)
                connection:send("HTTP/1.1 " .. status .. "\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
            end))
        end
        repeat
            its_client:poll(1)
        until ended
        assert.equal("canceled", ended[2].kind)
    end)

    it("is an error when somebody else cancels the prediction", function()
        local created = assert(client.predictions:create {
            model = "sandbox/slow",
            input = { steps = 100, step_seconds = 1 },
        })
        local err
        local request = client:wait(created, function(_, problem)
            err = problem
        end)
        assert(client.predictions:cancel(created.id))
        request:wait()
        client:poll()
        assert.equal("canceled", err.kind)
        assert.equal("canceled", err.prediction.status)
    end)

    it("is an error of the kind canceled when the server aborts it before the start", function()
        local _, err = client:run("sandbox/slow", {
            input = { steps = 1, start_seconds = 30 },
            wait = false,
            cancel_after = 5,
        })
        assert.equal("canceled", err.kind)
        assert.equal("aborted", err.prediction.status)
    end)
end)

describe("wait", function()
    it("takes a prediction or its id, and gives back the finished one", function()
        local client = support.closed(support.client())
        local created = assert(client.predictions:create {
            model = "sandbox/slow",
            input = { steps = 2, step_seconds = 0.01, text = "done" },
        })
        assert.equal("done", client:wait(created).output)
        assert.equal("done", client:wait(created.id, { interval = 0.02 }).output)
    end)

    it("does not cancel on the server when its own deadline passes", function()
        local client = support.closed(support.client())
        local created = assert(client.predictions:create { model = "sandbox/slow", input = { steps = 50, step_seconds = 1 } })
        local _, err = client:wait(created, { timeout = 0.2 })
        assert.equal("timeout", err.kind)
        assert.not_equal("canceled", client.predictions:get(created.id).status)
        client.predictions:cancel(created.id)
    end)
end)
