-- Neovim: `:Story a fox in winter` writes a story into a new buffer while it is told. Nothing waits: the editor's own loop
-- watches the client's descriptor, and goes on editing.
--
-- Run: nvim -S story.lua, with LUA_PATH and LUA_CPATH for share/lua/5.1 and lib/lua/5.1 of where the library is (Neovim has
-- LuaJIT). It needs REPLICATE_API_TOKEN, and REPLICATE_BASE_URL of a running replicate-sandbox, which has this model.

local replicate = require "replicate"

local client = assert(replicate.new())

-- The client's callbacks run inside poll, here in a callback of libuv, in which Neovim lets nobody touch a buffer. So each is
-- wrapped in vim.schedule_wrap, and comes when a buffer may be touched.
local watch = assert(vim.loop.new_poll(client:pollfd()))
watch:start("r", function()
    client:poll()
end)

vim.api.nvim_create_autocmd("VimLeavePre", {
    callback = function()
        watch:close()
        client:close()
    end,
})

local function append(buffer, text)
    local last = vim.api.nvim_buf_line_count(buffer) - 1
    local line = vim.api.nvim_buf_get_lines(buffer, last, last + 1, false)[1]
    vim.api.nvim_buf_set_lines(buffer, last, last + 1, false, vim.split(line .. text, "\n", { plain = true }))
end

local function tell(prompt)
    vim.cmd "new"
    local buffer = vim.api.nvim_get_current_buf()
    vim.bo[buffer].buftype, vim.bo[buffer].bufhidden = "nofile", "wipe" -- it goes with its window
    local request
    request = client:stream("sandbox/story", {
        input = { prompt = prompt, max_tokens = 80, tokens_per_second = 40 },
        cancel = true, -- request:cancel() ends the prediction, too
    }, vim.schedule_wrap(function(event, err)
        if not vim.api.nvim_buf_is_valid(buffer) then
            request:cancel() -- nobody reads it any longer
        elseif event then
            if event.event == "output" then
                append(buffer, event.data)
            end
        else
            if err then
                vim.notify("Story: " .. tostring(err), vim.log.levels.ERROR)
            end
            vim.api.nvim_exec_autocmds("User", { pattern = "StoryTold" })
        end
    end))
end

vim.api.nvim_create_user_command("Story", function(command)
    tell(command.args)
end, { nargs = "+", desc = "Tell a story into a new buffer" })
