"""R59: temporary files: mode 0600 and O_EXCL, in the target's folder, by strace; and none left behind by a thousand faults."""

import os
import random
import re
import subprocess

from common import (
    DOWNLOAD,
    SEED,
    FileServer,
    Folder,
    Traced,
    content,
    cut,
    finish,
    head,
    json_answer,
    plain,
    quick_or_long,
    whole,
    writes,
)
from harness import WORK, Lua, Row, check, eventually, kind, lua_text, shown
from server import prediction

FILE = content(300_000)
server = FileServer()
BASE = server.url("/v1")
URL = server.url("/f.bin")
TEMPORARY = re.compile(r"^\.replicate-[0-9a-z]+\.part$")
server.plan["/v1/files"] = json_answer(b'{"id": "f", "urls": {"get": "http://127.0.0.1/v1/files/f"}}')
server.plan["/v1/models/a/b/predictions"] = json_answer(prediction(output=[URL, "data:image/png;base64,AAAA"]))


def how_they_are_made():
    row = Row("R59", "temporary files of downloads: mode 0600, O_EXCL, in the target's folder; an upload makes none")
    folders = {way: Folder() for way in ("save", "download", "save_outputs")}
    seen = []

    def looked_at(connection, request):
        """Half of it; then what stands in the folders; then the rest."""
        connection.sendall(head(len(FILE)) + FILE[:200_000])
        # Of the bytes on their way some are on disk now or soon.
        eventually(lambda: under_way(folders.values()))
        seen.extend(under_way(folders.values()))
        connection.sendall(FILE[200_000:])

    server.plan["/f.bin"] = server.plan["/v1/files/f/download"] = looked_at
    server.plan["/memory"] = whole(FILE)
    # What the program would allow: everything to everybody.
    with Traced("openat,openat2,open,creat,fchmod,%file", umask="000") as lua:
        lua.run(f'kept.c = new{{base_url="{BASE}", timeout=60}}')
        for chunk in (
            f'kept.c:file_output("{URL}"):save({lua_text(folders["save"] / "x")})',
            f'kept.c.files:download("f", {DOWNLOAD}, path={lua_text(folders["download"] / "x")}}})',
            f"kept.c:run('a/b', {{input={{}}, save_outputs={lua_text(folders['save_outputs'].path)}}})",
            f'kept.c:file_output("{server.url("/memory")}"):read()',
            'kept.c.files:create(replicate.bytes(("x"):rep(1000000)))',
            f"kept.c.files:create(replicate.file({lua_text(folders['save'] / 'x')}))",
        ):
            answered = lua.run("return " + chunk)
            row.check(kind(answered) == "value", f"{chunk}: {shown(answered)}")
    made = 0
    paths = {os.fsencode(each.path) for each in folders.values()}
    for name, arguments, where in writes(lua.calls()):
        if name not in ("openat", "open", "creat", "openat2"):
            continue
        made += 1
        text = f"{name}({plain(arguments).decode()})"
        row.check("O_EXCL" in arguments and "O_CREAT" in arguments and "O_NOFOLLOW" in arguments, text)
        row.check(arguments.rstrip().endswith(", 0600"), text)
        row.check(os.path.dirname(where[0]) in paths and TEMPORARY.match(os.path.basename(where[0]).decode()), text)
    row.check(made >= 4, f"only {made} were made")
    row.check(len(seen) >= 3 and all(mode == 0o600 and links == 1 for mode, links, _ in seen), f"under way: {seen}")
    row.check(len({name for *_, name in seen}) == len(seen), f"names that come again: {seen}")
    row.check(not temporaries(folders.values()), f"left: {temporaries(folders.values())}")
    row.say(f"{made} made, all so, under a umask of 000; {len(seen)} looked at while they were written")


def under_way(folders):
    """Mode, links and name of those that have some of the file in them."""
    found = []
    for each in temporaries(folders):
        try:
            status = os.stat(each)
        except FileNotFoundError:
            continue  # Another one, which has come to its end meanwhile.
        if status.st_size > 1000:
            found.append((status.st_mode & 0o777, status.st_nlink, os.path.basename(each)))
    return found


def temporaries(folders):
    return [os.path.join(each.path, name) for each in folders for name in os.listdir(each.path) if TEMPORARY.match(name)]


SAVE_ALL = """
local count, options, before = ...
local c = new(options.client)
local failed, kinds = 0, {}
local function told(value, err)
    if value == nil then failed = failed + 1 kinds[err.kind] = true end
end
for i = 1, count do
    local path = options.folder .. "/" .. (i % 7) .. ".bin"
    local file = c:file_output(options.url)
    options.start(c, file, path, told)
    if i % 16 == 0 then c:loop() end
end
c:loop()
c:close()
local names = {}
for name in pairs(kinds) do names[#names + 1] = name end
table.sort(names)
return failed .. " " .. table.concat(names, ",")
"""

PLAIN = "function(c, file, path, told) file:save(path, told) end"
#: What goes wrong: how the server answers, the client's options, and how a download is started.
numbers = random.Random(SEED)


def at_random(how):
    def handler(connection, request):
        cut(FILE, numbers.randrange(len(FILE)), how)(connection, request)

    return handler


def status(code, extra=""):
    def handler(connection, _):
        connection.sendall(head(5, f"{code} No", extra) + b"sorry")

    return handler


def stalled(connection, _):
    """Says nothing more, somewhere in the midst."""
    connection.sendall(head(len(FILE)) + FILE[: numbers.randrange(1, len(FILE))])
    connection.settimeout(20)
    try:
        connection.recv(1)
    except OSError:
        pass


def bad_chunk(connection, _):
    connection.sendall(head(None) + b"20\r\n" + FILE[:32] + b"\r\nxyz\r\n")


def part_of_another(connection, request):
    """Cut, and then what does not belong to it."""
    if request.header("range"):
        connection.sendall(head(10, "206 Partial Content", "Content-Range: bytes 0-9/20\r\n") + FILE[:10])
    else:
        connection.sendall(head(len(FILE)) + FILE[:1000])


CANCEL = """function(c, file, path, told)
    local request
    request = file:save(path, {on_progress=function() request:cancel() end}, told)
end"""
FAULTS = {
    "cut by FIN": (at_random("fin"), "", PLAIN),
    "cut by RST": (at_random("reset"), "", PLAIN),
    "cut between chunks": (at_random("chunked"), "", PLAIN),
    "cut, and tried again": (at_random("reset"), "max_retries=2, retry_delay=0.001", PLAIN),
    "404": (status(404), "", PLAIN),
    "500, again and again": (status(500), "max_retries=1, retry_delay=0.001", PLAIN),
    "a redirect to nowhere": (status(302, "Location: file:///etc/passwd\r\n"), "", PLAIN),
    "a redirect for ever": (status(302, "Location: /f.bin\r\n"), "", PLAIN),
    "chunks that are none": (bad_chunk, "", PLAIN),
    "a part of something else": (part_of_another, "max_retries=1, retry_delay=0.001", PLAIN),
    "a deadline in the midst": (stalled, "timeout=0.15", PLAIN),
    "an idle server": (stalled, "idle_timeout=0.1", PLAIN),
    "too large": (whole(FILE), "max_download_bytes=200000", PLAIN),
    "canceled at once": (whole(FILE), "", "function(c, file, path, told) file:save(path, told):cancel() end"),
    "canceled under way": (stalled, "", CANCEL),
    "nobody there": (None, "", "function(c, file, path, told) c:file_output('http://127.0.0.1:1/x'):save(path, told) end"),
    "a data URI and no time": (
        None,
        "timeout=0.001",
        "function(c, file, path, told) c:file_output('data:,' .. ('x'):rep(3000000)):save(path, told) end",
    ),
}
CLOSED = """
local c
for i = 1, %d do
    c = new{base_url=%s}
    local seen = 0
    for j = 1, 5 do
        c:file_output(%s):save(%s .. "/" .. j .. ".bin", {on_progress=function() seen = seen + 1 end}, function() end)
    end
    while seen < 5 do c:poll(1) end
    if i %% 2 == 0 then c:close() else c = nil collectgarbage() collectgarbage() end
end
return 1
"""
#: System calls of the last steps, which fail. A failed close says no more than that the last bytes may not be there.
CALLS = [
    "fchmod:error=EIO",
    "fsync:error=ENOSPC",
    "fsync:error=EIO",
    "renameat:error=EACCES",
    "renameat:error=EIO",
    "fsync:error=EDQUOT",
]


def faults():
    row = Row(
        "R59", "0 temporary files left after 1,000 faults: cuts, resets, cancels, deadlines, full disks, failing system calls"
    )
    each = quick_or_long(4, 60)
    total = 0
    folder = Folder()
    for number in range(7):
        with open(folder / f"{number}.bin", "wb") as file:
            file.write(b"the old file")
    before = folder.state()
    with Lua() as lua:
        for name, (handler, options, start) in FAULTS.items():
            server.plan["/f.bin"] = handler
            given = f"{{client={{base_url='{BASE}', timeout=20, {options}}}, folder={lua_text(folder.path)}, "
            given += f"url='{URL}', start={start}}}"
            answered = lua.run(f"return (function(...) {SAVE_ALL} end)({each}, {given})", timeout=120)
            failed = int(answered.get("value", "0 ").split()[0])
            # Of what was canceled or timed some can have been quicker: whole, and no fault.
            quicker = name in ("canceled at once", "a data URI and no time")
            total += failed
            if quicker and failed < each:
                before = judge_rest(row, folder, before, name, touched=True)
            else:
                row.check(failed == each, f"{name}: {shown(answered)}")
                before = judge_rest(row, folder, before, name)
        server.plan["/f.bin"] = stalled
        rounds = quick_or_long(2, 20)
        answered = lua.run(CLOSED % (rounds, lua_text(BASE), lua_text(URL), lua_text(folder.path)), timeout=120)
        row.check(kind(answered) == "value", f"closed under way: {shown(answered)}")
        total += 5 * rounds
        judge_rest(row, folder, before, "closed or dropped under way")
        server.plan["/f.bin"] = whole(FILE)
        small = Folder()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "small", small.path], check=True)
        given = f"{{client={{base_url='{BASE}', timeout=20}}, folder={lua_text(small.path)}, url='{URL}', start={PLAIN}}}"
        answered = lua.run(f"return (function(...) {SAVE_ALL} end)({each}, {given})", timeout=120)
        row.check(answered.get("value") == f"{each} internal", f"a full disk: {shown(answered)}")
        total += each
        row.check(os.listdir(small.path) == [], f"a full disk: {os.listdir(small.path)}")
        subprocess.run(["umount", small.path], check=True)
    for call in CALLS:
        with Traced(call.split(":")[0], f"--inject={call}") as lua:
            given = f"{{client={{base_url='{BASE}', timeout=20}}, folder={lua_text(folder.path)}, url='{URL}', start={PLAIN}}}"
            answered = lua.run(f"return (function(...) {SAVE_ALL} end)({each // 4}, {given})", timeout=120)
            row.check(answered.get("value") == f"{each // 4} internal", f"{call}: {shown(answered)}")
            total += each // 4
            judge_rest(row, folder, before, call)
    row.check(total >= quick_or_long(60, 1000), f"only {total} faults")
    row.say(f"{total} faults of {len(FAULTS) + 2 + len(CALLS)} kinds: 0 left, and the old files as they were")


def judge_rest(row, folder, before, name, touched=False):
    """Nothing else stands there. What was canceled ends on the library's thread, maybe just after it was told."""
    row.check(eventually(lambda: not temporaries([folder])), f"{name}: left are {temporaries([folder])}")
    now = folder.state()
    row.check(sorted(now) == sorted(before), f"{name}: in the folder is {sorted(now)}")
    if not touched:
        row.check(now == before, f"{name}: an old file was touched")
    return now


print(f"seed {SEED}; {WORK} is a tmpfs", flush=True)
how_they_are_made()
faults()
check(True, "it came to its end")
finish()
