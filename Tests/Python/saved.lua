-- Saves what models put out: for test_saved_pictures.py, which opens every file with a reader of its own.
-- Use: saved.lua FOLDER PICTURE.png. Prints a line for each file: what made it, its path.

local replicate = require "replicate"

local folder, source = arg[1], arg[2]
local client = assert(replicate.new { poll_interval = 0.02 })

local function tell(what, path)
    print(what .. "\t" .. assert(path))
end

local function input(more)
    local all = { prompt = "a fox", seed = 7 }
    for name, value in pairs(more or {}) do
        all[name] = value
    end
    return all
end

local drawn = assert(client:run("sandbox/draw", { input = input { width = 96, height = 64 }, wait = false }))
tell("draw", drawn:save(folder .. "/draw.png"))

-- By an upload, inside of the request, and by an URL; saved at once, in pieces, by the run, and by a task.
for _, operation in ipairs { "invert", "mirror", "flip", "grayscale", "rotate90" } do
    local changed = assert(client:run("sandbox/transform", {
        input = { image = replicate.file(source), operation = operation },
        wait = false, -- the server does not hold its answer, in which the files would be data: URIs
    }))
    tell(operation, changed:save(folder .. "/" .. operation .. ".png"))
end
local inside = assert(client:run("sandbox/transform", {
    input = { image = replicate.file(source) },
    file_encoding_strategy = "data-uri",
}))
local pieces = assert(io.open(folder .. "/pieces.png", "wb"))
for piece in inside:chunks() do
    pieces:write(piece)
end
pieces:close()
tell("invert", folder .. "/pieces.png")

local record = assert(client.files:create(replicate.file(source)))
local kept = assert(client:run("sandbox/transform", {
    input = { image = record.urls.get, operation = "mirror" },
    save_outputs = folder .. "/kept",
    wait = false,
}))
tell("mirror", kept:path())

-- There and back again, without a download in between.
local twice = assert(client:run("sandbox/transform", { input = { image = kept, operation = "mirror" }, wait = false }))
client:spawn(function()
    tell("nothing", twice:save(folder .. "/twice.png"))
end)
client:loop()

for _, as in ipairs { "url", "data-uri" } do
    local several = assert(client:run("sandbox/files", {
        input = { prompt = "a fox", seed = 7, as = as },
        save_outputs = folder .. "/" .. as,
        wait = false,
    }))
    tell("several", several.image:path())
    for _, thumbnail in ipairs(several.thumbnails) do
        tell("several", thumbnail:path())
    end
end

for model, more in pairs {
    ["bytedance/seedream-3"] = { size = "small" },
    ["google/imagen-4-fast"] = {},
    ["ideogram-ai/ideogram-character"] = { resolution = "300x200", character_reference_image = replicate.file(source) },
} do
    local picture = assert(client:run(model, { input = input(more), wait = false }))
    tell(model, picture:save(folder .. "/" .. model:gsub("/", "_") .. ".png"))
end
