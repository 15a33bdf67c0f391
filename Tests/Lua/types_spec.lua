-- lua/replicate/types.lua, which editors read: every function that there is, and every option that is taken.

local options = require "replicate.options"
local support = require "support"

local Annotations = dofile "Tests/Operations/annotations.lua"
local annotations = Annotations.read "lua/replicate/types.lua"

after_each(support.close_all)

--- The names of the functions in a resource, and in those inside of it: "models.versions.list".
local function add_functions(names, prefix, resource)
    for name, value in pairs(resource) do
        if type(name) == "string" and not name:find "^_" then
            if type(value) == "function" then
                names[#names + 1] = prefix .. name
            elseif type(value) == "table" then
                add_functions(names, prefix .. name .. ".", value)
            end
        end
    end
end

describe("types.lua", function()
    it("has every function of a client", function()
        local client = support.closed(support.client())
        local names, missing = {}, {}
        add_functions(names, "", client)
        add_functions(names, "", getmetatable(client))
        assert.is_true(#names > 60)
        for _, name in ipairs(names) do
            if not annotations:has_function("replicate.Client", name) then
                missing[#missing + 1] = name
            end
        end
        assert.same({}, missing)
    end)

    it("has every option", function()
        local missing = {}
        for kind, class in pairs {
            client = "ClientOptions", call = "CallOptions", create = "CreateOptions", transfer = "ChunkOptions",
        } do
            for name in pairs(options.names(kind)) do
                local inherited = class ~= "ChunkOptions" and annotations:member("replicate.CallOptions", name)
                if not (annotations:member("replicate." .. class, name) or inherited) then
                    missing[#missing + 1] = class .. " " .. name
                end
            end
        end
        assert.same({}, missing)
    end)

    it("has what a loop is attached by", function()
        for _, name in ipairs { "frame", "luv", "cqueues", "copas" } do
            assert.is_true(annotations:has_function("replicate.loop." .. name, "attach"), name)
        end
        assert.is_true(annotations:has_function("replicate.loop.frame", "every"))
    end)
end)
