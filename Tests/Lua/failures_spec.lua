--- What a program is told of failures: each attempt, each retry, and where the limits are.

local replicate = require "replicate"
local socket = require "socket"
local support = require "support"

after_each(support.close_all)

--- A server that answers its connections with these texts, one each, and closes them. `take(n)` lets it do so n times.
local function server_of(answers)
    local listener = assert(socket.bind("127.0.0.1", 0))
    listener:settimeout(10)
    local _, port = listener:getsockname()
    local server = { url = ("http://127.0.0.1:%s/v1"):format(port), asked = 0 }
    function server.take()
        local connection = assert(listener:accept())
        connection:settimeout(10)
        repeat
            local line = connection:receive "*l"
        until not line or line == ""
        server.asked = server.asked + 1
        connection:send(answers[server.asked] or answers[#answers])
        connection:close()
    end
    function server.is_wanted()
        return #socket.select({ listener }, nil, 0) > 0
    end
    function server.close()
        listener:close()
    end
    return server
end

local function answer(status, body, headers)
    -- In Lua 5.1 a %s ends at a zero byte.
    return ("HTTP/1.1 %s\r\nContent-Length: %d\r\n%s\r\n"):format(status, #body, headers or "") .. body
end

--- Starts a request and lets the server take so many connections meanwhile; what it results in.
local function result_of(client, server, connections, start)
    local value, err, ended
    start(function(given, problem)
        value, err, ended = given, problem, true
    end)
    for _ = 1, connections do
        server.take()
    end
    while not ended do
        client:poll(10)
    end
    return value, err
end

describe("an error", function()
    it("lists its attempts, and on_retry hears of each but the last", function()
        local server = server_of { answer("503 Busy", '{"detail": "busy"}'), answer("500 No", "") }
        local told = {}
        local client = support.closed(support.client {
            base_url = server.url, max_retries = 2, retry_delay = 0.01,
            on_retry = function(retry)
                told[#told + 1] = ("%s %d %s %s"):format(retry.method, retry.attempt, retry.error, tostring(retry.status))
                assert.is_true(retry.wait >= 0 and retry.wait <= 0.02)
                assert.is_string(retry.message)
            end,
        })
        local value, err = result_of(client, server, 3, function(callback) client.account:get(callback) end)
        server.close()
        assert.is_nil(value)
        assert.same({ "GET 1 capacity 503", "GET 2 network 500" }, told)
        assert.equal(3, err.attempts)
        assert.equal(3, #err.tries)
        assert.equal("busy", err.tries[1].message)
        assert.is_number(err.tries[2].wait)
        assert.is_nil(err.tries[3].wait)
    end)

    it("lists none where nothing was asked", function()
        local client = support.closed(support.client())
        local _, err = client:run("sandbox/files", {
            input = { file = replicate.file "Tests/Lua/failures_spec.lua" }, max_upload_bytes = 1,
        })
        assert.equal("invalid_input", err.kind)
        assert.equal(0, err.attempts)
        assert.is_nil(err.tries)
    end)
end)

describe("a server that asks for a wait", function()
    it("longer than max_retry_wait is not waited for", function()
        local server = server_of { answer("429 Slow down", "{}", "Retry-After: 2\r\n") }
        local client = support.closed(support.client { base_url = server.url, max_retry_wait = 1 })
        local _, err = result_of(client, server, 1, function(callback) client.account:get(callback) end)
        server.close()
        assert.equal("rate_limited", err.kind)
        assert.equal(2, err.retry_after)
        assert.equal(1, err.attempts)
    end)
end)

describe("a prediction that was just made", function()
    it("is waited for where it is not known yet", function()
        local made, absent = '{"id":"p1","status":"starting"}', answer("404 Not Found", '{"detail":"not found"}')
        local ended = answer("200 OK", '{"id":"p1","status":"succeeded","output":"a fox"}')
        local server = server_of { answer("201 Created", made), absent, absent, ended }
        local client = support.closed(replicate.new { base_url = server.url, auth = "x", poll_interval = 0.01, max_retries = 0 })
        local prediction = assert(result_of(client, server, 1, function(callback)
            client.predictions:create({ version = "v", input = {} }, callback)
        end))
        assert.is_table(result_of(client, server, 3, function(callback) prediction:wait(callback) end))
        assert.equal("a fox", prediction.output)
        server.close()
    end)
end)

describe("a limit", function()
    local function get(options, text)
        local server = server_of { text }
        options.base_url, options.max_retries = server.url, 0
        local client = support.closed(support.client(options))
        local value, err = result_of(client, server, 1, function(callback) client.account:get(callback) end)
        server.close()
        return value, err
    end

    local function body(size)
        return '{"a":"' .. ("x"):rep(size - 8) .. '"}'
    end

    it("of an answer's bytes holds at it, and not one past it", function()
        assert.is_table(get({ max_response_bytes = 2000 }, answer("200 OK", body(2000))))
        local _, err = get({ max_response_bytes = 2000 }, answer("200 OK", body(2001)))
        assert.equal("protocol", err.kind)
        assert.matches("more than 2000 bytes", err.message)
    end)

    it("of an answer's depth, too", function()
        local function nested(depth)
            return answer("200 OK", ("{\"a\":"):rep(depth - 1) .. "{}" .. ("}"):rep(depth - 1))
        end
        for _, limit in ipairs { 1, 7, 512 } do
            assert.is_table(get({ max_json_depth = limit }, nested(limit)))
            local _, err = get({ max_json_depth = limit }, nested(limit + 1))
            assert.equal("protocol", err.kind)
            assert.matches(("nested deeper than %d levels"):format(limit), err.message, 1, true)
        end
        assert.error_matches(function() replicate.new { max_json_depth = 513 } end, "max_json_depth")
    end)

    it("of an answer's headers, too", function()
        local function padded(size)
            local rest = size - #"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX: \r\n\r\n"
            return "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX: " .. ("x"):rep(rest) .. "\r\n\r\n{}"
        end
        assert.is_table(get({ max_header_bytes = 2000 }, padded(2000)))
        local _, err = get({ max_header_bytes = 2000 }, padded(2001))
        assert.equal("protocol", err.kind)
        assert.matches("headers of more than 2000 bytes", err.message)
    end)

    it("of an error's answer is read up to, and goes on", function()
        local _, err = get({}, answer("422 No", '{"detail": "' .. ("x"):rep(200000) .. '"}'))
        assert.equal("invalid_input", err.kind)
        assert.equal(422, err.status)
        for _, limit in ipairs { 2000, 65536 } do
            local text = '{"title":"T","detail":"' .. ("x"):rep(limit - 25) .. '"}'
            _, err = get({ max_error_bytes = limit ~= 65536 and limit or nil }, answer("422 No", text))
            assert.equal("T", err.title)
            _, err = get({ max_error_bytes = limit ~= 65536 and limit or nil }, answer("422 No", text .. " "))
            assert.equal("T", err.title) -- What is left out is a space.
            _, err = get({ max_error_bytes = limit ~= 65536 and limit or nil }, answer("422 No", " " .. text))
            assert.is_nil(err.title)
            assert.equal("invalid_input", err.kind)
        end
    end)

    it("of all headers is libcurl's, too", function()
        local function long(size)
            local lines = ("X: " .. ("x"):rep(995) .. "\r\n"):rep(math.floor(size / 1000))
            return answer("200 OK", "{}", lines)
        end
        assert.is_table(get({ max_header_bytes = 1000000 }, long(306000)))
        local _, err = get({ max_header_bytes = 1000000 }, long(308000))
        assert.equal("protocol", err.kind)
        assert.matches("headers of more than 300 kB", err.message)
        assert.is_false(err.retryable)
    end)

    it("of one header line is libcurl's", function()
        local function padded(size)
            return answer("200 OK", "{}", "X: " .. ("x"):rep(size - #"X: \r\n") .. "\r\n")
        end
        assert.is_table(get({}, padded(102399)))
        local _, err = get({}, padded(102400))
        assert.equal("protocol", err.kind)
        assert.matches("a header line of more than 100 kB", err.message)
    end)

    --- What a stream ends with, of one event with so much data, and how much of it was heard.
    local function streamed(options, size, padding)
        local server
        local events = ("event: output\ndata: %s\n\nevent: done\ndata: {}\n\n"):format(("x"):rep(size))
        local answers = { false, answer("200 OK", events, "Content-Type: text/event-stream\r\n" .. (padding or "")) }
        server = server_of(answers)
        local job = '{"id":"p","status":"%s","output":null,"urls":{"stream":"' .. server.url .. '/s"}}'
        answers[1] = answer("201 Created", job:format "starting")
        answers[3] = answer("200 OK", job:format "succeeded")
        options.base_url, options.max_retries, options.poll_interval = server.url, 0, 10
        local client = support.closed(support.client(options))
        local heard, err, ended = 0, nil, false
        client:stream("a/b", { input = {} }, function(event, problem)
            if event and event.event == "output" then
                heard = heard + #event.data
            elseif not event then
                err, ended = problem, true
            end
        end)
        support.poll_until(client, function()
            if server.is_wanted() then
                server.take()
            end
            return ended
        end)
        server.close()
        return heard, err
    end

    it("of a stream's event", function()
        for size = 2000, 2100 do
            local heard, err = streamed({ max_event_bytes = 2048 }, size)
            if err then
                assert.equal("protocol", err.kind)
                assert.matches("2048", err.message)
                assert.is_true(size > 2000 and size <= 2049)
                return
            end
            assert.equal(size, heard)
        end
        error "no event was too large"
    end)

    it("of the headers of a stream", function()
        local heard, err = streamed({ max_header_bytes = 2000 }, 10)
        assert.is_nil(err)
        assert.equal(10, heard)
        heard, err = streamed({ max_header_bytes = 2000 }, 10, "X: " .. ("x"):rep(2000) .. "\r\n")
        assert.equal(0, heard)
        assert.matches("headers of more than 2000 bytes", err.message)
    end)

    it("of the headers of a file", function()
        local function read(padding)
            local server = server_of { answer("200 OK", "the file", padding) }
            local client = support.closed(support.client { base_url = server.url, max_header_bytes = 2000, max_retries = 0 })
            local value, err = result_of(client, server, 1, function(callback)
                client:file_output(server.url .. "/file"):read(callback)
            end)
            server.close()
            return value, err
        end
        local head = #answer("200 OK", "the file", "X: \r\n") - #"the file"
        assert.equal("the file", read("X: " .. ("x"):rep(2000 - head) .. "\r\n"))
        local _, err = read("X: " .. ("x"):rep(2001 - head) .. "\r\n")
        assert.matches("headers of more than 2000 bytes", err.message)
    end)

    it("is of what gzip unpacks to", function()
        local function packed(size)
            local name = os.tmpname()
            local file = assert(io.open(name, "wb"))
            file:write(body(size))
            file:close()
            local pipe = assert(io.popen("gzip -c " .. name, "r"))
            local bytes = pipe:read "*a"
            pipe:close()
            os.remove(name)
            return answer("200 OK", bytes, "Content-Encoding: gzip\r\n")
        end
        assert.is_table(get({ max_response_bytes = 2000 }, packed(2000)))
        local _, err = get({ max_response_bytes = 2000 }, packed(2001))
        assert.equal("protocol", err.kind)
        assert.matches("more than 2000 bytes", err.message)
    end)

    it("of pages", function()
        local function count(max_pages)
            local client, pages = support.closed(support.client { max_pages = max_pages }), 0
            for _ in client:paginate(function()
                return { results = {}, next = os.getenv "REPLICATE_BASE_URL" .. "/models" }
            end) do
                pages = pages + 1
            end
            return pages
        end
        local all = count(1000)
        assert.is_true(all >= 2)
        assert.equal(all, count(all))
        local ok, err = pcall(count, all - 1)
        assert.is_false(ok)
        assert.matches(("more than %d pages"):format(all - 1), err.message)
        ok, err = pcall(count, 1)
        assert.is_false(ok)
        assert.equal("protocol", err.kind)
        assert.matches("more than 1 pages", err.message)
        assert.error_matches(function() replicate.new { max_pages = 0 } end, "max_pages")
    end)
end)

describe("private_addresses", function()
    it("lets no file be fetched from this machine", function()
        local server = server_of { answer("200 OK", "secret") }
        local elsewhere = server_of { answer("200 OK", "{}") }
        local client = support.closed(support.client { base_url = elsewhere.url, private_addresses = "refuse", max_retries = 0 })
        local file = assert(client:file_output(server.url))
        local data, err = file:read()
        assert.is_nil(data)
        assert.equal("protocol", err.kind)
        assert.matches("private", err.message)
        assert.equal(0, server.asked)
        server.close()
        elsewhere.close()
    end)

    it("given to a run is for the files that it saves, as the other options of transfers are", function()
        local folder = os.tmpname()
        os.remove(folder)
        for _, options in ipairs { { private_addresses = "refuse" }, { max_redirects = 0 } } do
            local moved = answer("302 Found", "", "Location: /v1/there\r\n")
            local elsewhere = server_of { moved }
            local body = ('{"id":"p","status":"succeeded","output":["%s/x.bin"],"urls":{}}'):format(elsewhere.url)
            local server = server_of { answer("201 Created", body, "Content-Type: application/json\r\n") }
            local client = support.closed(support.client { base_url = server.url, max_retries = 0 })
            options.input, options.save_outputs, options.wait = {}, folder, { mode = "poll" }
            local output, err, ended
            client:run("a/b", options, function(...)
                output, err = ...
                ended = true
            end)
            server.take()
            support.poll_until(client, function()
                if elsewhere.is_wanted() then
                    elsewhere.take()
                end
                return ended
            end)
            assert.equal(options.max_redirects and 1 or 0, elsewhere.asked)
            assert.is_nil(output)
            assert.equal("protocol", err.kind)
            assert.matches(options.max_redirects and "redirect" or "private", err.message)
            elsewhere.close()
            server.close()
        end
        os.execute("rm -rf " .. folder)
    end)

    it("is one of two words", function()
        assert.error_matches(function() replicate.new { private_addresses = "no" } end, "private_addresses")
    end)
end)
