-- Has examples/hosts/mpv/describe.lua describe what is playing, and prints what the test looks at: the text, and how far the
-- video went meanwhile. mpv --script=describe.lua --script=Tests/Hosts/mpv.lua VIDEO
-- A line's end in the text is printed as |.

local began

mp.register_event("playback-restart", function()
    if not began then
        began = mp.get_property_number "time-pos"
        mp.commandv("script-binding", "describe/describe")
    end
end)

mp.register_script_message("described", function(text)
    print("text: " .. text:gsub("\n", "|"))
    print(("the video went on by %.2f s, in %s"):format(mp.get_property_number "time-pos" - began, _VERSION))
    mp.commandv "quit"
end)

mp.add_timeout(20, function()
    print "not described in time"
    mp.commandv("quit", "1")
end)
