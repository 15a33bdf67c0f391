-- Calls that are wrong: each is an error at the caller's line, in words that name the argument, and nothing is sent.

local replicate = require "replicate"
local support = require "support"

local function failing(fn, ...)
    local ok, message = pcall(fn, ...)
    assert.is_false(ok)
    assert.equal("string", type(message))
    return message
end

describe("misuse", function()
    local client

    setup(function()
        -- Whatever was sent would fail as "network" and not raise.
        client = support.client { base_url = support.dead_url(), max_retries = 0 }
    end)

    teardown(function()
        client:close()
    end)

    it("is told at the caller's own line", function()
        local line = debug.getinfo(1, "l").currentline + 2
        local message = failing(function()
            client:run("owner/name", { inptu = {} })
        end)
        assert.matches("misuse_spec%.lua:" .. line .. ": ", message)
    end)

    it("suggests the option that was meant", function()
        for wrong, right in pairs { inptu = "input", timout = "timeout", webook = "webhook", on_progres = "on_progress" } do
            local message = failing(client.run, client, "owner/name", { [wrong] = 1 })
            assert.matches("did you mean '" .. right .. "'", message, 1, true)
        end
        assert.matches("did you mean 'auth'", failing(replicate.new, { auht = "x" }), 1, true)
    end)

    it("lists the options where none is near", function()
        assert.matches("the options are", failing(client.run, client, "a/b", { zzzzzzzzzz = 1 }), 1, true)
    end)

    it("names a wrong reference and says which forms there are", function()
        local wrong = { "", "a", "/", "a/", "/b", "a/b/c", "a/b:", "a b/c", "../x", "a/..", "a/b\n" }
        for _, reference in ipairs(wrong) do
            assert.matches("owner/name:version", failing(client.run, client, reference, { input = {} }), 1, true)
        end
        assert.matches("zero byte", failing(client.run, client, "a/b\0c", { input = {} }), 1, true)
        for _, reference in ipairs { 1, true, {}, print } do
            assert.matches("the model must be a string", failing(client.run, client, reference), 1, true)
        end
    end)

    it("wants a table as input", function()
        for _, input in ipairs { "text", 1, true, print } do
            assert.matches("input must be a table", failing(client.run, client, "a/b", { input = input }), 1, true)
        end
        assert.matches("JSON object", failing(client.run, client, "a/b", { input = { 1, 2 } }), 1, true)
        local message = failing(client.predictions.create, client.predictions, { model = "a/b" })
        assert.matches("input must be a table", message, 1, true)
    end)

    it("names the field that JSON cannot hold", function()
        local cycle = {}
        cycle.again = cycle
        for pattern, value in pairs {
            ["input.f: a function"] = { f = print },
            ["input.list[2].x: "] = { list = { 1, { x = coroutine.create(function() end) } } },
            ["input: a file is no input"] = replicate.bytes "x",
            ["input.again: "] = cycle,
            ["input.text: "] = { text = "\255" },
            ["input.n: "] = { n = 0 / 0 },
            ["input.inf: "] = { inf = math.huge },
        } do
            assert.matches(pattern, failing(client.run, client, "a/b", { input = value }), 1, true)
        end
    end)

    for name, values in pairs {
        timeout = { 0, -1, "1", 0 / 0, math.huge, {}, true },
        connect_timeout = { 0, "x", false },
        poll_interval = { 0, 0.001, {} },
        max_retries = { -1, 1.5, 101, "2", 2 ^ 53 },
        wait = { 0, -1, "yes", { mode = "other" }, { mod = "poll" }, 0 / 0 },
        cancel_after = { 4, "4s", "5x", "", {}, "1s1h" },
        webhook = { "ftp://x", "x", 1, "", "http://a b" },
        webhook_events_filter = { "completed", { "done" }, { a = 1 } },
        on_progress = { 1, "x", {} },
    } do
        it("refuses what " .. name .. " cannot be", function()
            for _, value in ipairs(values) do
                assert.matches(name, failing(client.run, client, "a/b", { input = {}, [name] = value }), 1, true)
            end
        end)
    end

    it("wants exactly one of version, model and deployment", function()
        for _, targets in ipairs { {}, { model = "a/b", version = "c" }, { model = "a/b", deployment = "c/d" } } do
            targets.input = {}
            assert.matches("exactly one", failing(client.predictions.create, client.predictions, targets), 1, true)
        end
        for _, name in ipairs { "a", "a/b/c", "/b", "a/", "a/b:c" } do
            local message = failing(client.predictions.create, client.predictions, { model = name, input = {} })
            assert.matches("owner/name", message, 1, true)
        end
        local message = failing(client.predictions.create, client.predictions, { model = "../b", input = {} })
        assert.matches("cannot be", message, 1, true)
    end)

    it("names an id that is none", function()
        for _, operation in ipairs { "get", "cancel" } do
            for _, id in ipairs { "", ".", "..", "a/b", "a\nb", "a\0b" } do
                assert.matches("id", failing(client.predictions[operation], client.predictions, id), 1, true)
            end
            assert.matches("must be a string", failing(client.predictions[operation], client.predictions, 5), 1, true)
        end
        assert.matches("prediction or its id", failing(client.wait, client, {}), 1, true)
    end)

    it("wants a function as callback", function()
        assert.matches("callback", failing(client.run, client, "a/b", { input = {} }, "fn"), 1, true)
    end)

    it("refuses a base URL where the token would not be safe", function()
        local urls = { "http://example.com/v1", "ftp://localhost/", "nonsense", "https://user:x@example.com", "https://a/?q" }
        for _, url in ipairs(urls) do
            assert.matches("base_url", failing(replicate.new, { base_url = url, auth = "x" }), 1, true)
        end
    end)

    it("cannot put a line into the request's head", function()
        assert.matches("user_agent", failing(replicate.new, { auth = "x", user_agent = "a\r\nX: y" }), 1, true)
        local _, err = replicate.new { auth = "x\r\nX: y" }
        assert.equal("auth", err.kind)
    end)

    it("on a closed client says so", function()
        local closed = support.client()
        closed:close()
        closed:close()
        for _, call in ipairs {
            function() closed:run("a/b", { input = {} }) end,
            function() closed:wait "x" end,
            function() closed.predictions:get "x" end,
            function() closed:poll() end,
            function() closed:pollfd() end,
        } do
            assert.matches("closed", failing(call), 1, true)
        end
        assert.equal(0, closed:pending())
        closed:loop()
    end)

    it("of the module's table is found", function()
        assert.matches("replicate has no 'rnu'", failing(function() return replicate.rnu end), 1, true)
    end)
end)

describe("without a token", function()
    local function without(script)
        return support.script(script, "env -u REPLICATE_API_TOKEN")
    end

    it("a call fails before anything is sent and says how to give one", function()
        local output = without [[
            local replicate = require "replicate"
            local output, err = replicate.run("a/b", { input = {} })
            print(output, err.kind, err.message)
            print(select(2, replicate.new()).kind, select(2, replicate.predictions.get "x").kind)]]
        assert.matches("nil\tauth\t", output, 1, true)
        assert.matches("REPLICATE_API_TOKEN", output, 1, true)
        assert.matches("auth\tauth", output, 1, true)
    end)

    it("every resource of the default client says so, nested ones and loops too", function()
        local output = without [[
            local replicate = require "replicate"
            for _, call in ipairs {
                function() return replicate.models.versions.list("a", "b") end,
                function() return replicate.deployments.predictions.create("a", "b", { input = {} }) end,
                function() return replicate.webhooks.default.secret.get() end,
                function() return replicate.account.get() end,
            } do
                print(select(2, call()).kind)
            end
            for _, name in ipairs { "each", "pages" } do
                print(select(2, pcall(function() for _ in replicate.predictions[name]() do end end)).kind)
            end]]
        assert.equal(("auth\n"):rep(6), output)
    end)

    it("auth=false sends none on purpose", function()
        local output = without [[
            local client = assert(require "replicate".new { auth = false })
            print(select(2, client.predictions:list()).status)]]
        assert.matches("401", output, 1, true)
    end)

    it("an empty variable counts as none", function()
        local output = support.script([[print(select(2, require "replicate".new()).kind)]], "REPLICATE_API_TOKEN=' '")
        assert.matches("auth", output, 1, true)
    end)

    it("env_file gives it, and the environment wins over it", function()
        local path = os.tmpname()
        local file = assert(io.open(path, "w"))
        file:write(('export REPLICATE_API_TOKEN="%s"\n'):format(os.getenv "REPLICATE_API_TOKEN"))
        file:close()
        local script = ("print(require 'replicate'.new { env_file = %q }:request('/account').username)"):format(path)
        assert.matches("sandbox", without(script), 1, true)
        os.remove(path)
        -- There need be none; without a token it is the token that is missing.
        assert(replicate.new { env_file = path }):close()
        script = ("print(select(2, require 'replicate'.new { env_file = %q }).kind)"):format(path)
        assert.matches("auth", without(script), 1, true)
        assert.matches("env_file", failing(replicate.new, { env_file = "/proc" }), 1, true)
        assert.matches("env_file", failing(replicate.new, { env_file = 5 }), 1, true)
    end)
end)
