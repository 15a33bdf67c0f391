-- Files up and down, against the sandbox, whose links to files are signed with a secret that Tests/with-sandbox sets.

local replicate = require "replicate"
local support = require "support"

local secret = os.getenv "SANDBOX_FILES_SECRET"

local function signature(id, expiry)
    return replicate.files.sign { owner = "sandbox", id = id, expiry = expiry, secret = secret }
end

local function contents(path)
    local file = io.open(path, "rb")
    return file and file:read "*a", file and file:close()
end

after_each(support.close_all)

describe("files", function()
    local client
    local folder
    local all_bytes = {}
    for byte = 0, 255 do
        all_bytes[#all_bytes + 1] = string.char(byte)
    end
    local data = table.concat(all_bytes):rep(4096) -- 1 MiB

    local function at(name, text)
        local path = folder .. "/" .. name
        if text then
            local file = assert(io.open(path, "wb"))
            file:write(text)
            file:close()
        end
        return path
    end

    local function link(id, more)
        local options = { owner = "sandbox", expiry = 9999999999, signature = signature(id, 9999999999) }
        for name, value in pairs(more or {}) do
            options[name] = value
        end
        return options
    end

    setup(function()
        client = support.client()
        folder = os.tmpname()
        os.remove(folder)
        assert(os.execute("mkdir " .. folder))
    end)

    teardown(function()
        for _, file in ipairs(client.files:list().results) do
            assert(client.files:delete(file.id))
        end
        client:close()
        os.execute("rm -r " .. folder)
    end)

    describe("create", function()
        it("sends a file on disk under its own name and type", function()
            local file = assert(client.files:create(replicate.file(at("a fox.png", data))))
            assert.equal("a fox.png", file.name)
            assert.equal("image/png", file.content_type)
            assert.equal(#data, file.size)
            assert.same({}, file.metadata)
            assert.equal(file.id, client.files:get(file.id).id)
            assert.equal("string", type(file.urls.get))
        end)

        it("sends a string, with what is said of it", function()
            local metadata = { n = 1, list = { 1 } }
            local file = assert(client.files:create(replicate.bytes(data, { name = "a.wav" }), { metadata = metadata }))
            assert.equal("a.wav", file.name)
            assert.equal("audio/wav", file.content_type)
            assert.same(metadata, file.metadata)
            local bytes = replicate.bytes("x", { name = "a", type = "a/b" })
            file = assert(client.files:create(bytes, { name = "b.gif", metadata = {} }))
            assert.equal("b.gif", file.name)
            assert.equal("a/b", file.content_type)
            file = assert(client.files:create(replicate.bytes ""))
            assert.equal("file", file.name)
            assert.equal(0, file.size)
        end)

        it("sends all of an open file, which stays open and where it was", function()
            local open = support.closed(assert(io.open(at("open.txt", "0123456789"), "rb")))
            open:seek("set", 4)
            local file = assert(client.files:create(open))
            assert.equal("open.txt", file.name)
            assert.equal("text/plain", file.content_type)
            assert.equal("0123456789", client.files:download(file.id, link(file.id)))
            assert.equal("456789", open:read "*a")
            assert.equal("a.b", client.files:create(open, { name = "a.b" }).name)
        end)

        it("sends what was written to a file that is still open", function()
            local open = support.closed(assert(io.tmpfile()))
            open:write "fresh"
            local file = assert(client.files:create(open, { name = "a.txt" }))
            assert.equal("fresh", client.files:download(file.id, link(file.id)))
            open:write "er"
            open:seek "set"
            assert.equal("fresher", open:read "*a")
        end)

        it("gives nil and an error of an open file without an end, or not open for reading", function()
            for mode, path in pairs { w = "/dev/null", r = "/dev/null", a = at("appended", "x") } do
                local open = support.closed(assert(io.open(path, mode)))
                local file, err = client.files:create(open)
                assert.is_nil(file)
                assert.equal("invalid_input", err.kind)
            end
        end)

        it("takes odd names, and makes them safe", function()
            for name, safe in pairs { ['a"b\r\n/c\\d'] = "a_b___c_d", [".."] = "file", ["ü🦊.mp4"] = "ü🦊.mp4" } do
                assert.equal(safe, client.files:create(replicate.bytes("x", { name = name })).name)
            end
        end)

        it("gives nil and an error where there is no such file", function()
            for _, path in ipairs { folder .. "/missing", folder, "/dev/zero" } do
                local file, err = client.files:create(replicate.file(path))
                assert.is_nil(file)
                assert.equal("invalid_input", err.kind)
            end
        end)

        it("refuses what is too large before it is sent", function()
            local file, err = client.files:create(replicate.bytes "12345", { max_upload_bytes = 4 })
            assert.is_nil(file)
            assert.equal("invalid_input", err.kind)
            assert.equal(0, err.attempts)
            assert.matches("max_upload_bytes", err.message, 1, true)
        end)

        it("tells how far it is", function()
            local seen = {}
            local file = assert(client.files:create(replicate.bytes(data), {
                on_progress = function(progress)
                    seen[#seen + 1] = progress
                end,
            }))
            assert.equal(#data, file.size)
            assert.same({ sent = #data, total = #data }, seen[#seen])
        end)

        it("calls back", function()
            local got, problem
            client.files:create(replicate.bytes "x", function(file, err)
                got, problem = file, err
            end)
            client.files:create(replicate.bytes "x", { name = "n" }, function() end):cancel()
            support.poll_until(client, function()
                return got or problem
            end)
            assert.equal(1, got.size)
        end)
    end)

    describe("download", function()
        local id

        setup(function()
            id = assert(client.files:create(replicate.bytes(data, { name = "fox.png" }))).id
        end)

        it("gives all bytes", function()
            assert.is_true(client.files:download(id, link(id)) == data)
            local empty = assert(client.files:create(replicate.bytes ""))
            assert.equal("", client.files:download(empty.id, link(empty.id)))
        end)

        it("saves under a path, and tells how far it is", function()
            local path, seen = at "out.png", {}
            local result = assert(client.files:download(id, link(id, {
                path = path,
                on_progress = function(progress)
                    seen[#seen + 1] = progress
                end,
            })))
            assert.equal(path, result)
            assert.is_true(contents(path) == data)
            assert.same({ received = #data, total = #data }, seen[#seen])
        end)

        it("is as long as its record says, or fails", function()
            local path = at("kept", "old")
            local options = link(id, { path = path, expected_bytes = #data - 1 })
            local _, err = client.files:download(id, options)
            assert.equal("protocol", err.kind)
            assert.matches(("where %d are expected"):format(#data - 1), err.message, 1, true)
            assert.equal("old", contents(path))
            options.expected_bytes = client.files:get(id).size
            assert.equal(path, assert(client.files:download(id, options)))
        end)

        it("leaves what was there when it fails", function()
            local path = at("kept", "old")
            for kind, options in pairs {
                auth = link(id, { path = path, signature = "d3Jvbmc=" }),
                not_found = link(id, { path = path, owner = "nobody" }),
                protocol = link(id, { path = path, max_download_bytes = 1000 }),
            } do
                local result, err = client.files:download(id, options)
                assert.is_nil(result)
                assert.equal(kind, err.kind)
                assert.equal("old", contents(path))
            end
            local _, err = client.files:download(id, link(id, { expiry = 1, signature = signature(id, 1) }))
            assert.equal("auth", err.kind)
            local result, problem = client.files:download(id, link(id, { path = folder .. "/no/such/folder" }))
            assert.is_nil(result)
            assert.equal("invalid_input", problem.kind)
        end)

        it("calls back with the bytes", function()
            local got
            client.files:download(id, link(id), function(bytes)
                got = bytes
            end)
            support.poll_until(client, function()
                return got
            end)
            assert.is_true(got == data)
        end)
    end)

    it("raises for what is wrong in the program", function()
        local function raises(pattern, fn, ...)
            local ok, message = pcall(fn, ...)
            assert.is_false(ok)
            assert.matches(pattern, message, 1, true)
        end
        local files, good = client.files, { owner = "o", expiry = 1, signature = "s" }
        raises("path must be a string", replicate.file, 5)
        raises("path is empty", replicate.file, "")
        raises("data must be a string", replicate.bytes, nil)
        raises("did you mean 'name'", replicate.bytes, "x", { nam = "y" })
        raises("type must be a string", replicate.file, "x", { type = 1 })
        raises("must be a table", replicate.file, "x", "name")
        raises("a string could be either", files.create, files, "path")
        raises("not a closed one", files.create, files, (function()
            local file = assert(io.open(at("closed", "x")))
            file:close()
            return file
        end)())
        raises("replicate.file(path)", files.create, files, nil)
        raises("metadata must be a table", files.create, files, replicate.bytes "x", { metadata = "x" })
        raises("metadata", files.create, files, replicate.bytes "x", { metadata = { f = print } })
        raises("name must be a string", files.create, files, replicate.bytes "x", { name = 1 })
        raises("on_progress must be a function", files.create, files, replicate.bytes "x", { on_progress = 1 })
        raises("did you mean 'metadata'", files.create, files, replicate.bytes "x", { metdata = {} })
        raises("zero byte", replicate.file, "a\0b")
        raises("zero byte", replicate.bytes, "x", { name = "a\0b" })
        raises("id must be a string", files.download, files, nil, good)
        raises("takes a table", files.download, files, "f")
        for name, value in pairs { owner = 1, signature = false, path = 5, expiry = "soon", on_progress = {} } do
            local wrong = { owner = "o", expiry = 1, signature = "s" }
            wrong[name] = value
            raises(name .. " must be", files.download, files, "f", wrong)
        end
        raises("path", files.download, files, "f", { owner = "o", expiry = 1, signature = "s", path = "" })
        raises("did you mean 'signature'", files.download, files, "f", { owner = "o", expiry = 1, signatur = "s" })
    end)
end)
