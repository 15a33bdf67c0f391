-- prediction:on: functions that hear of a prediction, by its stream or by polls; each thing once, in order.

local replicate = require "replicate"
local support = require "support"

describe("prediction:on", function()
    local client, requests

    before_each(function()
        requests = {}
        client = support.client {
            poll_interval = 0.02,
            on_request = function(request)
                requests[#requests + 1] = request.method .. " " .. request.url:gsub("^.*/v1", "")
            end,
        }
    end)

    after_each(function()
        client:close()
    end)

    local function count(pattern)
        local n = 0
        for _, request in ipairs(requests) do
            n = n + (request:find(pattern) and 1 or 0)
        end
        return n
    end

    local function story(more)
        local input = { prompt = "a fox", seed = 7, max_tokens = 12, tokens_per_second = 0 }
        for name, value in pairs(more or {}) do
            input[name] = value
        end
        return assert(client.predictions:create { model = "sandbox/story", input = input })
    end

    --- Everything that is told, as one list.
    local function listen(prediction)
        local heard = {}
        for _, event in ipairs { "start", "output", "logs", "completed" } do
            assert.equal(prediction, prediction:on(event, function(first, second)
                heard[#heard + 1] = { event, first, second }
            end))
        end
        return heard
    end

    local function text_of(heard, kind)
        local text = {}
        for _, each in ipairs(heard) do
            if each[1] == kind then
                text[#text + 1] = each[2]
            end
        end
        return table.concat(text), #text
    end

    local function count_of(heard, kind)
        local times = 0
        for _, each in ipairs(heard) do
            times = times + (each[1] == kind and 1 or 0)
        end
        return times
    end

    it("tells everything once, in order, from one stream", function()
        local prediction = story()
        local heard = listen(prediction)
        client:loop()
        assert.same({ "start", prediction }, { heard[1][1], heard[1][2] })
        assert.same({ "completed", prediction }, { heard[#heard][1], heard[#heard][2] })
        assert.is_nil(heard[#heard][3])
        assert.equal("succeeded", prediction.status)
        assert.equal(1, count_of(heard, "start"))
        local text, pieces = text_of(heard, "output")
        assert.equal(table.concat(prediction.output), text)
        assert.equal(12, pieces)
        assert.equal(prediction.logs, (text_of(heard, "logs")))
        assert.equal(1, count "/streams/")
        for _, each in ipairs(heard) do
            assert.is_true(each[1] == "start" or each[1] == "completed" or each[3] == prediction)
        end
    end)

    it("polls where there is no stream", function()
        local prediction = assert(client.predictions:create {
            model = "sandbox/slow",
            input = { steps = 3, step_seconds = 0.05 },
        })
        assert.is_nil(prediction.urls.stream)
        local heard = listen(prediction)
        client:loop()
        assert.equal("start", heard[1][1])
        assert.equal("completed", heard[#heard][1])
        assert.is_nil(heard[#heard][3])
        assert.equal("succeeded", prediction.status)
        assert.is_true(#prediction.logs > 0)
        assert.equal(prediction.logs, (text_of(heard, "logs")))
        assert.equal(0, count "/streams/")
        assert.is_true(count("GET /predictions/" .. prediction.id) > 1)
    end)

    it("tells of a failure too", function()
        local prediction = story { fail_after_tokens = 3 }
        local heard = listen(prediction)
        client:loop()
        local last = heard[#heard]
        assert.equal("completed", last[1])
        assert.equal("failed", last[2].status)
        assert.equal("model_failed", last[3].kind)
        assert.equal(3, select(2, text_of(heard, "output")))
    end)

    it("tells of a cancel: that is no error", function()
        local prediction = story { max_tokens = 1000, tokens_per_second = 20 }
        local heard = listen(prediction)
        support.poll_until(client, function() return text_of(heard, "output") ~= "" end)
        assert(prediction:cancel())
        client:loop()
        assert.equal("completed", heard[#heard][1])
        assert.equal("canceled", prediction.status)
        assert.is_nil(heard[#heard][3])
    end)

    it("goes on by polls when the stream breaks for good", function()
        local connections, sent = 0, 0
        local server = support.recording_server(function(head)
            if not head:find "^GET /v1/stream" then
                return '{"id":"p1","status":"succeeded","output":["one ","two"],"logs":"all"}'
            end
            connections = connections + 1
            if connections == 1 then
                return "id: 1\nevent: output\ndata: one \n\n", "200 OK", "text/event-stream"
            end
            return "{}", "404 Not Found"
        end)
        local watching = assert(replicate.new {
            base_url = server.url,
            on_request = function() sent = sent + 1 end,
        })
        local job = { id = "p1", status = "starting", urls = { stream = server.url .. "/stream" } }
        local prediction = setmetatable(job, watching._classes.prediction)
        local heard = listen(prediction)
        server.serve(3) -- the stream, the rest of it, and what the prediction has come to
        support.poll_until(watching, function() return sent == 4 end)
        server.serve(1)
        watching:loop()
        assert.equal("one two", (text_of(heard, "output")))
        assert.equal("all", (text_of(heard, "logs")))
        assert.equal("completed", heard[#heard][1])
        assert.is_nil(heard[#heard][3])
        watching:close()
        server.close()
    end)

    it("takes functions back; without one left nobody follows", function()
        local prediction = story { max_tokens = 1000, tokens_per_second = 100 }
        local kept, dropped = 0, 0
        local function drop()
            dropped = dropped + 1
            prediction:off("output", drop) -- luacheck: ignore
        end
        prediction:on("output", drop):on("output", function() kept = kept + 1 end)
        support.poll_until(client, function() return kept > 3 end)
        assert.equal(1, dropped)
        prediction:off()
        client:loop()
        assert.equal(0, client:pending())
        local before = kept
        assert.equal("processing", assert(prediction:reload()).status) -- it was not waited for
        assert(prediction:cancel())
        client:loop()
        assert.equal(before, kept)
        assert.equal(prediction, prediction:off "logs")
    end)

    -- Found so: the end of what was taken back had the other forgotten, which then nothing could take back.
    it("takes back what came after another that was taken back, too", function()
        local prediction = story { max_tokens = 1000, tokens_per_second = 100 }
        local first, second = 0, 0
        local function count_second() second = second + 1 end
        prediction:on("output", function() first = first + 1 end)
        support.poll_until(client, function() return first > 0 end)
        local heard_first = first
        prediction:off()
        prediction:on("output", count_second)
        support.poll_until(client, function() return second > 3 end)
        prediction:off("output", count_second)
        local heard_second = second
        client:loop()
        assert.equal(heard_first, first)
        assert.equal(heard_second, second)
        assert.equal("processing", assert(prediction:reload()).status)
        assert(prediction:cancel())
    end)

    it("begins again for a function that comes after the end", function()
        local prediction = story()
        local first = listen(prediction)
        client:loop()
        local second = listen(prediction)
        client:loop()
        assert.equal((text_of(first, "output")), (text_of(second, "output")))
        assert.equal("completed", second[#second][1])
    end)

    it("survives functions that raise: the others hear, and poll tells of it", function()
        local prediction = story()
        local texts = 0
        prediction:on("output", function() error "mine" end)
        prediction:on("output", function() texts = texts + 1 end)
        local raised = 0
        repeat
            local ok, err = pcall(client.loop, client)
            if not ok then
                assert.matches("mine", err)
                raised = raised + 1
            end
        until ok
        assert.equal(12, texts)
        assert.equal(12, raised)
    end)

    it("is over with its client", function()
        local prediction = story { max_tokens = 1000, tokens_per_second = 20 }
        local heard = listen(prediction)
        support.poll_until(client, function() return #heard > 2 end)
        client:close()
        assert.equal("completed", heard[#heard][1])
        assert.equal("canceled", heard[#heard][3].kind)
        assert.error_matches(function() prediction:on("output", print) end, "closed")
    end)

    it("says what was wrong with a call", function()
        local prediction = story()
        assert.error_matches(function() prediction:on("end", print) end, 'must be "start", "output"')
        assert.error_matches(function() prediction:on("output") end, "takes a function for the event, not nothing")
        assert.error_matches(function() prediction:off("end") end, 'must be "start", "output"')
        assert.error_matches(function() prediction:off("output", 5) end, "takes a function, not")
        assert.equal(0, client:pending())
    end)
end)
