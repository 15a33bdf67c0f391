-- stories.lua PROMPT…: has a model tell a story for each, at once. Each is a coroutine that starts a prediction and sleeps until
-- its webhook comes; nobody polls the service.
--
-- WEBHOOK_URL is where this can be reached from the service: an https URL of a proxy or a tunnel. Without it, it is this
-- machine's own, for the sandbox.

package.path = (arg[0]:match "^.*/" or "./") .. "?.lua;" .. package.path

local replicate = require "replicate"
local socket = require "socket"
local webhooks = require "webhooks"

local requests = 0
local client = assert(replicate.new {
    on_request = function()
        requests = requests + 1
    end,
})
local waiting = {} -- the coroutine that waits for a prediction, by its id
local early = {} -- ends that came before the answer to the create
local creating = 0

local function resume(thread, ...)
    local ok, err = coroutine.resume(thread, ...)
    if not ok then
        io.stderr:write(debug.traceback(thread, tostring(err)), "\n")
    end
end

local terminal = { succeeded = true, failed = true, canceled = true, aborted = true }

--- A webhook that is genuine. It may come twice, or after the end: then nobody waits for it.
local function take(webhook)
    local prediction = webhook.prediction
    local thread = waiting[prediction.id]
    if terminal[prediction.status] and thread then
        waiting[prediction.id] = nil
        resume(thread, prediction)
    elseif terminal[prediction.status] and creating > 0 then
        early[prediction.id] = prediction
    end
    return "204 No Content"
end

local server = webhooks.listen(0, assert(client.webhooks:secret()), take)
local url = os.getenv "WEBHOOK_URL" or ("http://127.0.0.1:%d/replicate"):format(server.port)
print("webhooks come to " .. url)
io.stdout:flush()

--- In a coroutine: the prediction when it has ended; nil and an error if it could not be made.
local function run(model, input)
    local thread = coroutine.running()
    creating = creating + 1
    client.predictions:create({
        model = model, input = input, webhook = url, webhook_events_filter = { "completed" },
    }, function(prediction, err)
        creating = creating - 1
        local ended = prediction and early[prediction.id]
        if creating == 0 then
            early = {}
        end
        if prediction and not ended then
            waiting[prediction.id] = thread
        else
            resume(thread, ended, err)
        end
    end)
    return coroutine.yield()
end

local left = #arg
for _, prompt in ipairs(arg) do
    resume(coroutine.create(function()
        local prediction, err = run("sandbox/story", { prompt = prompt, max_tokens = 30, tokens_per_second = 10 })
        local text = prediction and prediction.output and table.concat(prediction.output)
        local status = prediction and prediction.status or "failed"
        print(("%s: %s: %s"):format(prompt, status, text or tostring(err or prediction.error)))
        left = left - 1
    end))
end

--- The client's descriptor, as LuaSocket waits for one.
local descriptor = client:pollfd()
local wake = { getfd = function() return descriptor end }

while left > 0 do
    local sockets = server:sockets()
    table.insert(sockets, wake)
    local readable = socket.select(sockets, nil, client:timeout() or 1)
    client:poll()
    server:step(readable)
end
print(("%d requests for %d stories"):format(requests, #arg)) -- the secret, and a create each
