-- json_spec.lua - the JSON codec of replicate.core: what it accepts, what it refuses and with which words, and that
-- it agrees with lua-cjson (skipped where that is not installed) on generated values.

local core = require "replicate.core"
local has_cjson, cjson = pcall(require, "cjson")

local encode, decode, null, array, object = core.json_encode, core.json_decode, core.null, core.array, core.object
local has_integers = math.type ~= nil
local math_type = math.type or function(value) return type(value) == "number" and "float" or nil end
local loadtext = loadstring or load -- luacheck: ignore

-- luassert takes long over an assertion that holds, and here are hundreds of thousands: so it is asked only about
-- those that do not hold, for its message.
local function equal(expected, actual, label)
    if expected ~= actual then
        assert.are.equal(expected, actual, label)
    end
end

local function truth(value, label)
    if value ~= true then
        assert.is_true(value, label)
    end
end

-- Exact equality: 1 and 1.0 differ, 0.0 and -0.0 differ, tables are compared key by key.
local function same(a, b)
    if type(a) ~= "table" or type(b) ~= "table" then
        if a ~= b or math_type(a) ~= math_type(b) then
            return false
        end
        return a ~= 0 or 1 / a == 1 / b
    end
    for key, value in next, a do
        if not same(value, rawget(b, key)) then
            return false
        end
    end
    for key in next, b do
        if rawget(a, key) == nil then
            return false
        end
    end
    return true
end

local function refused(value, name)
    local text, message = encode(value, name or "input")
    equal(nil, text)
    equal("string", type(message))
    truth(#message <= 300, "a message of " .. #message .. " bytes")
    return message
end

local function undecodable(text)
    local value, message = decode(text)
    equal(nil, value)
    equal("string", type(message))
    return message
end

local negative_zero = -1 / math.huge -- Lua 5.1 takes the constants 0.0 and -0.0 for the same
local NOTHING = {} -- "must be refused" in the rows below

-- Written from the grammar of RFC 8259. Each row: text, expected value or NOTHING.
local texts = {
    -- section 2: any value may be the text; insignificant white space
    { '0', 0 }, { '"a"', "a" }, { 'true', true }, { 'false', false }, { 'null', null }, { '[]', {} }, { '{}', {} },
    { ' \t\n\r 1 \t\n\r ', 1 }, { '[ ]', {} }, { '{ \n }', {} }, { '[ 1 ,\t2\r,\n3 ]', { 1, 2, 3 } },
    { '{ "a" : 1 , "b" : 2 }', { a = 1, b = 2 } },
    { '', NOTHING }, { ' ', NOTHING }, { '\v1', NOTHING }, { '\f1', NOTHING }, { '\0', NOTHING }, { '1\0', NOTHING },
    { '\194\1601', NOTHING }, { '1 2', NOTHING }, { '[] []', NOTHING }, { '[1]x', NOTHING }, { '{}}', NOTHING },
    { '[]]', NOTHING }, { '//a\n1', NOTHING }, { '/* a */ 1', NOTHING }, { '1 # a', NOTHING },
    -- section 3: the three words are lower case and complete
    { 'True', NOTHING }, { 'TRUE', NOTHING }, { 'tru', NOTHING }, { 'truex', NOTHING }, { 'fals', NOTHING },
    { 'nul', NOTHING }, { 'nulll', NOTHING }, { 'NULL', NOTHING }, { 'nil', NOTHING }, { 'undefined', NOTHING },
    { 'NaN', NOTHING }, { 'Infinity', NOTHING }, { '-Infinity', NOTHING }, { 'nan', NOTHING }, { 'inf', NOTHING },
    -- section 4: objects
    { '{"":1}', { [""] = 1 } }, { '{"a":{"b":{"c":[]}}}', { a = { b = { c = {} } } } },
    { '{"a":1,"a":2}', { a = 2 } }, { '{"a":1,"b":2,"a":null}', { b = 2 } }, { '{"a":null,"a":3}', { a = 3 } },
    { '{"a":null}', {} }, { '{"a\\u0000b":1}', { ["a\0b"] = 1 } }, { '{"1":2}', { ["1"] = 2 } },
    { '{"a":1,}', NOTHING }, { '{,}', NOTHING }, { '{,"a":1}', NOTHING }, { '{"a"}', NOTHING }, { '{"a":}', NOTHING },
    { '{:1}', NOTHING }, { '{"a",1}', NOTHING }, { '{"a":1 "b":2}', NOTHING }, { '{"a":1;"b":2}', NOTHING },
    { '{a:1}', NOTHING }, { "{'a':1}", NOTHING }, { '{1:1}', NOTHING }, { '{null:1}', NOTHING }, { '{"a":1', NOTHING },
    { '{"a":', NOTHING }, { '{"a', NOTHING }, { '{', NOTHING }, { '}', NOTHING }, { '{"a"::1}', NOTHING },
    { '{"a":1,,"b":2}', NOTHING }, { '{"a":nullx}', NOTHING }, { '{"a":1]', NOTHING }, { '{"a"=1}', NOTHING },
    { '{"a":nul', NOTHING }, { '{[]:1}', NOTHING },
    -- section 5: arrays
    { '[1]', { 1 } }, { '[[]]', { {} } }, { '[[],[[]],{}]', { {}, { {} }, {} } }, { '[null]', { null } },
    { '[1,"a",true,null]', { 1, "a", true, null } }, { '[null,null]', { null, null } },
    { '[1,[2,[3]]]', { 1, { 2, { 3 } } } },
    { '[1,]', NOTHING }, { '[,]', NOTHING }, { '[,1]', NOTHING }, { '[1,,2]', NOTHING }, { '[1 2]', NOTHING },
    { '[1;2]', NOTHING }, { '[1:2]', NOTHING }, { '[', NOTHING }, { ']', NOTHING }, { '[1', NOTHING },
    { '[1,', NOTHING },
    { '[1}', NOTHING }, { '["a":1]', NOTHING }, { '[[1]', NOTHING }, { '(1)', NOTHING }, { '[1]]', NOTHING },
    -- section 6: numbers
    { '-1', -1 }, { '10', 10 }, { '1234567890', 1234567890 }, { '0.5', 0.5 }, { '-0.5', -0.5 }, { '1.25', 1.25 },
    { '1e2', 1e2 }, { '1E2', 1e2 }, { '1e+2', 1e2 }, { '1e-2', 1e-2 }, { '1.5e2', 1.5e2 }, { '1E-02', 1e-2 },
    { '0e0', 0.0 }, { '0e1000', 0.0 }, { '0.000', 0.0 }, { '-0.0', negative_zero }, { '-0e2', negative_zero },
    { '1e05', 1e5 },
    { '9007199254740991', 9007199254740991 }, { '1e309', math.huge }, { '-1e309', -math.huge }, { '1e-400', 0.0 },
    { '5e-324', 5e-324 }, { '2.2250738585072014e-308', 2.2250738585072014e-308 },
    { '1.7976931348623157e308', 1.7976931348623157e308 }, { '0.1', 0.1 }, { '3.141592653589793', 3.141592653589793 },
    { '123.45678901234567', 123.45678901234567 }, { '0.00012345678901234567', 0.00012345678901234567 },
    { '9007199254740993.0', 9007199254740992.0 }, { '9007199254740993.00000000000000000001', 9007199254740994.0 },
    { '00', NOTHING }, { '01', NOTHING }, { '-01', NOTHING }, { '-', NOTHING }, { '--1', NOTHING }, { '+1', NOTHING },
    { '- 1', NOTHING }, { '1.', NOTHING }, { '.5', NOTHING }, { '-.5', NOTHING }, { '1.e1', NOTHING },
    { '1e', NOTHING },
    { '1e+', NOTHING }, { '1e-', NOTHING }, { '1e1.5', NOTHING }, { '1.2.3', NOTHING }, { '0x10', NOTHING },
    { '1_000', NOTHING }, { '1,5', NOTHING }, { '1a', NOTHING }, { '00.5', NOTHING }, { '1ee2', NOTHING },
    { '\239\188\145', NOTHING }, { '1e++2', NOTHING }, { '-a', NOTHING },
    -- section 7: strings
    { '""', "" }, { '"\\""', '"' }, { '"\\\\"', "\\" }, { '"\\/"', "/" }, { '"/"', "/" },
    { '"\\b\\f\\n\\r\\t"', "\b\f\n\r\t" }, { '"\\u0041"', "A" }, { '"\\u00e9\\u00E9"', "\195\169\195\169" },
    { '"\\u20AC"', "\226\130\172" }, { '"\\ud83d\\ude80"', "\240\159\154\128" },
    { '"\\uD83D\\uDE80"', "\240\159\154\128" },
    { '"\\udbff\\udfff"', "\244\143\191\191" }, { '"\\u0000"', "\0" }, { '"a\\u0000b"', "a\0b" },
    { '"\127"', "\127" }, { '"\226\128\168"', "\226\128\168" }, { '"\195\169"', "\195\169" },
    { '"\\ud83d"', "\239\191\189" }, { '"\\ude80"', "\239\191\189" }, { '"\\ud83dx"', "\239\191\189x" },
    { '"\\ud83d\\n"', "\239\191\189\n" }, { '"\\ud83d\\u0041"', "\239\191\189A" },
    { '"\\ud83d\\ud83d\\ude80"', "\239\191\189\240\159\154\128" }, { '"\\ude80\\ud83d"', "\239\191\189\239\191\189" },
    { '"\\ude80\\ude80"', "\239\191\189\239\191\189" },
    { '"\\uffff"', "\239\191\191" }, { '"12345678\\"12345678"', '12345678"12345678' },
    { '"a', NOTHING }, { '"', NOTHING }, { '"\\"', NOTHING }, { '"a\\', NOTHING }, { "'a'", NOTHING }, { 'a', NOTHING },
    { '"\n"', NOTHING }, { '"\t"', NOTHING }, { '"\0"', NOTHING }, { '"\31"', NOTHING },
    { '"12345678\n12345678"', NOTHING },
    { '"\\a"', NOTHING }, { '"\\x41"', NOTHING }, { '"\\0"', NOTHING }, { "\"\\'\"", NOTHING },
    { '"\\U0041"', NOTHING },
    { '"\\u"', NOTHING }, { '"\\u004"', NOTHING }, { '"\\u004g"', NOTHING }, { '"\\u+041"', NOTHING },
    { '"\\u 041"', NOTHING },
    { '"\\u00', NOTHING }, { '"\\ud83d\\u"', NOTHING }, { '"\\ud83d\\u12"', NOTHING }, { '"a" "b"', NOTHING },
    { '"a"b', NOTHING },
    -- section 8.1: UTF-8, with or without a byte order mark in front
    { '\239\187\1911', 1 }, { '\239\187\191 [1]', { 1 } }, { '"\239\187\191"', "\239\187\191" },
    { ' \239\187\1911', NOTHING }, { '\239\187\191', NOTHING }, { '\239\187\191\239\187\1911', NOTHING },
    { '[\239\187\1911]', NOTHING }, { '\239\187', NOTHING }, { '\255\2541\0', NOTHING }, { '\0001', NOTHING },
    { '"\128"', NOTHING }, { '"\192\128"', NOTHING }, { '"\193\191"', NOTHING }, { '"\194"', NOTHING },
    { '"\194a"', NOTHING },
    { '"\224\128\128"', NOTHING }, { '"\224\159\191"', NOTHING }, { '"\226\130"', NOTHING }, { '"\226\130a"', NOTHING },
    { '"\237\160\128"', NOTHING }, { '"\237\191\191"', NOTHING }, { '"\240\128\128\128"', NOTHING },
    { '"\240\143\191\191"', NOTHING }, { '"\240\159\154"', NOTHING }, { '"\244\144\128\128"', NOTHING },
    { '"\245\128\128\128"', NOTHING }, { '"\248\136\128\128\128"', NOTHING }, { '"\255"', NOTHING },
    { '"\254"', NOTHING },
    { '"\237\159\191\238\128\128"', "\237\159\191\238\128\128" }, { '"\240\144\128\128"', "\240\144\128\128" },
    { '"\224\160\128"', "\224\160\128" }, { '"\194\128\223\191"', "\194\128\223\191" }, { '"\194', NOTHING },
    { '"\240\159\154\128', NOTHING }, { '{"\255":1}', NOTHING },
}

describe("json_decode", function()
    it("follows RFC 8259 row by row", function()
        local accepted, refusals = 0, 0
        for row, pair in ipairs(texts) do
            local text, expected = pair[1], pair[2]
            local value, message = decode(text)
            local label = ("row %d: %q: %s"):format(row, text, tostring(message))
            if expected == NOTHING then
                refusals = refusals + 1
                assert.is_nil(value, label)
                assert.is_string(message, label)
                assert.is_truthy(message:find(" at byte %d+"), label)
            else
                accepted = accepted + 1
                assert.is_nil(message, label)
                truth(same(value, expected), label)
                -- The same inside other values, where it is followed by something.
                local inside = decode('[' .. text:gsub("^\239\187\191", "") .. ',"end"]')
                truth(same(inside, { expected, "end" }), label)
            end
        end
        truth(accepted >= 80 and refusals >= 80)
    end)

    it("gives the same answer for every beginning of a text, without looking past its end", function()
        local whole = '[{"aé\\ud83d\\ude80":[1,-2.5e+3,true,false,null]}]'
        for length = 0, #whole - 1 do
            undecodable(whole:sub(1, length))
        end
        assert.is_table(decode(whole))
    end)

    it("says what is wrong and at which byte", function()
        local rows = {
            { '{"a":1, "b":    }', "expected a value at byte 17" },
            { '', "expected a value at byte 1 (the text ends there)" },
            { '[1,2', "expected ',' or ']' at byte 5 (the text ends there)" },
            { '[1,]', "expected a value at byte 4" },
            { '{"a" 1}', "expected ':' at byte 6" },
            { '{"a":1,}', "expected a name in double quotes at byte 8" },
            { '{"a":1 2}', "expected ',' or '}' at byte 8" },
            { '1 x', "expected the end of the text at byte 3" },
            { '[01]', "a number with a leading zero at byte 2" },
            { '[1.]', "expected a digit at byte 4" },
            { '"ab', "expected a closing quote at byte 4 (the text ends there)" },
            { '"a\n"', "a control character, which a string must write as an escape sequence, at byte 3" },
            { '"ab\\q"', "unknown escape sequence at byte 4" },
            { '"\\u12"', "expected four hexadecimal digits after \\u at byte 2" },
            { '"0123456789\255"', "invalid UTF-8 in a string at byte 12" },
            { '\239\187\191?', "expected a value at byte 4" },
        }
        for _, row in ipairs(rows) do
            equal(row[2], undecodable(row[1]))
        end
    end)

    it("leaves null fields out and keeps null elsewhere", function()
        local value = decode '{"a":null,"b":[null,1,null],"c":{"d":null}}'
        assert.is_nil(value.a)
        assert.is_nil(value.c.d)
        equal(3, #value.b)
        equal(null, value.b[1])
        equal(null, value.b[3])
        equal(null, (decode "null"))
        equal("userdata", type(null))
        if has_cjson then
            equal(cjson.null, null)
        end
    end)

    it("marks arrays and only arrays", function()
        local value = decode '{"a":[],"b":[1],"c":{}}'
        equal("array", getmetatable(value.a).__jsontype)
        equal(getmetatable(value.a), getmetatable(value.b))
        assert.is_nil(getmetatable(value))
        assert.is_nil(getmetatable(value.c))
        equal("[]", encode(value.a))
        equal("[1]", encode(value.b))
        equal("{}", encode(value.c))
    end)

    it("takes the last of equal keys, also in objects of many fields", function()
        local parts = {}
        for i = 1, 200 do
            parts[i] = ('"k%d":%d'):format(i % 50, i)
        end
        parts[#parts + 1] = '"k7":null'
        local value = decode("{" .. table.concat(parts, ",") .. "}")
        for i = 0, 49 do
            local expected = i == 0 and 200 or 150 + i
            if i == 7 then
                expected = nil
            end
            equal(expected, value["k" .. i])
        end
    end)

    it("reads arrays and objects of every size around its internal limits", function()
        for depth = 0, 30, 15 do
            for count = 0, 140 do
                local items, fields = {}, {}
                for i = 1, count do
                    items[i] = tostring(i)
                    fields[i] = ('"f%d":%d'):format(i, i)
                end
                local open, close = ("["):rep(depth), ("]"):rep(depth)
                local list = decode(open .. "[" .. table.concat(items, ",") .. "]" .. close)
                local map = decode(open .. "{" .. table.concat(fields, ",") .. "}" .. close)
                for _ = 1, depth do
                    list, map = list[1], map[1]
                end
                equal(count, #list)
                equal("array", getmetatable(list).__jsontype)
                local seen = 0
                for key, value in next, map do
                    seen = seen + 1
                    equal("f" .. value, key)
                end
                equal(count, seen)
                for i = 1, count do
                    equal(i, list[i])
                end
            end
        end
    end)

    it("allows 512 levels and no more", function()
        for _, kind in ipairs { { "[", "]", "" }, { '{"a":', "}", "1" } } do
            assert.is_table(decode(kind[1]:rep(512) .. kind[3] .. kind[2]:rep(512)))
            for _, depth in ipairs { 513, 100000 } do
                local message = undecodable(kind[1]:rep(depth) .. kind[3] .. kind[2]:rep(depth))
                equal("arrays and objects are nested more than 512 levels deep at byte " .. #kind[1] * 512 + 1, message)
                equal(message, undecodable(kind[1]:rep(depth)))
            end
        end
        -- Levels that were closed again do not count.
        assert.is_table(decode("[" .. ("[{}],"):rep(2000) .. "1]"))
    end)

    it("works within coroutines and on a nearly full stack", function()
        local text = ("["):rep(512) .. ("]"):rep(512)
        assert.is_table(coroutine.wrap(function() return (decode(text)) end)())
        local function deep(n)
            if n == 0 then
                return encode(decode(text)) == text
            end
            return (deep(n - 1))
        end
        truth(deep(1000))
    end)

    it("wants a string", function()
        assert.has_error(function() decode(12) end)
        assert.has_error(function() decode(nil) end)
        assert.has_error(function() decode() end)
    end)
end)

describe("json_encode", function()
    it("tells arrays from objects", function()
        local rows = {
            { {}, "{}" }, { array {}, "[]" }, { object {}, "{}" }, { { 1 }, "[1]" }, { array { 1 }, "[1]" },
            { { a = 1 }, '{"a":1}' }, { object { a = 1 }, '{"a":1}' }, { { { {} } }, "[[{}]]" },
            { { a = array {} }, '{"a":[]}' }, { array(), "[]" }, { object(), "{}" }, { { ["1"] = 2 }, '{"1":2}' },
            { setmetatable({}, { __jsontype = "array" }), "[]" }, { setmetatable({}, { __jsontype = "object" }), "{}" },
            { setmetatable({ 1 }, { __jsontype = "array" }), "[1]" }, { setmetatable({}, { __jsontype = "x" }), "{}" },
            { setmetatable({}, { __jsontype = true }), "{}" }, { setmetatable({}, {}), "{}" },
            { true, "true" }, { false, "false" }, { null, "null" }, { "a", '"a"' }, { { null, null }, "[null,null]" },
            { { a = null }, '{"a":null}' },
        }
        for _, row in ipairs(rows) do
            equal(row[2], encode(row[1]))
        end
        equal("null", encode(nil))
    end)

    it("writes arrays in order however Lua keeps them", function()
        local backwards = {}
        for i = 100, 1, -1 do
            backwards[i] = i
        end
        local expected = {}
        for i = 1, 100 do
            expected[i] = tostring(i)
        end
        expected = "[" .. table.concat(expected, ",") .. "]"
        equal(expected, encode(backwards))
        equal(expected, encode(array(backwards)))
        -- Partly in order, partly not.
        for inside = 1, 9 do
            for outside = 1, 20 do
                local list, texts_of_list = {}, {}
                for i = 1, inside do
                    list[i] = i
                end
                for i = inside + outside, inside + 1, -1 do
                    list[i] = i
                end
                for i = 1, inside + outside do
                    texts_of_list[i] = tostring(i)
                end
                equal("[0,[" .. table.concat(texts_of_list, ",") .. "]]", (encode { 0, list }))
            end
        end
        equal("[[3,2,1]]", encode { [1] = { [3] = 1, [1] = 3, [2] = 2 } })
    end)

    it("never calls metamethods", function()
        local function trap() error "a metamethod was called" end
        local all = { __index = trap, __newindex = trap, __len = trap, __pairs = trap, __ipairs = trap, __call = trap,
            __eq = trap, __tostring = trap, __name = "x", __metatable = "locked" }
        equal('{"a":1}', encode(setmetatable({ a = 1 }, all)))
        equal('[1,2]', encode(setmetatable({ 1, 2 }, all)))
        equal('{}', encode(setmetatable({}, setmetatable({}, all))))
        assert.is_truthy(refused { setmetatable({ 1, nil, 3 }, all) }:find("index 2 is missing"))
    end)

    it("refuses tables that are neither array nor object", function()
        local rows = {
            { { list = { 1, nil, 3 } }, "input.list: index 2 is missing; use replicate.null for an empty place" },
            { { [2] = 1 }, "input: index 1 is missing; use replicate.null for an empty place" },
            { { 1, 2, 3, [1000000] = 4 }, "input: index 4 is missing; use replicate.null for an empty place" },
            { array { 1, nil, 3 }, "input: index 2 is missing; use replicate.null for an empty place" },
            { { a = { 1, x = 2 } },
                "input.a: this table mixes list items and named fields; it can be only one of the two" },
            { { { [0] = 1 } }, "input[1]: the key 0 is not a place in a list; those are 1, 2, 3 and so on" },
            { { [-1] = 1 }, "input: the key -1 is not a place in a list; those are 1, 2, 3 and so on" },
            { { [-1e300] = 1 }, "input: the key -1e+300 is not a place in a list; those are 1, 2, 3 and so on" },
            { { [1.5] = 1 }, "input: the key 1.5 is not a place in a list; those are 1, 2, 3 and so on" },
            { { a = 1, [1.5] = 1 }, "input: the key 1.5 is not a place in a list; those are 1, 2, 3 and so on" },
            { { [true] = 1 },
                "input: a key is a boolean; keys must be names (strings) or the places 1, 2, 3 of a list" },
            { { a = { b = 1, [{}] = 1 } },
                "input.a: a key is a table; keys must be names (strings) or the places 1, 2, 3 of a list" },
            { { 1, [print] = 1 },
                "input: a key is a function; keys must be names (strings) or the places 1, 2, 3 of a list" },
            { array { a = 1 }, "input: this table is marked as an array, but has named fields" },
            { array { 1, 2, a = 1 }, "input: this table is marked as an array, but has named fields" },
            { { x = object { 1 } }, "input.x: this table is marked as an object, but has list items" },
            { object { 1, a = 1 }, "input: this table is marked as an object, but has list items" },
            { setmetatable({ a = 1 }, { __jsontype = "array" }),
                "input: this table is marked as an array, but has named fields" },
            { setmetatable({ 1 }, { __jsontype = "object" }),
                "input: this table is marked as an object, but has list items" },
        }
        for _, row in ipairs(rows) do
            equal(row[2], refused(row[1]))
        end
    end)

    it("refuses values JSON cannot hold, with their path", function()
        local rows = {
            { { images = { "a", "b", { url = print } } }, "input.images[3].url: a function cannot be written as JSON" },
            { { ["a b"] = { [1] = io.stdout } }, 'input["a b"][1]: a userdata cannot be written as JSON' },
            { { a1 = { _b = coroutine.create(function() end) } }, "input.a1._b: a thread cannot be written as JSON" },
            { { ["1a"] = print }, 'input["1a"]: a function cannot be written as JSON' },
            { { [""] = print }, 'input[""]: a function cannot be written as JSON' },
            { { ["\"\\\n"] = print }, 'input["\\"\\\\\\x0a"]: a function cannot be written as JSON' },
            { { ["größe"] = print }, 'input["größe"]: a function cannot be written as JSON' },
            { print, "input: a function cannot be written as JSON" },
            { { seed = 0 / 0 }, "input.seed: this number is NaN (not a number), which JSON cannot hold" },
            { { 1, math.huge }, "input[2]: this number is infinite, which JSON cannot hold" },
            { -math.huge, "input: this number is infinite, which JSON cannot hold" },
            { { image = "GIF\255" }, "input.image: this string is not valid UTF-8 at byte 4; JSON holds text only" },
            { { a = { ["k\255"] = 1 } }, 'input.a["k\\xff"]: the name of this field is not valid UTF-8 at byte 2' },
        }
        for _, row in ipairs(rows) do
            equal(row[2], refused(row[1]))
        end
        equal("value: a function cannot be written as JSON", select(2, encode(print)))
        equal("x[1]: a function cannot be written as JSON", select(2, encode({ print }, "x")))
    end)

    it("refuses exactly what is not strict UTF-8, at the right byte", function()
        local bad = { "\128", "\192\128", "\193\191", "\194", "\194a", "\224\128\128", "\224\159\191", "\226\130",
            "\237\160\128", "\237\191\191", "\240\128\128\128", "\240\143\191\191", "\240\159\154", "\244\144\128\128",
            "\245\128\128\128", "\255" }
        for _, bytes in ipairs(bad) do
            for _, before in ipairs { "", "1234567", "12345678", "123456789", "ä", ("ä\n"):rep(1000) } do
                for _, after in ipairs { "", "x", "12345678" } do
                    local message = refused(before .. bytes .. after)
                    truth(message:find("at byte " .. #before + 1 .. ";", 1, true) ~= nil, message)
                end
            end
        end
        for _, good in ipairs { "\127", "\194\128", "\223\191", "\224\160\128", "\237\159\191", "\238\128\128",
            "\239\191\191", "\240\144\128\128", "\244\143\191\191" } do
            for padding = 0, 17 do
                local text = ("x"):rep(padding) .. good
                equal('"' .. text .. '"', encode(text))
                equal('"' .. text .. 'y"', encode(text .. "y"))
            end
        end
    end)

    it("finds tables that contain themselves, and only those", function()
        local t = { a = {} }
        t.a.b = t
        equal("input.a.b: this table contains itself", refused(t))
        t.a.b = t.a
        equal("input.a.b: this table contains itself", refused(t))
        local list = {}
        list[1] = { { list } }
        equal("input[1][1][1]: this table contains itself", refused(list))
        local shared = { 1 }
        equal("[[1],[1],[[1]]]", encode { shared, shared, { shared } })
    end)

    it("allows 512 levels and no more", function()
        local function nested(depth, key)
            local value = array {}
            for _ = 2, depth do
                value = { [key] = value }
            end
            return value
        end
        equal(("["):rep(512) .. ("]"):rep(512), encode(nested(512, 1)))
        assert.is_string(encode(nested(512, "a")))
        for _, depth in ipairs { 513, 100000 } do
            for _, key in ipairs { 1, "a", ("long "):rep(1000), ("\255"):rep(50) } do
                local message = refused(nested(depth, key))
                if key == 1 or key == "a" then
                    assert.is_truthy(message:find("nested more than 512 levels deep", 1, true))
                end
            end
        end
    end)

    it("keeps messages short whatever the keys", function()
        for _, key in ipairs { ("k"):rep(1000000), ("\0"):rep(1000), ("\""):rep(1000), ("é"):rep(1000),
            ("\255"):rep(1000), ("🚀"):rep(1000), ("x "):rep(1000) } do
            local value = print
            for _ = 1, 100 do
                value = { [key] = value }
            end
            local message = refused(value, key)
            -- Cut between characters, never within one: the message can itself be sent as JSON.
            assert.is_string(encode(message))
            truth(#refused({ [key] = { [true] = 1 } }, key) <= 300)
        end
    end)

    it("escapes what must be escaped and nothing else", function()
        for byte = 0, 127 do
            local character = string.char(byte)
            local short = ({ ["\b"] = "\\b", ["\t"] = "\\t", ["\n"] = "\\n", ["\f"] = "\\f", ["\r"] = "\\r",
                ['"'] = '\\"', ["\\"] = "\\\\" })[character]
            local expected = short or byte < 0x20 and ("\\u%04x"):format(byte) or character
            -- At every place within and around the blocks of eight bytes that are looked at together.
            for before = 0, 17 do
                for after = 0, 9 do
                    local left, right = ("a"):rep(before), ("b"):rep(after)
                    local text = encode(left .. character .. right)
                    equal('"' .. left .. expected .. right .. '"', text)
                    equal(left .. character .. right, decode(text))
                    if expected ~= character then
                        local message = select(2, decode('"' .. left .. character .. right .. '"x'))
                        truth(message ~= nil)
                        if byte < 0x20 then
                            truth(message:find("control character.* at byte " .. before + 2 .. "$") ~= nil, message)
                        end
                    end
                end
            end
        end
        -- The longest possible growth, across every growth of the buffer.
        for _, length in ipairs { 100, 165, 170, 171, 1000, 100000 } do
            local string = ("\1"):rep(length)
            equal(string, decode((encode(string))))
            equal(string, decode((encode({ [string] = string })))[string])
        end
    end)

    it("checks its arguments", function()
        assert.has_error(function() encode() end)
        assert.has_error(function() encode({}, {}) end)
    end)
end)

describe("numbers", function()
    if has_integers then
        it("are exact as 64-bit integers both ways", function()
            local values = { 0, 1, -1, 9, 10, 99, 100, 101, 999, 1000, math.maxinteger, math.mininteger,
                math.maxinteger - 1, math.mininteger + 1 }
            for shift = 0, 62 do
                local power = math.tointeger(2 ^ shift)
                values[#values + 1] = power
                values[#values + 1] = -power - 1
                values[#values + 1] = power - 1
            end
            local power = 1
            for _ = 1, 18 do
                power = power * 10
                values[#values + 1] = power
                values[#values + 1] = 1 - power
            end
            for _, value in ipairs(values) do
                equal(("%d"):format(value), encode(value))
                truth(same(value, (decode(("%d"):format(value)))))
            end
        end)

        it("beyond 64 bits become floats, as Lua reads them", function()
            for _, text in ipairs { "9223372036854775808", "-9223372036854775809", "18446744073709551615",
                "18446744073709551616", "99999999999999999999", "123456789012345678901234567890", "1" .. ("0"):rep(308),
                "-1" .. ("0"):rep(25), "9999999999999999999", "-9999999999999999999" } do
                truth(same(tonumber(text), (decode(text))), text)
                equal("float", math.type((decode(text))))
            end
            equal(math.huge, (decode("1" .. ("0"):rep(400))))
            equal(-math.huge, (decode("-1" .. ("0"):rep(100000))))
        end)

        it("keep 1 and 1.0 apart", function()
            equal("1", encode(1))
            equal("1.0", encode(1.0))
            equal("[1,1.0,-2,-2.0]", encode { 1, 1.0, -2, -2.0 })
            truth(same({ 1, 1.0, 100.0 }, (decode "[1,1.0,1e2]")))
            equal("9007199254740992.0", encode(2.0 ^ 53))
            equal("1e+15", encode(1e15))
            equal("1e+14", encode(1e14))
            equal("10000000000000.0", encode(1e13))
        end)
    else
        it("are exact up to 2^53, and beyond are strings of their digits", function()
            equal(2 ^ 53, (decode "9007199254740992"))
            equal(-2 ^ 53, (decode "-9007199254740992"))
            for _, digits in ipairs { "9007199254740993", "-9007199254740993", "9007199254740994", "9223372036854775807",
                "-9223372036854775808", "18446744073709551616", "1" .. ("0"):rep(400), ("1"):rep(100000) } do
                equal(digits, (decode(digits)))
                equal(digits, (decode(" [ " .. digits .. " ] "))[1])
                equal(digits, (decode('{"metrics":{"id":' .. digits .. "}}")).metrics.id)
            end
            equal(1e30, (decode "1e30"))
            equal(2 ^ 53, (decode "9007199254740993.0")) -- written as a float, it is one
        end)

        it("go out as integers up to 2^53, and beyond as the shortest that reads back equal", function()
            equal("9007199254740991", encode(2 ^ 53 - 1))
            equal("9007199254740992", encode(2 ^ 53))
            equal("-9007199254740992", encode(-2 ^ 53))
            equal("9007199254740994.0", encode(2 ^ 53 + 2))
            equal("1e+300", encode(1e300))
            equal("[1,1,-2,0]", encode { 1, 1.0, -2.0, 0 })
        end)

        if rawget(_G, "jit") then
            it("of 64 bits go out whole from LuaJIT's FFI, and its other values are refused", function()
                local ffi = require "ffi"
                local function number(text)
                    return loadtext("return " .. text)()
                end
                equal("9223372036854775807", encode(number "9223372036854775807LL"))
                equal("-9223372036854775808", encode(number "-9223372036854775807LL - 1LL"))
                equal("18446744073709551615", encode(number "18446744073709551615ULL"))
                equal('{"seed":[9007199254740993,2]}', encode { seed = { number "9007199254740993LL", 2 } })
                local raising = ffi.metatype("struct { int a; }", { __tostring = function() error "raised" end })
                for _, value in ipairs { number "1i", ffi.new "int[2]", ffi.new "void *", raising(1) } do
                    equal("input.a: a value of the FFI that is no 64-bit integer cannot be written as JSON",
                        refused { a = value })
                end
            end)
        end
    end

    it("write floats as the shortest of %.14g to %.17g that reads back equal", function()
        local function expected(value)
            local text
            for precision = 14, 17 do
                text = ("%." .. precision .. "g"):format(value)
                if tonumber(text) == value then
                    break
                end
            end
            return text:find("[.e]") and text or text .. ".0"
        end
        local values = { 0.1, 0.5, 1 / 3, 2 / 3, 1e100, 1e-5, 1e-4, 0.001, 1e22, 1e23, 123456.789, 5e-324, math.pi,
            1.7976931348623157e308, 2.2250738585072014e-308, 4.35, 0.3, 0.1 + 0.2, 1e-7, 1.5e-10, 1e-11, 1e-12,
            1e15 + 0.5, 1e16 + 0.1, 99999999999999.9, 999999999999999.9, 0.99999999999999994, 9.5, 1e14 + 0.5,
            123456789012345.6 }
        math.randomseed(42)
        for i = 1, 20000 do
            local value = math.random()
            if i % 4 == 1 then
                value = value * 10 ^ math.random(-30, 30)
            elseif i % 4 == 2 then
                value = math.random(0, 1000000) / 10 ^ math.random(1, 8) + 1e-9
            elseif i % 4 == 3 then
                value = value * 2 ^ math.random(-1000, 1000)
            end
            values[#values + 1] = value
        end
        for exponent = -200, 200 do
            values[#values + 1] = 2.0 ^ exponent + (exponent >= 0 and exponent <= 53 and 2 ^ (exponent - 52) or 0)
        end
        for _, value in ipairs(values) do
            if has_integers or value ~= math.floor(value) or value >= 2 ^ 53 then
                -- LuaJIT's own "%.16g" rounds some ties up that C rounds to even.
                if not rawget(_G, "jit") then
                    equal(expected(value), encode(value))
                    equal("-" .. expected(value), encode(-value))
                end
                truth(same(value, (decode((encode(value))))))
            end
            for precision = 1, 25, 3 do
                local text = ("%." .. precision .. "e"):format(value)
                truth(tonumber(text) == decode(text), text)
            end
        end
        -- Digits that no double printed: these come near the middle between two doubles.
        for _ = 1, 20000 do
            local digits = { math.random(1, 9) }
            for i = 2, math.random(14, 21) do
                digits[i] = math.random(0, 9)
            end
            table.insert(digits, math.random(2, #digits), ".")
            local text = table.concat(digits) .. (math.random(2) == 1 and "" or "e" .. math.random(-30, 30))
            truth(tonumber(text) == decode(text), text)
        end
        equal("1e+100", encode(1e100))
        equal("-0.0", encode(-1 / math.huge))
        truth(same(-1 / math.huge, (decode "-0")))
        truth(same(-1 / math.huge, (decode "-0.0")))
    end)

    it("are read right however long they are", function()
        local zeros = ("0"):rep(5000)
        equal(1.0, (decode("0." .. zeros .. "1e5001")))
        equal(1e5, (decode("1" .. zeros .. "e-4995")))
        equal(0.0, (decode("0." .. zeros)))
        equal(0.0, (decode("0." .. zeros .. "1")))
        equal(9007199254740994.0, (decode("9007199254740993." .. zeros .. "1")))
        equal(9007199254740992.0, (decode("9007199254740993." .. zeros)))
        equal(1 / 3, (decode("0." .. ("3"):rep(5000))))
        equal(math.huge, (decode("1e" .. ("9"):rep(5000))))
        equal(0.0, (decode("1e-" .. ("9"):rep(5000))))
        equal(0.0, (decode("0e" .. ("9"):rep(5000))))
        equal(10.0, (decode("1e" .. zeros .. "1")))
    end)

    it("do not depend on the locale", function()
        local before = os.setlocale()
        -- Tests/Lua/run makes this locale and points LOCPATH at it.
        assert(os.setlocale "de_DE.UTF-8", "there is no locale with a decimal comma")
        equal(rawget(_G, "jit") and "1.5" or "1,5", ("%.1f"):format(1.5)) -- LuaJIT has its own printf
        local texts_before = { "1.5", "1e-300", "1.5e+300", "0.1", "4.9406564584125e-324" }
        local results = {}
        for i, text in ipairs(texts_before) do
            results[i] = encode((decode(text)))
        end
        local refusal = undecodable "1,5"
        os.setlocale(before)
        for i, text in ipairs(texts_before) do
            equal(text, results[i])
        end
        equal("expected the end of the text at byte 2", refusal)
    end)
end)

describe("marks", function()
    it("can be set, changed and asked for", function()
        local t = {}
        equal(t, array(t))
        equal("array", getmetatable(t).__jsontype)
        equal("[]", encode(t))
        equal(t, object(t))
        equal("object", getmetatable(t).__jsontype)
        equal("{}", encode(t))
        equal(getmetatable(array()), getmetatable((decode "[]")))
        assert.has_error(function() array(1) end)
        assert.has_error(function() object("a") end)
        assert.has_error(function() array(setmetatable({}, { __index = {} })) end)
    end)

    it("answer is_array and is_object as json_encode would write the table", function()
        local rows = {
            { {}, false, true }, { { 1 }, true, false }, { { a = 1 }, false, true }, { array {}, true, false },
            { object {}, false, true }, { { 1, a = 1 }, false, false }, { { 1, nil, 3 }, false, false },
            { { [true] = 1 }, false, false }, { 1, false, false }, { "a", false, false }, { null, false, false },
            { setmetatable({}, { __jsontype = "array" }), true, false }, { (decode "[]"), true, false },
        }
        for _, row in ipairs(rows) do
            equal(row[2], core.is_array(row[1]))
            equal(row[3], core.is_object(row[1]))
        end
        assert.is_false(core.is_array(nil))
        assert.is_false(core.is_object())
    end)
end)

-- ---- generated values ----

-- Its own generator, so that the values are the same for every Lua.
local state = 20241121
local function random(from, to)
    state = (state * 16807) % 2147483647
    return from + state % (to - from + 1)
end

local pieces = { "a", "Z", "0", " ", "/", "\"", "\\", "\n", "\t", "\0", "\31", "\127", "é", "ß", "€", "日",
    "\239\191\191", "🚀", "\244\143\191\191", "\226\128\168", "plain text ", "https://replicate.com/", "12345678" }

local function random_string()
    local parts = {}
    for i = 1, random(0, 3) == 0 and random(0, 60) or random(0, 8) do
        parts[i] = pieces[random(1, #pieces)]
    end
    return table.concat(parts)
end

local function random_number()
    local kind = random(1, 6)
    if kind == 1 then
        return random(-10, 10)
    elseif kind == 2 then
        return random(-1000000000, 1000000000) * random(1, 1000000)
    elseif kind == 3 then
        return random(-1000000, 1000000) / 10 ^ random(0, 6)
    elseif kind == 4 then
        return random(1, 1000000000) / random(1, 1000000007)
    elseif kind == 5 then
        return (random(0, 2000000) / 1000003 - 1) * 10.0 ^ random(-300, 300)
    end
    return has_integers and math.maxinteger - random(0, 1000) or random(1, 1000000000)
end

local function random_value(depth)
    local kind = random(1, depth > 3 and 5 or 9)
    if kind == 1 then
        return random(0, 1) == 1
    elseif kind == 2 then
        return null
    elseif kind == 3 or kind == 4 then
        return random_string()
    elseif kind == 5 then
        return random_number()
    elseif kind <= 7 then
        local list = array {}
        for i = 1, random(0, 9 + depth ^ 4) == 0 and random(0, 100) or random(0, 5) do
            list[i] = random_value(depth + 1)
        end
        return list
    end
    local map = {}
    for _ = 1, random(0, 9 + depth ^ 4) == 0 and random(0, 60) or random(0, 5) do
        local value = random_value(depth + 1)
        -- A null field would come back absent.
        if value ~= null then
            map[random_string()] = value
        end
    end
    return map
end

-- As `same`, but 1 == 1.0, and floats may differ as far as lua-cjson's 14 digits make them, and [] == {}, which
-- lua-cjson cannot tell apart, and a null field (kept by lua-cjson) equals an absent one.
local function alike(a, b)
    if type(a) == "number" and type(b) == "number" then
        return a == b or math.abs(a - b) <= math.abs(a) * 1e-13
    end
    if type(a) ~= "table" or type(b) ~= "table" then
        return a == b
    end
    for key, value in next, a do
        if not alike(value, b[key] == nil and null or b[key]) then
            return false
        end
    end
    for key, value in next, b do
        if a[key] == nil and value ~= null then
            return false
        end
    end
    return true
end

describe("generated values", function()
    it("come back exactly as they were", function()
        for i = 1, 4000 do
            local value = random_value(0)
            local text, message = encode(value)
            equal(nil, message)
            local back = decode(text)
            truth(same(value, back), "value " .. i)
            -- And once more, as text: what was decoded is written again from tables of another making.
            truth(same(back, (decode((encode(back))))))
        end
    end)

    it("mean the same to lua-cjson", function()
        if not has_cjson then
            pending "lua-cjson is not installed"
            return
        end
        local codec = cjson.new()
        codec.decode_max_depth(600)
        for i = 1, 4000 do
            local value = random_value(0)
            local text = encode(value)
            truth(alike(value, codec.decode(text)), "value " .. i)
            local theirs = codec.encode(value)
            truth(alike(codec.decode(theirs), (decode(theirs))), "value " .. i)
        end
    end)

    it("survive random damage to their text", function()
        for _ = 1, 20000 do
            local text = encode(random_value(3))
            local at = random(1, #text)
            local damaged = text:sub(1, at - 1) .. string.char(random(0, 255)) .. text:sub(at + random(0, 2))
            local value, message = decode(damaged)
            if message == nil then
                -- Still JSON: then it must be writable, unless the damage made a number infinite.
                local again, reason = encode(value)
                truth(again ~= nil or reason:find("infinite") ~= nil)
            else
                equal(nil, value)
                truth(message:find("at byte %d+") ~= nil, message)
            end
        end
    end)

    it("agree with Lua's own reading of strings", function()
        for _ = 1, 2000 do
            local string = random_string()
            equal(string, loadtext("return " .. ("%q"):format(string))())
            equal(string, (decode((encode(string)))))
        end
    end)
end)
