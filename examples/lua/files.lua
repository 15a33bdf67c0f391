-- Files in a model's input: from disk, from memory, open ones; as uploads, or inside of the request; kept for several runs.
-- An optional argument is the folder to work in.

local replicate = require "replicate"

local client = assert(replicate.new())
local folder = arg[1] or os.getenv "TMPDIR" or "/tmp"

-- Something to send: a picture on disk.
local drawn = assert(client:run("sandbox/draw", { input = { prompt = "a fox", seed = 7 } }))
local path = assert(drawn:save(folder .. "/fox.png"))

-- A file is a value of the input, wherever the model wants one. It is uploaded before the prediction is created, read from disk
-- while it goes out.
local mirrored = assert(client:run("sandbox/transform", {
    input = { image = replicate.file(path), operation = "mirror" },
    on_upload = function(progress)
        if progress.sent == progress.total then
            print("uploaded", progress.total > 0)
        end
    end,
}))
print("mirrored", mirrored:save(folder .. "/mirrored.png"))

-- Bytes that are in memory, and an open Lua file; in lists and tables, too. Several are uploaded at once.
local open = assert(io.open(path, "rb"))
local seen = assert(client:run("sandbox/inspect", {
    input = {
        file = replicate.bytes("a fox\n", { name = "fox.txt" }),
        files = { open, replicate.bytes("{}", { name = "fox.json" }) },
        nested = { anywhere = { replicate.bytes("\0\1", { type = "application/x-fox" }) } },
    },
}))
open:close()
print("text", seen.file.name, seen.file.type, seen.file.size)
print("open", seen.files[1].name, seen.files[1].type)
print("json", seen.files[2].type)

-- Small ones may go inside of the request, as data: URIs.
print("inside", assert(client:run("sandbox/inspect", {
    input = { file = replicate.bytes("a fox\n", { name = "fox.txt" }) },
    file_encoding_strategy = "data-uri",
})).file.type)

-- What several predictions need is uploaded once; the service keeps it for a day.
local record = assert(client.files:create(replicate.file(path), { metadata = { of = "foxes" } }))
local results = assert(client:map({ "invert", "flip", "grayscale" }, function(operation)
    return assert(client:run("sandbox/transform", { input = { image = record.urls.get, operation = operation } }))
end))
print("three of one", #results, record.name, record.metadata.of)
print("deleted", client.files:delete(record.id))

-- A file that is not there is nil and an error, before anything is sent; one that cannot be uploaded creates nothing.
print("missing", client:run("sandbox/transform", { input = { image = replicate.file(folder .. "/no-fox.png") } }))
