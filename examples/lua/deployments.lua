-- The life of a deployment: a model under a name of your own, on hardware that you choose, scaled between two numbers.

local replicate = require "replicate"

local client = assert(replicate.new())

-- What there is to choose from.
local skus = {}
for index, hardware in ipairs(assert(client.hardware:list())) do
    skus[index] = hardware.sku
end
print("hardware", table.concat(skus, ", "))

local model = assert(client.models:get("replicate", "hello-world"))
local name = ("hello-%d"):format(os.time())
local deployment = assert(client.deployments:create {
    name = name,
    model = "replicate/hello-world",
    version = model.latest_version.id,
    hardware = "cpu",
    min_instances = 0, -- none runs, and none is paid for, while nobody asks
    max_instances = 1,
})
local owner = deployment.owner
print("created", deployment.name, "release " .. deployment.current_release.number)

-- Each change is a new release.
assert(client.deployments:update(owner, name, { max_instances = 2 }))
local release = assert(client.deployments:get(owner, name)).current_release
print("updated", "release " .. release.number, "at most " .. release.configuration.max_instances)

for each in client.deployments:each() do
    if each.name == name then
        print("listed", each.current_release.model)
    end
end

-- It would run as a model does, with client:run("deployments/OWNER/NAME", …), or as in create.lua. This one does not: what
-- was used within the last 15 minutes cannot be deleted.
assert(client.deployments:delete(owner, name))
local _, err = client.deployments:get(owner, name)
print("deleted", err.kind)
client:close()
