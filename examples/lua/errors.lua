-- What can go wrong, and how a program tells.

local replicate = require "replicate"

-- At run time: nil and an error, whose kind is one of a short list.
local output, err, _ = replicate.run("sandbox/fail", { input = { message = "out of paint" } })
print(output, err.kind, err.message)

-- The service says which field is wrong.
_, err = replicate.run("sandbox/outputs", { input = { kind = "sculpture" } })
print(err.kind, err.status, err.invalid_fields[1].field)

-- A create that failed says what became of it: not_sent and rejected cost nothing, maybe_sent may have been billed.
local client = assert(replicate.new { base_url = "http://127.0.0.1:1/v1", max_retries = 0 })
_, err = client:run("replicate/hello-world", { input = { text = "anybody?" } })
print(err.kind, err.delivery, err.retryable)

-- A deadline for the whole; the prediction is then canceled on the server too.
_, err = replicate.run("sandbox/slow", { input = { steps = 100, step_seconds = 1 }, wait = false, timeout = 0.2 })
print(err.kind, err.prediction.id ~= nil)

-- Misuse is raised, at the line that is wrong.
print(select(2, pcall(replicate.run, "replicate/hello-world", { inptu = { text = "x" } })))
