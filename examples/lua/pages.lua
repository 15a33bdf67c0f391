-- Lists come in pages. Three ways through them: item by item, page by page, and by hand.

local replicate = require "replicate"

local client = assert(replicate.new())

-- Item by item. A page is fetched when it is needed, so that leaving the loop early saves the rest. What goes wrong on the
-- way is raised, as a loop has no other way to tell; use pcall where that matters.
local count = 0
for model in client.models:each { sort_by = "model_created_at", sort_direction = "desc" } do
    count = count + 1
    print("model", count, model.owner .. "/" .. model.name)
    if count == 5 then
        break
    end
end

-- Page by page.
local collections = 0
for page in client.collections:pages() do
    collections = collections + #page.results
end
print("collections", collections)

-- Any call that gives a page will do: here predictions of a certain time.
local pages, ended = 0, 0
for page in client:paginate(function()
    return client.predictions:list { created_after = "2024-01-01T00:00:00Z" }
end) do
    pages = pages + 1
    for _, prediction in ipairs(page.results) do
        ended = ended + (prediction.completed_at and 1 or 0)
    end
    if pages == 4 then
        break
    end
end
print("predictions", ended .. " have ended", "on " .. pages .. " pages")

-- By hand: `next` and `previous` are what a list takes as its page.
local first = assert(client.predictions:list())
if first.next then
    local second = assert(client.predictions:list { page = first.next })
    local back = assert(client.predictions:list { page = second.previous })
    print("there and back", back.results[1].id == first.results[1].id)
end
client:close()
