"""R36, F111: a download is whole, by its SHA-256, or it is an error, the old file stands untouched, and nothing temporary is
left: cut at each tenth, on disks that are full at each tenth, over files, beside each other, of another length than is due."""

import os
import subprocess
import threading

from common import DOWNLOAD, SEED, FileServer, Folder, content, cut, digest, finish, head, json_answer, quick_or_long, whole
from harness import WORK, Lua, Row, check, kind, lua_text, shown
from server import prediction

SIZE = quick_or_long(2_000_000, 50_000_000)
FILE, OTHER = content(SIZE), content(SIZE, SEED + 1)
SUM, OTHER_SUM = digest(FILE), digest(OTHER)
server = FileServer()
BASE = server.url("/v1")
#: The three ways to a file on disk. A run names the file itself.
WAYS = {
    "file:save": f'return new{{base_url="{BASE}", timeout=120, @}}:file_output("{server.url("/f")}"):save($)',
    "files:download": f'return new{{base_url="{BASE}", timeout=120, @}}.files:download("f", {DOWNLOAD}, path=$}})',
    "save_outputs": f'return new{{base_url="{BASE}", timeout=120, @}}:run("a/b", {{input={{}}, save_outputs=$}})',
}
NAMES = {"file:save": "x.bin", "files:download": "x.bin", "save_outputs": "abc-f.bin"}
server.plan["/v1/models/a/b/predictions"] = json_answer(prediction(output=[server.url("/f.bin")]))
PATIENT = "max_retries=3, retry_delay=0.001"


def serve(handler):
    for path in ("/f", "/f.bin", "/v1/files/f/download"):
        server.plan[path] = handler


def prepare(folder, target, name="x.bin"):
    """The state of the folder in which there is no such file, an old one, or one that may only be read."""
    if target != "none":
        with open(folder / name, "wb") as file:
            file.write(b"the old file\n" * 100)
        os.chmod(folder / name, 0o640 if target == "old" else 0o444)
    return folder.state()


def ask(lua, way, folder, options):
    path = folder.path if way == "save_outputs" else folder / NAMES[way]
    return lua.run(WAYS[way].replace("@", options).replace("$", lua_text(path)), timeout=200)


def judge(row, text, answered, before, folder, name, wanted=None, sums=(SUM,)):
    """`wanted` is "value" or the kinds that the error may have; None leaves it open."""
    after = folder.state()
    others = {each: after[each] for each in after if each != name}
    row.check(others == {each: before[each] for each in before if each != name}, f"{text}: in the folder is {sorted(after)}")
    if wanted:
        row.check(kind(answered) in wanted, f"{text}: {shown(answered)}")
    if kind(answered) == "value":
        mode = before[name][0] if name in before else 0o100644
        row.check(name in after and after[name][3] in sums and after[name][0] == mode, f"{text}: not the file: {after.get(name)}")
    else:
        row.check(after.get(name) == before.get(name), f"{text}: the old file was touched: {before} {after}")


def cuts():
    row = Row("R36", "a download cut at each tenth: the whole file, or an error and the old file; no temporary one")
    tenths = quick_or_long((0, 4, 10), range(11))
    count = whole_ones = 0
    with Lua() as lua:
        for way, name in NAMES.items():
            for tenth in tenths:
                for how in ("fin", "reset", "chunked"):
                    for target in ("none", "old", "read-only") if way == "file:save" else ("old",):
                        for options in ("max_retries=0", PATIENT):
                            # At ten tenths all but the last byte is there.
                            serve(cut(FILE, min(SIZE * tenth // 10, SIZE - 1), how, 1 if options == PATIENT else 1000))
                            folder = Folder()
                            before = prepare(folder, target, name)
                            answered = ask(lua, way, folder, options)
                            wanted = ["value"] if options == PATIENT else ["truncated", "network"]
                            text = f"{way}, cut at {tenth} tenths by {how}, {target}, {options}"
                            judge(row, text, answered, before, folder, name, wanted)
                            count, whole_ones = count + 1, whole_ones + (kind(answered) == "value")
                            subprocess.run(["rm", "-rf", folder.path], check=True)
    row.say(f"{count} downloads of {SIZE} bytes, {whole_ones} whole after another attempt, the others errors")


def full_disks():
    row = Row("R36", "a disk that is full at each tenth of a download: an error, the old file stands, and its room is free again")
    count = 0
    tenths = quick_or_long((0, 5, 11), range(12))
    serve(whole(FILE))
    with Lua() as lua:
        for way, name in NAMES.items():
            for tenth in tenths:
                for target in ("none", "old"):
                    folder = Folder()
                    # A tmpfs counts in pages; the old file takes one.
                    size = (SIZE * tenth // 10 // 4096 + 2) * 4096
                    mounted = ["mount", "-t", "tmpfs", "-o", f"size={size}", "small", folder.path]
                    subprocess.run(mounted, check=True)
                    before, free = prepare(folder, target, name), os.statvfs(folder.path).f_bfree
                    answered = ask(lua, way, folder, PATIENT)
                    # With ten tenths and a page it fits.
                    wanted = ["internal"] if tenth < 10 else ["value"]
                    judge(row, f"{way}, a disk for {tenth} tenths, {target}", answered, before, folder, name, wanted)
                    if kind(answered) != "value":
                        row.check(os.statvfs(folder.path).f_bfree == free, f"{way} {tenth}: the room is not free again")
                    subprocess.run(["umount", folder.path], check=True)
                    count += 1
    row.say(f"{count} downloads of {SIZE} bytes to a tmpfs that has room for 0 to 11 tenths of them, ENOSPC by the kernel")


def no_such_file():
    row = Row(
        "R36", "a target that cannot be: a read-only disk, a folder, a device, a pipe, no folder: an error, nothing is changed"
    )
    serve(whole(FILE))
    count = 0
    folder, read_only = Folder(), Folder()
    prepare(read_only, "old")
    subprocess.run(["mount", "--bind", read_only.path, read_only.path], check=True)
    subprocess.run(["mount", "-o", "remount,bind,ro", read_only.path], check=True)
    os.mkdir(folder / "folder")
    os.mkfifo(folder / "pipe")
    prepare(folder, "old", "old")
    os.symlink("folder", folder / "to-folder")
    os.symlink("/dev/null", folder / "to-device")
    os.symlink("itself", folder / "itself")
    null = os.stat("/dev/null")
    paths = [
        read_only / "x.bin",
        read_only / "new.bin",
        "/dev/null",
        "/dev/full",
        "/dev/stdout",
        "/proc/self/mem",
        "/proc/new",
        *(
            folder / each
            for each in ("folder", "folder/", "pipe", "to-folder", "to-device", "itself", "none/x", "old/x", "n" * 256, "")
        ),
    ]
    with Lua() as lua:
        for path in paths:
            for way in ("file:save", "files:download"):
                before, asked = (folder.state(), read_only.state()), len(server.requests)
                answered = lua.run(WAYS[way].replace("@", PATIENT).replace("$", lua_text(path)))
                row.check(kind(answered) in ("invalid_input", "raised"), f"{way} to {path!r}: {shown(answered)}")
                row.check((folder.state(), read_only.state()) == before, f"{way} to {path!r}: {folder.state()}")
                row.check(len(server.requests) == asked, f"{way} to {path!r}: {len(server.requests) - asked} requests")
                count += 1
    row.check(os.stat("/dev/null").st_rdev == null.st_rdev, "/dev/null is another")
    subprocess.run(["umount", read_only.path], check=True)
    row.say(f"{count} downloads to {len(paths)} paths")


def two_at_once():
    row = Row(
        "R36", "two downloads at once to one name: the name stands for the old file or one of the two, whole, at every moment"
    )
    rounds = quick_or_long(2, 8)
    orders = both = 0
    with Lua() as first, Lua() as second:
        for number in range(rounds):
            for broken in (False, True):
                folder = Folder()
                before = prepare(folder, "old")
                good = {before["x.bin"][3], SUM, OTHER_SUM}
                seen = set()

                def look(folder=folder, seen=seen):
                    state = folder.state()
                    seen.add(state["x.bin"][3] if "x.bin" in state else None)

                # The servers' threads give a piece each in turn, and look at the name between two.
                turns = threading.Barrier(2, action=look)

                def by_turns(data, stops, turns=turns):
                    def handler(connection, _):
                        connection.sendall(head_of(data))
                        for start in range(0, SIZE, SIZE // 5):
                            turns.wait(60)
                            if stops and start >= SIZE // 5 * 3:
                                turns.abort()
                                return
                            connection.sendall(memoryview(data)[start : start + SIZE // 5])

                    return handler

                def give(data, stops):
                    inner = by_turns(data, stops)

                    def handler(connection, request):
                        try:
                            inner(connection, request)
                        except threading.BrokenBarrierError:
                            return

                    return handler

                server.plan["/one"] = give(FILE, False) if not broken else lone(FILE, turns)
                server.plan["/two"] = give(OTHER, broken)
                answers = {}

                def load(lua, name, folder=folder, answers=answers):
                    chunk = f'return new{{base_url="{BASE}", timeout=120, max_retries=0}}:file_output("{server.url(name)}")'
                    answers[name] = lua.run(chunk + f":save({lua_text(folder / 'x.bin')})", timeout=200)

                threads = [threading.Thread(target=load, args=each) for each in ((first, "/one"), (second, "/two"))]
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join()
                look()
                text = f"round {number}, {'one breaks off' if broken else 'both are whole'}"
                row.check(seen <= good, f"{text}: what stood there was not whole: {seen - good}")
                row.check(sorted(folder.state()) == ["x.bin"], f"{text}: in the folder is {sorted(folder.state())}")
                row.check(kind(answers["/one"]) == "value", f"{text}: {shown(answers['/one'])}")
                wanted = ("truncated",) if broken else ("value",)
                row.check(kind(answers["/two"]) in wanted, f"{text}: {shown(answers['/two'])}")
                last = folder.state()["x.bin"][3]
                row.check(last == SUM or (last == OTHER_SUM and not broken), f"{text}: not one of the two")
                both, orders = both + (not broken), orders + (last == OTHER_SUM)
                subprocess.run(["rm", "-rf", folder.path], check=True)
        # And in one program, on one client, many.
        server.plan["/one"], server.plan["/two"] = whole(FILE), whole(OTHER)
        folder = Folder()
        prepare(folder, "old")
        chunk = f"""local c = new{{base_url="{BASE}", timeout=120}}
            local urls = {{}} for i = 1, 8 do urls[i] = i % 2 == 0 and "{server.url("/one")}" or "{server.url("/two")}" end
            return #assert(c:map(urls, function(url) return c:file_output(url):save({lua_text(folder / "x.bin")}) end,
                {{concurrency=8}}))"""
        answered = first.run(chunk, timeout=200)
        row.check(answered.get("value") == "8", f"eight on one client: {shown(answered)}")
        row.check(sorted(folder.state()) == ["x.bin"], f"eight on one client: {sorted(folder.state())}")
        row.check(folder.state()["x.bin"][3] in (SUM, OTHER_SUM), "eight on one client: not one of the two")
    row.say(f"{2 * rounds} pairs of programs by turns of a fifth, {rounds} of them with one that breaks off; 8 on one client")


def head_of(data):
    return f"HTTP/1.1 200 OK\r\nContent-Length: {len(data)}\r\nConnection: close\r\n\r\n".encode()


def lone(data, turns):
    """Goes on by itself when the other has broken off."""

    def handler(connection, _):
        connection.sendall(head_of(data))
        for start in range(0, SIZE, SIZE // 5):
            try:
                turns.wait(60)
            except threading.BrokenBarrierError:
                pass
            connection.sendall(memoryview(data)[start : start + SIZE // 5])

    return handler


def records():
    """F111: the file's record says one length, and its bytes come in another."""
    row = Row("F111", "file GET with another length than the file's record (expected_bytes): an error, the old file stands")
    size = 100_000
    record = b'{"id": "f", "size": %d, "urls": {"get": "http://127.0.0.1/v1/files/f"}}' % size
    server.plan["/v1/files/f"] = json_answer(record)
    given = "{expected_bytes=kept.record.size, @}"
    ways = {
        "file:save": f'kept.c:file_output("{server.url("/f")}"):save($, {given})',
        "file:read": f'kept.c:file_output("{server.url("/f")}"):read({given})',
        "chunks": f"""(function()
            local bytes = 0
            for piece in kept.c:file_output("{server.url("/f")}"):chunks({given}) do bytes = bytes + #piece end
            return bytes
        end)()""",
        "files:download": f'kept.c.files:download("f", {DOWNLOAD}, path=$, expected_bytes=kept.record.size, @}})',
        "into memory": f'kept.c.files:download("f", {DOWNLOAD}, expected_bytes=kept.record.size, @}})',
    }
    count = 0
    with Lua() as lua:
        lua.run(f'kept.c = new{{base_url="{BASE}", timeout=60}} kept.record = assert(kept.c.files:get("f"))')
        for way, chunk in ways.items():
            for length in (0, 1, size // 2, size - 1, size, size + 1, 2 * size, 10 * size):
                data = FILE[:length]
                for form, handler in {
                    "a length": whole(data),
                    "chunks": chunked(data),
                    "resumed": cut(data, length // 3, "fin", 1),
                }.items():
                    serve(handler)
                    folder = Folder()
                    before = prepare(folder, "old")
                    more = PATIENT if form == "resumed" else "max_retries=0"
                    answered = lua.run("return " + chunk.replace("@", more).replace("$", lua_text(folder / "x.bin")))
                    text = f"{way}, {length} bytes where {size} are due, {form}"
                    if way in ("file:save", "files:download"):
                        judge(row, text, answered, before, folder, "x.bin", sums=(digest(FILE[:size]),))
                    else:
                        row.check(folder.state() == before, f"{text}: {folder.state()}")
                    row.check((kind(answered) == "value") == (length == size), f"{text}: {shown(answered)}")
                    row.check(kind(answered) in ("value", "protocol", "truncated"), f"{text}: {shown(answered)}")
                    count += 1
    row.say(
        f"{count} downloads of 0 to 10 times the record's {size} bytes, {len(ways)} ways; with expected_bytes from the record"
    )


def chunked(data):
    """Without a length that could be known before."""

    def handler(connection, _):
        pieces = b"".join(b"%x\r\n" % len(data[i : i + 9000]) + data[i : i + 9000] + b"\r\n" for i in range(0, len(data), 9000))
        connection.sendall(head(None) + pieces + b"0\r\n\r\n")

    return handler


print(f"seed {SEED}; {WORK} is a tmpfs", flush=True)
cuts()
full_disks()
no_such_file()
two_at_once()
records()
check(True, "it came to its end")
finish()
