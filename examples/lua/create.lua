-- Creates predictions without waiting for them: of a model, of a version, and of a deployment.
--
--     lua5.4 create.lua [DEPLOYMENT]     a deployment of yours that runs replicate/hello-world (default: hello-world)

local replicate = require "replicate"

local client = assert(replicate.new())

-- An official model, by its name.
local prediction = assert(client.predictions:create {
    model = "bytedance/seedream-3",
    input = { prompt = "a harbour at dawn", size = "small" },
})
print("of a model", prediction.status, prediction.id)

-- Any other model, by its version.
local latest = assert(client.models:get("replicate", "hello-world")).latest_version
local of_version = assert(client.predictions:create { version = latest.id, input = { text = "version" } })
print("of a version", of_version.status, of_version.id)

-- A deployment, which is yours, with hardware of its own.
local owner = assert(client.account:get()).username
local of_deployment, err = client.deployments.predictions:create(owner, arg[1] or "hello-world", {
    input = { text = "deployment" },
    cancel_after = "10m", -- the service ends it should it take longer
})
if of_deployment then
    print("of a deployment", of_deployment.status, of_deployment.id)
else
    print("of a deployment", err) -- not_found: deployments.lua shows how one is made
end

-- An id is all that has to be kept: any later program can ask for the rest of it.
local later = assert(client:wait(prediction.id))
print("later", later.status, later.output)
client:close()
