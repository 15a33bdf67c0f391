--- The clocks of the Lua programs here, and the one line that each prints: calls, CPU seconds, wall seconds.

local socket = require "socket"

return function(calls, run)
    collectgarbage()
    local cpu, wall = os.clock(), socket.gettime()
    run(calls)
    print(("%d %.6f %.6f"):format(calls, os.clock() - cpu, socket.gettime() - wall))
end
