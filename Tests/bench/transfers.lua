--- One large file up or down, from and to disk; and by how much the memory of this process grew meanwhile.
-- Use: transfers.lua upload PATH GROWTH | download PATH GROWTH; the growth, in KiB, is added to the file GROWTH as a line
-- "upload KIB". The server is in REPLICATE_BASE_URL.

local measure = require "measure"
local replicate = require "replicate"

--- The most that was ever resident, in KiB; `field` is VmHWM, or VmRSS for what is resident now.
local function resident(field)
    for line in io.lines "/proc/self/status" do
        local kib = line:match("^" .. field .. ":%s*(%d+) kB")
        if kib then
            return tonumber(kib)
        end
    end
end

local what, path, growth = arg[1], arg[2], arg[3]
local client = assert(replicate.new { timeout = 600, max_upload_bytes = 2 ^ 40, max_download_bytes = 2 ^ 40 })
local actions = {
    upload = function()
        assert(client.files:create(replicate.file(path)))
    end,
    download = function()
        assert(client.files:download("large", { owner = "o", expiry = 1, signature = "s", path = path }))
    end,
}
-- A small one before, so that what is loaded once is there.
assert(client.files:create(replicate.bytes "x"))
local before = resident "VmRSS"
measure(1, actions[what])
local file = assert(io.open(growth, "a"))
file:write(("%s %d\n"):format(what, resident "VmHWM" - before))
file:close()
