--- The library against the hostile server: reads cells, a JSON object a line, from the file that is its first argument, runs
-- them a few at a time (the second argument), each with a client of its own, and prints what came of each as a line of JSON.
--
-- A cell: { name, operation, base_url, control, nonce, options, … }. After each one a plain call must pass on the same client.

local core = require "replicate.core"
local replicate = require "replicate"

local cells_path, concurrency = arg[1], tonumber(arg[2] or "16")
local version = ("a"):rep(64)
io.stdout:setvbuf "line"

local function print_line(value)
    print((assert(replicate.json_encode(value))))
end

local function headers_of(cell)
    return { ["X-Nonce"] = cell.nonce }
end

local operations = {}

function operations.get(client, cell)
    return client.predictions:get(cell.id or "p-1", { headers = headers_of(cell) })
end

function operations.list(client, cell)
    local page, err = client.predictions:list { headers = headers_of(cell) }
    return page and { nonce = cell.nonce, count = #page.results }, err
end

function operations.pages(client, cell)
    local count = 0
    for page in client.predictions:pages { headers = headers_of(cell) } do
        count = count + #page.results
        if count >= (cell.most or 1000) then
            break
        end
    end
    return { nonce = cell.nonce, count = count }
end

function operations.create(client, cell)
    return client.predictions:create { version = version, input = { nonce = cell.nonce }, headers = headers_of(cell) }
end

function operations.upload(client, cell)
    local data = ("%07d\n"):rep(1):format(7):rep((cell.size or 65536) / 8)
    return client.files:create(replicate.bytes(data, { name = "file.bin" }), { headers = headers_of(cell) })
end

function operations.cancel(client, cell)
    return client.predictions:cancel("p-1", { headers = headers_of(cell) })
end

function operations.delete(client, cell)
    local done, err = client.files:delete("f-1", { headers = headers_of(cell) })
    return done and { nonce = cell.nonce }, err
end

function operations.run(client, cell)
    local output, prediction = client:run("hostile/model:" .. version, {
        input = { nonce = cell.nonce }, headers = headers_of(cell), wait = cell.wait == nil and { mode = "poll" } or cell.wait,
        file_output = cell.file_output,
    })
    if output == nil and getmetatable(prediction) == getmetatable(core.error("internal", "")) then
        return nil, prediction
    end
    return { nonce = cell.nonce, status = prediction.status, id = prediction.id, output = prediction.output }
end

--- The events, those before an error too.
function operations.stream(client, cell, seen)
    local stream, err = client:stream("hostile/model:" .. version, {
        input = { nonce = cell.nonce }, headers = headers_of(cell),
    })
    if not stream then
        return nil, err
    end
    local count, bytes = 0, 0
    while true do
        local event
        event, err = stream:next()
        if not event then
            break
        end
        count, bytes = count + 1, bytes + #event.data
        if count <= 50 and #event.data <= 1000 then
            seen[#seen + 1] = { event = event.event, data = event.data, id = event.id }
        end
    end
    if err then
        return nil, err
    end
    return { nonce = cell.nonce, count = count, bytes = bytes }
end

function operations.download(client, cell)
    local path, err = client:file_output(cell.url):save(cell.path)
    return path and { nonce = cell.nonce }, err
end

--- A run whose files are saved into a folder.
function operations.save(client, cell)
    local output, err = client:run("hostile/model:" .. version, {
        input = { nonce = cell.nonce }, headers = headers_of(cell), wait = { mode = "poll" }, save_outputs = cell.path,
    })
    return output and { nonce = cell.nonce }, err
end

function operations.attach(client, cell)
    return client.predictions:create {
        version = version, headers = headers_of(cell),
        input = { nonce = cell.nonce, file = replicate.bytes(("a file"):rep(100), { name = "a.txt" }) },
    }
end

function operations.progress(client, cell)
    local prediction, err = client.predictions:get("p-1", { headers = headers_of(cell) })
    if not prediction then
        return nil, err
    end
    local progress = prediction:progress()
    return { nonce = prediction.nonce, count = progress and progress.total }
end

--- Two creates with one answer are two objects.
function operations.twice(client, cell)
    local first, err = operations.create(client, cell)
    local second, other = operations.create(client, { nonce = cell.nonce .. "-second" })
    if not first or not second then
        return nil, err or other
    end
    first.status = "mine"
    return { nonce = second.status ~= "mine" and first ~= second and cell.nonce or "shared" }
end

function operations.model(client, cell)
    return client.models:get("hostile", cell.id or "model", { headers = headers_of(cell) })
end

local fields = { "kind", "message", "status", "title", "detail", "delivery", "attempts", "retry_after", "retryable", "code" }

local function error_of(err)
    if type(err) ~= "table" then
        return { kind = "raised", message = tostring(err), text = tostring(err) }
    end
    local result = { text = tostring(err) }
    for _, name in ipairs(fields) do
        result[name] = err[name]
    end
    local prediction = err.prediction
    result.prediction = type(prediction) == "table" and type(prediction.id) == "string" and prediction.id or nil
    return result
end

--- What a value is judged by.
local function value_of(value)
    if type(value) ~= "table" then
        return { value = tostring(value) }
    end
    local output = value.output
    return {
        nonce = value.nonce, id = value.id, status = value.status, count = value.count, bytes = value.bytes,
        output = type(output) == "table" and output or type(output) == "string" and #output < 1000 and output or nil,
    }
end

local function heal(cell)
    local control = assert(replicate.new { auth = "r8_control", base_url = cell.control })
    control:request("/heal/" .. cell.scenario, { method = "POST" })
    control:close()
end

local function check_plain(client, cell)
    local nonce = cell.nonce .. "-plain"
    local value, err = client.predictions:get("plain", { headers = { ["X-Nonce"] = nonce }, timeout = 8 })
    if not value then
        return { error = error_of(err) }
    end
    return { ok = value.nonce == nonce, nonce = value.nonce }
end

local function perform(cell)
    local given = { auth = cell.token, base_url = cell.base_url, connect_timeout = 0.5, timeout = 2, max_retries = 2 }
    for name, value in pairs(cell.options or {}) do
        given[name] = value
    end
    local client = assert(replicate.new(given))
    local seen = {}
    if cell.warm then
        check_plain(client, cell)
    end
    local start = core.now()
    local is_whole, value, err = pcall(operations[cell.operation], client, cell, seen)
    local result = { name = cell.name, seconds = core.now() - start, events = #seen > 0 and seen or nil }
    if not is_whole then
        result.error = error_of(value)
    elseif value == nil then
        result.error = error_of(err)
    else
        result.value = value_of(value)
    end
    if cell.heals then
        heal(cell)
    end
    if cell.pause then
        replicate.sleep(cell.pause)
    end
    if cell.plain ~= false then
        result.plain = check_plain(client, cell)
    end
    client:close()
    print_line(result)
end

local cells = {}
for line in io.lines(cells_path) do
    cells[#cells + 1] = assert(replicate.json_decode(line))
end
local home = assert(replicate.new { auth = "r8_home", base_url = "http://127.0.0.1:9/v1" })
local _, err, _, errors = home:map(cells, function(cell)
    perform(cell)
    return true
end, { concurrency = concurrency })
if err then
    for index, each in pairs(errors) do
        io.stderr:write(("cell %s: %s\n"):format(cells[index].name, tostring(each)))
    end
    os.exit(1)
end
