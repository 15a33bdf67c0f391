-- Tells a story in Neovim while a timer ticks, and prints what the test looks at: how often it ticked, the longest time between
-- two ticks, and the buffer, in which a line's end is printed as |. Then it begins another story, and closes its window.
-- nvim --headless --clean -S examples/hosts/neovim/story.lua -S Tests/Hosts/neovim.lua

local ticks, longest, last, texts, seen = 0, 0, nil, 0, nil

local function text_now()
    return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "|")
end

local function measure()
    local now = vim.loop.hrtime() / 1e6
    longest = last and math.max(longest, now - last) or 0
    last = now
end

vim.api.nvim_create_autocmd("User", {
    pattern = "StoryTold",
    once = true,
    callback = function()
        measure() -- the time since the last tick, too
        io.write(("%d ticks, %d ms at most, text came at %d of them\n"):format(ticks, longest, texts))
        io.write("text: ", text_now(), "\n")
        vim.cmd "close"
        vim.cmd "Story another fox, for nobody" -- whose window is closed while it is told
        vim.defer_fn(function()
            vim.cmd "close"
        end, 300)
        vim.defer_fn(function()
            vim.cmd "qall!"
        end, 800)
    end,
})

local timer = vim.loop.new_timer()
timer:start(0, 10, vim.schedule_wrap(function()
    measure()
    ticks = ticks + 1
    if text_now() ~= seen then
        seen = text_now()
        texts = texts + 1
    end
    if ticks == 2000 then
        io.write "not told in time\n"
        vim.cmd "cquit"
    end
end))

vim.wait(100) -- it ticks before the story begins, so that a start that blocks is seen
vim.cmd "Story a fox in an editor"
