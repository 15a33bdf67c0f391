-- Makes a prediction here, where the token is, and prints the address of a page on which a browser reads its stream, which needs
-- no token. lua5.4 create.lua [PAGE]; then open what it prints.

local replicate = require "replicate"

local page = arg[1] or "index.html"

local prediction = assert(replicate.predictions.create {
    model = "sandbox/story",
    input = { prompt = "a fox in a browser", seed = 7, max_tokens = 120, tokens_per_second = 40 },
})
local stream = assert(prediction.urls.stream, "this model does not stream")

local function escaped(url)
    return (url:gsub("[^%w%-._~]", function(byte)
        return ("%%%02X"):format(byte:byte())
    end))
end

print(page .. "?stream=" .. escaped(stream))
