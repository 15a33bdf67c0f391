-- upload.lua PATH: uploads a file and prints the parts of a signed link to it: ID OWNER EXPIRY SIGNATURE. The sandbox signs
-- with SANDBOX_FILES_SECRET, which Tests/with-sandbox sets: base64 of the HMAC-SHA256 of "owner id expiry".

local replicate = require "replicate"

local owner, expiry = "sandbox", "9999999999"
local file = assert(replicate.files.create(replicate.file(arg[1])))
local sign = "import base64,hmac,os,sys;print(base64.b64encode(hmac.digest("
    .. "os.environ['SANDBOX_FILES_SECRET'].encode(),sys.argv[1].encode(),'sha256')).decode())"
local pipe = assert(io.popen(([[python3 -c "%s" "%s %s %s"]]):format(sign, owner, file.id, expiry)))
local signature = assert(pipe:read "l")
assert(pipe:close())
print(file.id, owner, expiry, signature)
