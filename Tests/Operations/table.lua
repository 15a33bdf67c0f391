-- table.lua TREE: the operations of the API and where they are. A cell is "yes", or says what is missing.
--
-- The rows are those of the core's table, as `replicate-sandbox --operations` prints them; nothing is listed here.

local replicate = require "replicate"

local operations_of_the_api = 37
local tree = arg[1]
package.path = (arg[0]:match "^.*/" or "") .. "?.lua;" .. package.path
local Annotations = require "annotations"
local Probe = require "probe"

local function read(path)
    local file <close> = assert(io.open(path))
    return file:read "a"
end

local function output_of(command)
    local pipe = assert(io.popen(command))
    local text = pipe:read "a"
    assert(pipe:close(), command .. " failed")
    return text
end

-- "GET /models/{}": arguments have other names elsewhere, and what stands in the query is no part of the place.
local function place(method, path)
    return method .. " " .. path:gsub("%?.*", ""):gsub("{[^}]*}", "{}")
end

local function operations()
    local rows = {}
    for line in output_of(tree .. "/bin/replicate-sandbox --operations"):gmatch "[^\n]+" do
        local name, method, path, problem = line:match "^([^\t]+)\t(%u+)\t(/[^\t]*)\t?(.*)$"
        rows[#rows + 1] = { name = assert(name, line), method = method, path = path, problem = problem }
    end
    return rows
end

-- ---- C

local header = read "include/replicate.h"
local exported = {}
for name in output_of(("nm -D --defined-only --format=posix %s/lib/libreplicate.so.1"):format(tree)):gmatch "(replicate_%S+) T" do
    exported[name] = true
end

local function c_name(row)
    return "replicate_" .. row.name:gsub("%.", "_")
end

local function declaration_of(name)
    return header:find("\nreplicate_error *" .. name .. "(", 1, true)
end

local function in_c(row)
    local name = c_name(row)
    if not declaration_of(name) then
        return name .. " is not declared in replicate.h"
    end
    return exported[name] and "yes" or name .. " is not exported by libreplicate.so.1"
end

-- ---- Lua: the function that a client has under the operation's name

local function in_lua(row, client, seen)
    if row.name == "models.predictions.create" then
        -- It has no method of its own: predictions:create { model = } is it, as its request shows.
        seen.url = nil
        client.predictions:create { model = "replicate/hello-world", input = { text = "Lua" } }
        local url = os.getenv "REPLICATE_BASE_URL" .. "/models/replicate/hello-world/predictions"
        return seen.url == url and "yes" or "predictions:create { model = } does not do it"
    end
    local at = client
    for name in row.name:gmatch "[^.]+" do
        at = type(at) == "table" and at[name] or nil
    end
    return type(at) == "function" and "yes" or ("client.%s is not a function"):format(row.name)
end

-- ---- Documents: the comment in the header, and the annotation

local function comment_before(position)
    local before = header:sub(1, position - 1)
    local start
    for at in before:gmatch "()/%*" do
        start = at
    end
    local comment = start and before:sub(start)
    return comment and comment:match "^/%*(.-)%*/$"
end

local function in_documents(row, annotations)
    local position = declaration_of(c_name(row))
    local comment = position and comment_before(position)
    if not comment then
        return "replicate.h has no comment on " .. c_name(row)
    end
    local method, path = comment:gsub("%s+", " "):match "API: (%u+) (/%S*)"
    if not method or place(method, path:gsub("[.,;]$", "")) ~= place(row.method, row.path) then
        return ("the comment on %s does not say API: %s %s"):format(c_name(row), row.method, row.path)
    end
    local name = row.name == "models.predictions.create" and "predictions.create" or row.name
    return annotations:has_function("replicate.Client", name) and "yes" or "types.lua has no " .. name
end

-- ---- The table

local seen = {}
local client = assert(replicate.new {
    on_request = function(request)
        seen.url = request.url
    end,
})
local annotations = Annotations.read "lua/replicate/types.lua"
local rows = operations()
local probe = Probe.new(client, rows)

local columns = { "core", "C", "Lua", "sandbox", "docs" }
local layout = "%-32s %-64s %-5s %-5s %-5s %-8s %-5s"
local passed, missing = 0, {}
local names, places = {}, {}

print(layout:format("operation", "", table.unpack(columns)))
for _, row in ipairs(rows) do
    local where = place(row.method, row.path)
    local cells = {
        core = (names[row.name] or places[where]) and "the core's table has it twice" or "yes",
        C = in_c(row),
        Lua = in_lua(row, client, seen),
        sandbox = row.problem == "" and probe:answer(row) or row.problem,
        docs = in_documents(row, annotations),
    }
    names[row.name], places[where] = true, true
    local marks = {}
    for index, column in ipairs(columns) do
        local is_there = cells[column] == "yes"
        marks[index] = is_there and "yes" or "NO"
        passed = passed + (is_there and 1 or 0)
        if not is_there then
            missing[#missing + 1] = ("%s, %s: %s"):format(row.name, column, cells[column])
        end
    end
    print((layout:format(row.name, row.method .. " " .. row.path, table.unpack(marks)):gsub("%s+$", "")))
end

-- What would make the table worthless, if it were so.
local function check(is_so, what)
    passed = passed + (is_so and 1 or 0)
    if not is_so then
        missing[#missing + 1] = what
    end
end

check(#rows == operations_of_the_api, ("%d operations, of %d of the API"):format(#rows, operations_of_the_api))
check(not probe:is_routed("GET", "/no-such-resource"), "an unknown path is not told from a known one")
check(not probe:is_routed("PUT", "/models"), "a method that a path does not have is not told from one that it has")
for method, path in header:gsub("%s+", " "):gmatch "API: (%u+) (/%S*)" do
    path = path:gsub("[.,;]$", "")
    check(places[place(method, path)], ("replicate.h has %s %s, and the core's table does not"):format(method, path))
end
client:close()

for _, what in ipairs(missing) do
    print("MISSING " .. what)
end
print(("operations: %d passed, %d failed"):format(passed, #missing))
os.exit(#missing == 0)
