-- The same model for a list of inputs, a few at a time. Results come in the order of the list, and a failure keeps the rest.

local replicate = require "replicate"

local texts = { "amber", "basil", "", "cedar", "dill" }

local results, err, some, errors = replicate.map(texts, function(text)
    if text == "" then
        error "there is nothing to say"
    end
    return replicate.run("replicate/hello-world", { input = { text = text } })
end, {
    concurrency = 2,
    on_progress = function(done, total) print(("%d of %d"):format(done, total)) end,
})

-- All went well: `results` has them. Here one did not: `err` says which, and what was paid for is not lost.
print(results, (tostring(err):match "item %d+: [^\n]*"))
for index, text in ipairs(texts) do
    print(index, text, some[index] or "failed: " .. tostring(errors[index]):match "[^\n]*")
end

-- Different things at once.
local all = assert(replicate.all {
    function() return replicate.run("replicate/hello-world", { input = { text = "one" } }) end,
    function() return replicate.models.get("replicate", "hello-world") end,
    function() return replicate.sleep(0.01) end,
})
print(all[1], all[2].name, all[3])
