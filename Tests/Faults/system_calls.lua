-- What a program does while a system call fails: for Tests/Faults/system_calls. Each step is right, or ends with one error of the
-- library's; what else is raised is wrong. Arguments: a folder of its own; "lasting" if the call goes on to fail.

local replicate = require "replicate"
local folder, is_lasting = ...

local function url_of_a_picture()
    local client = assert(replicate.new { poll_interval = 0.02 })
    local id = assert(client.predictions:create { model = "replicate/hello-world", input = { text = "x" }, wait = 5 }).id
    local url = tostring(assert(client:run("sandbox/draw", { input = { prompt = "a", width = 64, height = 64, seed = 1 } })))
    local size = #assert(client:file_output(url):read())
    client:close()
    return id, url, size
end

local id, url, size = url_of_a_picture()
local file = assert(io.open(folder .. "/upload", "wb"))
file:write(("0123456789abcdef"):rep(16384))
file:close()

-- In seconds; what is more than a step may take is the tracer's, and of a clock that counts whole ones.
local limits = { timeout = 6, poll_interval = 0.02 }
local patience = limits.timeout + 4
local errors, problem = 0, nil

local function is_ours(err)
    return type(err) == "table" and getmetatable(err) ~= nil and type(err.kind) == "string" and #tostring(err) > 5
end

local function step(name, fn)
    local started = os.time()
    local ok, is_right, err = pcall(fn)
    local took = os.time() - started
    if took > patience then
        problem = problem or ("%s took %d s"):format(name, took)
    end
    if ok and is_right then
        host_notes(name .. " right; ")
        return
    end
    err = not ok and is_right or err
    errors = errors + 1
    host_notes(name .. " " .. tostring(err) .. "; ")
    if not is_ours(err) then
        problem = problem or name .. ": " .. tostring(err)
    end
end

local function exists(path)
    local opened = io.open(path, "rb") or io.open(path, "rb") -- The failure may be meant for this.
    local length = opened and (opened:seek "end" or opened:seek "end")
    if opened then
        opened:close()
    end
    return length
end

host_ready() -- from here on the calls fail

local client

step("client", function()
    local err
    client, err = replicate.new(limits)
    return client, err
end)
if client then
    step("get", function()
        local got, err = client.predictions:get(id)
        return got and got.id == id, err
    end)
    step("create", function()
        local made, err = client.predictions:create { model = "replicate/hello-world", input = { text = "y" } }
        if not made and not err.delivery then
            problem = "an error of a create that does not say what became of it"
        end
        return made and made.id, err
    end)
    step("upload", function()
        local sent, err = client.files:create(replicate.file(folder .. "/upload"))
        return sent and sent.size == 262144, err
    end)
    step("save", function()
        local path, err = client:file_output(url):save(folder .. "/saved")
        if not path and exists(folder .. "/saved") then
            problem = "a file under the name of a download that failed"
        elseif path and not is_lasting and exists(path) ~= size then
            problem = "a file that is not whole"
        end
        return path, err
    end)
    step("list", function()
        local page, err = client.predictions:list()
        return page and #page.results > 0, err
    end)
    step("read", function()
        local bytes, err = client:file_output(url):read()
        if bytes and not is_lasting and #bytes ~= size then
            problem = "bytes that are not all"
        end
        return bytes, err
    end)
    step("wait", function()
        local over, err = client:wait(id)
        return over ~= nil, err
    end)
    step("save again", function()
        return client:file_output(url):save(folder .. "/again")
    end)
    step("run", function()
        local output, err = client:run("replicate/hello-world", { input = { text = "z" }, wait = false })
        return output == "hello z", err
    end)
    step("stream", function()
        local count = 0
        for event in client:stream("sandbox/story", {
            input = { prompt = "a fox", max_tokens = 20, tokens_per_second = 2000, seed = 1 },
        }) do
            count = count + (event.event == "output" and 1 or 0)
        end
        if count ~= 20 then
            problem = ("a stream of %d pieces"):format(count)
        end
        return true
    end)
    client:close()
end
host_over() -- and from here on they need not be right any more

if not is_lasting then
    if errors > 2 then -- one failure for each of two threads
        problem = problem or "more errors than failures"
    end
    step("afterwards", function()
        local other = assert(replicate.new(limits))
        local got, err = other.predictions:get(id)
        other:close()
        return got and got.id == id, err
    end)
end
if not problem and not host_is_clean() then
    problem = "descriptors or threads are left"
end
io.stderr:write(host_notes "", problem and "\nWRONG: " .. problem or "", "\n")
os.exit(problem and 1 or 0)
