-- Three predictions at once, without blocking: the shape of a game's or an editor's loop.

local replicate = require "replicate"

local client = assert(replicate.new { poll_interval = 0.1 })

for name = 1, 3 do
    client:run("sandbox/slow", {
        input = { steps = 3 * name, step_seconds = 0.05, text = "prediction " .. name },
        wait = false,
        on_progress = function(prediction)
            print(name, prediction.status)
        end,
    }, function(output, err)
        print(name, output or tostring(err))
    end)
end

-- Once a frame: poll() runs what is due and never blocks. Here there is nothing else to do, so it may wait a little.
while client:pending() > 0 do
    client:poll(0.05)
end
client:close()
