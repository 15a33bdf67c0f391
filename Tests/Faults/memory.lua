-- The scenarios of allocator.lua, so many times, for Tests/Faults/memory. Arguments: a folder; how many times.
local folder, rounds = ...
local order, scenarios, setup, finish = assert(loadfile "Tests/Faults/allocator.lua")(folder)
for _ = 1, tonumber(rounds) do
    for _, name in ipairs(order) do
        local s = setup(name)
        local problem = finish(name, s, pcall(scenarios[name], s))
        if problem then
            error(name .. ": " .. problem)
        end
    end
end
print "abandoned: ok"
host_exit(0)
