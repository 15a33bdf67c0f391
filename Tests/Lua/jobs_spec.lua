-- Predictions and trainings as objects: their methods, and that they are plain tables all the same.

local core = require "replicate.core"
local replicate = require "replicate"
local support = require "support"
local unpack = support.unpack

local function keys(value)
    local names = {}
    for name in pairs(value) do
        names[#names + 1] = name
    end
    table.sort(names)
    return names
end

after_each(support.close_all)

describe("a prediction", function()
    local client

    local function slow(steps)
        return assert(client.predictions:create {
            model = "sandbox/slow",
            input = { steps = steps or 3, step_seconds = 0.03 },
        })
    end

    setup(function()
        client = support.client()
    end)

    teardown(function()
        client:close()
    end)

    it("waits for its own end, and takes the new state over", function()
        local prediction = slow()
        local seen = {}
        local same, err = prediction:wait {
            on_progress = function(snapshot)
                assert.equal(prediction, snapshot)
                seen[#seen + 1] = snapshot.status
            end,
        }
        assert.is_nil(err)
        assert.equal(prediction, same)
        assert.equal("succeeded", prediction.status)
        assert.equal("done", prediction.output)
        assert.equal("succeeded", seen[#seen])
    end)

    it("waits with a callback", function()
        local prediction, got = slow(1), nil
        local request = prediction:wait(function(ended)
            got = ended
        end)
        assert.equal("pending", request:status())
        client:loop()
        assert.equal(prediction, got)
        assert.equal("succeeded", got.status)
    end)

    it("that fails while it is waited for says so, and shows it itself", function()
        local prediction = assert(client.predictions:create { model = "sandbox/fail", input = { message = "no (E1001)" } })
        local none, err = prediction:wait()
        assert.is_nil(none)
        assert.equal("model_failed", err.kind)
        assert.equal("E1001", err.code)
        assert.equal(prediction, err.prediction)
        assert.equal("failed", prediction.status)
    end)

    it("reloads and cancels itself", function()
        local prediction = slow(100)
        local before = prediction:json()
        assert.equal(prediction, prediction:cancel())
        assert.equal("canceled", prediction.status)
        assert.not_equal(before, prediction:json())
        assert.equal(prediction, assert(prediction:reload { timeout = 10 }))
        assert.equal("canceled", prediction.status)
    end)

    it("tells its progress", function()
        local prediction = slow(4)
        assert.is_nil(prediction:progress())
        prediction:wait()
        assert.same({ percentage = 1.0, current = 4, total = 4 }, prediction:progress())
        prediction.logs = "Sampling:  45%|####▌     | 9/20 [00:01]\r 50%|#####     | 10/20 [00:01]"
        assert.same({ percentage = 0.5, current = 10, total = 20 }, prediction:progress())
        prediction.logs = "no bar here"
        assert.is_nil(prediction:progress())
    end)

    it("keeps the text that it came in", function()
        local text = slow(1):json()
        assert.equal("{", text:sub(1, 1))
        assert.equal("sandbox/slow", core.json_decode(text).model)
    end)

    it("is a plain table for pairs, copies and JSON", function()
        local prediction = slow(1)
        for _, name in ipairs(keys(prediction)) do
            assert.is_not_function(prediction[name])
        end
        assert.same(keys(core.json_decode(prediction:json())), keys(core.json_decode(core.json_encode(prediction))))
        local echoed = assert(client:run("sandbox/echo", { input = { value = prediction } }))
        assert.not_nil(echoed)
    end)

    it("has its methods wherever one comes from", function()
        local prediction = slow(1)
        local id = prediction.id
        local by_run = select(2, assert(client:run("replicate/hello-world", { input = { text = "x" } })))
        local failed = select(2, client:run("sandbox/fail")).prediction
        local listed = client.predictions:each()()
        local paged = client.predictions:pages()().results[1]
        local paginated
        for page in client:paginate(function() return client.predictions:list() end) do
            paginated = page.results[#page.results]
        end
        local example = client.models.examples:list("replicate", "hello-world").results[1]
        local sources = {
            prediction, by_run, failed, listed, paged, paginated, example, assert(client.predictions:get(id)),
            assert(client:wait(id)), assert(client.predictions:cancel(id)),
        }
        assert.equal(10, #sources)
        for _, each in ipairs(sources) do
            assert.equal(each.id, core.json_decode(each:json()).id)
            if support.shows_names then
                assert.matches("^replicate%.prediction: ", tostring(each))
            end
        end
    end)

    it("of a list has its own part of the list's text", function()
        local made = { slow(1).id, slow(1).id }
        local results = client.predictions:list().results
        assert.equal(made[2], results[1].id)
        for _, each in ipairs(results) do
            assert.equal(each.id, core.json_decode(each:json()).id)
        end
    end)

    it("calls methods with a colon, and with what they take", function()
        local prediction = slow(1)
        for _, name in ipairs { "wait", "reload", "cancel" } do
            assert.error_matches(function() prediction[name]() end, "with a colon")
            assert.error_matches(function() prediction[name](prediction, { tmeout = 1 }) end, "did you mean 'timeout'")
            assert.error_matches(function() prediction[name](prediction, 5) end, "options must be a table")
            assert.error_matches(function() prediction[name](prediction, {}, 5) end, "callback must be a function")
        end
        assert.error_matches(function() client.trainings:wait(prediction) end, "it takes a training or its id")
        prediction.id = nil
        for _, name in ipairs { "wait", "reload", "cancel" } do
            assert.error_matches(function() prediction[name](prediction) end, "id")
        end
    end)
end)

describe("a training", function()
    it("waits, reloads and cancels itself", function()
        local client = support.closed(support.client())
        local version = client.models:get("sandbox", "trainable").latest_version.id
        local name = ("trained-%d"):format(math.random(2 ^ 31 - 1))
        assert(client.models:create { owner = "sandbox", name = name, visibility = "private", hardware = "cpu" })
        local training = assert(client.trainings:create("sandbox", "trainable", version, {
            destination = "sandbox/" .. name,
            input = { text = "a b c" },
        }))
        if support.shows_names then
            assert.matches("^replicate%.training: ", tostring(training))
        end
        assert.equal(training, assert(training:wait()))
        assert.equal("succeeded", training.status)
        assert.matches("^sandbox/" .. name:gsub("%-", "%%-") .. ":", training.output.version)
        assert.equal("succeeded", assert(client:wait(training)).status)
        assert.equal("succeeded", assert(client.trainings:wait(training.id)).status)
        assert.equal("succeeded", assert(training:cancel()).status)
        assert.equal(training.id, assert(training:reload()).id)
        assert.equal(training.id, client.trainings:list().results[1].id)
        if support.shows_names then
            assert.matches("^replicate%.training: ", tostring(client.trainings:list().results[1]))
        end
        local none, err = client.trainings:wait "nosuchtraining"
        assert.is_nil(none)
        assert.equal("not_found", err.kind)
    end)
end)

describe("observers", function()
    it("hear of every request and every answer, polls too, and never see the token", function()
        local lines = {}
        local client = support.closed(support.client {
            on_request = function(request)
                lines[#lines + 1] = request.method .. " " .. request.attempt
                assert.not_matches(os.getenv "REPLICATE_API_TOKEN", core.json_encode(request), 1, true)
            end,
            on_response = function(response)
                lines[#lines + 1] = tostring(response.status or response.error)
                assert.is_true(response.seconds >= 0)
                assert.matches("^http", response.url)
            end,
        })
        assert(client:run("sandbox/slow", { input = { steps = 2, step_seconds = 0.05 }, wait = false }))
        assert.same({ "POST 1", "201", "GET 1", "200" }, { unpack(lines, 1, 4) })
        assert.is_true(#lines % 2 == 0)
    end)

    it("hear of retries and of what could not be reached", function()
        local lines = {}
        local client = support.closed(support.client {
            base_url = support.dead_url(),
            max_retries = 1,
            on_response = function(response)
                lines[#lines + 1] = response.attempt .. " " .. response.error
            end,
        })
        assert.is_nil(client.account:get())
        assert.same({ "1 network", "2 network" }, lines)
    end)

    it("that raise do so out of the call that waits, once it has ended, or out of poll", function()
        local asked = 0
        local client = support.closed(support.client {
            on_request = function()
                error "observer"
            end,
            on_response = function()
                asked = asked + 1
            end,
        })
        assert.error_matches(function() client.account:get() end, "observer")
        assert.equal(1, asked)
        local name
        client.account:get(function(account) name = account.username end)
        assert.error_matches(function()
            while client:pending() > 0 do
                client:poll(1)
            end
        end, "observer")
        client:loop()
        assert.equal("sandbox", name)
    end)

    it("must be functions", function()
        for _, name in ipairs { "on_request", "on_response", "on_retry" } do
            for _, value in ipairs { 1, "x", {}, true } do
                assert.error_matches(function() replicate.new { [name] = value } end, name .. " must be a function")
            end
        end
    end)
end)

describe("several clients", function()
    it("each send their own token and headers", function()
        local seen = {}
        local server = support.recording_server(function(head)
            seen[#seen + 1] = head:match "[Aa]uthorization: ([^\r\n]*)" .. " " .. (head:match "[Xx]%-Who: ([^\r\n]*)" or "")
            return "{}"
        end)
        local clients, token = {}, os.getenv "REPLICATE_API_TOKEN" .. "_"
        for i = 1, 3 do
            clients[i] = support.client { auth = token .. i, base_url = server.url, headers = { ["X-Who"] = "w" .. i } }
        end
        for _, i in ipairs { 2, 1, 3, 1 } do
            local done
            clients[i].account:get(function() done = true end)
            server.serve(1)
            support.poll_until(clients[i], function() return done end)
        end
        for at, i in ipairs { 2, 1, 3, 1 } do
            -- Not `equal`, which would print the token.
            assert.is_true(seen[at] == ("Bearer %s%d w%d"):format(token, i, i), "request " .. at)
        end
        assert.equal(4, #seen)
        for _, client in ipairs(clients) do
            client:close()
        end
        server.close()
    end)
end)
