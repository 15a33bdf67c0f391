--- For libuv, by luv (or vim.uv). Tasks and callbacks run inside of uv.run, which goes on while something is pending.
--
--     require("replicate.loop.luv").attach(client)
--     client:spawn(function() print(client:run(…)) end)
--     uv.run()
--
-- libuv has no coroutines of its own. With { coroutines = true } a call in any coroutine yields, and is resumed from the loop:
-- the manner of programs that resume their coroutines in libuv's callbacks, and the wrong one for generators.

local host = require "replicate.loop.host"

local loop = {}

local Loop = { __name = "replicate.luv" }
Loop.__index = Loop

local Strand = {}
Strand.__index = Strand

function Strand:_park()
    self._is_parked = true
    coroutine.yield()
end

function Strand:_unpark(client)
    if self._is_parked then
        self._is_parked = false
        client = client._core and client or self._client
        client._agenda:enqueue(self)
    end
end

function Strand:_run()
    if coroutine.status(self._thread) ~= "suspended" then
        return -- It is called once more, after a lack of memory.
    end
    local ok, err = coroutine.resume(self._thread)
    if not ok then
        self._client:_keep_error { type(err) == "string" and debug.traceback(self._thread, err) or err }
    end
end

--- attach([client [, { uv=, coroutines=, budget=, max=, on_error= }]]) -> an object with a method `detach`.
function loop.attach(client, given)
    local uv = type(given) == "table" and given.uv or nil
    if uv then
        local rest = {}
        for name, value in pairs(given) do
            rest[name] = name ~= "uv" and value or nil
        end
        given = rest
    end
    uv = uv or require "luv"
    client = host.client("luv", client)
    local options = host.options("luv", given)
    local adapter = setmetatable({ _poll = uv.new_poll(client:pollfd()), _timer = uv.new_timer() }, Loop)
    local function is_attached()
        return client._host == adapter and not client:closed()
    end

    --- The loop goes on for what is pending and for nothing else; the timer is for what the descriptor does not tell.
    local function renew()
        if not is_attached() then
            return adapter:detach()
        end
        local seconds = client:timeout()
        if seconds then
            adapter._timer:start(math.ceil(seconds * 1000), 0, adapter._tick)
        else
            adapter._timer:stop()
        end
        if client:pending() > 0 then
            adapter._poll:ref()
        else
            adapter._poll:unref()
        end
    end

    function adapter._tick()
        if not is_attached() then
            return adapter:detach()
        end
        local ok, err = pcall(host.poll, adapter, options)
        renew()
        if not ok then
            error(err, 0)
        end
    end

    adapter._poll:start("r", adapter._tick)
    return host.tie(client, adapter, renew, options.coroutines and function(thread)
        return setmetatable({ _thread = thread, _client = client, _is_parked = false, _after = false }, Strand)
    end, adapter.detach)
end

function Loop:detach()
    host.untie(self)
    if self._poll and not self._poll:is_closing() then
        self._poll:close()
        self._timer:close()
    end
    self._poll = nil
end

return loop
