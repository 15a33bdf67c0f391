-- The classes that a file of LuaCATS annotations describes, as far as it takes to find a function in them.

local Annotations = {}
Annotations.__index = Annotations

--- Reads `---@class`, `---@field name type` and `function Name:method()`; `local Name = {}` below a class stands for it.
function Annotations.read(path)
    local self = setmetatable({ _classes = {} }, Annotations)
    local class, locals = nil, {}
    for line in io.lines(path) do
        local name = line:match "^%-%-%-@class ([%w_.]+)"
        if name then
            class = {}
            self._classes[name] = class
        end
        local field, its_type = line:match "^%-%-%-@field ([%w_]+)%?? (.+)$"
        if field and class then
            class[field] = its_type
        end
        local variable = line:match "^local (%w+) = {}$"
        if variable then
            locals[variable] = class
        end
        local owner, method = line:match "^function (%w+):([%w_]+)%("
        if owner and locals[owner] then
            locals[owner][method] = "fun()"
        end
    end
    return self
end

--- The type of a member: of a class by its name, or of a table that is written out, `{ get: fun(…), secret: { … } }`.
function Annotations:member(of, name)
    local class = of:match "^[%w_.]+" or ""
    if self._classes[class] then
        return self._classes[class][name]
    end
    local inside = of:match "^(%b{})"
    if not inside then
        return nil
    end
    -- Only members of this table count, not those of tables in it.
    local depth, at = 0, 1
    while at <= #inside do
        local character = inside:sub(at, at)
        depth = depth + (character:find "[{(]" and 1 or character:find "[})]" and -1 or 0)
        local found = depth == 1 and inside:match("^[{%s,]" .. name .. ": (.*)$", at)
        if found then
            return found
        end
        at = at + 1
    end
end

--- Whether "models.versions.list" is a function, from a class on.
function Annotations:has_function(class, path)
    local at = class
    for name in path:gmatch "[^.]+" do
        at = at and self:member(at, name)
    end
    return at ~= nil and at:find "^fun%(" ~= nil
end

return Annotations
