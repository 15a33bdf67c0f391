-- What finalizers do to a client whose values the collector is in the midst of: they close it, or poll it.

local replicate = require "replicate"
local support = require "support"

after_each(support.close_all)

--- Makes an object that nobody holds, and whose finalizer is `fn`, in each Lua.
local function drop(fn)
    local object
    if newproxy then -- luacheck: ignore 113
        object = newproxy(true) -- luacheck: ignore 113
        getmetatable(object).__gc = fn
    else
        object = setmetatable({}, { __gc = fn })
    end
    return object == nil
end

--- An answer that takes the collector more than one round to make values of.
local large = { id = "large", status = "succeeded", output = {} }
for index = 1, 2000 do
    large.output[index] = ("%d "):format(index):rep(300)
end

local function is_whole(value)
    for index = 1, 2000 do
        if value.output[index] ~= large.output[index] then
            return false
        end
    end
    return true
end

describe("a finalizer in the midst of a poll", function()
    local server, mode, pause, step

    before_each(function()
        local text = replicate.json_encode(large)
        server = support.closed(support.recording_server(function()
            return text
        end))
        -- The collector comes to its end with the next few values, again and again.
        mode = _VERSION == "Lua 5.4" and collectgarbage "incremental"
        pause, step = collectgarbage("setpause", 1), collectgarbage("setstepmul", 1000)
        collectgarbage()
    end)

    after_each(function()
        collectgarbage("setpause", pause)
        collectgarbage("setstepmul", step)
        if mode then
            collectgarbage(mode)
        end
    end)

    --- Has the answer come up to the next poll.
    local function ask(client, callback)
        client.predictions:get("large", callback)
        server.serve(1)
    end

    it("may close the client: what is being read stays until it was read", function()
        local client = support.client { base_url = server.url }
        ask(client, function() end)
        local handle, rubbish = client._core, {}
        local text = replicate.json_encode(large)
        local kind, value, _
        repeat
            drop(function()
                client:close()
                -- Memory that was given back would be taken for these.
                for index = 1, 20 do
                    rubbish[index] = text:gsub("%d", "x") .. index
                end
            end)
            local ok, tag, word, result = pcall(handle.poll, handle, 1000)
            if not ok then
                break -- It was closed before the poll.
            end
            _, kind, value = tag, word, result
        until kind == "done" or client:closed()
        assert.is_true(client:closed())
        assert.is_true(#rubbish == 20)
        assert.is_true(kind == nil or kind == "done" and is_whole(value))
    end)

    it("may close the client while a stream's events are put down for their function", function()
        local events = {}
        for index = 1, 2000 do
            events[index] = ("id: %d\ndata: %d\n\n"):format(index, index)
        end
        local stream = table.concat(events)
        local created = '{"id":"s1","status":"processing","urls":{"stream":"%s/streams/s1"}}'
        server.close()
        server = support.closed(support.recording_server(function(head)
            if head:find "^GET" then
                return stream, nil, "text/event-stream"
            end
            return created:format(server.url), "201 Created"
        end))
        local client = support.client { base_url = server.url }
        local last, problem
        client:stream("owner/model", { input = {} }, function(event, err)
            last, problem = event == nil, err
        end)
        server.serve(2)
        -- Whose memory makes the collector run its finalizers.
        local hold = client._hold
        function client:_hold(request)
            hold(self, request)
            self:close()
        end
        repeat
            client:poll(1)
        until client:closed()
        assert.is_true(last)
        assert.equal("canceled", problem.kind)
    end)

    -- Found so: what the finalizer's poll had taken came a second time, or had a hole, whose poll never ended.
    for place, name in pairs { _hold = "before", _taken = "while" } do
        it(("may poll the client by a call that waits, %s events are put down: each comes once"):format(name), function()
            local events, expected = {}, {}
            for index = 1, 50 do
                events[index] = ("id: %d\ndata: %d\n\n"):format(index, index)
                expected[index] = tostring(index)
            end
            local stream = table.concat(events) .. "event: done\ndata: {}\n\n"
            local prediction = '{"id":"s1","status":"%s","urls":{"stream":"%s/streams/s1"}}'
            server.close()
            server = support.closed(support.recording_server(function(head)
                if head:find "^GET /v1/streams" then
                    return stream, nil, "text/event-stream"
                elseif head:find "^POST" then
                    return prediction:format("starting", server.url), "201 Created"
                end
                return prediction:format("succeeded", server.url)
            end))
            local client = support.closed(support.client { base_url = server.url })
            local seen, is_over = {}, false
            client:stream("owner/model", { input = {} }, function(event, err)
                assert(not err, err)
                if event == nil then
                    is_over = true
                elseif event.event ~= "done" then
                    seen[#seen + 1] = event.data
                end
            end)
            server.serve(3)
            -- Whose memory makes the collector run a finalizer, which polls for something of its own.
            local method, is_inside, polls = client[place], false, 0
            client[place] = function(self, ...)
                if not is_inside and self._core then
                    is_inside, polls = true, polls + 1
                    self:_step(0)
                    is_inside = false
                end
                return method(self, ...)
            end
            local rounds = 0
            repeat
                client:poll(0.1, 1000)
                rounds = rounds + 1
                assert.is_true(rounds < 100)
            until is_over
            assert.is_true(polls > 0)
            assert.same(expected, seen)
        end)
    end

    it("may wait with a client that goes with it, and close it: its tasks clean up", function()
        if not support.has_integers then
            return -- Before Lua 5.2 tables have no finalizers, and 5.3 is the next that is tested.
        end
        local seen, problem = {}, nil
        do
            local client = support.client()
            client:spawn(function()
                seen.output = client:run("replicate/hello-world", { input = { text = "x" } })
                local _, err = client:run("sandbox/slow", { input = { steps = 100, step_seconds = 1 }, wait = false })
                seen.kind = err.kind
                seen.again = select(2, client:sleep(1)).kind
            end)
            setmetatable({ client = client }, { __gc = function(self)
                local ok, err = pcall(function()
                    repeat
                        self.client:poll(0.05)
                    until seen.output
                    self.client:close()
                end)
                problem = not ok and err or false
            end })
        end
        local limit = 0
        while problem == nil and limit < 50 do
            limit = limit + 1
            collectgarbage()
        end
        assert.is_false(problem)
        assert.same({ output = "hello x", kind = "canceled", again = "canceled" }, seen)
    end)

    it("tells the requests that it closed their client", function()
        local client = support.client { base_url = server.url }
        local value, err
        ask(client, function(...)
            value, err = ...
        end)
        local rounds = 0
        repeat
            drop(function()
                client:close()
            end)
            rounds = rounds + 1
            assert.is_true(rounds < 1000)
        until not pcall(client.poll, client, 1) or value or err
        collectgarbage()
        collectgarbage()
        assert.is_true(client:closed())
        assert.is_true(value ~= nil and is_whole(value) or err.kind == "canceled")
    end)

    it("may not poll the client: that is an error of its own, and the answer comes", function()
        local client = support.closed(support.client { base_url = server.url })
        local value, problem
        ask(client, function(...)
            value = ...
        end)
        drop(function()
            local ok, message = pcall(client.poll, client)
            problem = not ok and tostring(message)
        end)
        local rounds = 0
        while not value do
            client:poll(1)
            rounds = rounds + 1
            assert.is_true(rounds < 1000)
        end
        assert.is_true(is_whole(value))
        assert.is_true(not problem or problem:find("in the midst of a poll", 1, true) ~= nil, problem)
    end)
end)
