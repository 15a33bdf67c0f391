-- Webhooks that are checked: with a secret that is given, by the module; with the account's own, by a client, which fetches it
-- once. The vectors are the ones that Replicate's own clients are tested with.

local core = require "replicate.core"
local hostile = require "hostile_rows"
local replicate = require "replicate"
local support = require "support"

-- The vectors have secrets of their own; the rest is signed with that of Tests/canary, which must stand nowhere.
local secret = "whsec_Q0FOQVJZLXdlYmhvb2stc2VjcmV0LTEyMzQ1Ng=="
local of_vectors = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
local other = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
local signature = "v1,JYmEVOHEqaH7c5qb9PuNAQFTFoZlXP0d87nYsGDSb0I="
local body = '{"test": 2432232314}'
local id = "msg_p5jXN8AQM9LWM0D4loKWxJek"

--- A webhook of 2021, taken at any age, with some fields changed, and those in `without` away.
local function webhook(changes)
    local given = {
        id = id, timestamp = "1614265330", signature = signature, body = body, secret = secret, tolerance = false,
    }
    for name, value in pairs(changes or {}) do
        given[name] = value
    end
    for _, name in ipairs(changes and changes.without or {}) do
        given[name] = nil
    end
    given.without = nil
    return given
end

local function with_headers(headers, changes)
    changes = changes or {}
    changes.headers, changes.without = headers, { "id", "timestamp", "signature" }
    return webhook(changes)
end

local function refused(given, kind, words)
    local result, err = replicate.webhooks.validate(given)
    assert.is_nil(result)
    assert.equal(kind, err.kind)
    assert.truthy(err.message:find(words, 1, true), err.message)
    assert.is_nil(tostring(err):find("Q0FOQVJZ", 1, true))
end

after_each(support.close_all)

describe("webhooks.validate of the module", function()
    local vectors = {
        { secret, "1614265330", body, signature },
        { of_vectors, "1614265330", body, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" },
        { other, "1614265330", body, "v1,78nXHjpFP0tVJQW5D0SBwmVyyW87BV/rL6MgfM/Bw44=" },
        {
            of_vectors, "1700000000", '{"id":"p1","status":"succeeded","output":"héllo 世界"}',
            "v1,oo4C2M/AiwlTF3pvG/w4r89fOsD0bCxMWyU3WB1H+BY=",
        },
        { of_vectors, "1614265330", "", "v1,v48jdbgvh29KJz2Qc+ghw8G6vG3nAKnujWBg8oM/62A=" },
    }

    it("takes what is genuine", function()
        for _, row in ipairs(vectors) do
            local given = webhook { secret = row[1], timestamp = row[2], body = row[3], signature = row[4] }
            assert.is_true(replicate.webhooks.validate(given))
        end
    end)

    it("reads headers in any case, as strings or as lists of one", function()
        local names = { "webhook-id", "Webhook-Id", "WEBHOOK-ID", "wEbHoOk-iD" }
        for _, name in ipairs(names) do
            local headers = { [name] = id, ["Webhook-Timestamp"] = { "1614265330" }, ["WEBHOOK-SIGNATURE"] = { signature } }
            headers.Host, headers[1], headers[true] = "example.com", "x", 1
            assert.is_true(replicate.webhooks.validate(with_headers(headers)))
        end
    end)

    it("tells the id of what is genuine, by which one that comes again is known", function()
        local headers = { ["Webhook-ID"] = { id }, ["webhook-timestamp"] = "1614265330", ["webhook-signature"] = signature }
        assert.same({ true, id }, { replicate.webhooks.validate(webhook()) })
        assert.same({ true, id }, { replicate.webhooks.validate(with_headers(headers)) })
        assert.same({ true, id }, { replicate.webhooks.validate(with_headers(headers)) }) -- it keeps none itself
    end)

    it("does not choose between two values of a header", function()
        local headers = { ["webhook-id"] = id, ["webhook-timestamp"] = "1614265330", ["webhook-signature"] = signature }
        headers["Webhook-Id"] = id
        assert.is_true(replicate.webhooks.validate(with_headers(headers))) -- the same twice
        headers["Webhook-Id"] = "msg_other"
        refused(with_headers(headers), "auth", "the header webhook-id came twice")
        headers["Webhook-Id"], headers["webhook-signature"] = nil, { signature, "v1,x" }
        refused(with_headers(headers), "auth", "the header webhook-signature came twice")
    end)

    it("says what is missing", function()
        for _, name in ipairs { "id", "timestamp", "signature" } do
            refused(webhook { without = { name } }, "auth", "the header webhook-" .. name .. " is missing")
            refused(webhook { [name] = "" }, "auth", "the header webhook-" .. name .. " is empty")
        end
        refused(with_headers {}, "auth", "the header webhook-id is missing")
    end)

    it("takes time into account", function()
        local age = os.time() - 1614265330
        assert.is_true(replicate.webhooks.validate(webhook { tolerance = age + 100 }))
        refused(webhook { tolerance = age - 100 }, "auth", " s old, and " .. ("%d"):format(age - 100) .. " s are tolerated")
        refused(webhook { without = { "tolerance" } }, "auth", " s old, and 300 s are tolerated")
        refused(webhook { tolerance = 0 }, "auth", " s old, and 0 s are tolerated")
        refused(webhook { timestamp = "9999999999", tolerance = 5.5 }, "auth", " s ahead, and 5 s are tolerated")
        for _, timestamp in ipairs { "now", "-1", "+1614265330", " 1614265330", "1614265330.0", "0x10", ("9"):rep(30) } do
            refused(webhook { timestamp = timestamp }, "auth", "webhook-timestamp is not a number")
        end
    end)

    it("looks at several signatures, of v1 only, and at 32", function()
        local wrong = "v1,bm9ldHUjKzFob2VudXRob2VodWUzMjRvdWVvdW9ldQo="
        local is_fine = {
            wrong .. " " .. signature, signature .. " " .. wrong, "v2,x  " .. signature .. " ", "junk " .. signature,
            "v1,x v1 v1, , " .. signature, (wrong .. " "):rep(31) .. signature,
        }
        for _, header in ipairs(is_fine) do
            assert.is_true(replicate.webhooks.validate(webhook { signature = header }))
        end
        refused(webhook { signature = (wrong .. " "):rep(32) .. signature }, "auth", "no signature of the webhook matches")
        refused(webhook { signature = wrong }, "auth", "no signature of the webhook matches")
        for _, label in ipairs { "v2", "V1", "v11", "v1a", "", " v1 " } do
            refused(webhook { signature = label .. signature:sub(3) }, "auth", "has no v1 signature")
        end
        refused(webhook { signature = signature:gsub("=", "") }, "auth", "has no v1 signature")
    end)

    it("refuses what was changed", function()
        refused(webhook { body = body .. " " }, "auth", "no signature of the webhook matches")
        refused(webhook { id = id .. "x" }, "auth", "no signature of the webhook matches")
        refused(webhook { timestamp = "1614265331" }, "auth", "no signature of the webhook matches")
        refused(webhook { secret = other }, "auth", "no signature of the webhook matches")
    end)

    it("tells of a secret that is none, and not what it is", function()
        for _, wrong in ipairs {
            "Q0FOQVJZLXdlYmhvb2stc2VjcmV0LTEyMzQ1Ng==", "whsec_", "whsec_Q0FOQVJZLXdlYmhvb2*t", "whsec_Q0FOQVJZL",
            "WHSEC_Q0FOQVJZLXdlYmhv", "", "whsec_Q0FOQVJZLXdlYmhv\n", " whsec_Q0FOQVJZLXdlYmhv", "whsec_Q0FOQVJZLXdlYmhv\0",
        } do
            refused(webhook { secret = wrong }, "invalid_input", "secret")
        end
    end)

    it("needs no token, and makes no client", function()
        local script = [[
            local replicate = require "replicate"
            local count = #assert(io.popen "ls /proc/$PPID/task"):read "*a"
            assert(replicate.webhooks.validate {
                id = "%s", timestamp = "1614265330", signature = "%s", body = '%s', secret = "%s", tolerance = false,
            })
            assert(#replicate.files.sign { owner = "acme", id = "f", expiry = 1, secret = "x" } == 44)
            assert(#assert(io.popen "ls /proc/$PPID/task"):read "*a" == count)
            print "fine"
        ]]
        local path = os.tmpname()
        local file = assert(io.open(path, "w"))
        file:write(script:format(id, signature, body, secret))
        file:close()
        local lua = os.getenv "REPLICATE_LUA_COMMAND" or "lua5.4"
        local pipe = assert(io.popen("env -u REPLICATE_API_TOKEN " .. lua .. " " .. path .. " 2>&1"))
        local said = pipe:read "*a"
        pipe:close()
        os.remove(path)
        assert.equal("fine\n", said)
    end)

    it("raises what is wrong in the program", function()
        local function raises(words, given)
            local ok, err = pcall(replicate.webhooks.validate, given)
            assert.is_false(ok)
            assert.truthy(tostring(err):find(words, 1, true), tostring(err))
        end
        raises("with a colon, fetches it", webhook { without = { "secret" } })
        raises("body must be", webhook { without = { "body" } })
        raises("id must be a string", webhook { id = 5 })
        raises("tolerance must be", webhook { tolerance = -1 })
        raises("tolerance must be", webhook { tolerance = true })
        raises("not both", webhook { headers = {} })
        raises("did you mean 'signature'", webhook { signatur = "x" })
        raises("the header 'webhook-id' must be a string", with_headers { ["webhook-id"] = {} })
        local fine = hostile.fine.from_outside
        for _, name in ipairs { "id", "timestamp", "signature", "secret" } do
            for _, each in ipairs(hostile.values) do
                local given = webhook()
                given[name] = each[2]
                local ok, result = pcall(replicate.webhooks.validate, given)
                local is_fine = fine[each[1]] and not (name == "secret" and each[2] == nil)
                assert.equal(is_fine or false, ok, name .. ": " .. each[1])
                assert.is_true(not ok or result == nil)
            end
        end
    end)
end)

describe("webhooks of a client", function()
    local now = core.now

    after_each(function()
        core.now = now
    end)

    --- A client of a server that tells a secret, and how many times it did.
    local function with_server(secrets)
        local told = { count = 0 }
        told.server = support.closed(support.recording_server(function()
            told.count = told.count + 1
            local key = secrets[math.min(told.count, #secrets)]
            return replicate.json_encode { key = key }, key and "200 OK" or "403 Forbidden"
        end))
        told.client = support.closed(support.client { base_url = told.server.url, timeout = 5, max_retries = 0 })
        return told.client, told
    end

    local function own(changes)
        local given = webhook(changes)
        given.secret = changes and changes.secret
        return given
    end

    it("fetches the secret once, however many ask", function()
        local client, told = with_server { secret }
        local seen = {}
        local function keep(result, err)
            seen[#seen + 1] = result or err
        end
        for _ = 1, 3 do
            client.webhooks:secret(keep)
            client:spawn(function() keep(client.webhooks:secret()) end)
            client.webhooks:validate(own(), keep)
            client:poll()
        end
        told.server.serve(1)
        client:loop()
        assert.equal(9, #seen)
        for _, each in ipairs(seen) do
            assert.is_true(each == secret or each == true)
        end
        assert.equal(secret, client.webhooks:secret()) -- no request, or this would wait in vain
        assert.is_true(client.webhooks:validate(own()))
        assert.equal(1, told.count)
    end)

    it("tells a callback the id behind the error, as run tells its prediction", function()
        local client, told = with_server { secret }
        local seen
        client.webhooks:validate(own(), function(...) seen = support.pack(...) end)
        client:poll()
        told.server.serve(1)
        client:loop()
        assert.same({ true, nil, id, n = 3 }, seen)
        client.webhooks:validate(own { body = "forged" }, function(...) seen = support.pack(...) end)
        client:loop()
        assert.is_nil(seen[1])
        assert.equal("auth", seen[2].kind)
    end)

    it("fetches nothing where a secret is given, or nothing has come", function()
        local client, told = with_server { secret }
        assert.is_true(client.webhooks:validate(webhook()))
        local result, err = client.webhooks:validate(webhook { secret = other })
        assert.is_nil(result)
        assert.equal("auth", err.kind)
        assert.equal(0, told.count)
    end)

    it("asks again where the answer was none", function()
        local client, told = with_server { false, secret }
        local problem
        client.webhooks:secret(function(_, err) problem = err end)
        client:poll()
        told.server.serve(1)
        client:loop()
        assert.equal("auth", problem.kind)
        assert.equal(403, problem.status)
        local key
        client.webhooks:secret(function(given) key = given end)
        client:poll()
        told.server.serve(1)
        client:loop()
        assert.equal(secret, key)
    end)

    it("keeps it where who prints the client with all that is in it does not see it", function()
        local client, told = with_server { secret }
        client.webhooks:secret(function() end)
        client:poll()
        told.server.serve(1)
        client:loop()
        local seen = {}
        local function look(value)
            if type(value) == "table" and not seen[value] then
                seen[value] = true
                for key, field in next, value do
                    look(key)
                    look(field)
                end
                look(getmetatable(value))
            end
            assert.is_false(type(value) == "string" and value:find(secret, 1, true) ~= nil)
        end
        look(client)
        assert.equal(secret, client.webhooks:secret())
    end)

    it("fetches it anew after a mismatch, not more often than every 5 minutes", function()
        local client, told = with_server { other, secret }
        local results = {}
        local function validate(requests, changes)
            client.webhooks:validate(own(changes), function(is_genuine, err) results[#results + 1] = is_genuine or err.kind end)
            client:poll()
            told.server.serve(requests)
            client:loop()
            return results[#results]
        end
        assert.equal("auth", validate(1))
        assert.equal("auth", validate(0)) -- it was only just fetched
        core.now = function() return now() + 299 end
        assert.equal("auth", validate(0))
        core.now = function() return now() + 301 end
        assert.equal("auth", validate(0, { timestamp = "x" })) -- no secret would make that one right
        assert.equal("auth", validate(0, { without = { "id" } }))
        assert.is_true(validate(1))
        assert.equal("auth", validate(0, { body = "forged" }))
        assert.is_true(validate(0))
        assert.equal(2, told.count)
    end)

    it("goes on for the others when a task that waits for it is canceled", function()
        local client, told = with_server { secret }
        local seen
        local task = client:spawn(function() return client.webhooks:secret() end)
        client:poll()
        client.webhooks:secret(function(key) seen = key end)
        client:poll()
        task:cancel()
        client:poll()
        assert.equal("canceled", task:status())
        told.server.serve(1)
        client:loop()
        assert.equal(secret, seen)
        assert.equal(1, told.count)
    end)

    it("tells a callback when the client is closed", function()
        local client = with_server { secret }
        local seen
        client.webhooks:secret(function(_, err) seen = err end)
        client:poll()
        client:close()
        assert.equal("canceled", seen.kind)
    end)

    it("takes an answer without a secret for what it is", function()
        for _, answer in ipairs { "{}", '{"key": 5}', '{"key": ""}', "[]", "null" } do
            local server = support.closed(support.recording_server(function() return answer end))
            local client = support.closed(support.client { base_url = server.url })
            local problem
            client.webhooks:secret(function(_, err) problem = err end)
            client:poll()
            server.serve(1)
            client:loop()
            assert.equal("protocol", problem.kind)
        end
    end)

    it("is the sandbox's here, and the default client's with a dot", function()
        local client = support.closed(support.client())
        assert.equal(client.webhooks.default.secret:get().key, client.webhooks:secret())
        assert.equal(client.webhooks:secret(), replicate.webhooks.secret())
        local result, err = client.webhooks:validate(own())
        assert.is_nil(result)
        assert.equal("auth", err.kind)
        replicate.close()
    end)

    it("says that a method needs its colon", function()
        local client = support.closed(support.client())
        local ok, err = pcall(client.webhooks.validate, webhook())
        assert.is_false(ok)
        assert.truthy(err:find("client.webhooks:validate(…)", 1, true))
    end)
end)

describe("files.sign", function()
    it("makes the signature of a link", function()
        local given = { owner = "acme", id = "cneqzikepnug6xezperrr4z55o", expiry = 1708515345, secret = "test-files-secret" }
        assert.equal("gk7rB0uU68Q+Kmy6rI5j2X1wByLaS7TlXLQcNw3wfzg=", replicate.files.sign(given))
        local client = support.closed(support.client())
        assert.equal(replicate.files.sign(given), client.files:sign(given))
    end)

    it("is what download does with a secret", function()
        local client = support.closed(support.client())
        local file = assert(client.files:create(replicate.bytes "signed"))
        local key = os.getenv "SANDBOX_FILES_SECRET"
        assert.equal("signed", client.files:download(file.id, { owner = "sandbox", expiry = 9999999999, secret = key }))
        local _, err = client.files:download(file.id, { owner = "sandbox", expiry = 9999999999, secret = key .. "x" })
        assert.equal("auth", err.kind)
        -- Signatures have signs that mean something else in a query.
        for expiry = 9999999000, 9999999040 do
            local data = assert(client.files:download(file.id, { owner = "sandbox", expiry = expiry, secret = key }))
            assert.equal("signed", data)
        end
        client.files:delete(file.id)
    end)

    it("raises what is wrong in the program", function()
        local client = support.closed(support.client())
        local function raises(words, fn, ...)
            local ok, err = pcall(fn, ...)
            assert.is_false(ok)
            assert.truthy(tostring(err):find(words, 1, true), tostring(err))
        end
        local sign = replicate.files.sign
        raises("owner holds a space", sign, { owner = "a b", id = "f", expiry = 1, secret = "s" })
        raises("id holds a zero byte", sign, { owner = "a", id = "f\0", expiry = 1, secret = "s" })
        raises("secret is empty", sign, { owner = "a", id = "f", expiry = 1, secret = "" })
        raises("expiry must be", sign, { owner = "a", id = "f", expiry = -1, secret = "s" })
        raises("secret must be", sign, { owner = "a", id = "f", expiry = 1 })
        raises("not both", client.files.download, client.files, "f", { owner = "a", expiry = 1, secret = "s", signature = "x" })
        raises("secret must be", client.files.download, client.files, "f", { owner = "a", expiry = 1, secret = 5 })
        raises("signature must be", client.files.download, client.files, "f", { owner = "a", expiry = 1 })
    end)
end)
