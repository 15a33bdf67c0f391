-- One source for every Lua: a core.so loads where it belongs, and in each other Lua says which file that one needs. Tries each
-- tree in build/ in each interpreter that is there.

local support = require "support"

local function output_of(command)
    local pipe = assert(io.popen(command))
    local text = pipe:read "*a"
    pipe:close()
    return text
end

local versions = {} -- { "5.1", … }: those that are built
for path in output_of("ls -d build/lib/lua/*/replicate/core.so"):gmatch "[^\n]+" do
    versions[#versions + 1] = path:match "lua/([%d.]+)/"
end

local luas = {} -- { command =, version =, name = }: those that can be run
for _, name in ipairs { "5.1", "5.2", "5.3", "5.4", "jit" } do
    local command = "lua" .. name
    if output_of("command -v " .. command) ~= "" then
        local is_jit = name == "jit"
        luas[#luas + 1] = { command = command, version = is_jit and "5.1" or name, name = is_jit and "LuaJIT" or "Lua " .. name }
    end
end

--- What a Lua says when it is to print `expression`, with the files of a version.
local function said_by(lua, version, expression)
    local environment = "LUA_PATH='build/share/lua/VERSION/?.lua;build/share/lua/VERSION/?/init.lua' "
        .. "LUA_CPATH='build/lib/lua/VERSION/?.so'"
    environment = environment:gsub("VERSION", version)
    return output_of(([[env -u LUA_INIT %s timeout 20 %s -e "print(%s)" 2>&1]]):format(environment, lua.command, expression))
end

after_each(support.close_all)

describe("each Lua", function()
    for _, lua in ipairs(luas) do
        for _, version in ipairs(versions) do
            local title = (" loads what is built for %s"):format(version)
            if lua.version == version then
                it(lua.name .. title, function()
                    assert.equal("function\n", said_by(lua, version, "type(require('replicate').run)"))
                    assert.equal("[1]\n", said_by(lua, version, "require('replicate.core').json_encode({ 1 })"))
                end)
            else
                it(lua.name .. " says what it needs where it" .. title, function()
                    for _, module in ipairs { "replicate", "replicate.core" } do
                        local said = said_by(lua, version, ("select(2, pcall(require, '%s'))"):format(module))
                        assert.matches(("this is %s, which needs lib/lua/%s/replicate/core.so (make LUA=%s); "):format(
                            lua.name, lua.version, lua.version), said, 1, true)
                        local found = ("build/lib/lua/%s/replicate/core.so is for Lua %s"):format(version, version)
                        assert.matches(found, said, 1, true)
                        assert.not_matches("undefined symbol", said, 1, true)
                    end
                end)
            end
        end
        it(lua.name .. " says which file it did not find", function()
            local said = said_by(lua, versions[1], "pcall(function() package.cpath = '' require 'replicate' end)")
            assert.matches("^false%s+" .. lua.name:gsub("%.", "%%.") .. " needs lib/lua/" .. lua.version, said)
            assert.matches("module 'replicate.core' not found", said, 1, true)
        end)
    end

    it("is there to be tried: two of them at least, and two trees", function()
        assert.is_true(#luas >= 2 and #versions >= 2, "make test installs LuaJIT, and make builds for it")
    end)
end)

describe("this Lua", function()
    it("is the one that was asked for", function()
        local asked = os.getenv "REPLICATE_LUA"
        assert.equal(asked == "luajit" and "Lua 5.1" or "Lua " .. asked, _VERSION)
        assert.equal(asked == "luajit", rawget(_G, "jit") ~= nil)
    end)

    it("has the words that the others have, for a script that a test starts", function()
        local output, ok = support.script "io.write(_VERSION)"
        assert.same({ _VERSION, true }, { output, ok })
        assert.is_false(select(2, support.script "os.exit(3)"))
    end)

    it("blames the line of a call, through a tail call too", function()
        local replicate = require "replicate"
        local function tail(...)
            return replicate.use(...)
        end
        local line = debug.getinfo(1, "l").currentline + 2
        local ok, message = pcall(function()
            local fn = tail(5)
            return fn
        end)
        assert.is_false(ok)
        assert.matches(("luas_spec.lua:%d: use: "):format(line), message, 1, true)
    end)
end)

describe("whole numbers", function()
    it("that a double would round are exact in a prediction, and its other fields are there", function()
        local digits = "9007199254740993"
        local server = support.recording_server(function()
            return '{"id":"p1","status":"succeeded","metrics":{"count":' .. digits .. ',"small":7},"logs":""}'
        end)
        local client = support.closed(support.client { base_url = server.url })
        local got
        client.predictions:get("p1", function(prediction, err) got = prediction or err end)
        server.serve(1)
        client:loop()
        server.close()
        assert.equal("succeeded", got.status)
        assert.equal(7, got.metrics.small)
        assert.equal(support.has_integers and math.tointeger(digits) or digits, got.metrics.count)
        assert.matches(digits, got:json(), 1, true)
    end)

    it("of a progress bar are exact", function()
        local core = require "replicate.core"
        local _, current, total = core.progress " 50%|#####     | 9007199254740993/18014398509481986 [00:01<00:01, 1.0it/s]"
        assert.equal("9007199254740993", support.has_integers and ("%d"):format(current) or current)
        assert.equal("18014398509481986", support.has_integers and ("%d"):format(total) or total)
    end)
end)
