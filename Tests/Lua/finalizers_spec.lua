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
