--- The end of a client: everything that is pending ends, and is told so, in the order in which it began.

local core = require "replicate.core"
local misuse = require "replicate.misuse"
local tasks = require "replicate.tasks"

misuse.register()

local function end_all(self)
    local requests = self._requests
    local tags = {}
    for tag in pairs(requests) do
        tags[#tags + 1] = tag
    end
    table.sort(tags)
    for _, tag in ipairs(tags) do
        if requests[tag] then
            requests[tag]:_finish(false, core.error("canceled", "the client was closed"), nil)
        end
    end
    tasks.close(self)
    self._calls:finish()
    self:_tell_loop()
end

--- Once its handle is closed nothing begins any more. Called again, it goes on where it ended for a lack of memory.
return function(self)
    local handle = self._core
    if self._is_ending or not (handle or self._is_half_ended) then
        return
    end
    if handle then
        if self._host then
            self._host:closing() -- before the descriptor is nobody's
        end
        self._is_half_ended = true
        self._core = nil
        self._agenda.is_closed = true
        self._agenda:set_busy()
        handle:close()
    end
    self._is_ending = true
    local ok, err = core.call(end_all, self)
    self._is_ending = false
    if not ok then
        error(err, 0)
    end
    self._is_half_ended = false
    self:_raise_next()
end
