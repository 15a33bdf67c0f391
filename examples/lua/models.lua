-- Finds out about models: search, what one takes, its versions, its readme, and runs that its author saved.

local replicate = require "replicate"

local client = assert(replicate.new())

-- Models, collections and pages of the documentation that match, the best first.
local found = assert(client:search("image", { limit = 3 }))
for _, match in ipairs(found.models) do
    print("found", match.model.owner .. "/" .. match.model.name, "score " .. match.metadata.score)
end

local owner, name = "fofr", "consistent-character"
local model = assert(client.models:get(owner, name))
print("model", model.owner .. "/" .. model.name, model.visibility, model.description)

-- The latest version comes along, with the schemas of its input and output.
local properties = model.latest_version.openapi_schema.components.schemas.Input.properties
local names = {}
for each in pairs(properties) do
    names[#names + 1] = each
end
table.sort(names)
for _, each in ipairs(names) do
    print("takes", each, properties[each].type, properties[each].default)
end

-- Versions, the newest first. An older one goes on running under owner/name:id.
for version in client.models.versions:each(owner, name) do
    print("version", version.id, version.created_at)
end

-- The readme is Markdown; not every model has one.
local readme, err = client.models.readme:get(owner, name)
print("readme", readme and readme:match "[^\n]+" or err)

-- Predictions that the author saved as examples.
local examples = assert(client.models.examples:list(owner, name))
for _, example in ipairs(examples.results) do
    print("example", example.status, example.input.prompt)
end
client:close()
