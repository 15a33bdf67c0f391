# What Tests/Hosts/run checks of each program: a function in_NAME for each, with the helpers of that script.
# shellcheck shell=bash disable=SC2154

# LÖVE draws frames while pictures are generated, which takes its time.
in_love() {
    local url frame
    rm -f "$logs/love.png"
    coproc line { exec python3 Tests/Hosts/slow_line.py "$REPLICATE_BASE_URL"; }
    local line_pid=$line_PID
    read -r -t 10 url <&"${line[0]}"
    # Its own places for what it saves, and no sound: there may be no home and no card here.
    XDG_DATA_HOME=$work/data REPLICATE_BASE_URL=$url in_lua 5.1 check 'it ends well' \
        timeout 90 xvfb-run -a -s '-screen 0 1280x800x24' love examples/hosts/love --screenshot "$logs/love.png"
    eval "exec ${line[1]}>&-"
    wait "$line_pid" 2>/dev/null
    frame=$(number 'there at frame ([0-9]+)')
    check 'all four pictures came' test "$(grep -c ': there at frame' "$log")" -eq 4
    check 'frames came before the first one' test "$frame" -gt 10
    check 'they came one after the other' test "$(sed -nE 's/.*there at frame //p' "$log" | sort -u | wc -l)" -eq 4
    # One that waited would take 600. The first picture's takes 100: that is where Mesa compiles its shaders.
    check 'no frame waited' test "$(number 'the longest ([0-9]+) ms')" -le 400
    check 'the screenshot shows them' picture "$logs/love.png" 500
    grep ' frames, the longest ' "$log"
}

# Neovim edits, or has a timer tick, while a stream is written into a buffer.
in_neovim() {
    local longest text
    in_lua 5.1 check 'it ends well' timeout 60 nvim --headless --clean -n -i NONE -S examples/hosts/neovim/story.lua \
        -S Tests/Hosts/neovim.lua
    longest=$(number 'ticks, ([0-9]+) ms at most')
    check 'the editor went on: no more than 100 ms between two ticks' test "$longest" -ge 0 -a "$longest" -le 100
    check 'the text came in pieces' test "$(number 'text came at ([0-9]+) of them')" -ge 20
    text=$(story 2)
    check 'the whole text is in the buffer' test "text: ${text#succeeded: }" = "$(grep '^text: ' "$log")"
    text=$(story 1)
    check 'a story whose window was closed is canceled' test "${text%%:*}" = canceled
    grep ' ticks, ' "$log"
}

# mpv, whose Lua is 5.2, plays on while a prediction runs, and a timer polls.
in_mpv() {
    local text
    XDG_CONFIG_HOME=$work in_lua 5.2 check 'it ends well' timeout 60 mpv --no-config --quiet --vo=null --ao=null \
        --script=examples/hosts/mpv/describe.lua --script=Tests/Hosts/mpv.lua '--force-media-title=a fox on film' \
        av://lavfi:testsrc=rate=25
    text=$(story 1)
    check 'the whole text came' grep -qF "[mpv] text: ${text#succeeded: }" "$log"
    check 'the script says how long it took' said '^\[describe\] .*, after [1-9]\.[0-9] s'
    check 'the video went on meanwhile' said 'the video went on by [1-9]\.[0-9]+ s, in Lua 5\.2'
    grep 'the video went on' "$log"
}

# A game's loop in C, with the header alone, and the percentile of its polls.
in_game_loop() {
    local link
    head -c 8388608 /dev/urandom >"$work/level"
    check 'it compiles' cc -std=c99 -Wall -Wextra -Wpedantic -Werror examples/c/game_loop.c -o "$work/game_loop" \
        $(pkg-config --cflags --libs replicate) "-Wl,-rpath,$top/build/lib"
    read -ra link < <(lua5.4 Tests/Hosts/upload.lua "$work/level")
    check 'it ends well' timeout 60 "$work/game_loop" "${link[@]}" "$work/level.out"
    check 'all words came, and levels meanwhile' said '^100 words, [1-9][0-9]* levels'
    check 'what was downloaded is whole' cmp "$work/level" "$work/level.out"
    check 'a poll takes less than 1 ms at p99' said '^poll: .* 0\.[0-9]+ ms at p99'
    grep '^poll: ' "$log"
}

# A host that closes its Lua state in the middle of everything. It counts its own checks.
in_close_states() {
    local flags
    read -ra flags <<<"$(pkg-config --cflags --libs lua5.4)"
    cc -std=gnu11 -g -O1 -Wall -Wextra -Wpedantic -Werror -pthread -ITests/C Tests/Hosts/close_states.c Tests/C/process.c \
        -o "$work/close_states" "${flags[@]}" >>"$log" 2>&1 &&
        timeout 300 "$work/close_states" >>"$log" 2>&1
    local code=$?
    read -r passed failed < <(sed -nE 's/^close_states: ([0-9]+) passed, ([0-9]+) failed$/\1 \2/p' "$log")
    passed=${passed:-0} failed=${failed:-1}
    if [ "$code" -ne 0 ] && [ "$failed" -eq 0 ]; then failed=1; fi
    grep ' turns in ' "$log"
}

# A page that reads a stream which was made in Lua.
in_browser() {
    local page text
    local flags=(--headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage "--user-data-dir=$work/chromium"
        --hide-scrollbars --window-size=900,600 --virtual-time-budget=20000)
    rm -f "$logs/browser.png"
    page=$(lua5.4 examples/hosts/browser/create.lua "file://$top/examples/hosts/browser/index.html" 2>>"$log")
    check 'a prediction with a stream is made' test "${page%%\?*}" != "$page"
    timeout 90 chromium "${flags[@]}" --dump-dom "$page" >"$logs/browser.html" 2>>"$log"
    text=$(lua5.4 -e 'local made = assert(require "replicate".predictions.list()).results[1]
        print(made.status); print(table.concat(made.output))')
    echo "$text" >>"$log"
    check 'the prediction has ended' test "${text%%$'\n'*}" = succeeded
    check 'the page says that it is done' said '<body data-state="done">|<p id="state">done</p>' "$logs/browser.html"
    check 'the whole text stands on the page' holds ">${text#*$'\n'}</p>" "$logs/browser.html"
    timeout 90 chromium "${flags[@]}" "--screenshot=$logs/browser.png" "$page" >>"$log" 2>&1
    check 'the screenshot shows text' picture "$logs/browser.png" 10
    page=${page//streams%2F/streams%2Fno}
    timeout 90 chromium "${flags[@]}" --dump-dom "$page" >"$work/lost.html" 2>>"$log"
    check 'a wrong URL is told' said '<p id="state">not reached</p>' "$work/lost.html"
}

# nginx checks webhooks and hands them on.
in_nginx() {
    mkdir "$work/nginx"
    check 'its modules are there (make test-packages)' test -e .build/nginx-lua/packages
    check 'it ends well' timeout 90 lua5.4 Tests/Hosts/nginx.lua "$work/nginx" "$top/.build/nginx-lua"
    if [ -s "$work/nginx/nginx.pid" ]; then kill "$(<"$work/nginx/nginx.pid")" 2>/dev/null; fi
    cat "$work/nginx/error.log" >>"$log" 2>&1
    for what in logs output; do
        check "$what: the start comes first" said "^$what begin: (starting|processing)"
        check "$what: some come meanwhile, and not each" test "$(number "^$what came: ([0-9]+)")" -ge 2 -a "$(number "^$what came: ([0-9]+)")" -le 5
        check "$what: 500 ms apart" test "$(number "^$what between two: ([0-9]+) ms")" -ge 490
        check "$what: more and more" said "^$what grew: true"
        check "$what: of the prediction" said "^$what are of it: true"
        check "$what: the application sees the query" said "^$what with the query: true"
    done
    check 'an end that was not taken comes again' said '^again: true'
    check 'one that came before is dropped' said '^twice: 204'
    check 'output is handed on, and the end' test "$(grep -cE '^(handed on|the end): 204' "$log")" -eq 2
    check 'and once each' said '^output twice: 204'
    check 'one of a prediction that has ended is dropped' said '^late: 204'
    check 'a changed one is refused' said '^changed: 401'
    check 'one with another id is refused' said '^with another id: 401'
    check 'one without headers is refused' said '^without headers: 401'
    check 'one with another time is refused' said '^old: 401'
    check 'GET is refused' said '^get: 405'
    check 'nothing of that reached the application' said '^reached the application: false'
    check 'a large one came whole' said '^large: true'
    check 'the log says why' said 'auth: no signature of the webhook matches'
    check 'the log says no secret' test "$(grep -c whsec_ "$log")" -eq 0
}

# Coroutines that wait for webhooks, and nothing else. Its server is in the example; what is forged comes first.
in_luasocket() {
    local url pid words=(fox heron hare)
    coproc stories { exec timeout 60 lua5.4 examples/hosts/luasocket/stories.lua "${words[@]}" 2>>"$log"; }
    pid=$stories_PID
    exec 7<&"${stories[0]}"
    read -r -t 20 url <&7
    check 'its server answers' timeout 30 lua5.4 Tests/Hosts/luasocket.lua "$url"
    cat <&7 >>"$log"
    check 'it ends well' wait "$pid"
    exec 7<&-
    check 'what is forged is refused' said '^forged: 401'
    check 'in pieces, too' said '^in pieces: 401'
    check 'and without headers' said '^no headers: 401'
    check 'what is no webhook is told so' test "$(grep -cE '^(get: 405|elsewhere: 404|no length: 411|too long: 413|no HTTP: 400)$' "$log")" -eq 5
    for word in "${words[@]}"; do
        check "the story of the $word came" said "^$word: succeeded: [A-Z\"]"
    done
    check 'it says why' said '^refused: auth: no signature of the webhook matches'
    check 'nobody polled: the secret was asked for, and stories' said '^4 requests for 3 stories'
    check 'a forged end ends nothing' test "$(grep -c 'forged$' "$log")" -eq 0
}
