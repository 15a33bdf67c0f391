-- The files that models put out: which texts become objects, what those can do, and saving them all. Against the sandbox, and
-- against a server that answers as the spec says.

local core = require "replicate.core"
local replicate = require "replicate"
local support = require "support"

local model = "fofr/consistent-character:9c77a3c2f884193fcee4d89645f02a0b9def9434f9e03cb98460456b831c8772"
local png = "\137PNG\r\n\26\n"

local function contents(path)
    local file = io.open(path, "rb")
    return file and file:read "*a", file and file:close()
end

after_each(support.close_all)

describe("outputs", function()
    local client, folder

    setup(function()
        client = support.client()
    end)

    teardown(function()
        client:close()
    end)

    before_each(function()
        folder = os.tmpname()
        os.remove(folder)
        assert(os.execute("mkdir " .. folder))
    end)

    after_each(function()
        os.execute("rm -r " .. folder)
    end)

    --- The names in the folder, hidden ones too.
    local function names(path)
        local pipe = assert(io.popen("ls -A " .. (path or folder)))
        local found = {}
        for name in pipe:lines() do
            found[#found + 1] = name
        end
        pipe:close()
        return found
    end

    local function run(options, count, callback)
        options.input = { prompt = "a fox", subject = "https://example.com/fox.png", number_of_outputs = count or 2 }
        return client:run(model, options, callback)
    end

    --- A client of a server that runs one prediction with this output, as JSON; whatever else is asked for is answered by
    -- `answer`, or with "bytes".
    local function fake(output, answer)
        local server = support.closed(support.recording_server(function(head, body)
            if head:find "^POST" then
                return ('{"id":"p1","status":"succeeded","output":%s}'):format(output), "201 Created"
            elseif answer then
                return answer(head, body)
            end
            return "bytes", "200 OK", "image/webp"
        end))
        local mine = support.closed(assert(replicate.new { base_url = server.url, max_retries = 0, idle_timeout = 5 }))
        return mine, server, server.url:gsub("/v1$", "")
    end

    --- What `fn` gives in a task of the client, whose requests the server takes.
    local function with_server(mine, server, fn)
        local task = mine:spawn(fn)
        support.poll_until(mine, function()
            server.serve_if_any()
            return task:status() ~= "pending"
        end)
        return task:wait()
    end

    describe("of a run", function()
        it("are objects, and the prediction keeps the server's texts", function()
            for _, wait in ipairs { false, true } do
                local output, prediction = assert(run { wait = wait })
                assert.equal(2, #output)
                assert.equal("string", type(prediction.output[1]))
                for index, file in ipairs(output) do
                    assert.equal(prediction.output[index], file:url())
                    assert.equal("image/png", file:type())
                    assert.is_nil(file:path())
                    assert.equal(png, file:read():sub(1, 8))
                end
                assert.equal(replicate.json_encode(prediction.output), replicate.json_encode(output))
            end
        end)

        it("are objects with a callback, in tasks, with use and in map", function()
            local seen
            run({}, 1, function(output, err)
                seen = err or output[1]
            end)
            support.poll_until(client, function()
                return seen
            end)
            assert.equal(png, seen:read():sub(1, 8))
            local read = client:spawn(function()
                return assert(assert(run({}, 1))[1]:read()):sub(1, 8)
            end):wait()
            assert.equal(png, read)
            local picture = assert(client:use "bytedance/seedream-3" { prompt = "a fox", size = "small" })
            assert.equal(png, picture:read():sub(1, 8))
            local results = assert(client:map({ "a", "b" }, function(prompt)
                return client:run("bytedance/seedream-3", { input = { prompt = prompt, size = "small" } })
            end))
            assert.equal("image/png", results[2]:type())
        end)

        it("stay texts where that is asked for, of a run or of the client", function()
            assert.equal("string", type(run({ file_output = false }, 1)[1]))
            local plain = support.closed(support.client { file_output = false })
            local options = { input = { prompt = "a fox", size = "small" } }
            assert.equal("string", type(plain:run("bytedance/seedream-3", options)))
            options.file_output = true
            assert.equal("table", type(plain:run("bytedance/seedream-3", options)))
        end)

        it("are objects at any depth; what only begins like an URL is text; nothing else changes", function()
            local json = [==[{"a":["https://h/x.png",null,{"b":"data:text/plain,in","n":12345678901234,"e":[],"o":{}}],
                "prose":"https: this is prose","http":"http://h/y","longer":"https://h/x and more","five":5,"no":false}]==]
            local mine, server = fake(json)
            local prediction
            local output = with_server(mine, server, function()
                local result
                result, prediction = mine:run("a/b", {})
                return result
            end)
            assert.equal("https://h/x.png", output.a[1]:url())
            assert.equal(replicate.null, output.a[2])
            assert.equal("text/plain", output.a[3].b:type())
            assert.equal("in", output.a[3].b:read())
            assert.equal("http://h/y", output.http:url()) -- the base URL is http
            assert.equal("https: this is prose", output.prose)
            assert.equal("https://h/x and more", output.longer)
            assert.equal(12345678901234, output.a[3].n)
            assert.is_false(output.no)
            assert.is_true(replicate.json_encode(output.a):find('"e":[]', 1, true) ~= nil)
            assert.is_true(replicate.json_encode(output.a):find('"o":{}', 1, true) ~= nil)
            assert.equal("string", type(prediction.output.a[1]))
            -- An output without files is the prediction's own table.
            mine, server = fake '["text",null,[]]'
            output = with_server(mine, server, function()
                local result
                result, prediction = mine:run("a/b", {})
                return result
            end)
            assert.equal(prediction.output, output)
        end)

        it("cost little where there are many texts", function()
            local words = {}
            for index = 1, 10000 do
                words[index] = "data hello " .. index
            end
            local mine, server = fake(replicate.json_encode(words))
            local output, prediction = nil, nil
            with_server(mine, server, function()
                output, prediction = mine:run("a/b", {})
            end)
            assert.equal(10000, #output)
            assert.equal(prediction.output, output)
        end)
    end)

    describe("of a prediction that was got in another way", function()
        it("are objects by files()", function()
            local prediction = assert(client.predictions:create {
                model = "bytedance/seedream-3", input = { prompt = "a fox", size = "small" },
            })
            assert.is_nil(prediction:files())
            assert(prediction:wait())
            assert.equal("string", type(prediction.output))
            assert.equal(prediction.output, prediction:files():url())
            assert.equal(png, client.predictions:get(prediction.id):files():read():sub(1, 8))
        end)

        it("can be opened by an URL that was kept", function()
            local _, prediction = assert(client:run("bytedance/seedream-3", {
                wait = false, input = { prompt = "a fox", size = "small" },
            }))
            assert.equal(png, client:file_output(prediction.output):read():sub(1, 8))
            assert.equal("kept", replicate.file_output("data:,kept"):read())
            replicate.close()
        end)
    end)

    describe("an object", function()
        it("is its URL as text, in JSON and as an input, and is not fetched for that", function()
            local file = client:file_output "https://h/x.png"
            assert.equal("https://h/x.png", tostring(file))
            assert.equal("<https://h/x.png>", "<" .. file .. ">")
            assert.equal("https://h/x.pnghttps://h/x.png1", file .. file .. 1)
            assert.equal('{"image":["https://h/x.png"]}', replicate.json_encode { image = { file } })
            assert.equal('"https://h/x.png"', replicate.json_encode(file))
            local ok, err = pcall(function()
                return file .. {}
            end)
            assert.is_false(ok)
            assert.matches("not with a table", err)
            local echoed = assert(client:run("sandbox/echo", { input = { image = file, deep = { file } } }))
            local text = replicate.json_encode(echoed)
            assert.matches("https://h/x.png", text, 1, true)
            local output = assert(run({ wait = false }, 1))
            local scene = assert(client:run("ideogram-ai/ideogram-character", {
                input = { prompt = "on a bicycle", character_reference_image = output[1] },
            }))
            assert.equal(png, scene:read():sub(1, 8))
        end)

        it("knows its type by its name, by its data: URI, or once it was fetched", function()
            for url, kind in pairs {
                ["https://h/x.webp?a=b.png"] = "image/webp", ["data:audio/mpeg;base64,"] = "audio/mpeg",
                ["data:,x"] = "text/plain",
                ["data:;base64,eA=="] = "text/plain", ["https://h/x"] = false, ["https://h/x.nothing"] = false,
            } do
                assert.equal(kind or nil, client:file_output(url):type())
            end
            local mine, server, origin = fake "1"
            local file = mine:file_output(origin .. "/x")
            assert.is_nil(file:type())
            assert.equal("bytes", with_server(mine, server, function()
                return file:read()
            end))
            assert.equal("image/webp", file:type())
        end)

        it("is saved whole, with a callback, in a task, and with progress", function()
            local path, seen = folder .. "/fox.png", nil
            local file = run({ wait = false }, 1)[1]
            assert.equal(path, file:save(path, {
                on_progress = function(progress)
                    seen = progress
                end,
            }))
            assert.equal(path, file:path())
            assert.equal(seen.total, #contents(path))
            assert.equal(file:read(), contents(path))
            local got
            file:save(folder .. "/2.png", function(result, err)
                got = result or err
            end)
            support.poll_until(client, function()
                return got
            end)
            assert.equal(folder .. "/2.png", got)
            assert.equal(folder .. "/3.png", client:spawn(function()
                return file:save(folder .. "/3.png")
            end):wait())
            assert.same({ "2.png", "3.png", "fox.png" }, names())
        end)

        it("leaves what was there when saving fails", function()
            local statuses = { ["/gone"] = "404 Not Found", ["/moved"] = "302 Found" }
            local mine, server, origin = fake("1", function(head)
                return "no", statuses[head:match "^GET (%S+)"] or "200 OK", "text/plain"
            end)
            local path = folder .. "/kept"
            local file = assert(io.open(path, "w"))
            file:write "old"
            file:close()
            for url, kind in pairs { ["/gone"] = "not_found", ["/moved"] = "protocol" } do
                local _, err = with_server(mine, server, function()
                    return mine:file_output(origin .. url):save(path)
                end)
                assert.equal(kind, err.kind)
            end
            for _, limit in ipairs { "max_download_bytes", "expected_bytes" } do
                local _, err = with_server(mine, server, function()
                    return mine:file_output(origin .. "/long"):save(path, { [limit] = 1 })
                end)
                assert.equal("protocol", err.kind)
                assert.matches(limit, err.message, 1, true)
            end
            local _, err = mine:file_output("data:,x"):save(folder .. "/no/such/folder")
            assert.equal("invalid_input", err.kind)
            assert.same({ "kept" }, names())
            assert.equal("old", contents(path))
        end)

        it("never takes the token along", function()
            local heads = {}
            local mine, server, origin = fake("1", function(head)
                heads[#heads + 1] = head
                return "x"
            end)
            with_server(mine, server, function()
                mine:file_output(origin .. "/x"):read()
                mine:file_output(server.url .. "/files"):read()
            end)
            assert.equal(2, #heads)
            for _, head in ipairs(heads) do
                assert.is_nil(head:lower():find "authorization")
            end
        end)

        it("raises for what is wrong in the program", function()
            local file = client:file_output "https://h/x"
            local function raises(pattern, fn, ...)
                local ok, message = pcall(fn, ...)
                assert.is_false(ok)
                assert.matches(pattern, message, 1, true)
            end
            raises("with a colon", file.read)
            raises("with a colon", file.save, "x")
            raises("the path must be a string", file.save, file)
            raises("the path is empty", file.save, file, "")
            raises("on_progress must be a function", file.read, file, { on_progress = 1 })
            raises("unknown option 'headers'", file.read, file, { headers = {} })
            raises("callback must be a function", file.read, file, {}, 1)
            raises("the URL must be", client.file_output, client, "file:///etc/passwd")
            raises("the URL must be a string", client.file_output, client, nil)
            raises("file_output must be true or false", client.run, client, "a/b", { file_output = 1 })
            raises("save_outputs must be a string", client.run, client, "a/b", { save_outputs = true })
            raises("file_output must be true or false", replicate.new, { auth = "x", file_output = "no" })
        end)
    end)

    describe("chunks", function()
        local data = ("0123456789abcdef"):rep(2 ^ 17) -- 2 MiB
        local url

        setup(function()
            url = "data:application/x," .. data
        end)

        it("are all the bytes, in their order", function()
            local got, count = {}, 0
            for bytes in client:file_output(url):chunks() do
                got[#got + 1] = bytes
                count = count + 1
            end
            assert.is_true(table.concat(got) == data)
            assert.is_true(count > 1)
        end)

        it("come in a task, with a callback, and by next", function()
            local file = client:file_output(url)
            assert.equal(#data, client:spawn(function()
                local size = 0
                for bytes in file:chunks() do
                    size = size + #bytes
                    client:sleep(0)
                end
                return size
            end):wait())
            local size, ended, problem = 0, false, nil
            file:chunks(function(bytes, err)
                if bytes then
                    size = size + #bytes
                else
                    ended, problem = true, err
                end
            end)
            support.poll_until(client, function()
                return ended
            end)
            assert.is_nil(problem)
            assert.equal(#data, size)
            local pieces, parts = file:chunks(), {}
            local bytes = assert(pieces:next())
            while bytes do
                parts[#parts + 1] = bytes
                bytes = pieces:next()
            end
            assert.is_true(table.concat(parts) == data)
        end)

        it("raise what goes wrong, and next gives it", function()
            local mine = support.closed(assert(replicate.new { base_url = support.dead_url(), max_retries = 0 }))
            local file = mine:file_output((support.dead_url():gsub("/v1$", "/x")))
            local ok, err = pcall(function()
                for _ in file:chunks() do
                    error "there are none"
                end
            end)
            assert.is_false(ok)
            assert.equal("network", err.kind)
            local none
            none, err = file:chunks():next()
            assert.is_nil(none)
            assert.equal("network", err.kind)
        end)

        it("end the connection when the loop is left", function()
            local listener = support.closed(assert(require("socket").bind("127.0.0.1", 0)))
            local _, port = listener:getsockname()
            local mine = support.closed(support.client())
            local pieces = mine:file_output(("http://127.0.0.1:%s/x"):format(port)):chunks()
            listener:settimeout(20)
            local connection = support.closed(assert(listener:accept()))
            connection:settimeout(20)
            repeat until assert(connection:receive "*l") == ""
            connection:send "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nabc"
            assert.equal("abc", pieces())
            pieces:close()
            local line, problem = connection:receive "*l"
            assert.is_nil(line)
            assert.equal("closed", problem)
            assert.equal(nil, (pieces()))
        end)

        it("end the transfer when the loop is left", function()
            local file = client:file_output(url)
            local pieces = file:chunks()
            assert(pieces())
            pieces:close()
            assert.is_true(pieces:next() == nil)
            for bytes in file:chunks() do
                if #bytes > 0 then
                    break
                end
            end
            collectgarbage()
            collectgarbage()
            client:loop()
            assert.equal(0, client:pending())
            support.poll_until(client, function()
                return next(client._requests) == nil
            end)
        end)
    end)

    describe("save_outputs", function()
        it("saves every file under a name with the prediction's id, and the objects know where", function()
            for _, wait in ipairs { false, true } do
                local output, prediction = assert(run({ wait = wait, save_outputs = folder .. "/new" }, 3))
                local found = names(folder .. "/new")
                assert.equal(3, #found)
                for _, file in ipairs(output) do
                    assert.equal(folder .. "/new/" .. prediction.id, file:path():sub(1, #folder + 5 + #prediction.id))
                    assert.equal(png, contents(file:path()):sub(1, 8))
                    assert.equal("image/png", file:type())
                end
                os.execute("rm -r " .. folder .. "/new")
            end
            local output = assert(run({ save_outputs = folder, file_output = false }, 1))
            assert.equal("string", type(output[1]))
            assert.equal(1, #names())
            local text = assert(client:run("replicate/hello-world", { save_outputs = folder .. "/none", input = { text = "x" } }))
            assert.equal("hello x", text)
            assert.equal(1, #names())
        end)

        it("works with a callback, in a task, with use and in map", function()
            local seen
            local request = run({ save_outputs = folder }, 1, function(output, err, prediction)
                seen = { output, err, prediction }
            end)
            assert.equal("pending", request:status())
            support.poll_until(client, function()
                return seen
            end)
            assert.equal("succeeded", request:status())
            assert.is_nil(seen[2])
            assert.equal(1, #names())
            assert.is_true(seen[3].output ~= nil)
            local draw = client:use "bytedance/seedream-3"
            local results = assert(client:map({ 1, 2, 3 }, function(seed)
                return draw({ prompt = "a fox", size = "small", seed = seed }, { save_outputs = folder })
            end))
            for _, file in ipairs(results) do
                assert.equal(png, contents(file:path()):sub(1, 8))
            end
            assert.equal(4, #names())
            assert.equal(0, client:pending())
        end)

        it("does not lose the prediction when saving fails", function()
            local output, err = run({ save_outputs = folder .. "/no/such" }, 1)
            assert.is_nil(output)
            assert.equal("invalid_input", err.kind)
            assert.equal("succeeded", err.prediction.status)
            assert.equal(png, err.prediction:files()[1]:read():sub(1, 8))
            local seen
            run({ save_outputs = folder, max_download_bytes = 10 }, 2, function(...)
                seen = { n = select("#", ...), ... }
            end)
            support.poll_until(client, function()
                return seen
            end)
            assert.is_nil(seen[1])
            assert.equal("protocol", seen[2].kind)
            assert.matches("max_download_bytes", seen[2].message, 1, true)
            assert.equal("succeeded", seen[2].prediction.status)
            assert.same({}, names())
        end)

        it("ends by a cancel, the run's time, and by closing the client, with the prediction", function()
            local function cancel(request)
                request:cancel()
            end
            local function close(_, mine)
                mine:close()
            end
            for _, row in ipairs { { "canceled", cancel }, { "timeout", function() end }, { "canceled", close } } do
                local kind, stop = row[1], row[2]
                local listener = support.closed(assert(require("socket").bind("127.0.0.1", 0)))
                local _, port = listener:getsockname()
                local mine, server = fake(('["http://127.0.0.1:%s/x.png"]'):format(port))
                local seen
                local options = { save_outputs = folder, timeout = kind == "timeout" and 1 or nil }
                local request = mine:run("a/b", options, function(_, err)
                    seen = err
                end)
                mine:poll()
                server.serve(1)
                listener:settimeout(20)
                support.poll_until(mine, function()
                    return request._paid_for
                end)
                support.closed(assert(listener:accept()))
                stop(request, mine)
                support.poll_until(mine, function()
                    return seen
                end)
                assert.equal(kind, seen.kind)
                assert.equal("p1", seen.prediction.id)
                for _ = 1, 500 do -- A client that was closed ends by itself.
                    if not names()[1] then
                        break
                    end
                    core.pause(0.01)
                end
                assert.same({}, names())
            end
        end)

        it("puts nothing outside of the folder, whatever a server says", function()
            local hostile = {
                "..%2f..%2fx", "%2e%2e%2fx", "..%5cx", "%2fetc%2fpasswd", "..", ".", "CON", ".bashrc", "-rf", "a%00b", "%0a", "",
                "%E2%80%AEgpj.exe", ("x"):rep(300), "%FF%FE", "a?b/../../c",
            }
            local server, origin
            server = support.closed(support.recording_server(function(head)
                if not head:find "^POST" then
                    return "bytes", "200 OK", "../../x"
                end
                local urls = {}
                for index, name in ipairs(hostile) do
                    urls[index] = ("%s/%d/%s"):format(origin, index, name)
                end
                return replicate.json_encode { id = "../../evil", status = "succeeded", output = urls }, "201 Created"
            end))
            origin = server.url:gsub("/v1$", "")
            local mine = support.closed(assert(replicate.new { base_url = server.url, max_retries = 0 }))
            local output = with_server(mine, server, function()
                return assert(mine:run("a/b", { save_outputs = folder .. "/in" }))
            end)
            assert.same({ "in" }, names())
            local found = names(folder .. "/in")
            assert.equal(#hostile, #found)
            for _, file in ipairs(output) do
                assert.equal(folder .. "/in/", file:path():match "^(.*/)[^/]+$")
                assert.equal("bytes", contents(file:path()))
            end
        end)
    end)
end)
