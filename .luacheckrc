-- What every Lua has, from 5.1 on and LuaJIT; and what some have, which is asked for before it is used.
std = "min"
local newer = { table = { fields = { "pack", "unpack" } }, math = { fields = { "tointeger" } }, unpack = {}, newproxy = {} }
newer.coroutine = { fields = { "close", "isyieldable" } }
files["lua/replicate"] = { read_globals = newer }
max_line_length = 130
exclude_files = { "lua/replicate/types.lua" }

local in_specs = {
    table = newer.table, math = { fields = { "maxinteger", "mininteger", "tointeger", "type" } }, unpack = {},
}
files["Tests/Lua"] = { read_globals = in_specs }
files["Tests/Lua/*_spec.lua"] = { std = "+busted" }
files["Tests/Secure"] = { read_globals = { "loadstring", "setfenv", table = newer.table, unpack = {} } }
-- These run in 5.4 alone.
files["Tests/Operations"] = { std = "lua54" }
-- Their host is a program of the tests, which says what it holds.
files["Tests/Faults"] = {
    max_line_length = 140,
    read_globals = {
        "host_descriptors", "host_exit", "host_is_clean", "host_notes", "host_over", "host_ready", "host_settle", "host_threads",
        "host_warnings", "unpack",
        table = newer.table,
    },
}
files["Tests/Soak"] = { std = "lua54" }
files["Tests/bench"] = { std = "lua54" }
-- Whose Lua is the host's.
files["examples/hosts/love"] = { std = "+love" }
files["examples/hosts/neovim"] = { globals = { "vim" } }
files["examples/hosts/mpv"] = { read_globals = { "mp" } }
files["examples/hosts/nginx"] = { read_globals = { "ngx" } }
files["Tests/Hosts/neovim.lua"] = { read_globals = { "vim" } }
files["Tests/Hosts/mpv.lua"] = { read_globals = { "mp" } }
