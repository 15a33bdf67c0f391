-- Some models put out a list: here several pictures, printed a line each.

local replicate = require "replicate"

local model = "fofr/consistent-character:9c77a3c2f884193fcee4d89645f02a0b9def9434f9e03cb98460456b831c8772"

local output = assert(replicate.run(model, {
    input = {
        prompt = "a photo of a gardener, hands on hips",
        subject = "https://upload.wikimedia.org/wikipedia/commons/4/47/PNG_transparency_demonstration_1.png",
        number_of_outputs = 3,
    },
    wait = false, -- so that each is an URL
}))

local lines = {}
for index, picture in ipairs(output) do
    lines[index] = tostring(picture)
end
print(#output .. " pictures:")
print(table.concat(lines, "\n"))
