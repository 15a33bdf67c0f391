-- What a program holds on to, and what it gives up: streams that nobody reads on beside other calls, files of inputs that could
-- not be sent, runs that are canceled between their end and the saving of their files. Each was found in a review.

local replicate = require "replicate"
local support = require "support"

after_each(support.close_all)

describe("what is held", function()
    it("lets other calls go on beside more unread files than there are connections", function()
        local client = support.closed(support.client { connections_per_host = 2 })
        local output = assert(client:run("sandbox/bytes", { input = { size = 8 * 2 ^ 20 }, wait = false }))
        local held = {}
        for i = 1, 5 do
            held[i] = output:chunks()
            assert.is_true(#held[i]:next() > 0)
        end
        assert.equal("hello held", client:run("replicate/hello-world", { input = { text = "held" }, timeout = 10 }))
        assert.equal(8 * 2 ^ 20, #assert(output:read { timeout = 10 }))
        for i = 1, 5 do
            held[i]:close()
        end
    end)

    it("ends a call by its deadline, wherever it waits", function()
        local url, server = support.silent_server()
        local client = support.closed(support.client { base_url = url, connections_per_host = 1, max_retries = 0 })
        local errors = {}
        for i = 1, 3 do
            client:file_output(url .. "/file.png"):read({ timeout = 0.2 }, function(_, err)
                errors[i] = err.kind
            end)
        end
        client:loop()
        server:close()
        assert.same({ "timeout", "timeout", "timeout" }, errors)
    end)

    it("opens a file once that stands in many places, and closes all when one cannot be sent", function()
        local client = support.closed(support.client())
        local file = assert(io.open "/proc/self/stat")
        local process = file:read "*n"
        file:close()
        local function descriptors()
            local pipe = assert(io.popen(("ls /proc/%d/fd | wc -l"):format(process)))
            local count = pipe:read "*n"
            pipe:close()
            return count
        end
        local path = os.tmpname()
        local open = support.closed(assert(io.open(path, "w+")))
        open:write "x"
        local list = {}
        for i = 1, 3000 do
            list[i] = open
        end
        list[3001] = replicate.file "/nowhere/fox.png"
        local before = descriptors()
        for _ = 1, 20 do
            local output, err = client:run("sandbox/echo", { input = { list = list } })
            assert.is_nil(output)
            assert.equal("invalid_input", err.kind)
        end
        pcall(client.run, client, "sandbox/echo", { input = { list = list }, webhook = print })
        os.remove(path)
        -- Of the clients of other tests some connection may come or go meanwhile.
        assert.is_true(descriptors() < before + 10)
    end)

    it("saves nothing of a run that was canceled before its end was heard of", function()
        local client = support.closed(support.client())
        local folder = os.tmpname()
        os.remove(folder)
        local output, err
        local request = client:run("sandbox/files", { input = { prompt = "x" }, save_outputs = folder }, function(...)
            output, err = ...
        end)
        require("replicate.core").pause(10, client:pollfd()) -- its end waits to be heard of
        request:cancel()
        client:loop()
        assert.is_nil(output)
        assert.equal("canceled", err.kind)
        assert.equal("canceled", request:status())
        assert.is_nil(io.open(folder .. "/."))
    end)

    it("holds a client's time for a run and the saving of its files together", function()
        local client = support.closed(support.client { timeout = 5 })
        assert.equal("5000", client._timeout_ms)
        local finish = require("replicate.outputs").finish
        local asked
        local fake = { _core = { text = function() return "[]" end }, _timeout_ms = "5000" }
        function fake._continue(_, _, _, _, _, _, _, settings)
            asked = settings
        end
        finish(fake, { folder = "x" }, {})({ id = "p" }, {})
        assert.is_true(tonumber(asked.timeout_ms) <= 5000)
    end)
end)
