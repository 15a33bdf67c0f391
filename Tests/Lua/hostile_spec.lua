-- Bad input: every hostile value in every place of every method that the module has, found by walking the module itself.
-- Where a value is wrong, an error at the caller's line names the argument and nothing is sent; where it is fine, the call
-- goes its way. The values, the methods, and which value is fine where are in hostile_rows.lua.

local hostile = require "hostile_rows"
local options = require "replicate.options"
local replicate = require "replicate"
local support = require "support"
local pack, unpack = support.pack, support.unpack

local longest_message = 600

--- Calls a method; a refusal is to be told at the line of the call.
local function invoke(fn, arguments)
    local results = pack(fn(unpack(arguments, 1, arguments.n)))
    return results
end

local place_of_invoke = "hostile_spec.lua:" .. debug.getinfo(invoke, "S").linedefined + 1 .. ": "

--- Whether a word stands in a text, and not as a part of another.
local function has_word(text, word)
    return text:find("%f[%w_#]" .. word:gsub("%p", "%%%0") .. "%f[^%w_]") ~= nil
end

--- What is wrong with the error that a call raised; nil if it is a good one. `names` are those of the argument.
local function fault_of_refusal(err, method, names)
    if type(err) ~= "string" then
        return "raised a " .. type(err)
    elseif #err > longest_message then
        return ("raised a message of %d bytes"):format(#err)
    end
    local _, place_ends = err:find(place_of_invoke, 1, true)
    if not place_ends then
        return "was not told at the caller's line: " .. err
    end
    local message = err:sub(place_ends + 1)
    if not message:find(method, 1, true) then
        return "does not name the method: " .. message
    end
    for _, name in ipairs(names) do
        if has_word(message, name) then
            return nil
        end
    end
    return ("does not say '%s': %s"):format(table.concat(names, "' or '"), message)
end

local function is_error_of_kind(err, kind)
    return type(err) == "table" and err.kind == kind and type(err.message) == "string"
end

--- What is wrong with the results of a call that was to go its way, where nobody listens; nil if nothing is.
local function fault_of_results(gives, sort, first, second)
    if gives == "anything" then
        return nil
    elseif gives == "client" and first then
        first:close()
        return nil
    elseif gives == "client" then
        return not (sort == "auth" and is_error_of_kind(second, "auth")) and "gave no client" or nil
    elseif gives == "iterator" then
        local ok, err = pcall(first)
        return (ok or not is_error_of_kind(err, "network")) and "did not go out: " .. tostring(err) or nil
    elseif gives == "stream" and tostring(first):find "^replicate%.stream" then
        local event, err = first:next()
        return (event or not is_error_of_kind(err, "network")) and "did not go out: " .. tostring(err) or nil
    elseif first ~= nil then
        return not tostring(first):find "^replicate%.%l+ %(" and "gave " .. tostring(first) or nil
    end
    return not is_error_of_kind(second, "network") and "did not go out: " .. tostring(second) or nil
end

--- Every method that there is: { ["models:get"] = true, … }.
local function methods_of(client, objects)
    local found = {}
    local function add(prefix, container)
        for name, value in pairs(container) do
            if type(value) == "function" and not name:find "^_" then
                found[prefix .. ":" .. name] = true
            end
        end
    end
    local function walk(path, container)
        for name, value in pairs(container) do
            if type(value) == "table" and not name:find "^_" then
                add(path .. name, value)
                walk(path .. name .. ".", value)
            end
        end
    end
    walk("", client)
    add("client", client)
    for name, object in pairs(objects) do
        add(name, getmetatable(object).__index)
    end
    return found
end

--- The client that the module's functions use becomes this one.
local function set_default(client)
    local name = debug.getupvalue(replicate.pending, 1)
    assert(name == "default", "replicate.pending has no upvalue 'default'")
    debug.setupvalue(replicate.pending, 1, client)
end

local function sorted(rows)
    local keys = {}
    for key in pairs(rows) do
        keys[#keys + 1] = key
    end
    table.sort(keys)
    return keys
end

local function with(list, key, value)
    local copy = {}
    for each, other in pairs(list) do
        copy[each] = other
    end
    copy[key] = value
    return copy
end

describe("hostile input", function()
    -- What must be refused is tried where a server counts what comes, and what is fine where nobody listens.
    local counting, dead, dead_url
    local counting_server, requests_seen = nil, 0
    -- A request that has not ended, and one that has.
    local pending, ended
    local tasks = {} -- and groups of them, by the same words
    local closed_before
    local holding, holding_server

    setup(function()
        local url
        url, counting_server = support.silent_server()
        counting = assert(replicate.new {
            base_url = url,
            max_retries = 0,
            timeout = 0.3,
            on_request = function()
                requests_seen = requests_seen + 1
            end,
        })
        dead_url = support.dead_url()
        dead = assert(replicate.new { base_url = dead_url, max_retries = 0 })
        ended = dead.account:get(function() end)
        dead:loop()
        closed_before = assert(replicate.new())
        closed_before:close()
        url, holding_server = support.silent_server()
        holding = assert(replicate.new { base_url = url })
        pending = holding.account:get(function() end)
        local function wait()
            return holding:sleep(3600)
        end
        tasks.task, tasks.group = holding:spawn(wait), holding:map({ 1 }, wait, function() end)
        tasks.ended_task, tasks.ended_group = dead:spawn(type, 1), dead:map({ 1 }, type, function() end)
        dead:loop()
    end)

    teardown(function()
        set_default(nil)
        for _, each in ipairs { counting, dead, holding, counting_server, holding_server } do
            each:close()
        end
    end)

    local function job(client, kind)
        return setmetatable({ id = "j1", status = "processing" }, client._classes[kind])
    end

    --- A file that a closed client can have, too.
    local function file_of(client)
        local url = dead_url:gsub("/v1$", "/x")
        return setmetatable({ _client = client, _url = url }, getmetatable(dead:file_output(url)))
    end

    --- The function of a method, and what it is called on.
    local function method_of(key, client)
        local path, name = key:match "^(.*):(.*)$"
        local object = client
        if not path then
            return replicate[key:match "^replicate%.(.*)$"], nil
        elseif path == "request" then
            object = client == dead and ended or pending
        elseif tasks[path] then
            object = tasks[client == dead and "ended_" .. path or path]
        elseif path == "file" then
            object = file_of(client)
        elseif path == "prediction" or path == "training" then
            object = job(client, path)
        elseif key == "client:close" then
            object = closed_before
        elseif path ~= "client" then
            for each in path:gmatch "[^.]+" do
                object = object[each]
            end
        end
        return object[name], object
    end

    --- The same function with a dot, as the module has it.
    local function function_of(key, client)
        set_default(client)
        local path, name = key:match "^(.*):(.*)$"
        local object = replicate
        for each in (path == "client" and "" or path):gmatch "[^.]+" do
            object = object[each]
        end
        return object[name], nil
    end

    local problems
    local tries, wrong = 0, 0 -- of all of them, for the row that a long run prints

    before_each(function()
        problems = {}
    end)

    local function problem(message, ...)
        wrong = wrong + 1
        problems[#problems + 1] = message:format(...)
    end

    local function finish()
        local first = table.concat(problems, "\n", 1, math.min(#problems, 40))
        assert(#problems == 0, ("%d problems:\n%s"):format(#problems, first))
    end

    --- One call: `place` is { names, sort } of where the hostile value is.
    local function try(find, key, row, place, value_name, arguments)
        local names, sort = place[1], place[2]
        local fine = assert(hostile.fine[sort], sort)[value_name]
        local fn, self = find(key, fine and dead or counting)
        local offset = self and 1 or 0
        local list = { n = #row + offset, self }
        for i = 1, #row do
            list[i + offset] = arguments[i]
        end
        tries = tries + 1
        local ok, result = pcall(invoke, fn, list)
        if ok and not fine and row.gives == "iterator" then
            ok, result = pcall(invoke, result[1], { n = 0 }) -- the loop's own line, too
        end
        local fault
        if fine then
            fault = not ok and "was refused: " .. tostring(result):sub(1, longest_message)
                or ok and fault_of_results(row.gives, sort, result[1], result[2])
            dead:loop()
        elseif ok then
            fault = ("was taken, and gave %s, %s"):format(tostring(result[1]), tostring(result[2]))
        else
            fault = fault_of_refusal(result, row.says or key:match "[%w_]+$", type(names) == "table" and names or { names })
        end
        fault = fault or counting:pending() > 0 and "left a request"
        if fault then
            problem("%s: '%s' as %s (%s) %s", key, value_name, type(names) == "table" and names[1] or names, sort, fault)
        end
    end

    --- Every hostile value in one place; `arguments_with(value)` are the arguments with it.
    local function try_all(find, key, row, place, arguments_with)
        for _, each in ipairs(hostile.values) do
            local ok, arguments = pcall(arguments_with, each[2]) -- nil and NaN cannot be keys
            if ok then
                try(find, key, row, place, each[1], arguments)
            end
            if place[2] == "mark" and ok and type(each[2]) == "table" and hostile.fine.mark[each[1]] then
                setmetatable(each[2], nil) -- plain again
            end
        end
    end

    --- What a method looks for in its options, as a valid call shows: options, fields of a body, and whether any other name
    -- may be a field.
    local function known_to(find, key, row, arguments)
        local known, fields, open = {}, {}, nil
        local split, check_fields = options.split, options.check_fields
        options.split = function(what, given, names, takes_others)
            for name in pairs(names) do
                known[name] = true
            end
            open = takes_others
            return split(what, given, names, takes_others)
        end
        options.check_fields = function(what, body, kinds)
            for name, kind in pairs(kinds) do
                fields[name] = { kind }
            end
            return check_fields(what, body, kinds)
        end
        try(find, key, row, { "a valid call", "valid" }, "valid", arguments)
        options.split, options.check_fields = split, check_fields
        return known, fields, open
    end

    --- Every value in every place of a method: arguments, options, and what is inside of options.
    local function try_method(find, key, row)
        local arguments, at = {}, nil
        for i, place in ipairs(row) do
            arguments[i] = place[3]
            at = at or place.has_options and i
        end
        local known, fields, open = known_to(find, key, row, arguments)
        for i, place in ipairs(row) do
            try_all(find, key, row, place, function(value)
                return with(arguments, i, value)
            end)
        end
        if not at then
            return assert(not next(known), key .. " takes options that its row does not have")
        end
        local function try_option(name, option)
            local base = option[3] or arguments[at]
            try_all(find, key, row, { option.names or name, option[1] }, function(value)
                return with(arguments, at, with(base, name, value))
            end)
            for _, place in ipairs(option[2] or {}) do
                try_all(find, key, row, place, function(value)
                    return with(arguments, at, with(base, name, place[3](value)))
                end)
            end
        end
        for name in pairs(known) do
            fields[name] = row.fields and row.fields[name] or hostile.options[name]
                or problem("%s: no row says what its option %s takes", key, name)
        end
        for name, field in pairs(row.fields or {}) do
            fields[name] = field
        end
        for name, option in pairs(fields) do
            try_option(name, option)
        end
        local sort = not open and "option_name" or row.fields and not row.is_json and "field_name" or "json_name"
        try_all(find, key, row, { { "option", "options", "name", "field" }, sort }, function(value)
            return with(arguments, at, with(arguments[at], value, 1))
        end)
    end

    it("has a row for every method", function()
        local live = methods_of(counting, {
            client = counting, request = pending, task = tasks.task, group = tasks.group,
            prediction = job(counting, "prediction"), training = job(counting, "training"), file = file_of(counting),
        })
        for key in pairs(live) do
            assert(hostile.rows[key], "hostile_rows.lua has no row for " .. key)
        end
        for key in pairs(hostile.rows) do
            assert(live[key] or key:find "^replicate%.", "there is no method " .. key)
        end
        for name, value in pairs(replicate) do
            local has_row = hostile.rows["replicate." .. name] or hostile.rows["client:" .. name]
            assert(type(value) ~= "function" or has_row, "hostile_rows.lua has no row for replicate." .. name)
        end
    end)

    for _, key in ipairs(sorted(hostile.rows)) do
        local row = hostile.rows[key]
        it("is refused by " .. key, function()
            try_method(method_of, key, row)
            finish()
        end)

        local path, name = key:match "^(.*):(.*)$"
        local in_module = path == "client" and rawget(replicate, name)
            or path and type(rawget(replicate, path:match "^[^.]+")) == "table"
        if in_module and key ~= "client:close" and not row.is_another_in_module then
            it("is refused by replicate." .. (path == "client" and "" or path .. ".") .. name, function()
                try_method(function_of, key, row)
                finish()
            end)
        end
    end

    it("cannot be what a method is called on", function()
        for key, row in pairs(hostile.rows) do
            local fn, self = method_of(key, counting)
            for _, each in ipairs(hostile.values) do
                -- What is of the same sort is taken, and says that it is closed.
                local is_its_own = each[1] == "closed client"
                    or type(each[2]) == "table" and getmetatable(each[2]) == getmetatable(self)
                if self and not is_its_own then
                    local valid = { each[2], n = #row + 1 }
                    for i, place in ipairs(row) do
                        valid[i + 1] = place[3]
                    end
                    local ok, err = pcall(invoke, fn, valid)
                    local fault = ok and "was taken" or fault_of_refusal(err, key:match "[%w_]+$", { "colon" })
                    if fault then
                        problem("%s on '%s' %s", key, each[1], fault)
                    end
                end
            end
        end
        finish()
    end)

    it("cannot be what a method of something else is called on", function()
        local objects = {
            client = counting,
            resource = counting.models,
            request = pending,
            task = tasks.task,
            group = tasks.group,
            prediction = job(counting, "prediction"),
        }
        for key in pairs(hostile.rows) do
            local fn, self = method_of(key, counting)
            for name, object in pairs(objects) do
                local same = getmetatable(object) == getmetatable(self)
                -- Methods of resources, search among them, are told their client by the resource or the client.
                local by_client = key == "client:search" or not key:find "^%l+:" or rawget(self or {}, "_client") ~= nil
                local told = by_client and (name == "client" or name == "resource")
                local is_job = name == "prediction" and key:find "^training:"
                if self and not same and not told and not is_job then
                    local ok, err = pcall(invoke, fn, { object, n = 1 })
                    local fault = ok and "was taken" or fault_of_refusal(err, key:match "[%w_]+$", { "colon" })
                    if fault then
                        problem("%s on a %s %s", key, name, fault)
                    end
                end
            end
        end
        finish()
    end)

    it("is what a closed client makes of every method", function()
        local closed = assert(replicate.new { base_url = support.dead_url() })
        closed:close()
        for key, row in pairs(hostile.rows) do
            local fn, self = method_of(key, closed)
            if self and not key:find "^request:" and not tasks[key:match "^%a+"] then
                local valid = { self, n = #row + 1 }
                for i, place in ipairs(row) do
                    valid[i + 1] = place[3]
                end
                local ok, err = pcall(invoke, fn, valid)
                local fault
                if hostile.when_closed[key] then
                    fault = not ok and "raised " .. tostring(err)
                else
                    fault = ok and "was taken" or fault_of_refusal(err, key:match "[%w_]+$", { "closed" })
                end
                if fault then
                    problem("%s on a closed client %s", key, fault)
                end
            end
        end
        assert.equal(0, closed:pending())
        finish()
    end)

    it("is not what the requests of a closed client are", function()
        local url, server = support.silent_server()
        local client = assert(replicate.new { base_url = url })
        local request = client.account:get(function() end)
        client:close()
        for _, each in ipairs { request, ended } do
            each:cancel()
            assert.equal(each == request and "canceled" or "failed", each:status())
            for _, seconds in ipairs { 0, 1 } do
                local none, err = each:wait(seconds)
                assert.is_nil(none)
                assert.equal(each == request and "canceled" or "network", err.kind)
            end
        end
        server:close()
    end)

    it("is refused as the id of a prediction or training", function()
        for _, kind in ipairs { "prediction", "training" } do
            for _, each in ipairs(hostile.values) do
                for _, name in ipairs { "wait", "reload", "cancel" } do
                    local object = job(counting, kind)
                    object.id = each[2]
                    local ok, err = pcall(invoke, object[name], { object, n = 1 })
                    local fault = ok and "was taken" or fault_of_refusal(err, name, { "id" })
                    if fault then
                        problem("%s:%s with the id '%s' %s", kind, name, each[1], fault)
                    end
                end
            end
        end
        finish()
    end)

    it("is refused as a page that a function of the caller's gives", function()
        for _, each in ipairs(hostile.values) do
            for what, first in pairs {
                function_of_page = function() return each[2] end,
                function_of_next = each[2] ~= nil and function() return { next = each[2] } end,
            } do
                local iterator = counting:paginate(first or error)
                local list = { n = 0 }
                local page_is_fine = what == "function_of_page" and type(each[2]) == "table"
                local ok, err = pcall(invoke, iterator, list)
                if first and what == "function_of_next" and ok then
                    ok, err = pcall(invoke, iterator, list)
                    page_is_fine = each[1] == "empty" -- the end, as null is
                end
                local fault
                if page_is_fine then
                    fault = not ok and "raised " .. tostring(err)
                elseif first then
                    fault = ok and "was taken" or fault_of_refusal(err, "paginate", { "function", "page" })
                end
                if fault then
                    problem("paginate: '%s' as %s %s", each[1], what, fault)
                end
            end
        end
        finish()
    end)

    it("is refused as a name of the module", function()
        for _, each in ipairs(hostile.values) do
            local versions = replicate.models.versions
            for what, container in pairs { replicate = replicate, models = replicate.models, versions = versions } do
                local ok, err = pcall(invoke, function(key)
                    local value = container[key]
                    return value
                end, { each[2], n = 1 })
                if ok or type(err) ~= "string" or #err > longest_message or not err:find("has no", 1, true) then
                    problem("%s['%s'] gave %s", what, each[1], tostring(err):sub(1, longest_message))
                end
            end
        end
        finish()
    end)

    it("was sent nowhere", function()
        counting:poll(0.1)
        assert.equal(0, counting:pending())
        assert.equal(0, requests_seen)
        counting_server:settimeout(0)
        assert.is_nil(counting_server:accept())
        if os.getenv "REPLICATE_ROWS" then
            local demanded = ("every function of the module, in every place each of %d hostile values: an error at the caller's"
                .. " line, or a right result"):format(#hostile.values)
            print(("\nrow\tR19\t%s\t%s: %d calls, %d wrong, 0 requests sent\t%s"):format(demanded,
                rawget(_G, "jit") and "LuaJIT" or _VERSION, tries, wrong, wrong == 0 and "ok" or "missed"))
        end
    end)
end)
