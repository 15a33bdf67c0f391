--- Lists come in pages, each with the URL of the `next` one. These are the iterators over them; nothing is fetched before it
-- is asked for, and an error is raised, as a `for` loop has no other way to tell.

local core = require "replicate.core"
local jobs = require "replicate.jobs"
local misuse = require "replicate.misuse"
local waiting = require "replicate.waiting"
misuse.register()

local unpack = table.unpack or unpack

local pages = {}

--- A list is taken to have no end after so many pages, unless the client's option max_pages says another number.
local most_pages = 100000

--- As the core takes it, for which another is a mistake of its caller's; here it came from a server.
local longest_url = 16384

--- For `for page in …`: `first()` gives the first page, or nil and an error, and `following(url)` another. `is_callers`: the
-- first page comes from a function of the caller's.
local function iterator(client, first, following, is_callers)
    local next_url, started, left = nil, false, client._max_pages or most_pages
    -- Brent's way to find a cycle without keeping every page that was there: one URL, renewed after 1, 2, 4, 8 … pages.
    local kept, since, renewal = nil, 0, 1
    return function()
        if started and not next_url then
            return nil
        end
        if left == 0 then
            error(core.error("protocol", ("the list has more than %d pages, which is the limit (max_pages)"):format(
                client._max_pages or most_pages)), 0)
        end
        left = left - 1
        local page, err
        if started then
            page, err = waiting.iterate(following, next_url)
        else
            page, err = waiting.iterate(first)
        end
        if type(page) ~= "table" then
            if (page ~= nil or err == nil) and not is_callers then
                error(core.error("protocol", "a page of the list is no object"), 0)
            elseif page ~= nil or err == nil then
                misuse.raise("paginate: the function must give a page or nil and an error, not %s", misuse.describe(page))
            end
            error(err, 0)
        end
        started = true
        next_url = rawget(page, "next")
        if next_url == "" then
            next_url = nil
        end
        if next_url ~= nil and type(next_url) ~= "string" then
            if is_callers then
                misuse.raise("paginate: the next page must be an URL, not %s", misuse.describe(next_url))
            end
            error(core.error("protocol", "the next page of a list is not an URL"), 0)
        end
        if next_url then
            if not is_callers and (#next_url > longest_url or next_url:find "[^!-~]") then
                error(core.error("protocol", "the next page of a list is not an URL"), 0)
            end
            if next_url == kept then
                error(core.error("protocol", "the list leads back to a page that was there before"), 0)
            end
            since = since + 1
            if since == renewal then
                kept, since, renewal = next_url, 0, renewal * 2
            end
        end
        return page
    end
end

--- client:paginate(function() return client.models:list() end)
function pages.paginate(client, first)
    local kind
    return iterator(client, function()
        local page, err = first()
        kind = type(page) == "table" and jobs.kind_of_page(page) or nil
        return page, err
    end, function(url)
        return client:_page("paginate", url, nil, kind)
    end, true)
end

--- The methods `pages` and `each` of a resource: `check` has the arguments checked, as replicate/resources.lua says.
function pages.of(kind, check, what)
    local function begin(client, callback, operation, ...)
        if callback ~= nil then
            misuse.raise("%s: it takes no callback: it is for a loop", what)
        elseif client:closed() then
            misuse.raise("%s: this client is closed", what)
        end
        local arguments = { n = select("#", ...), ... }
        -- Parameters are in the URLs of further pages already.
        local settings = {}
        for name, value in pairs(arguments[arguments.n]) do
            if not name:find "^param%." then
                settings[name] = value
            end
        end
        return iterator(client, function()
            return client:_start(what, nil, kind, nil, nil, operation, unpack(arguments, 1, arguments.n))
        end, function(url)
            return client:_page(what, url, settings, kind)
        end)
    end
    return function(self, ...)
        return begin(check(self, ...))
    end
end

function pages.items_of(kind, check, what)
    local pages_of = pages.of(kind, check, what)
    return function(self, ...)
        local next_page = pages_of(self, ...)
        local results, index = {}, 0
        return function()
            index = index + 1
            while results and results[index] == nil do
                local page = next_page()
                results, index = page and page.results, 1
                if page and type(results) ~= "table" then
                    error(core.error("protocol", "a page of the list has no results"), 0)
                end
            end
            return results and results[index]
        end
    end
end

return pages
