std = "lua54"
max_line_length = 130
files["Tests/Lua/*_spec.lua"] = { std = "+busted" }
exclude_files = { "lua/replicate/types.lua" }
