--- How this module says that it was called wrongly: error() at the caller's own line, in words for a beginner.

local core = require "replicate.core"

local misuse = {}

local ours = {}

--- Every file of the module names itself here, so that the blame goes past it.
function misuse.register()
    ours[debug.getinfo(2, "S").source] = true
end

misuse.register()

function misuse.raise(message, ...)
    if select("#", ...) > 0 then
        message = message:format(...)
    end
    local level = 2
    while true do
        local frame = debug.getinfo(level, "S")
        if not frame then
            error(message, 0)
        end
        -- "tail" is Lua 5.1's, for the calls that a tail call has taken the place of.
        if frame.what ~= "C" and frame.what ~= "tail" and not ours[frame.source] then
            error(message, level)
        end
        level = level + 1
    end
end

--- "a string", "nothing": what a value is, for a sentence.
function misuse.describe(value)
    local kind = type(value)
    if kind == "nil" then
        return "nothing"
    end
    return (kind:find "^[aeiou]" and "an " or "a ") .. kind
end

--- The same with the value itself where it is short to tell: a number, or the start of a string, on one line.
function misuse.shown(value)
    local kind = type(value)
    if kind == "number" or kind == "boolean" then
        return tostring(value)
    elseif kind ~= "string" then
        return misuse.describe(value)
    end
    local last = 60
    while last > 57 and math.floor((value:byte(last + 1) or 0) / 64) == 2 do -- not inside of a character
        last = last - 1
    end
    local start = value:sub(1, last):gsub("%c", " ")
    if not core.is_utf8(start) then
        start = start:gsub("[\128-\255]", "?")
    end
    return ("'%s%s'"):format(start, #value > last and "…" or "")
end

--- How Lua programs call what the core calls otherwise.
local lua_names = {
    prediction_id = "the prediction's id",
    reference = "the model reference",
    training_id = "the training's id",
    url = "page",
}

local names_in_request = { path = "the route" }

--- Raises what the core, or the glue, says about an argument: a message, or an error.
function misuse.raise_of_core(what, err)
    local message = type(err) == "string" and err or err.message
    message = message:gsub("^[%l_]+", what == "request" and names_in_request or lua_names, 1)
    message = message:gsub("%f[%w]param%.", "the parameter "):gsub("%f[%w]header%.", "the header ")
    misuse.raise("%s: %s", what, message)
end

--- Raises for a method that was called with a dot, or on what it does not belong to.
function misuse.raise_for_self(what, example)
    misuse.raise("%s: it must be called with a colon, as in %s(…)", what, example)
end

local function distance(a, b)
    local row = {}
    for j = 0, #b do
        row[j] = j
    end
    for i = 1, #a do
        local diagonal = row[0]
        row[0] = i
        for j = 1, #b do
            local cost = a:byte(i) == b:byte(j) and 0 or 1
            diagonal, row[j] = row[j], math.min(row[j] + 1, row[j - 1] + 1, diagonal + cost)
        end
    end
    return row[#b]
end

--- The one of `names` that somebody who wrote `word` may have meant; nil if none is near.
function misuse.nearest(word, names)
    if #word > 40 then
        return nil
    end
    local best, least = nil, math.max(2, math.floor(#word / 3)) + 1
    for _, name in ipairs(names) do
        local away = distance(word:lower(), name)
        if away < least then
            best, least = name, away
        end
    end
    return best
end

--- Raises for a key that is none of those in `known`, a set.
function misuse.unknown_name(name, known, what)
    if type(name) ~= "string" then
        misuse.raise("%s: options have names; %s is not one", what, misuse.shown(name))
    end
    local names = {}
    for each in pairs(known) do
        names[#names + 1] = each
    end
    table.sort(names)
    local near = misuse.nearest(name, names)
    local hint = near and ("did you mean '%s'?"):format(near) or "the options are " .. table.concat(names, ", ")
    misuse.raise("%s: unknown option %s; %s", what, misuse.shown(name), hint)
end

return misuse
