-- The events of a model's output, while it is made: loops, callbacks, breaks, and streams that break.

local replicate = require "replicate"
local support = require "support"

after_each(support.close_all)

describe("a stream", function()
    local client

    setup(function()
        client = support.client()
    end)

    teardown(function()
        client:close()
    end)

    local function story(more)
        local input = { prompt = "a fox", seed = 7, max_tokens = 12, tokens_per_second = 0 }
        for name, value in pairs(more or {}) do
            input[name] = value
        end
        return input
    end

    local function text_of(stream)
        local text = {}
        for event in stream do
            if event.event == "output" then
                text[#text + 1] = tostring(event)
            end
        end
        return table.concat(text), #text
    end

    it("gives every event, and then the prediction", function()
        local stream = client:stream("sandbox/story", { input = story() })
        local seen, last = {}, nil
        for event in stream do
            assert.equal("string", type(event.data))
            assert.equal("string", type(event.id))
            seen[event.event] = (seen[event.event] or 0) + 1
            last = event.event
        end
        assert.equal(12, seen.output)
        assert.equal("done", last)
        assert.equal("succeeded", stream.prediction.status)
        assert.equal(12, stream.prediction.metrics.output_token_count)
        assert.is_nil(stream:next())
        if support.shows_names then
            assert.matches("^replicate%.prediction", tostring(stream.prediction))
        end
    end)

    it("of the text alone is the prediction's output", function()
        local pieces = {}
        local stream = client:stream("sandbox/story", { input = story() })
        for text in stream:text() do
            pieces[#pieces + 1] = text
        end
        assert.equal(table.concat(stream.prediction.output), table.concat(pieces))
    end)

    it("that breaks is taken up again: nothing is lost, nothing comes twice", function()
        local whole = text_of(client:stream("sandbox/story", { input = story() }))
        local connections = 0
        local watching = support.closed(support.client {
            on_request = function(request)
                connections = connections + (request.url:find("/streams/", 1, true) and 1 or 0)
            end,
        })
        for n = 1, 4 do
            connections = 0
            local stream = watching:stream("sandbox/story", {
                input = story(),
                headers = { ["X-Sandbox-Drop-Stream-After"] = tostring(n) },
            })
            assert.equal(whole, (text_of(stream)))
            assert.is_true(connections > 12 / n)
        end
    end)

    it("of a prediction that exists begins at its beginning", function()
        local prediction = assert(client.predictions:create { model = "sandbox/story", input = story() })
        local whole = text_of(prediction:stream())
        assert.equal("succeeded", prediction.status)
        assert.equal(whole, (text_of(prediction:stream())))
        assert.equal(whole, table.concat(prediction.output))
    end)

    it("of files gives their URLs", function()
        local urls = {}
        for event in client:stream("fofr/consistent-character", { input = { prompt = "x", number_of_outputs = 2 } }) do
            if event.event == "output" then
                urls[#urls + 1] = event.data
                assert.matches("^http", event.data)
            end
        end
        assert.equal(2, #urls)
    end)

    it("with a callback returns at once, and ends with nil", function()
        local texts, ended = {}, nil
        local request = client:stream("sandbox/story", { input = story() }, function(event, err, prediction)
            if event then
                assert.is_nil(ended)
                texts[#texts + 1] = event.event == "output" and event.data or nil
            else
                ended = { err, prediction }
            end
        end)
        assert.equal("pending", request:status())
        client:loop()
        assert.is_nil(ended[1])
        assert.equal("succeeded", ended[2].status)
        assert.equal(table.concat(ended[2].output), table.concat(texts))
    end)

    it("raises what the model says in an error event, with the prediction", function()
        local seen = 0
        local ok, err = pcall(function()
            for _ in client:stream("sandbox/story", { input = story { fail_after_tokens = 3 } }) do
                seen = seen + 1
            end
        end)
        assert.is_false(ok)
        assert.is_true(seen >= 3)
        assert.equal("model_failed", err.kind)
        assert.matches("after 3 tokens", err.message)
        assert.equal("failed", err.prediction.status)
    end)

    it("of a model that does not stream is an error, and its prediction is canceled", function()
        local stream = client:stream("sandbox/slow", { input = { steps = 100, step_seconds = 1 } })
        local event, err = stream:next()
        assert.is_nil(event)
        assert.equal("invalid_input", err.kind)
        assert.matches("does not stream", err.message)
        assert.equal("canceled", client.predictions:get(err.prediction.id).status)
    end)

    it("of such a model is made of polls, with fallback", function()
        local input = { steps = 3, step_seconds = 0.02 }
        local stream = client:stream("sandbox/slow", { input = input, fallback = "poll", poll_interval = 0.02 })
        local logs, last = "", nil
        for event in stream do
            logs = logs .. (event.event == "logs" and event.data or "")
            last = event
        end
        assert.equal("done", last.event)
        assert.is_nil(last.id)
        assert.equal("succeeded", stream.prediction.status)
        assert.equal(stream.prediction.logs, logs)
    end)

    local endless = { max_tokens = 1000, tokens_per_second = 20 }

    it("ends with its loop; with cancel the prediction ends too", function()
        for _, cancel in ipairs { false, true } do
            local id
            local function leave()
                for event in client:stream("sandbox/story", { input = story(endless), cancel = cancel }) do
                    if event.event ~= "logs" then
                        break
                    end
                end
            end
            leave()
            if not support.loops_close then -- then the collector does it
                collectgarbage()
                collectgarbage()
            end
            client:loop()
            id = client.predictions:list().results[1].id
            support.poll_until(client, function()
                return (client.predictions:get(id).status == "canceled") == cancel
            end)
            client.predictions:cancel(id)
        end
    end)

    it("that nobody holds any longer ends by itself", function()
        local function forgotten()
            local stream = client:stream("sandbox/story", { input = story(endless), cancel = true })
            assert(stream:next())
            return stream.prediction
        end
        local prediction = forgotten()
        collectgarbage()
        collectgarbage()
        support.poll_until(client, function() return prediction:reload().status == "canceled" end)
    end)

    it("that is not read does not hold up loop, other requests or other streams", function()
        local unread = support.closed(client:stream("sandbox/story", { input = story(endless) }))
        local other = client:stream("sandbox/story", { input = story() })
        client:loop()
        assert.equal("sandbox", client.account:get().username)
        assert.equal(12, select(2, text_of(other)))
        assert.equal("logs", unread:next().event)
        assert.equal("replicate.stream (pending)", tostring(unread))
    end)

    it("may be closed twice, and gives nothing then", function()
        local stream = client:stream("sandbox/story", { input = story(endless), cancel = true })
        assert(stream:next())
        stream:close()
        stream:close()
        assert.is_nil(stream:next())
        assert.is_nil((stream()))
        client:loop()
    end)

    it("of a closed client ends with an error", function()
        local other = support.client()
        local stream = other:stream("sandbox/story", { input = story(endless) })
        assert(stream:next())
        other:close()
        local event, err
        repeat
            event, err = stream:next() -- what had come is still there
        until not event
        assert.equal("canceled", err.kind)
        stream:close()
    end)

    it("that a callback hears of is held back until its own poll is over, whatever else is polled in the callback", function()
        local other = support.closed(support.client())
        local seen, held = 0, 0
        client:stream("sandbox/story", { input = story() }, function(event)
            if event then
                other.account:get()
                other:poll()
                seen = seen + 1
                held = held + (client._held and 1 or 0)
            end
        end)
        client:loop()
        assert.is_true(seen > 12)
        assert.equal(seen, held)
        assert.is_nil(client._held)
    end)

    it("has a deadline", function()
        local stream = client:stream("sandbox/story", { input = story(endless), timeout = 0.5, cancel = true })
        local ok, err = pcall(text_of, stream)
        assert.is_false(ok)
        assert.equal("timeout", err.kind)
        support.poll_until(client, function() return client.predictions:get(err.prediction.id).status == "canceled" end)
    end)

    -- Found so: the answer of the create, which a cancel waits for, was told after the stream's end.
    it("that is canceled while it is created hears of it once", function()
        local server = support.recording_server(function(head)
            local answer = '{"id":"p1","status":"starting","urls":{"stream":"http://127.0.0.1:9/"}}'
            return answer, head:find "cancel" and "200 OK" or "201 Created"
        end)
        local other = assert(replicate.new { base_url = server.url })
        local ends = 0
        local request = other:stream("a/b", { input = {}, cancel = true }, function(event, err)
            assert.is_nil(event)
            assert.equal("canceled", err.kind)
            ends = ends + 1
        end)
        server.await() -- the create is there
        request:cancel()
        other:loop()
        server.serve(2) -- its answer, and the cancel that this makes possible
        assert.is_nil(other._core:poll(100))
        assert.equal(1, ends)
        other:close()
        server.close()
    end)

    it("in a task whose client is closed ends it as every call does", function()
        local other = support.client()
        local seen = {}
        local task = other:spawn(function()
            local stream = other:stream("sandbox/story", { input = story(endless) })
            local event, err
            repeat
                event, err = stream:next()
            until not event
            seen[#seen + 1] = err.kind
            other:stream("sandbox/story", { input = story(endless) }) -- raises: the task ends here
            seen[#seen + 1] = "not here"
        end)
        other:poll(0.05)
        other:close()
        assert.equal("canceled", task:status())
        assert.same({ "canceled" }, seen)
    end)

    it("is there on the default client", function()
        local count = 0
        for _ in replicate.stream("sandbox/story", { input = story() }) do
            count = count + 1
        end
        assert.is_true(count > 12)
        replicate.close()
    end)

    it("says what was wrong with a call", function()
        assert.error_matches(function() client:stream("a/b", { inptu = {} }) end, "did you mean 'input'")
        assert.error_matches(function() client:stream("a/b", { cancel = 1 }) end, "cancel must be true or false")
        assert.error_matches(function() client:stream("a/b", { fallback = true }) end, 'fallback must be "poll", not true')
        assert.error_matches(function() client:stream(5) end, "the model must be a string")
        assert.error_matches(function() client:stream("a/b", {}, 5) end, "callback must be a function")
        local stream = support.closed(client:stream("sandbox/story", { input = story() }))
        for _, name in ipairs { "next", "text", "close" } do
            assert.error_matches(function() stream[name]() end, "with a colon")
        end
    end)
end)

describe("an unreachable server", function()
    it("is an error in the loop, and the second result with next", function()
        local client = support.closed(support.client { base_url = support.dead_url(), max_retries = 0 })
        local ok, err = pcall(function()
            for _ in client:stream("a/b", { input = {} }) do end -- luacheck: ignore 542
        end)
        assert.is_false(ok)
        assert.equal("network", err.kind)
        assert.equal("not_sent", err.delivery)
    end)
end)
