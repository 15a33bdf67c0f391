--- Files to send, and the operations that carry their bytes.
--
-- replicate.file and replicate.bytes only say what is meant; the file is looked at by the call that sends it, which gives nil
-- and an error if there is none.

local core = require "replicate.core"
local misuse = require "replicate.misuse"
local options = require "replicate.options"
local resources = require "replicate.resources"
misuse.register()

local files = {}

-- The core knows it by this metatable, in an input too.
local File = core.file_class
File.__index, File.__name = File, "replicate.file"

function File:__tostring()
    return self.path and "replicate.file: " .. self.path or ("replicate.bytes: %d"):format(#self.data)
end

--- As the core has them.
local longest_path, longest_name = 4096, 4096

local described = { "name", "type" }
local described_names = options.names("none", described)

local function check_description(what, rest)
    for _, name in ipairs(described) do
        if rest[name] ~= nil then
            options.word(what, name, rest[name], longest_name)
        end
    end
    local kind = rest.type
    if kind and not (kind:find "^[^/]+/[^/]+$" and kind:find "^[ -~]+$" and #kind <= 255) then
        misuse.raise("%s: type must look like image/png, not %s", what, misuse.shown(kind))
    end
    return rest
end

local function described_by(what, file, given)
    local _, rest = options.split(what, given, described_names)
    check_description(what, rest)
    file.name, file.type = rest.name, rest.type
    return setmetatable(file, File)
end

--- file(path [, { name =, type = }]): a file on disk, read while it is sent.
function files.file(path, given)
    options.word("replicate.file", "the path", path, longest_path)
    return described_by("replicate.file", { path = path }, given)
end

--- bytes(data [, { name =, type = }]): a string as a file.
function files.bytes(data, given)
    if type(data) ~= "string" then
        misuse.raise("replicate.bytes: the data must be a string, not %s", misuse.describe(data))
    end
    return described_by("replicate.bytes", { data = data }, given)
end

--- What stands for a file: one of the two above, or an open Lua file, which is sent from its first byte on.
local function check_file(what, value)
    if core.is_file(value) and io.type(value) ~= "closed file" then
        return
    end
    local hint = type(value) == "string" and "; a string could be either" or ""
    misuse.raise("%s: it takes replicate.file(path), replicate.bytes(data) or an open file, not %s%s", what,
        io.type(value) == "closed file" and "a closed one" or misuse.describe(value), hint)
end

--- Asks the core for updates if somebody wants to hear of them.
local function observed(what, on_progress, settings)
    if on_progress ~= nil then
        if type(on_progress) ~= "function" then
            misuse.raise("%s: on_progress must be a function, not %s", what, misuse.describe(on_progress))
        end
        settings.updates = "1"
    end
    return on_progress
end

local create_names = options.names("call", { "metadata", "name", "type", "on_progress" }, nil, { "max_upload_bytes" })

--- create(file [, { metadata =, name =, type =, on_progress = }] [, callback]) -> the file's record | nil, error
function files.create(self, value, given, callback)
    local what = "files:create"
    local client = resources.client_of(self, what)
    if type(given) == "function" and callback == nil then
        given, callback = nil, given
    end
    local settings, rest = options.split(what, given, create_names)
    local on_progress = observed(what, rest.on_progress, settings)
    check_file(what, value)
    check_description(what, rest)
    if rest.metadata ~= nil and type(rest.metadata) ~= "table" then
        misuse.raise("%s: metadata must be a table, not %s", what, misuse.describe(rest.metadata))
    end
    local handle, err = core.file(value, rest.name, rest.type)
    if not handle then
        if type(err) == "string" then
            misuse.raise_of_core(what, err)
        end
        return nil, err
    end
    local metadata = rest.metadata and core.object(options.copy(what, "metadata", rest.metadata))
    return client:_start(what, callback, nil, nil, on_progress, "files_create", handle, metadata, settings)
end

--- A time in seconds since 1970.
local function moment(what, name, value)
    local whole = type(value) == "number" and options.integer(value)
    if not whole or whole < 0 then
        misuse.raise("%s: %s must be a whole number of seconds since 1970, not %s", what, name, misuse.shown(value))
    end
    return whole
end

local function check_strings(what, given, names)
    for _, name in ipairs(names) do
        if type(given[name]) ~= "string" then
            misuse.raise("%s: %s must be a string, not %s", what, name, misuse.describe(given[name]))
        end
    end
end

local function sign(what, owner, id, expiry, secret)
    local signature, err = core.files_sign(owner, id, expiry, secret)
    if not signature then
        misuse.raise_of_core(what, err)
    end
    return signature
end

local sign_names = options.names("none", { "owner", "id", "expiry", "secret" })

--- sign{ owner =, id =, expiry =, secret = } -> the signature of a link to a file
function files.sign(given)
    local what = "files:sign"
    if type(given) ~= "table" then
        misuse.raise("%s: it takes a table with owner, id, expiry and secret, not %s", what, misuse.describe(given))
    end
    local _, rest = options.split(what, given, sign_names)
    check_strings(what, rest, { "owner", "id", "secret" })
    return sign(what, rest.owner, rest.id, moment(what, "expiry", rest.expiry), rest.secret)
end

function files.sign_method(self, given)
    resources.client_of(self, "files:sign")
    return files.sign(given)
end

local download_names = options.names(
    "call", { "owner", "expiry", "signature", "secret", "path", "on_progress" }, nil, { "max_download_bytes", "expected_bytes" }
)

--- download(id, { owner =, expiry =, signature = or secret = [, path =] [, on_progress =] } [, callback]) -> the bytes or the
-- path | nil, error
function files.download(self, id, given, callback)
    local what = "files:download"
    local client = resources.client_of(self, what)
    if type(id) ~= "string" then
        misuse.raise("%s: id must be a string, not %s", what, misuse.describe(id))
    end
    if type(given) ~= "table" then
        misuse.raise("%s: it takes a table with owner, expiry and signature, not %s", what, misuse.describe(given))
    end
    local settings, rest = options.split(what, given, download_names)
    local proof = rest.signature == nil and rest.secret ~= nil and "secret" or "signature"
    if rest.signature ~= nil and rest.secret ~= nil then
        misuse.raise("%s: it takes a signature, or the secret to make one with, not both", what)
    end
    check_strings(what, rest, { "owner", proof, rest.path ~= nil and "path" or nil })
    local expiry = moment(what, "expiry", rest.expiry)
    local signature = rest.signature or sign(what, rest.owner, id, expiry, rest.secret)
    local on_progress = observed(what, rest.on_progress, settings)
    return client:_start(what, callback, nil, function()
        return rest.path or (client._core and client._core:bytes())
    end, on_progress, "files_download", id, rest.owner, expiry, signature, rest.path, settings)
end

return files
