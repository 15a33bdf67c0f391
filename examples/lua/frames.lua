-- A story is told while a counter prints frames, and neither waits for the other: a game's loop, without the game.

local replicate = require "replicate"

local client = assert(replicate.new())
local frames, text, is_told = 0, "", false

client:stream("sandbox/story", {
    input = { prompt = "a fox", max_tokens = 40, tokens_per_second = 40 },
}, function(event, err)
    if event then
        text = text .. (event.event == "output" and event.data or "")
    else
        is_told = assert(not err, err) -- the last call; what is raised here comes out of poll
    end
end)

while not is_told do
    local next_frame = os.clock() + 1 / 60
    client:poll() -- runs the callback with what has come; never blocks
    frames = frames + 1
    io.write("\rframe ", frames, ": ", (text:gsub("%s", " "):sub(-60)))
    io.flush()
    while os.clock() < next_frame do end -- a game draws here; plain Lua can do no better than be busy
end
print(("\n\n%s\n\n%d frames"):format(text, frames))
client:close()
