-- Answers that are not what they should be, and what the wire shows: from a server that says what each test wants.

local core = require "replicate.core"
local support = require "support"
local pack, unpack = support.pack, support.unpack

after_each(support.close_all)

describe("an odd answer", function()
    local server, client, answers, heads, bodies

    setup(function()
        server = support.recording_server(function(head, body)
            heads[#heads + 1], bodies[#bodies + 1] = head, body
            local answer = table.remove(answers, 1)
            return answer[1], answer[2]
        end)
        client = support.client { base_url = server.url, max_retries = 0 }
    end)

    before_each(function()
        answers, heads, bodies = {}, {}, {}
    end)

    teardown(function()
        client:close()
        server.close()
    end)

    --- Calls `start(callback)` and serves what it needs; what it results in.
    local function served(list, start)
        local result
        for i, answer in ipairs(list) do
            answers[i] = type(answer) == "table" and answer or { answer }
        end
        start(function(...)
            result = pack(...)
        end)
        server.serve(#list)
        support.poll_until(client, function() return result end)
        return unpack(result, 1, result.n)
    end

    local function job(status, more)
        local text = ('{"id":"p1","status":"%s"%s}'):format(status, more or "")
        local prediction = served({ text }, function(done) client.predictions:get("p1", done) end)
        return prediction
    end

    it("is not the state of a prediction that was asked for", function()
        local prediction = job "processing"
        for _, answer in ipairs { "{}", "[1,2]", '"text"', '{"id":"p2","status":"succeeded"}', "null" } do
            local none, err = served({ answer }, function(done) prediction:reload(done) end)
            assert.is_nil(none)
            assert.equal("protocol", err.kind)
            assert.equal("p1", prediction.id)
            assert.equal("processing", prediction.status)
        end
    end)

    it("that is older does not take an ended prediction back", function()
        local prediction = job("succeeded", ',"output":"x"')
        local same = served({ '{"id":"p1","status":"processing"}' }, function(done) prediction:reload(done) end)
        assert.equal(prediction, same)
        assert.equal("succeeded", prediction.status)
        assert.equal("x", prediction.output)
    end)

    it("in the middle of a run is looked over", function()
        local output = served({
            '{"id":"p1","status":"starting"}', "{}", '{"detail":"oops"}', '{"id":"p1","status":"processing","output":["a"]}',
            '{"id":"p1","status":"succeeded","output":["a","b"]}',
        }, function(done)
            client:run("a/b", { input = {} }, done)
        end)
        assert.same({ "a", "b" }, output)
    end)

    it("has a field with a method's name: the method wins, and the field is in the JSON", function()
        local prediction = job("processing", ',"progress":5,"json":true')
        assert.is_nil(prediction:progress())
        assert.equal(5, core.json_decode(prediction:json()).progress)
    end)

    it("to a delete may be any text", function()
        for _, answer in ipairs { "deleted", "", "<html>", "{}" } do
            assert.truthy(served({ answer }, function(done) client.files:delete("f", done) end))
        end
    end)

    it("of a list without results, or with a next that is none, is an error", function()
        for _, page in ipairs { '{"next":null}', '{"results":null,"next":"x"}', '{"results":[],"next":5}' } do
            local decoded = core.json_decode(page)
            local each = client.predictions:each()
            -- The iterator waits for its page in the same thread that serves it: it is given the page instead.
            client._start = function() return decoded end
            local ok, err = pcall(each)
            client._start = nil
            assert.is_false(ok)
            assert.equal("protocol", err.kind)
        end
    end)

    it("without an id that is a text gives a job that cannot be asked for, which is no mistake of the program's", function()
        for _, id in ipairs { "", '"id":5,', '"id":[],' } do
            local answer = "{" .. id .. '"status":"processing"}'
            local prediction = served({ answer }, function(done) client.predictions:get("p1", done) end)
            local training = served({ answer }, function(done) client.trainings:get("p1", done) end)
            for _, ask in ipairs {
                function() return prediction:reload() end, function() return prediction:cancel() end,
                function() return prediction:wait() end, function() return client:wait(prediction) end,
                function() return training:wait() end, function() return training:reload() end,
                function() return prediction:stream(function() end) end,
            } do
                local none, err = ask()
                assert.is_nil(none)
                assert.equal("protocol", err.kind)
                assert.truthy(err.message:find("has no id", 1, true))
            end
            for _, raises in ipairs {
                function() return prediction:stream() end, function() return prediction:on("output", function() end) end,
            } do
                local ok, err = pcall(raises)
                assert.is_false(ok)
                assert.equal("protocol", err.kind)
            end
        end
    end)

    it("of a list that is no page is an error of the service's", function()
        for _, page in ipairs { "5", '"x"', "true" } do
            local each, pages = client.predictions:each(), client.models:pages()
            client._start = function() return core.json_decode(page) end
            for _, next_one in ipairs { each, pages } do
                local ok, err = pcall(next_one)
                assert.is_false(ok)
                assert.equal("protocol", err.kind)
            end
            client._start = nil
        end
    end)

    it("sees bodies with exactly what was given", function()
        local empty = { list = require "replicate".array {}, object = {}, float = 1.0, big = 12345678901234567 }
        served({ "{}" }, function(done)
            local given = { version = "v", input = empty, webhook_events_filter = {}, extra = "kept", wait = 5 }
            client.predictions:create(given, done)
        end)
        assert.same({
            version = "v",
            input = { list = {}, object = {}, float = 1.0, big = 12345678901234567 },
            webhook_events_filter = {},
            extra = "kept",
        }, core.json_decode(bodies[1]))
        assert.matches('"list":[]', bodies[1], 1, true)
        assert.matches('"object":{}', bodies[1], 1, true)
        assert.matches(support.has_integers and '"float":1.0' or '"float":1[,}]', bodies[1])
        assert.matches('"webhook_events_filter":[]', bodies[1], 1, true)
        assert.matches("\r\nPrefer: wait=5\r\n", heads[1], 1, true)
    end)

    it("sees a body as it is, whatever case the Content-Type's name has", function()
        served({ "{}" }, function(done)
            client:request("/new", { method = "POST", data = "raw", headers = { ["content-type"] = "text/plain" } }, done)
        end)
        assert.equal("raw", bodies[1])
    end)

    it("sees where each form of a reference goes, and how long it may hold its answer", function()
        local hex = ("0123456789abcdef"):rep(4)
        for reference, path in pairs {
            ["o/n"] = "/v1/models/o/n/predictions",
            ["o/n:" .. hex] = "/v1/predictions",
            [hex] = "/v1/predictions",
            ["deployments/o/n"] = "/v1/deployments/o/n/predictions",
        } do
            served({ '{"id":"p1","status":"succeeded"}' }, function(done) client:run(reference, { input = {} }, done) end)
            assert.equal("POST " .. path .. " HTTP/1.1", heads[#heads]:match "[^\r]*")
        end
        for _, row in ipairs {
            { nil, "wait" }, { true, "wait=60" }, { 0.3, "wait=1" }, { 7, "wait=7" }, { 61, "wait=60" }, { false },
            { { mode = "poll" } }, { { mode = "block", timeout = 9 }, "wait=9" }, { { mode = "block" }, "wait=60" },
        } do
            local done_with = { input = {}, wait = row[1] }
            served({ '{"id":"p1","status":"succeeded"}' }, function(done) client:run("o/n", done_with, done) end)
            assert.equal(row[2], heads[#heads]:match "Prefer: ([^\r]*)")
        end
        for _, row in ipairs {
            { { mode = "block" }, "wait=60" }, { { mode = "block", timeout = 2 }, "wait=2" }, { { mode = "poll" } }, { nil },
        } do
            local made = { version = "v", input = {}, wait = row[1] }
            served({ '{"id":"p1","status":"succeeded"}' }, function(done) client.predictions:create(made, done) end)
            assert.equal(row[2], heads[#heads]:match "Prefer: ([^\r]*)")
        end
        local lifetime = { input = {}, cancel_after = "1h30m" }
        served({ '{"id":"p1","status":"succeeded"}' }, function(done) client:run("o/n", lifetime, done) end)
        assert.equal("1h30m", heads[#heads]:match "Cancel%-After: ([^\r]*)")
    end)

    it("sees a model and a version for what they stand for", function()
        local hex = ("ab"):rep(32)
        local succeeded = '{"id":"p1","status":"succeeded","output":"x"}'
        for path, reference in pairs {
            ["/v1/models/o/n/predictions"] = { owner = "o", name = "n", run_count = 1 },
            ["/v1/predictions"] = { id = hex, cog_version = "0.9", openapi_schema = {} },
        } do
            assert.equal("x", (served({ succeeded }, function(done) client:run(reference, { input = {} }, done) end)))
            assert.equal("POST " .. path .. " HTTP/1.1", heads[#heads]:match "[^\r]*")
        end
    end)

    it("sees a model that is used as a function", function()
        local draw = client:use "o/n"
        local output = served({ '{"id":"p1","status":"succeeded","output":"x"}' }, function(done)
            draw({ prompt = "a fox" }, { wait = 3 }, done)
        end)
        assert.equal("x", output)
        assert.same({ input = { prompt = "a fox" } }, core.json_decode(bodies[1]))
        assert.equal("wait=3", heads[1]:match "Prefer: ([^\r]*)")
        assert.error_matches(function() draw({}, { wiat = 1 }) end, "did you mean 'wait'")
        assert.error_matches(function() draw({}, { input = {} }) end, "first argument")
        assert.error_matches(function() draw "a fox" end, "input must be a table")
        assert.error_matches(function() client:use(5) end, "must be a string")
    end)

    it("sees the cancel of a run that is given up while its create is held", function()
        local request, result
        answers = { { '{"id":"p1","status":"starting"}', "201 Created" }, { '{"id":"p1","status":"canceled"}' } }
        request = client:run("o/n", { input = {} }, function(_, err)
            result = err
        end)
        -- The create is on its way, and has no answer yet.
        server.await()
        request:cancel()
        support.poll_until(client, function() return result end)
        assert.equal("canceled", result.kind)
        assert.equal("maybe_sent", result.delivery)
        server.serve(2)
        assert.equal("POST /v1/predictions/p1/cancel HTTP/1.1", heads[2]:match "[^\r]*")
    end)
end)

describe("a deadline", function()
    it("cancels the prediction on the server, in the default mode too", function()
        local client = support.closed(support.client())
        local slow = { input = { steps = 100, step_seconds = 1 }, timeout = 1.2 }
        local output, err = client:run("sandbox/slow", slow)
        assert.is_nil(output)
        assert.equal("timeout", err.kind)
        assert.equal("canceled", assert(client.predictions:get(err.prediction.id)).status)
    end)
end)
