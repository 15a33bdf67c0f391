--- Streams whose functions have an event to hear of are held back until the poll is over in which it came, so that a poll comes
-- to its end however fast a server is. It is the end of the outer poll that counts, whichever client's it is: one that is polled
-- only because another client's task waits for it has none of its own.

local holding = {}

local held = {}

function holding.hold(request)
    if request._handle then
        held[#held + 1] = request -- first, for it may want memory: what is held for ever never ends
        request._handle:hold(true)
    end
end

function holding.let_go()
    for index = #held, 1, -1 do
        local request = held[index]
        held[index] = nil
        if request._handle and request._client._core then
            request._handle:hold(false)
        end
    end
end

return holding
