-- The operations on predictions, and what the service's refusals look like in Lua.

local support = require "support"

after_each(support.close_all)

describe("predictions", function()
    local client

    setup(function()
        client = support.client()
    end)

    teardown(function()
        client:close()
    end)

    it("are created by model, by version and by deployment", function()
        local input = { text = "x" }
        local by_model = assert(client.predictions:create { model = "replicate/hello-world", input = input })
        local by_version = assert(client.predictions:create { version = by_model.version, input = input })
        local by_deployment = assert(client.predictions:create { deployment = "sandbox/hello-world", input = input })
        assert.equal(by_model.version, by_version.version)
        assert.equal("sandbox/hello-world", by_deployment.deployment)
        for _, prediction in ipairs { by_model, by_version, by_deployment } do
            assert.equal("hello x", client:wait(prediction).output)
        end
    end)

    it("are held by the server as long as wait says", function()
        local prediction = assert(client.predictions:create {
            model = "replicate/hello-world",
            input = { text = "x" },
            wait = 10,
        })
        assert.equal("succeeded", prediction.status)
    end)

    it("carry the webhook and its filter", function()
        local prediction = assert(client.predictions:create {
            model = "replicate/hello-world",
            input = { text = "x" },
            webhook = "https://example.com/hook?job=1",
            webhook_events_filter = { "completed" },
        })
        assert.equal("https://example.com/hook?job=1", prediction.webhook)
        assert.same({ "completed" }, prediction.webhook_events_filter)
    end)

    it("can be read again", function()
        local created = assert(client.predictions:create { model = "replicate/hello-world", input = { text = "x" } })
        assert.equal(created.id, client.predictions:get(created.id).id)
    end)

    it("can be canceled, and a second cancel changes nothing", function()
        local created = assert(client.predictions:create { model = "sandbox/slow", input = { steps = 100, step_seconds = 1 } })
        assert.equal("canceled", client.predictions:cancel(created.id).status)
        assert.equal("canceled", client.predictions:cancel(created.id).status)
    end)

    it("are listed in pages, the newest first, each once", function()
        local made = {}
        for _ = 1, 120 do
            made[#made + 1] = assert(client.predictions:create { model = "replicate/hello-world", input = { text = "x" } }).id
        end
        local seen, count, page = {}, 0, assert(client.predictions:list())
        assert.equal(made[#made], page.results[1].id)
        repeat
            for _, prediction in ipairs(page.results) do
                assert.is_nil(seen[prediction.id])
                seen[prediction.id] = true
                count = count + 1
            end
            local next_page = page.next
            page = next_page and assert(client.predictions:list { page = next_page })
        until not page
        assert.is_true(count >= 120)
        for _, id in ipairs(made) do
            assert.is_true(seen[id])
        end
    end)

    it("refuse a page of another host, where the token must not go", function()
        local page, err = client.predictions:list { page = "https://evil.example/v1/predictions?cursor=x" }
        assert.is_nil(page)
        assert.equal("invalid_input", err.kind)
        assert.equal(0, err.attempts)
    end)

    it("say what is wrong with an input, field by field", function()
        local prediction, err = client.predictions:create { model = "sandbox/outputs", input = { kind = "nonsense" } }
        assert.is_nil(prediction)
        assert.equal("invalid_input", err.kind)
        assert.equal(422, err.status)
        assert.equal("input.kind", err.invalid_fields[1].field)
        assert.equal("rejected", err.delivery)
        assert.is_false(err.retryable)
        assert.equal(1, err.attempts)
    end)

    it("that do not exist are not_found", function()
        local _, err = client.predictions:get "nosuchprediction"
        assert.equal("not_found", err.kind)
        assert.equal(404, err.status)
        assert.is_nil(err.delivery)
    end)

    it("need a token that the server takes", function()
        local bare = support.closed(support.client { auth = false })
        local _, err = bare.predictions:list()
        assert.equal("auth", err.kind)
        assert.equal(401, err.status)
        assert.equal("Unauthenticated", err.title)
    end)
end)

describe("a server that cannot be reached", function()
    it("is a network error; of a create, with delivery not_sent", function()
        local client = support.closed(support.client { base_url = support.dead_url(), max_retries = 1 })
        local _, err = client:run("a/b", { input = {} })
        assert.equal("network", err.kind)
        assert.equal("not_sent", err.delivery)
        assert.equal(2, err.attempts)
        assert.is_true(err.retryable)
    end)

    it("that never answers is a timeout; of a create, with delivery maybe_sent, and it is sent once", function()
        local url, server = support.silent_server()
        local client = support.closed(support.client { base_url = url, timeout = 0.3 })
        local _, err = client:run("a/b", { input = {} })
        assert.equal("timeout", err.kind)
        assert.equal("maybe_sent", err.delivery)
        assert.equal(1, err.attempts)
        server:close()
    end)
end)
