-- Headers for every request, and a line in a log for each one that is made: polls and repetitions too.

local replicate = require "replicate"

local client = assert(replicate.new {
    -- They go to the API and nowhere else.
    headers = { ["X-Trace-Id"] = ("lua-%d"):format(os.time()), ["X-Team"] = "examples" },
    -- Neither of these is ever shown the token.
    on_request = function(request)
        print(("--> %s %s (attempt %d)"):format(request.method, request.url, request.attempt))
    end,
    on_response = function(response)
        local what = response.status or response.error -- an error where there was no answer
        print(("<-- %s %s: %s, %.3f s"):format(response.method, response.url, what, response.seconds))
    end,
    poll_interval = 0.1,
})

local hello = "replicate/hello-world:5c7d5dc6dd8bf75c1acaa8565735e7986bc5b66206b55cca93cb72c9bf15ccaa"

-- wait = false: the service answers at once, so that there are polls to be seen.
local output = assert(client:run(hello, { input = { text = "log" }, wait = false }))
print(output)

-- One call may have headers of its own; they go before the client's.
local account = assert(client.account:get { headers = { ["X-Team"] = "accounting" } })
print(account.username)

-- Observers are called inside calls that wait, and by `poll`, which takes what is left.
client:poll()
client:close()
