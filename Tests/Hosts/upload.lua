-- upload.lua PATH: uploads a file and prints the parts of a signed link to it: ID OWNER EXPIRY SIGNATURE. The sandbox signs
-- with SANDBOX_FILES_SECRET, which Tests/with-sandbox sets.

local replicate = require "replicate"

local owner, expiry = "sandbox", 9999999999
local file = assert(replicate.files.create(replicate.file(arg[1])))
local secret = os.getenv "SANDBOX_FILES_SECRET"
print(file.id, owner, expiry, replicate.files.sign { owner = owner, id = file.id, expiry = expiry, secret = secret })
