--- The files that models put out: in an output, each text that is a whole URL or a data: URI becomes an object that fetches it.

local core = require "replicate.core"
local misuse = require "replicate.misuse"
local options = require "replicate.options"
local streams = require "replicate.streams"
misuse.register()

local outputs = {}

--- The metatable, which the JSON codec knows too: as an input the object is its URL.
local File = core.file_output
local methods = {}
File.__index = methods
File.__name = "replicate.file_output"

--- As the core has it.
local longest_path = 4096
--- As tables are nested in JSON.
local deepest = 512

local function new(client, url)
    return setmetatable({ _client = client, _url = url }, File)
end

local function check_self(self, name)
    if getmetatable(self) ~= File then
        misuse.raise_for_self(name, "file:" .. name)
    end
    return "file:" .. name
end

--- url() -> where it is: an URL, or a data: URI, which is the file itself.
function methods:url()
    check_self(self, "url")
    return self._url
end

--- type() -> such as "image/png": as the server said, once it was fetched; else by the URL. nil where nothing says it.
function methods:type()
    check_self(self, "type")
    if not self._type and self._url:find "^[dD]" then
        local kind = self._url:sub(1, 1024):match "^%a+:([^;,]+)"
        self._type = kind or "text/plain"
    end
    return self._type or core.file_type(self._url)
end

--- path() -> where it was saved; nil before.
function methods:path()
    check_self(self, "path")
    return self._path
end

function File:__tostring()
    return self._url
end

local function text_of(value)
    local kind = type(value)
    if kind ~= "string" and kind ~= "number" and getmetatable(value) ~= File then
        misuse.raise("file: '..' joins it with a string, not with %s", misuse.describe(value))
    end
    return tostring(value)
end

function File.__concat(left, right)
    return text_of(left) .. text_of(right)
end

local limits = { "max_download_bytes", "expected_bytes" }
local read_names = options.names("transfer", { "on_progress" }, nil, limits)
local chunk_names = options.names("transfer", nil, nil, limits)

local function split(what, given, callback, names)
    if type(given) == "function" and callback == nil then
        given, callback = nil, given
    end
    local settings, rest = options.split(what, given, names)
    local on_progress = rest.on_progress
    if on_progress ~= nil then
        if type(on_progress) ~= "function" then
            misuse.raise("%s: on_progress must be a function, not %s", what, misuse.describe(on_progress))
        end
        settings.updates = "1"
    end
    return settings, on_progress, callback
end

--- read([{ on_progress =, max_download_bytes =, timeout = … }] [, callback]) -> the bytes | nil, error
function methods:read(given, callback)
    local what = check_self(self, "read")
    local client = self._client
    local settings, on_progress, tell = split(what, given, callback, read_names)
    return client:_start(what, tell, nil, function(value)
        self._type = value.content_type or self._type
        return client._core and client._core:bytes()
    end, on_progress, "download", self._url, nil, settings)
end

--- save(path [, options] [, callback]) -> the path | nil, error. The file is whole, or as it was before.
function methods:save(path, given, callback)
    local what = check_self(self, "save")
    options.word(what, "the path", path, longest_path)
    local settings, on_progress, tell = split(what, given, callback, read_names)
    return self._client:_start(what, tell, nil, function(value)
        self._type = value.content_type or self._type
        self._path = path
        return path
    end, on_progress, "download", self._url, path, settings)
end

--- For `for bytes in file:chunks() do`; or chunks([options,] callback), called with each piece, and at the end with nil and the
-- error, if there is one. The transfer waits for whoever reads.
function methods:chunks(given, callback)
    local what = check_self(self, "chunks")
    local settings, _, tell = split(what, given, callback, chunk_names)
    settings.chunks = "1"
    return streams.of_bytes(self._client, what, tell, function(value)
        self._type = value.content_type or self._type
    end, "download", self._url, nil, settings)
end

--- A JSON Pointer's name for a key.
local function step(key)
    return type(key) == "number" and ("/%d"):format(key - 1) or "/" .. key:gsub("~", "~0"):gsub("/", "~1")
end

--- The value with its files as objects: itself, if there are none in it. `saved`, if there is one: what was saved, by pointer.
local function transformed(client, value, saved, pointer, depth)
    local kind = type(value)
    if kind == "string" then
        -- Mostly it is none, which its first letter tells: h or d.
        local first = value:byte()
        if (first == 104 or first == 100 or first == 72 or first == 68) and client._core:is_file(value) then
            local file = new(client, value)
            local row = saved and saved[pointer]
            if row then
                file._path, file._type = row.path, row.content_type
            end
            return file
        end
    elseif kind == "table" and depth < deepest and getmetatable(value) ~= File then
        local copy
        for key, each in next, value do
            local made = transformed(client, each, saved, saved and pointer .. step(key), depth + 1)
            if not rawequal(made, each) then
                if not copy then
                    copy = setmetatable({}, getmetatable(value))
                    for name, other in next, value do
                        rawset(copy, name, other)
                    end
                end
                rawset(copy, key, made)
            end
        end
        return copy or value
    end
    return value
end

--- The output of a prediction, with its files as objects.
function outputs.of(client, what, prediction)
    if not client._core then
        misuse.raise("%s: this client is closed", what)
    end
    return transformed(client, rawget(prediction, "output"), nil, nil, 0)
end

--- file_output(url): the object for a file whose URL was kept.
function outputs.open(client, what, url)
    if type(url) ~= "string" then
        misuse.raise("%s: the URL must be a string, not %s", what, misuse.describe(url))
    elseif not client._core then
        misuse.raise("%s: this client is closed", what)
    elseif not client._core:is_file(url) then
        misuse.raise("%s: the URL must be a whole https URL or a data: URI, not %s", what, misuse.shown(url))
    end
    return new(client, url)
end

outputs.names = { "file_output", "save_outputs" }

--- Takes what a run does with its files out of its options -> { is_plain =, folder = }.
function outputs.wanted(what, client, rest)
    local as_files, folder = rest.file_output, rest.save_outputs
    rest.file_output, rest.save_outputs = nil, nil
    outputs.check_option(what, as_files)
    if as_files == nil then
        as_files = client._file_output
    end
    if folder ~= nil then
        options.word(what, "save_outputs", folder, longest_path)
    end
    return { is_plain = as_files == false, folder = folder }
end

function outputs.check_option(what, value)
    if value ~= nil and type(value) ~= "boolean" then
        misuse.raise("%s: file_output must be true or false, not %s", what, misuse.describe(value))
    end
end

--- What of a run's settings is the saving's, too; the time is what is left of the run's.
local function settings_for_saving(settings, deadline)
    local mine = options.of_transfer(settings)
    if deadline then
        mine.timeout_ms = ("%d"):format(math.max(1, math.floor((deadline - core.now()) * 1000)))
    end
    return mine
end

--- What makes a run's results of its prediction: the output and itself. With a folder the run goes on by saving the files.
function outputs.finish(client, wanted, settings)
    local time = settings.timeout_ms or client._timeout_ms
    local deadline = time and core.now() + tonumber(time) / 1000
    local function results(prediction, saved)
        if wanted.is_plain then
            return prediction.output, prediction
        end
        return transformed(client, prediction.output, saved, "", 0), prediction
    end
    if not wanted.folder then
        return results
    end
    return function(prediction, request)
        local text = client._core:text "/output"
        local id = type(prediction.id) == "string" and prediction.id:sub(1, 64):gsub("[^%w_-]", "_") or nil
        request._paid_for = prediction
        if request._is_canceled then
            return request.failed, core.error("canceled", "canceled before the output was saved")
        end
        return client:_continue(request, function(list)
            local saved = {}
            for _, row in ipairs(list) do
                saved[row.pointer] = row
            end
            return results(prediction, saved)
        end, "outputs_save", text or "null", wanted.folder, id, settings_for_saving(settings, deadline))
    end
end

return outputs
