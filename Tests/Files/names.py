"""R37, F112: whatever a server calls a file, it is written into the folder that was chosen, under one safe name, and nothing else
is: strace saw each call that could change anything anywhere."""

import os
import random
import re
import urllib.parse

import naughty
from climbs import CLIMBS, IDS, TYPES
from common import DOWNLOAD, SEED, FileServer, Folder, Traced, finish, json_answer, whole, writes
from dispositions import DISPOSITIONS
from harness import LONG, WORK, Row, check, kind, lua_text, shown
from server import prediction

FILE = b"the bytes of a file"
server = FileServer()
BASE = server.url("/v1")
server.plan["*"] = whole(FILE)
CREATE = "/v1/models/a/b/predictions"


def is_safe(name):
    """One component of a path, on any disk."""
    text = name.decode("utf-8", "replace")
    stem = text.split(".")[0].rstrip(" ").upper()
    device = re.fullmatch(r"CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(COM|LPT)[0-9\u00b9\u00b2\u00b3]", stem)
    bad = any(
        each in '/\\<>:"|?*' or ord(each) < 32 or 127 <= ord(each) < 160 or each in "\u202e\u200b\u2066\ufeff" for each in text
    )
    return (
        0 < len(name) <= 200 and "\ufffd" not in text and not bad and not device and text[0] not in ".-" and text[-1] not in ". "
    )


class Chosen:
    """A folder in which each saving has one of its own, watched from around."""

    def __init__(self):
        self.around = Folder()
        os.makedirs(self.around / "a/b")
        with open(self.around / "canary", "w", encoding="ascii") as file:
            file.write("canary")
        self.before = self.tree()
        self.folders = []

    def tree(self):
        return sorted(
            os.path.join(at, each)
            for at, folders, names in os.walk(self.around.path)
            if f"{self.around.path}/a/b/" not in at + "/"
            for each in folders + names
        )

    def next(self):
        self.folders.append(self.around / f"a/b/{len(self.folders)}")
        return self.folders[-1]


def save_all(row, lua, chosen, cases):
    """Each case is a name to say, an output, an id; all is saved, and the names that came are told by case."""
    found = {}
    for label, output, number in cases:
        folder = chosen.next()
        server.plan[CREATE] = json_answer(prediction(output=output, id=number))
        answered = lua.run(f"return kept.c:run('a/b', {{input={{}}, save_outputs={lua_text(folder)}}})")
        names = os.listdir(os.fsencode(folder)) if os.path.isdir(folder) else []
        found[label] = names
        row.check(kind(answered) in ("value", "invalid_input", "protocol", "network", "not_found"), f"{label}: {shown(answered)}")
        row.check(all(map(is_safe, names)), f"{label}: saved as {names}")
        whole_ones = all(os.path.isfile(os.path.join(os.fsencode(folder), each)) for each in names)
        row.check(whole_ones, f"{label}: {names} are no files")
        row.check((kind(answered) == "value") or not names, f"{label}: {names} with {shown(answered)}")
    return found


def judge_trace(row, traced, folders, text):
    """Nothing but the folders was written into."""
    count = wrong = 0
    inside = {os.fsencode(each) for each in folders}
    for name, arguments, paths in writes(traced.calls()):
        count += 1
        fine = bool(paths) and all(path in inside or os.path.dirname(path) in inside for path in paths)
        if not fine:
            wrong += 1
            row.check(False, f"{text}: {name}({arguments[:300]}): {paths}")
    row.check(count > len(folders), f"{text}: strace saw {count} calls only, which proves nothing")
    row.check(wrong == 0, f"{text}: {wrong} calls that write elsewhere")
    return count


TRACE = "openat,openat2,open,creat,%file"


def urls():
    row = Row(
        "R37", "names in URLs and ids: 0 writes outside of the folder by strace; each saved under one safe component, or refused"
    )
    f112 = Row("F112", "Content-Disposition and URL names that climb: nothing outside of the folder")
    numbers = random.Random(SEED)
    climbs = CLIMBS if LONG else CLIMBS[::6]
    strings = [each for each in naughty.NAMES + naughty.FORM_NAMES if "\0" not in each]
    strings = strings if LONG else numbers.sample(strings, 20)
    cases = [(f"URL {each!r}"[:90], [server.url("/" + each)], "abc") for each in climbs]
    cases += [
        (f"escaped {each!r}"[:90] + str(n), [server.url("/" + urllib.parse.quote(each, safe=""))], "abc")
        for n, each in enumerate(strings)
    ]
    cases += [(f"id {each!r}"[:90], [server.url("/x.png")], each) for each in (IDS if LONG else IDS[::3])]
    # All at once: no two have one name, on any disk.
    together = [server.url("/" + each) for each in climbs if all(0x21 <= ord(c) < 0x7F for c in each)] + [
        server.url("/X.png"),
        server.url("/x.png"),
    ] * 3
    cases.append(("all at once", together, "abc"))
    chosen = Chosen()
    with Traced(TRACE) as lua:
        lua.run(f'kept.c = new{{base_url="{BASE}", timeout=60, max_retries=0}}')
        found = save_all(row, lua, chosen, cases)
        for each in climbs:
            names = found[f"URL {each!r}"[:90]]
            f112.check(len(names) < 2 and all(map(is_safe, names)), f"{each!r}: saved as {names}")
        names = found["all at once"]
        row.check(len(names) == len({each.decode().casefold() for each in names}), "two files of one name, on some disks")
        few = [each for each in (f"URL {each!r}"[:90] for each in climbs) if not found[each]]
        row.check(sum(map(bool, found.values())) > len(found) // 2, f"hardly anything was saved: {few}")
        # Types: the name's end is of a table, and nothing of what the server said.
        for each in TYPES:
            server.plan["/open"] = whole(FILE, kind=each)
            save_all(row, lua, chosen, [(f"type {each!r}"[:90], [server.url("/open")], "abc")])
        # Data URIs: no name at all.
        for each in (
            "data:image/png;base64,AAAA",
            "data:,x",
            "data:image/png;name=../../x,AA",
            "data:../../x,AA",
            "data:a/..%2f..%2fx,AA",
        ):
            save_all(row, lua, chosen, [(f"{each}", [each], "abc")])
        dispositions = DISPOSITIONS if LONG else DISPOSITIONS[::6]
        for number, each in enumerate(dispositions):
            server.plan["/plain.bin"] = disposed(each)
            found = save_all(
                f112, lua, chosen, [(f"Content-Disposition {number}: {each!r}"[:160], [server.url("/plain.bin")], "abc")]
            )
            f112.check(list(found.values()) == [[b"abc-plain.bin"]], f"{each!r}: saved as {found}")
    row.check(chosen.tree() == chosen.before, f"around the folder is {chosen.tree()}")
    calls = judge_trace(row, lua, [*chosen.folders], "urls")
    f112.check(chosen.tree() == chosen.before, "around the folder is something else")
    made = len(climbs) + len(strings) + len(IDS if LONG else IDS[::3])
    row.say(
        f"{made} names of our own making, {len(TYPES)} types, {len(dispositions)} Content-Dispositions; "
        f"{calls} calls that write, all into the folder"
    )
    f112.say(f"{len(climbs)} URLs (see R37) and {len(dispositions)} Content-Dispositions, which are never taken for a name")


def disposed(text):
    def handler(connection, _):
        data = text if isinstance(text, bytes) else text.encode()
        answer = (
            b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nConnection: close\r\nContent-Length: %d\r\n"
            % len(FILE)
        )
        connection.sendall(answer + b"Content-Disposition: " + data + b"\r\n\r\n" + FILE)

    return handler


def links():
    row = Row("R37", "a link at the target: it is replaced and not followed; what it leads to stays as it was")
    outside = Folder()
    with open(outside / "secret", "wb") as file:
        file.write(b"not to be touched")
    os.chmod(outside / "secret", 0o600)
    os.mkdir(outside / "folder")
    before = outside.state()
    targets = {
        "to a file": outside / "secret",
        "to nothing": outside / "new",
        "to a file, by a path that climbs": f"../{os.path.basename(outside.path)}/secret",
        "to a folder": outside / "folder",
        "to itself": "x.bin",
        "to a device": "/dev/null",
        "of /proc": "/proc/self/fd/1",
    }
    count = 0
    folders = []
    server.plan[CREATE] = json_answer(prediction(output=[server.url("/x.bin")]))
    with Traced(TRACE) as lua:
        lua.run(f'kept.c = new{{base_url="{BASE}", timeout=60, max_retries=0}}')
        for what, target in targets.items():
            for way, name in {"save": "x.bin", "save_outputs": "abc-x.bin", "download": "x.bin"}.items():
                folder = Folder()
                folders.append(folder.path)
                os.symlink(target if what != "to itself" else name, folder / name)
                path = lua_text(folder / name)
                answered = lua.run(
                    {
                        "save": f'return kept.c:file_output("{server.url("/x.bin")}"):save({path})',
                        "save_outputs": f"return kept.c:run('a/b', {{input={{}}, save_outputs={lua_text(folder.path)}}})",
                        "download": f'return kept.c.files:download("f", {DOWNLOAD}, path={path}}})',
                    }[way]
                )
                text = f"{way}, a link {what}"
                state = folder.state()
                row.check(list(state) == [name], f"{text}: in the folder is {sorted(state)}")
                if kind(answered) == "value":
                    row.check(os.path.isfile(folder / name) and not os.path.islink(folder / name), f"{text}: {state}")
                else:
                    row.check(kind(answered) == "invalid_input" and os.path.islink(folder / name), f"{text}: {shown(answered)}")
                row.check(kind(answered) == "value" or what not in ("to a file", "to nothing"), f"{text}: {shown(answered)}")
                row.check(outside.state() == before, f"{text}: outside is {outside.state()}")
                count += 1
    row.check(os.path.exists("/dev/null") and not os.path.isfile("/dev/null"), "/dev/null is a file")
    calls = judge_trace(row, lua, folders, "links")
    row.say(f"{count} links at the target, {calls} calls that write, all into the folders")


def the_judge():
    """What these checks rest on: that strace's lines are understood."""
    with Traced(TRACE) as lua:
        lua.run(f'local f = assert(io.open("{WORK}/judged", "w")) f:write "x" f:close()')
        lua.run(f'os.rename("{WORK}/judged", "{WORK}/../outside") os.remove "{WORK}/../outside" io.open("{WORK}/é\\n", "w")')
        lua.run('os.remove "relative"')
    seen = [(name, path) for name, _, paths in writes(lua.calls()) for path in paths]
    up = os.fsencode(os.path.dirname(WORK)) + b"/outside"
    for each in (os.fsencode(WORK) + b"/judged", up, os.fsencode(WORK) + "/é\n".encode(), os.getcwdb() + b"/relative"):
        check(each in [path for _, path in seen], f"the reader of strace's log did not see {each}: {seen}")
    check(not is_safe(b"..") and not is_safe(b"a/b") and not is_safe(b"con.txt") and is_safe(b"a b.png"), "is_safe")


print(f"seed {SEED}", flush=True)
the_judge()
urls()
links()
check(True, "it came to its end")
finish()
