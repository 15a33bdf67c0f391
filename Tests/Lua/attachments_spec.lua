-- Files inside of an input, against the sandbox, whose model "echo" gives back what it got.

local replicate = require "replicate"
local support = require "support"

after_each(support.close_all)

describe("a file in an input", function()
    local client
    local path = os.tmpname()
    local echo = "sandbox/echo"

    setup(function()
        client = support.client()
        local file = assert(io.open(path, "wb"))
        file:write "a fox\n"
        file:close()
    end)

    teardown(function()
        for _, file in ipairs(client.files:list().results) do
            assert(client.files:delete(file.id))
        end
        client:close()
        os.remove(path)
    end)

    --- The record of a file that a URL, or the object of one, names.
    local function record_of(url)
        local id = tostring(url):match "/files/(%w+)$"
        assert.is_not_nil(id)
        return assert(client.files:get(id))
    end

    it("is uploaded wherever it stands, and stands there as its URL", function()
        local open = support.closed(assert(io.open(path, "rb")))
        local given = {
            text = "x",
            image = replicate.bytes("\0\1\2", { name = "a.png" }),
            list = { 1, replicate.file(path, { name = "b.txt" }), { deep = { ["a/b~c"] = open, [""] = replicate.bytes "e" } } },
            none = replicate.null,
            number = 12,
        }
        local _, prediction = assert(client:run(echo, { input = given }))
        local input = prediction.input
        assert.same({ "image/png", 3 }, { record_of(input.image).content_type, record_of(input.image).size })
        assert.equal("b.txt", record_of(input.list[2]).name)
        assert.same({ 1, 12, "x" }, { input.list[1], input.number, input.text })
        local deep = input.list[3].deep
        assert.equal(path:match "[^/]+$", record_of(deep["a/b~c"]).name)
        assert.equal(1, record_of(deep[""]).size)
        assert.equal("a.png", given.image.name, "what was given stays as it is")
    end)

    it("goes inside of the request on demand", function()
        local before = #client.files:list().results
        local given = { text = replicate.bytes("fox", { type = "a/b" }), list = { replicate.file(path, { name = "x.json" }) } }
        local _, prediction = assert(client:run(echo, { input = given, file_encoding_strategy = "data-uri" }))
        assert.equal("data:a/b;base64,Zm94", prediction.input.text)
        assert.equal("data:application/json;base64,YSBmb3gK", prediction.input.list[1])
        local other = support.closed(support.client { file_encoding_strategy = "data-uri" })
        _, prediction = assert(other:run(echo, { input = given }))
        assert.equal("data:a/b;base64,Zm94", prediction.input.text)
        assert.equal(before, #client.files:list().results)
    end)

    it("may stand in every place of a list, also in one that Lua keeps out of order", function()
        local list = {}
        for place = 40, 1, -1 do
            list[place] = place % 3 == 0 and replicate.bytes("x", { name = place .. ".txt" }) or place
        end
        local _, prediction = assert(client:run(echo, { input = { text = "x", list = list } }))
        for place = 1, 40 do
            local value = prediction.input.list[place]
            assert.equal(place % 3 == 0 and place .. ".txt" or place, place % 3 == 0 and record_of(value).name or value)
        end
    end)

    it("tells how far all of them are", function()
        local seen = {}
        local function on_upload(progress)
            seen[#seen + 1] = progress
        end
        local input = { text = "x", list = { replicate.bytes(("x"):rep(100000)), replicate.bytes "y" } }
        local prediction = assert(client.predictions:create { model = echo, input = input, on_upload = on_upload })
        assert.is_nil(prediction.input.on_upload)
        assert.is_true(#seen > 0)
        assert.same({ sent = 100001, total = 100001 }, seen[#seen])
        seen = {}
        assert(client:run(echo, { input = input, on_upload = on_upload }))
        assert.same({ sent = 100001, total = 100001 }, seen[#seen])
    end)

    it("goes with each way to create", function()
        local input = { text = replicate.file(path) }
        for _, start in ipairs {
            function() return client.predictions:create { model = echo, input = input } end,
            function() return client.models.predictions:create("sandbox", "echo", { input = input }) end,
            function() return select(2, client:use(echo)(input)) end,
            function() return client:spawn(client.run, client, echo, { input = input }):wait() end,
        } do
            local result = assert(start())
            record_of(result.input and result.input.text or result.text)
        end
        local got
        client:run(echo, { input = input }, function(_, err, prediction)
            got = err or prediction
        end)
        client:loop()
        record_of(got.input.text)
    end)

    it("goes with a stream", function()
        local seen
        local text = {}
        for event in client:stream("meta/meta-llama-3-8b-instruct", {
            input = { prompt = replicate.bytes("fox", { name = "p.txt" }) },
            on_upload = function(progress) seen = progress end,
        }) do
            text[#text + 1] = event.event == "output" and event.data or nil
        end
        assert.same({ sent = 3, total = 3 }, seen)
        assert.is_true(#text > 0)
    end)

    it("gives nil and an error where it is not there, and nothing is created", function()
        local before = #client.predictions:list().results
        local closed = assert(io.open(path))
        closed:close()
        for _, file in ipairs { replicate.file "/nowhere/fox.png", replicate.file "/tmp", closed, io.stdout } do
            local output, err = client:run(echo, { input = { list = { "x", { image = file } } } })
            assert.is_nil(output)
            assert.equal("invalid_input", err.kind)
            assert.matches("input at /list/1/image: ", err.message, 1, true)
            assert.equal("invalid_input: " .. err.message, tostring(err))
        end
        local _, err = client:run(echo, { input = { a = replicate.bytes "12345" }, max_upload_bytes = 4 })
        assert.equal("not_sent", err.delivery)
        assert.matches("max_upload_bytes", err.message, 1, true)
        assert.equal(before, #client.predictions:list().results)
    end)

    it("fails where the upload does, and nothing is created", function()
        local dead = support.closed(support.client { base_url = support.dead_url(), max_retries = 0 })
        local _, err = dead:run(echo, { input = { a = replicate.bytes(("x"):rep(256001), { name = "large.bin" }) } })
        assert.same({ "network", "not_sent" }, { err.kind, err.delivery })
        assert.matches("large.bin could not be uploaded", err.message, 1, true)
    end)

    it("raises where it cannot be", function()
        local function raises(pattern, fn, ...)
            local ok, message = pcall(fn, ...)
            assert.is_false(ok)
            assert.matches(pattern, tostring(message), 1, true)
        end
        local file = replicate.bytes "x"
        raises("input: a file is no input", client.run, client, echo, { input = file })
        raises("webhook", client.run, client, echo, { input = {}, webhook = file })
        raises("zero byte", client.run, client, echo, { input = { ["a\0b"] = file } })
        raises("on_upload must be a function", client.run, client, echo, { input = {}, on_upload = 5 })
        raises('must be "upload" or "data-uri"', client.run, client, echo, { input = {}, file_encoding_strategy = "url" })
        raises("lost its path or its data", client.run, client, echo, { input = { a = setmetatable({}, getmetatable(file)) } })
        -- Found in review: elsewhere than in an input its path or its bytes went out as a table.
        raises("metadata.a: a file can only be in", client.files.create, client.files, file, { metadata = { a = file } })
        raises("webhook: a file", client.run, client, echo, { input = {}, webhook = file })
        assert.is_nil((replicate.json_encode(file)))
        assert.is_nil((replicate.json_encode { io.stdout }))
    end)
end)
