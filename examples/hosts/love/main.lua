-- LÖVE: four cards whose pictures are generated while the game goes on; each turns up when its picture is there.
--
-- Run: love examples/hosts/love, with LUA_PATH and LUA_CPATH for share/lua/5.1 and lib/lua/5.1 of where the library is (LÖVE has
-- LuaJIT). It needs REPLICATE_API_TOKEN; REPLICATE_BASE_URL of a running replicate-sandbox, for pictures that cost nothing.
-- love examples/hosts/love --screenshot FILE writes a picture of the window when all have come, and ends.

local replicate = require "replicate"

local client
local cards = { { name = "fox" }, { name = "owl" }, { name = "hare" }, { name = "badger" } }
local frames, longest, waiting, screenshot = 0, 0, #cards, nil

local function image_of(bytes)
    local is_fine, image = pcall(function()
        return love.graphics.newImage(love.filesystem.newFileData(bytes, "card.png"))
    end)
    return is_fine and image or nil, image
end

local function turn_up(card, bytes, err)
    if bytes then
        card.image, err = image_of(bytes)
    end
    card.problem = not card.image and tostring(err) or nil
    card.frame = frames
    waiting = waiting - 1
end

local function generate(card)
    client:run("bytedance/seedream-3", {
        input = { prompt = "a " .. card.name .. " on a playing card", aspect_ratio = "3:4", size = "small", seed = 7 },
    }, function(picture, err)
        if err then
            return turn_up(card, nil, err)
        end
        picture:read(function(bytes, problem) -- the model's file, fetched while frames go on
            turn_up(card, bytes, problem)
        end)
    end)
end

function love.load(arguments)
    screenshot = arguments[1] == "--screenshot" and arguments[2] or nil
    client = assert(replicate.new())
    for _, card in ipairs(cards) do
        generate(card)
    end
end

local function save(picture)
    local file = assert(io.open(screenshot, "wb"))
    file:write(picture:encode("png"):getString())
    file:close()
    for _, card in ipairs(cards) do
        print(("%s: %s at frame %d"):format(card.name, card.problem or "there", card.frame))
    end
    print(("%d frames, the longest %.0f ms"):format(frames, longest * 1000))
    love.event.quit()
end

function love.update(seconds)
    client:poll() -- runs the callbacks that are due; never blocks
    frames = frames + 1
    longest = frames > 2 and math.max(longest, seconds) or 0
    if waiting == 0 and screenshot then
        love.graphics.captureScreenshot(save)
        waiting = nil
    end
end

function love.draw()
    love.graphics.clear(0.13, 0.15, 0.2)
    for index, card in ipairs(cards) do
        local x, y, width, height = 40 + (index - 1) * 225, 100, 205, 273
        love.graphics.setColor(1, 1, 1)
        if card.image then
            love.graphics.draw(card.image, x, y, 0, width / card.image:getWidth(), height / card.image:getHeight())
        else
            love.graphics.rectangle("line", x, y, width, height)
            love.graphics.arc("fill", x + width / 2, y + height / 2, 30, frames / 10, frames / 10 + 4)
        end
        love.graphics.printf(card.problem or card.name, x, y + height + 15, width, "center")
    end
    love.graphics.print("frame " .. frames, 40, 550)
end

function love.quit()
    client:close()
end
