--- prediction:on: functions that are called as a prediction goes on. It is followed by its stream where it has one, else by
-- polling, once for all of its functions. Each piece of text is told once, from the first on, whatever the table already has.

local calls = require "replicate.calls"
local misuse = require "replicate.misuse"
misuse.register()

local watching = {}

local events = { start = true, output = true, logs = true, completed = true }
local names = '"start", "output", "logs" or "completed"'

local Watch = {}
Watch.__index = Watch

local function check(what, event, fn)
    if not events[event] then
        misuse.raise("%s: the event must be %s, not %s", what, names, misuse.shown(event))
    elseif type(fn) ~= "function" then
        misuse.raise("%s: it takes a function for the event, not %s", what, misuse.describe(fn))
    end
end

--- Calls the functions of one event. They may take themselves back, or add others, which hear of the next.
function Watch:_tell(event, ...)
    local functions = self.functions[event]
    for _, fn in ipairs { (table.unpack or unpack)(functions) } do -- luacheck: ignore 113
        self.client:_call(nil, fn, ...)
    end
end

function Watch:_started()
    if not self.has_started then
        self.has_started = true
        self:_tell("start", self.prediction)
    end
end

function Watch:_text(kind, text)
    self.told[kind] = self.told[kind] .. text
    self:_tell(kind, text, self.prediction)
end

function Watch:_take(event)
    self:_started()
    if event.event == "output" or event.event == "logs" then
        self:_text(event.event, event.data)
    end
end

--- The text of an output, if text is what it is.
local function whole(output)
    if type(output) == "table" then
        for _, piece in ipairs(output) do
            if type(piece) ~= "string" then
                return nil
            end
        end
        return table.concat(output)
    end
    return type(output) == "string" and output or nil
end

--- What a stream had not told when it was over: streams need not carry logs, and may break.
function Watch:_rest(kind, all)
    local told = self.told[kind]
    if all and #all > #told and all:sub(1, #told) == told then
        self:_text(kind, all:sub(#told + 1))
    end
end

function Watch:_ended(err)
    local prediction = self.prediction
    if err and err.kind == "truncated" then
        local request = self.client._core and self:_begin("wait", prediction.id)
        if request then
            return
        end
    end
    if self.client._watches[prediction] == self then -- not where it was taken back, and there is another
        self.client._watches[prediction] = nil
    end
    if prediction.status == "succeeded" or prediction.status == "failed" then
        self:_started()
    end
    self:_rest("logs", type(prediction.logs) == "string" and prediction.logs or nil)
    self:_rest("output", whole(prediction.output))
    if not self.is_off then
        self:_tell("completed", prediction, err)
    end
end

--- Starts the operation that the functions hear of.
function Watch:_begin(operation, ...)
    local settings = { updates = "1" }
    if operation == "predictions_stream" then
        settings.fallback = "poll"
    end
    local arguments = { ... }
    local count = select("#", ...)
    arguments[count + 1] = settings
    local sequence = self.sequence
    local client = self.client
    local request, err = client:_start("prediction:on", function(_, failure)
        sequence:finish("_ended", failure)
    end, self.prediction, nil, {
        update = function(prediction)
            if prediction.status ~= "starting" then
                sequence:add "_started"
            end
        end,
        stream = function(list, serial, its_request)
            client:_hold(its_request)
            sequence:add_all("_take", list, serial)
        end,
    }, operation, (table.unpack or unpack)(arguments, 1, count + 1)) -- luacheck: ignore 113
    self.request = request or self.request
    return request, err
end

--- on(event, function) -> the prediction | nil, error
function watching.on(client, prediction, event, fn)
    local what = "prediction:on"
    check(what, event, fn)
    local watch = client._watches[prediction]
    if watch and not watch.is_off then
        table.insert(watch.functions[event], fn)
        return prediction
    end
    watch = setmetatable({
        client = client,
        prediction = prediction,
        functions = { start = {}, output = {}, logs = {}, completed = {} },
        told = { output = "", logs = "" },
        request = false,
    }, Watch)
    watch.sequence = calls.sequence(client, function(method, value)
        watch[method](watch, value)
    end)
    table.insert(watch.functions[event], fn)
    local url = type(prediction.urls) == "table" and prediction.urls.stream or nil
    client._watches[prediction] = false -- its place, which is there when it has begun
    local request, err = watch:_begin("predictions_stream", prediction.id, url)
    if not request then
        client._watches[prediction] = nil
        return nil, err
    end
    client._watches[prediction] = watch
    return prediction
end

local function remove(list, fn)
    for index = #list, 1, -1 do
        if fn == nil or list[index] == fn then
            table.remove(list, index)
        end
    end
end

--- off([event [, function]]) -> the prediction. Without any function left nobody follows it.
function watching.off(client, prediction, event, fn)
    local what = "prediction:off"
    if event ~= nil and not events[event] then
        misuse.raise("%s: the event must be %s, not %s", what, names, misuse.shown(event))
    elseif fn ~= nil and type(fn) ~= "function" then
        misuse.raise("%s: it takes a function, not %s", what, misuse.describe(fn))
    end
    local watch = client._watches[prediction]
    if not watch then
        return prediction
    end
    local left = false
    for name, list in pairs(watch.functions) do
        if event == nil or event == name then
            remove(list, fn)
        end
        left = left or list[1] ~= nil
    end
    if not left then
        watch.is_off = true
        client._watches[prediction] = nil
        watch.request:cancel()
    end
    return prediction
end

return watching
