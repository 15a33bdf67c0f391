-- Every other resource of the API, against the sandbox: what goes in, what comes out, what fits together.

local support = require "support"
local pack = support.pack

after_each(support.close_all)

describe("resources", function()
    local client

    setup(function()
        client = support.client()
    end)

    teardown(function()
        client:close()
    end)

    it("account and hardware", function()
        assert.equal("sandbox", client.account:get().username)
        local hardware = client.hardware:list()
        assert.equal("string", type(hardware[1].sku))
    end)

    it("collections", function()
        local page = assert(client.collections:list())
        local slug = page.results[1].slug
        local collection = assert(client.collections:get(slug))
        assert.equal(slug, collection.slug)
        assert.is_true(#collection.models > 0)
    end)

    it("models: list, search, get, versions, examples, readme", function()
        local page = assert(client.models:list { sort_by = "model_created_at", sort_direction = "asc" })
        assert.is_true(#page.results > 0)
        local found = assert(client.models:search "hello")
        assert.equal("hello-world", found.results[1].name)
        local model = assert(client.models:get("replicate", "hello-world"))
        assert.equal("replicate", model.owner)
        local versions = assert(client.models.versions:list("replicate", "hello-world"))
        local version = assert(client.models.versions:get("replicate", "hello-world", versions.results[1].id))
        assert.equal("object", version.openapi_schema.components.schemas.Input.type)
        local examples = assert(client.models.examples:list("replicate", "hello-world"))
        assert.equal("succeeded", examples.results[1].status)
        local readme = assert(client.models.readme:get("replicate", "hello-world"))
        assert.equal("string", type(readme))
        assert.matches("hello", readme:lower(), 1, true)
    end)

    it("models: create, update, delete", function()
        local model = assert(client.models:create {
            owner = "sandbox",
            name = "made-in-lua",
            visibility = "private",
            hardware = "cpu",
            description = "héllo",
        })
        assert.equal("héllo", model.description)
        model = assert(client.models:update("sandbox", "made-in-lua", { description = "changed" }))
        assert.equal("changed", model.description)
        assert.is_true(client.models:delete("sandbox", "made-in-lua"))
        assert.equal("not_found", select(2, client.models:get("sandbox", "made-in-lua")).kind)
    end)

    it("a built-in version cannot be deleted", function()
        local id = client.models.versions:list("replicate", "hello-world").results[1].id
        local done, err = client.models.versions:delete("replicate", "hello-world", id)
        assert.is_nil(done)
        assert.is_true(err.status >= 400 and err.status < 500)
    end)

    it("deployments: create, run, update, delete", function()
        local version = client.models.versions:list("replicate", "hello-world").results[1].id
        local deployment = assert(client.deployments:create {
            name = "from-lua",
            model = "replicate/hello-world",
            version = version,
            hardware = "cpu",
            min_instances = 0,
            max_instances = 1,
        })
        assert.equal(1, deployment.current_release.number)
        local prediction = assert(client.deployments.predictions:create("sandbox", "from-lua", {
            input = { text = "deployed" },
            wait = 10,
        }))
        assert.equal("hello deployed", prediction.output)
        assert.equal("sandbox/from-lua", prediction.deployment)
        deployment = assert(client.deployments:update("sandbox", "from-lua", { max_instances = 2 }))
        assert.equal(2, deployment.current_release.number)
        assert.equal(2, deployment.current_release.configuration.max_instances)
        assert.equal(2, client.deployments:get("sandbox", "from-lua").current_release.number)
        assert.is_true(#client.deployments:list().results >= 1)
        -- It was used a moment ago, which the service does not allow to be deleted.
        local done, err = client.deployments:delete("sandbox", "from-lua")
        assert.is_nil(done)
        assert.is_true(err.status >= 400 and err.status < 500)
        assert(client.deployments:create {
            name = "unused",
            model = "replicate/hello-world",
            version = version,
            hardware = "cpu",
            min_instances = 0,
            max_instances = 1,
        })
        assert.is_true(client.deployments:delete("sandbox", "unused"))
        assert.equal("not_found", select(2, client.deployments:get("sandbox", "unused")).kind)
    end)

    it("trainings end in a version that runs", function()
        assert(client.models:create { owner = "sandbox", name = "trained", visibility = "private", hardware = "cpu" })
        local base = client.models:get("sandbox", "trainable")
        local training = assert(client.trainings:create("sandbox", "trainable", base.latest_version.id, {
            destination = "sandbox/trained",
            input = { text = "the fox sees the river and the fox sleeps" },
        }))
        support.poll_until(client, function()
            training = assert(client.trainings:get(training.id))
            return training.status == "succeeded"
        end)
        assert.matches("sandbox/trained:", training.output.version, 1, true)
        local output = assert(client:run(training.output.version, { input = { prompt = "the fox" } }))
        assert.is_true(#tostring(output) > 0)
        assert.equal(training.id, client.trainings:list().results[1].id)
        assert.equal("succeeded", client.trainings:cancel(training.id).status)
        local _, err = client.trainings:create("sandbox", "trainable", base.latest_version.id, {
            destination = "sandbox/nowhere",
            input = { text = "x" },
        })
        assert.equal("not_found", err.kind)
    end)

    it("files: records of what was uploaded", function()
        assert.equal(0, #client.files:list().results)
        assert.equal("not_found", select(2, client.files:get "none").kind)
        assert.equal("not_found", select(2, client.files:delete "none").kind)
    end)

    it("search", function()
        local found = assert(client:search("hello", { limit = 5 }))
        assert.equal("hello", found.query)
        assert.equal("hello-world", found.models[1].model.name)
        assert.equal(400, select(2, client:search " ").status)
    end)

    it("the webhook secret", function()
        assert.matches("^whsec_", client.webhooks.default.secret:get().key)
    end)

    it("predictions of a time", function()
        local created = assert(client.predictions:create { model = "replicate/hello-world", input = { text = "x" } })
        local page = assert(client.predictions:list { created_after = created.created_at })
        local seen = false
        for _, prediction in ipairs(page.results) do
            seen = seen or prediction.id == created.id
        end
        assert.is_true(seen)
        page = assert(client.predictions:list { created_before = "2020-01-01T00:00:00Z" })
        assert.equal(0, #page.results)
    end)
end)

describe("pages", function()
    local client

    setup(function()
        client = support.client()
        for _ = 1, 110 do
            assert(client.predictions:create { model = "replicate/hello-world", input = { text = "x" } })
        end
    end)

    teardown(function()
        client:close()
    end)

    it("are followed by paginate, pages and each", function()
        local function count_pages(iterator)
            local seen, items, number = {}, 0, 0
            for page in iterator do
                number = number + 1
                for _, prediction in ipairs(page.results) do
                    assert.is_nil(seen[prediction.id])
                    seen[prediction.id] = true
                    items = items + 1
                end
            end
            return items, number
        end
        local items, number = count_pages(client:paginate(function() return client.predictions:list() end))
        assert.is_true(items >= 110 and number >= 2)
        assert.equal(items, (count_pages(client.predictions:pages())))
        local each = 0
        for prediction in client.predictions:each() do
            assert.equal("string", type(prediction.id))
            each = each + 1
        end
        assert.equal(items, each)
    end)

    it("are not fetched before they are asked for", function()
        local dead = support.closed(support.client { base_url = support.dead_url(), max_retries = 0 })
        local pages = dead.models:pages()
        local ok, err = pcall(pages)
        assert.is_false(ok)
        assert.equal("network", err.kind)
    end)

    local function walk(url_after)
        local number = 0
        local fake = {
            _page = function()
                number = number + 1
                return { results = {}, next = url_after(number) }
            end,
        }
        return require "replicate.pages".paginate(fake, function() return fake._page() end), function() return number end
    end

    for length = 1, 5 do
        it("that lead back after " .. length .. " end in an error", function()
            local iterator, count = walk(function(number) return "https://api.replicate.com/?cursor=" .. number % length end)
            local ok, err = true, nil
            for _ = 1, 3 * length + 2 do
                ok, err = pcall(iterator)
                if not ok then break end
            end
            assert.is_false(ok)
            assert.equal("protocol", err.kind)
            assert.is_true(count() <= 3 * length + 1)
        end)
    end

    it("that are said to be at what no URL is end in an error, which is not the caller's", function()
        local wrong = { " https://h/x", "https://h/a b", "https://h/\r\nX: y", "https://h/\0", "https://h/é", ("u"):rep(16385) }
        for _, url in ipairs(wrong) do
            local fake = {
                closed = function() return false end,
                _start = function() return { results = {}, next = url } end,
            }
            local check = function() return fake, nil, "things.list", {} end
            local ok, err = pcall(require "replicate.pages".of("page", check, "things:pages")())
            assert.is_false(ok)
            assert.equal("protocol", err.kind)
        end
    end)

    it("are not kept: 10,000 of them, of 200 bytes and more each, take less than 256 kB", function()
        local iterator = walk(function(number) return number < 10000 and ("u"):rep(200) .. number or nil end)
        local least, grown = math.huge, 0 -- from the least on: what other tests have left may go meanwhile
        local number = 0
        for _ in iterator do
            number = number + 1
            if number % 1000 == 0 then
                collectgarbage()
                collectgarbage()
                local used = collectgarbage "count"
                least = math.min(least, used)
                grown = math.max(grown, used - least)
            end
        end
        assert.equal(10000, number)
        assert.is_true(grown < 256, grown .. " kB")
    end)
end)

describe("request", function()
    it("gives the body, the status and the headers", function()
        local client = support.closed(support.client())
        local body, status, headers = client:request "/account"
        assert.equal("sandbox", body.username)
        assert.equal(200, status)
        assert.matches("json", headers["content-type"], 1, true)
        local prediction, created = client:request("/models/replicate/hello-world/predictions", {
            method = "POST",
            data = { input = { text = "generic" } },
            headers = { Prefer = "wait=5" },
        })
        assert.equal(201, created)
        assert.equal("hello generic", prediction.output)
        local page = client:request("/predictions", { params = { created_before = "2020-01-01T00:00:00Z" } })
        assert.equal(0, #page.results)
    end)

    it("hears of errors as every call does, and calls back", function()
        local client = support.closed(support.client())
        local _, err = client:request("/nothing/here", { method = "DELETE" })
        assert.equal("not_found", err.kind)
        local results
        client:request("/account", function(...) results = pack(...) end)
        client:loop()
        assert.equal("sandbox", results[1].username)
        assert.is_nil(results[2])
        assert.equal(200, results[3])
    end)

    it("refuses what is no route of the API", function()
        local client = support.closed(support.client())
        for _, route in ipairs { "", "account", "https://evil.example/", "//evil.example/", "/a/../b", "/a b", "/a#b" } do
            assert.has_error(function() client:request(route) end)
        end
        assert.has_error(function() client:request("/account", { method = "STEAL" }) end)
        assert.has_error(function() client:request("/account", { method = "POST", data = print }) end)
    end)
end)

describe("headers", function()
    it("cannot carry a line end, nor say what the library says itself", function()
        local client = support.closed(support.client())
        local wrong = { ["X-A"] = "a\r\nb", ["X B"] = "x", Authorization = "x", ["content-length"] = "1", Host = "x" }
        for name, value in pairs(wrong) do
            assert.has_error(function() client.account:get { headers = { [name] = value } } end)
            assert.has_error(function() support.client { headers = { [name] = value } } end)
        end
        assert.has_error(function() client.account:get { headers = "X: y" } end)
        assert.has_error(function() client.account:get { headers = { [1] = "y" } } end)
        assert.equal("sandbox", client.account:get({ headers = { ["X-Trace"] = "1" } }).username)
    end)
end)

describe("the default client", function()
    it("offers the resources with a dot", function()
        local replicate = require "replicate"
        assert.equal("sandbox", replicate.account.get().username)
        assert.equal("hello-world", replicate.models.get("replicate", "hello-world").name)
        assert.is_true(#replicate.models.versions.list("replicate", "hello-world").results > 0)
        for page in replicate.paginate(function() return replicate.models.list() end) do
            assert.is_true(#page.results > 0)
        end
        assert.has_error(function() return replicate.models.lst() end)
        replicate.close()
    end)
end)
