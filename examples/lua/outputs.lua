-- The files that models put out: saving one, saving several, reading them in pieces, passing them on.
-- An optional argument is the folder to save into.

local replicate = require "replicate"

local folder = arg[1] or os.getenv "TMPDIR" or "/tmp"

-- A model of images puts out a file: an object that knows its URL and fetches it. Saved, it is whole or not there at all.
local picture, prediction = assert(replicate.run("bytedance/seedream-3", {
    input = { prompt = "a red fox", size = "small", seed = 7 },
}))
print("saved", assert(picture:save(folder .. "/fox.png")), picture:type())

-- The bytes themselves; here the first eight of a PNG.
print("read", ("%q"):format(assert(picture:read()):sub(2, 4)))

-- Some put out a list. The service keeps its files for an hour: save_outputs has them all saved at the end of the run, several
-- at a time, under names that begin with the prediction's id.
local model = "fofr/consistent-character:9c77a3c2f884193fcee4d89645f02a0b9def9434f9e03cb98460456b831c8772"
local pictures = assert(replicate.run(model, {
    input = { prompt = "a gardener", subject = picture, number_of_outputs = 3 }, -- the picture goes on as it is
    save_outputs = folder .. "/gardener",
}))
for index, each in ipairs(pictures) do
    print("listed", index, each:path())
end

-- In pieces, for what does not fit into memory, or goes on to somebody else. The transfer waits for this loop.
local size, file = 0, assert(io.open(folder .. "/pieces.png", "wb"))
for bytes in pictures[1]:chunks() do
    file:write(bytes)
    size = size + #bytes
end
file:close()
print("pieces", size > 1000)

-- Without waiting, as any call; with progress.
pictures[2]:save(folder .. "/later.png", {
    on_progress = function(progress)
        print("came", progress.received == progress.total)
    end,
}, function(path, err)
    print("later", path or tostring(err))
end)
replicate.loop()

-- As text it is its URL, for a data base or a web page; file_output makes an object of one that was kept. A small file may be in
-- the answer itself, as a data: URI, which is decoded without a request.
local kept = tostring(picture)
print("kept", kept:sub(1, 22), #replicate.file_output(kept):read() > 1000)

-- The prediction has what the server sent; files() makes objects of it, as run does. With file_output = false run gives the
-- strings as well.
print("raw", type(prediction.output), prediction:files():url() == prediction.output)

-- What goes wrong is nil and an error, and an old file stays.
print("failed", picture:save "/no/such/folder/fox.png")
