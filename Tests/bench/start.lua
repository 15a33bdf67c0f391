--- require and new, in a fresh process.

local measure = require "measure"

measure(1, function()
    assert(require("replicate").new())
end)
