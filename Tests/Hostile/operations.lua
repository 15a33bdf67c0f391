--- What a call to the hostile server can be, and how its result is told. A cell has { nonce, … }.

local core = require "replicate.core"
local replicate = require "replicate"

local version = ("a"):rep(64)

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

--- The bytes to upload, by their number: they are made before the clock runs.
local uploads = setmetatable({}, { __index = function(self, size)
    local data = ("0000007\n"):rep(math.floor(size / 8))
    self[size] = data
    return data
end })

local function prepare(cell)
    return cell.operation == "upload" and uploads[cell.size or 65536]
end

function operations.upload(client, cell)
    local data = uploads[cell.size or 65536]
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

--- A reader that rests `pause` seconds at each `every` events, which are numbered.
function operations.paced(client, cell)
    local stream, err = client:stream("hostile/model:" .. version, {
        input = { nonce = cell.nonce }, headers = headers_of(cell),
    })
    if not stream then
        return nil, err
    end
    local count = 0
    while true do
        local event
        event, err = stream:next()
        if err then
            return nil, err
        elseif not event then
            return { nonce = cell.nonce, count = count }
        elseif event.event == "output" then
            if tonumber(event.data:match "^%d+") ~= count then
                return nil, ("%d events, then %s"):format(count, event.data:sub(1, 20))
            end
            count = count + 1
            if count % cell.every == 0 then
                client:sleep(cell.pause)
            end
        end
    end
end

--- How late events are that hold the time at which they were written: the median, the 99th of 100 and the longest, in ms.
function operations.delays(client, cell)
    local stream, err = client:stream("hostile/model:" .. version, {
        input = { nonce = cell.nonce }, headers = headers_of(cell),
    })
    if not stream then
        return nil, err
    end
    local delays = {}
    while true do
        local event
        event, err = stream:next()
        if err then
            return nil, err
        elseif not event then
            break
        elseif event.event == "output" then
            delays[#delays + 1] = (core.now() - tonumber(event.data)) * 1000
        end
    end
    table.sort(delays)
    local function at(share)
        return delays[math.ceil(#delays * share)]
    end
    return { nonce = cell.nonce, count = #delays, output = { at(0.5), at(0.99), delays[#delays] } }
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
        input = { nonce = cell.nonce, file = replicate.bytes(("a file"):rep(cell.times or 100), { name = "a.txt" }) },
    }
end

--- How long it takes to find the progress alone: the lesser of what a clock and the processor say, since others run beside it.
function operations.progress(client, cell)
    local prediction, err = client.predictions:get("p-1", { headers = headers_of(cell) })
    if not prediction then
        return nil, err
    end
    local start, before = core.now(), os.clock()
    local progress = prediction:progress()
    local took = math.min(core.now() - start, os.clock() - before)
    return {
        nonce = prediction.nonce, took = took, count = progress and progress.total, current = progress and progress.current,
    }
end

--- A run whose outputs are read: the bytes of all of them, or the first error.
function operations.run_and_read(client, cell)
    local output, err = client:run("hostile/model:" .. version, {
        input = { nonce = cell.nonce }, headers = headers_of(cell), wait = { mode = "poll" }, file_output = true,
    })
    if not output then
        return nil, err
    end
    local bytes = 0
    for _, file in ipairs(output) do
        -- What the library takes for no file stays the text that it is; who reads it all the same is told, by what is raised.
        if getmetatable(file) ~= core.file_output then
            local is_file, opened = pcall(client.file_output, client, file)
            if not is_file then
                return nil, core.error("invalid_input", tostring(opened))
            end
            file = opened
        end
        local data
        data, err = file:read()
        if not data then
            return nil, err
        end
        bytes = bytes + #data
    end
    return { nonce = cell.nonce, bytes = bytes, count = #output }
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

--- The bytes of a file, which are told by their number and their ends.
function operations.read(client, cell)
    local bytes, err = client:file_output(cell.url):read()
    return bytes and { nonce = cell.nonce, bytes = #bytes, status = bytes:sub(1, 8), id = bytes:sub(-8) }, err
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
        took = value.took, current = value.current,
        output = type(output) == "table" and output or type(output) == "string" and #output < 1000 and output or nil,
    }
end

return { operations = operations, error_of = error_of, value_of = value_of, prepare = prepare, headers_of = headers_of }
