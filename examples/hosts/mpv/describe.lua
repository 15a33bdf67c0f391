-- mpv: the key "d" has a model write about what is playing, shows its words as they come, and then how long it took. The video
-- goes on meanwhile: a timer polls, 50 times a second and only while something is under way.
--
-- Run: mpv --script=describe.lua VIDEO, with LUA_PATH and LUA_CPATH for share/lua/X and lib/lua/X of where the library is; X is
-- 5.2 or 5.1, as your mpv was built. It needs REPLICATE_API_TOKEN, and REPLICATE_BASE_URL of a running replicate-sandbox, which
-- has this model.

local replicate = require "replicate"

local client = assert(replicate.new())
local timer
timer = mp.add_periodic_timer(0.02, function()
    client:poll() -- runs the callbacks that are due; never blocks
    if client:pending() == 0 then
        timer:kill()
    end
end)
timer:kill()

local function describe()
    local title = mp.get_property("media-title") or "nothing"
    client:run("sandbox/story", {
        input = { prompt = title, max_tokens = 60, tokens_per_second = 40 },
        wait = false,
        poll_interval = 0.2,
        on_progress = function(prediction)
            mp.osd_message(table.concat(prediction.output or {}), 5)
        end,
    }, function(output, err, prediction)
        if err then
            mp.msg.error(tostring(err))
            mp.osd_message(tostring(err), 5)
            return
        end
        local text = table.concat(output)
        mp.osd_message(text, 10)
        mp.msg.info(("%s, after %.1f s"):format(text, prediction.metrics.predict_time))
        mp.commandv("script-message", "described", text) -- for other scripts
    end)
    timer:resume()
end

mp.add_key_binding("d", "describe", describe)
mp.register_event("shutdown", function()
    client:close()
end)
