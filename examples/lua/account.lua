-- Where the token comes from, and whether it is a good one: the first thing to try with an account.
--
--     REPLICATE_API_TOKEN=r8_… lua5.4 account.lua       from the environment
--     lua5.4 account.lua .env                           or from a file with the line REPLICATE_API_TOKEN=r8_…

local replicate = require "replicate"

-- The environment goes first; a file is for what it does not have.
local client, err = replicate.new { env_file = arg[1] }
if not client then
    -- Without a token nothing is sent at all; the message says how to give one.
    print(err.kind .. ": " .. err.message)
    os.exit(1)
end

-- Making a client asks nobody. The cheapest question is whose token this is.
local account
account, err = client.account:get()
if account then
    print(("This is the token of the %s %s (%s)."):format(account.type, account.username, account.name))
elseif err.kind == "auth" then
    print("The service does not take this token: " .. err.message)
else
    print("It was not to be found out: " .. tostring(err))
end
client:close()
