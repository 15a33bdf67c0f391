"""R38: names, bytes and size of files that are uploaded: no line end and no quote in a part's head, no boundary inside of the
body, each byte as it was, and nothing held in memory of a file that is large."""

import hashlib
import json
import os
import random
import re
import unicodedata

import naughty
from common import SEED, FileServer, Folder, content, digest, finish, json_answer, quick_or_long
from harness import LONG, WORK, Lua, Row, check, kind, lua_text, shown
from server import Listener, Request

RECORD = b'{"id": "f", "urls": {"get": "http://127.0.0.1/v1/files/f"}}'
server = FileServer()
server.plan["*"] = json_answer(RECORD)
BASE = server.url("/v1")
BOUNDARY = re.compile(r'^multipart/form-data; boundary=("?)([0-9A-Za-z\'()+_,./:=?-]{1,70})\1$')
DISPOSITION = re.compile(rb'^Content-Disposition: form-data; name="([a-z]+)"(?:; filename="([^"\r\n\x00]*)")?$')
boundaries = []


def parts_of(request, row, text):
    """The form's parts: name, file's name, type, bytes. Strict: what a lenient reader would take for something else fails."""
    said = BOUNDARY.match(request.header("content-type") or "")
    if not row.check(said, f"{text}: {request.header('content-type')}"):
        return {}
    boundary = said[2].encode()
    boundaries.append(boundary)
    body, found = request.body, {}
    pieces = (b"\r\n" + body).split(b"\r\n--" + boundary)
    row.check(pieces[0] == b"" and pieces[-1] == b"--\r\n", f"{text}: the form begins or ends otherwise")
    # Anywhere, and not only where a line begins.
    row.check(body.count(boundary) == len(pieces) - 1 == 5, f"{text}: the boundary stands there {body.count(boundary)} times")
    for piece in pieces[1:-1]:
        head, _, inside = piece.partition(b"\r\n\r\n")
        lines = head.split(b"\r\n")
        row.check(lines.pop(0) == b"", f"{text}: behind a boundary stands {head[:40]}")
        row.check(not any(b"\r" in line or b"\n" in line or b"\0" in line for line in lines), f"{text}: a line end in {head}")
        names = [line.split(b":")[0] for line in lines]
        row.check(names in ([b"Content-Disposition"], [b"Content-Disposition", b"Content-Type"]), f"{text}: {head}")
        disposition = DISPOSITION.match(lines[0])
        if row.check(disposition, f"{text}: {lines[0]}"):
            found[disposition[1].decode()] = (disposition[2], lines[1:], inside)
    row.check(list(found) == ["content", "filename", "type", "metadata"], f"{text}: parts {list(found)}")
    return found


class Counted:
    """Takes checks as a row does, and only counts those that fail."""

    def __init__(self):
        self.bad = 0

    def check(self, ok, _):
        self.bad += not ok
        return ok


def the_judge():
    """What these checks rest on: a good form is taken, and one with any of the faults is not."""

    def form(head=b'form-data; name="content"; filename="a"', inside=b"x", end=b"--\r\n", boundary=b"b0undary", more=b""):
        texts = [(b"content", head, inside)] + [
            (each, b'form-data; name="%s"' % each, b"{}") for each in (b"filename", b"type", b"metadata")
        ]
        parts = b"".join(
            b"--b0undary\r\nContent-Disposition: " + each + more + b"\r\n\r\n" + text + b"\r\n" for _, each, text in texts
        )
        request = Request(
            b"POST / HTTP/1.1\r\ncontent-type: multipart/form-data; boundary=" + boundary, parts + b"--b0undary" + end
        )
        counted = Counted()
        parts_of(request, counted, "")
        return counted.bad

    bad = {
        "a quote": form(head=b'form-data; name="content"; filename="a"b"'),
        "a CR": form(head=b'form-data; name="content"; filename="a\rb"'),
        "an LF": form(head=b'form-data; name="content"; filename="a\nb"'),
        "a CRLF": form(head=b'form-data; name="content"; filename="a\r\nX-Y: b"'),
        "a NUL": form(head=b'form-data; name="content"; filename="a\0b"'),
        "the boundary inside": form(inside=b"x\r\n--b0undary\r\ny"),
        "the boundary in a line": form(inside=b"x b0undary y"),
        "no end": form(end=b"\r\n"),
        "something behind the end": form(end=b"--\r\nx"),
        "another boundary": form(boundary=b"another"),
        "another header": form(more=b"\r\nX-Y: z"),
    }
    check(form() == 0, "the strict reader takes a good form")
    for name, found in bad.items():
        check(found > 0, f"the strict reader of forms has nothing against {name}")
    boundaries.clear()


def cleaned(name):
    """What becomes of a name: nothing that ends or leaves it. It is cut in its middle then, if the service takes no more."""
    text = "".join("_" if unicodedata.category(each) == "Cc" or each in '"\\/' else each for each in name)
    return "file" if text in ("", ".", "..") else text


def judge_name(row, text, request, name, data):
    found = parts_of(request, row, text)
    if "content" in found and "filename" in found:
        sent, wanted = found["content"][0].decode(), cleaned(name)
        row.check(len(sent.encode()) <= 255, f"{text}: a name of {len(sent.encode())} bytes")
        if len(wanted.encode()) <= 255:
            row.check(sent == wanted, f"{text}: came as {sent!r}")
        else:
            row.check(wanted.startswith(sent[:100]) and wanted[-1] == sent[-1], f"{text}: came as {sent!r}")
        row.check(found["filename"][2].decode() == sent, f"{text}: the part filename is {found['filename'][2]}")
        row.check(found["content"][2] == data, f"{text}: the bytes are others")
        row.check(json.loads(found["metadata"][2]) == {}, f"{text}: the metadata is {found['metadata'][2]}")


def names():
    row = Row("R38", "names of files, of forms' tests and naughty: no raw CR, LF, quote in a part's head; bytes as sent")
    texts = naughty.FORM_NAMES + (naughty.NAMES if LONG else random.Random(SEED).sample(naughty.NAMES, 60))
    uploads = refused = 0
    folder = Folder()
    ways = {
        "bytes": "kept.c.files:create(replicate.bytes(kept.data, {name=@}))",
        "create": "kept.c.files:create(replicate.bytes(kept.data), {name=@})",
        "input": 'kept.c.predictions:create{version=("a"):rep(64), input={f=replicate.bytes(kept.data, {name=@})}}',
        "path": f'kept.c.files:create(replicate.file({lua_text(folder.path)} .. "/" .. @))',
        "open": f'kept.c.files:create(assert(io.open({lua_text(folder.path)} .. "/" .. @, "rb")))',
    }
    server.plan["/v1/predictions"] = json_answer(b'{"id": "p", "status": "starting"}')
    with Lua() as lua:
        lua.run(f'kept.c = new{{base_url="{BASE}", timeout=30}}')
        for number, text in enumerate(texts):
            # What would end a part, and something of its own.
            data = f'\r\n----\r\n"{number}\0\xff'.encode("latin-1")
            lua.run(f"kept.data = {lua_text(data)}")
            is_name = 0 < len(text.encode()) < 256 and "/" not in text and "\0" not in text and text not in (".", "..")
            if is_name:
                with open(folder / text, "wb") as file:
                    file.write(data)
            for way, chunk in ways.items():
                if way in ("path", "open") and not is_name:
                    continue
                first = len(server.requests)
                answered = lua.run("return " + chunk.replace("@", lua_text(text)))
                seen = [each for each in server.requests[first:] if each.target == "/v1/files"]
                label = f"{way} {text!r}"[:160]
                if "\0" in text:
                    row.check(kind(answered) in ("raised", "invalid_input") and not seen, f"{label}: {shown(answered)}")
                    refused += 1
                    continue
                uploads += 1
                if row.check(kind(answered) == "value" and len(seen) == 1, f"{label}: {len(seen)} uploads, {shown(answered)}"):
                    judge_name(row, label, seen[0], text, data)
            if is_name:
                os.remove(folder / text)
    made = f"{len(naughty.FORM_NAMES)} after web-platform-tests' kinds and {len(texts) - len(naughty.FORM_NAMES)} naughty ones"
    row.say(f"{made}, of our own making in place of blns.json; {uploads} uploads, {refused} refused for their NUL")


def candidates(shape, count):
    """A file full of lines that could be a boundary of that shape, in the ways in which one can stand."""
    numbers = random.Random(SEED)
    dashes = len(shape) - len(shape.lstrip(b"-"))
    letters = (
        b"0123456789abcdef" if re.fullmatch(rb"-*[0-9a-f]+", shape) else bytes(each for each in range(128) if chr(each).isalnum())
    )
    begin, ends = (
        b"\r\n--" + b"-" * dashes,
        (b"\r\n", b"--\r\n", b"", b'\r\nContent-Disposition: form-data; name="metadata"\r\n\r\n'),
    )
    names = numbers.choices(letters, k=count * (len(shape) - dashes))
    size = len(shape) - dashes
    return b"".join(begin + bytes(names[index * size : (index + 1) * size]) + ends[index % 4] for index in range(count))


def boundary_inside():
    row = Row(
        "R38", "a file of 1,000,000 random candidates for a boundary: the boundary never inside of the body, the bytes untouched"
    )
    count = quick_or_long(20_000, 1_000_000)
    rounds = quick_or_long(1, 3)
    with Lua() as lua:
        lua.run(f'kept.c = new{{base_url="{BASE}", timeout=200}}')
        before = len(boundaries)
        lua.run('return kept.c.files:create(replicate.bytes("x"))')
        parts_of(server.requests[-1], row, "one to look at")
        data = candidates(boundaries[before], count) + b"".join(b"\r\n--" + each + b"\r\n" for each in boundaries)
        with open(f"{WORK}/candidates", "wb") as file:
            file.write(data)
        for number in range(rounds):
            for source in (
                f'replicate.file("{WORK}/candidates")',
                f'replicate.bytes(assert(io.open("{WORK}/candidates", "rb")):read("*a"))',
            ):
                answered = lua.run(f"return kept.c.files:create({source})", timeout=200)
                row.check(kind(answered) == "value", f"{number}: {shown(answered)}")
                found = parts_of(server.requests[-1], row, f"candidates {number}")
                row.check("content" in found and digest(found["content"][2]) == digest(data), f"{number}: the bytes are others")
                server.requests[-1].body = b""
        # Of many forms no two have the same.
        few = quick_or_long(30, 2000)
        first = len(server.requests)
        lua.run(f'for i = 1, {few} do assert(kept.c.files:create(replicate.bytes("x"))) end', timeout=200)
        for request in server.requests[first:]:
            parts_of(request, row, "one of many")
    row.check(len(set(boundaries)) == len(boundaries), f"{len(boundaries) - len(set(boundaries))} boundaries came twice")
    row.say(f"{2 * rounds} files of {count} candidates, {len(boundaries)} forms, all with boundaries of their own")


def all_bytes():
    row = Row("R38", "the bytes of a file come as they are: of every value, of sizes around what a buffer holds, of no size")
    sizes = [
        0,
        1,
        2,
        255,
        256,
        16383,
        16384,
        16385,
        65535,
        65536,
        65537,
        102400,
        524288,
        1_048_577,
        *quick_or_long((), (33_554_433,)),
    ]
    count = 0
    with Lua() as lua:
        lua.run(f'kept.c = new{{base_url="{BASE}", timeout=100}}')
        for size in sizes:
            data = bytes(range(256)) if size == 256 else content(size, size)
            with open(f"{WORK}/bytes", "wb") as file:
                file.write(data)
            for source in (
                f'replicate.file("{WORK}/bytes")',
                f'io.open("{WORK}/bytes", "rb")',
                f'replicate.bytes(io.open("{WORK}/bytes", "rb"):read("*a"))',
            ):
                source = source if size or "bytes(" not in source else 'replicate.bytes("")'
                answered = lua.run(f"return kept.c.files:create({source})", timeout=100)
                row.check(kind(answered) == "value", f"{size} bytes of {source}: {shown(answered)}")
                found = parts_of(server.requests[-1], row, f"{size} bytes")
                row.check("content" in found and found["content"][2] == data, f"{size} bytes of {source} are others")
                count += 1
    row.say(f"{count} uploads, 0 to {sizes[-1]} bytes")


class Counting(Listener):
    """Takes one form a connection and holds nothing of it: the SHA-256 of its first `size` bytes behind the first part's head."""

    def __init__(self, size):
        self.size, self.sums = size, []
        super().__init__(self.take)

    def take(self, _, connection):
        connection.settimeout(300)
        data = b""
        while data.count(b"\r\n\r\n") < 2:
            data += connection.recv(1 << 16)
        head, data = data.split(b"\r\n\r\n", 1)
        left = int(re.search(rb"(?i)content-length: (\d+)", head)[1]) - len(data)
        data = data.split(b"\r\n\r\n", 1)[1]
        sha, due, room = hashlib.sha256(data[: self.size]), self.size - len(data), memoryview(bytearray(1 << 20))
        while left > 0:
            count = connection.recv_into(room, min(left, 1 << 20))
            if count == 0:
                return
            left -= count
            if due > 0:
                sha.update(room[: min(count, due)])
            due -= count
        self.sums.append((sha.hexdigest(), left))
        connection.sendall(
            b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
            % len(RECORD)
            + RECORD
        )


def sparse(path, size):
    """Almost nothing but holes; at its ends and in its middle stands something."""
    with open(path, "wb") as file:
        file.truncate(size)
        for place in (0, size // 2 - 1000, size - 4096):
            file.seek(place)
            file.write(content(4096, place + 1))
    sha = hashlib.sha256()
    with open(path, "rb") as file:
        while piece := file.read(1 << 20):
            sha.update(piece)
    return sha.hexdigest()


def large_file():
    row = Row("R38", "a file of 2 GiB streams: the server counts and hashes it; resident memory under 64 MiB")
    size = quick_or_long(160 << 20, 2 << 30)
    path = f"{WORK}/sparse"
    wanted = sparse(path, size)
    counting = Counting(size)
    most = 0
    peak = 'for line in io.lines "/proc/self/status" do local n = line:match "^VmHWM:%s*(%d+)" if n then return n end end'
    sources = {"a path": f'replicate.file("{path}")', "an open file": f'assert(io.open("{path}", "rb"))'}
    for name, source in sources.items() if LONG else [("a path", sources["a path"])]:
        with Lua() as lua:
            made = f'new{{base_url="http://127.0.0.1:{counting.port}/v1", timeout=500, max_upload_bytes=2^40}}'
            answered = lua.run(f"return {made}.files:create({source})", timeout=500)
            row.check(kind(answered) == "value", f"{name}: {shown(answered)}")
            resident = int(lua.run(peak)["value"])
            most = max(most, resident)
            row.check(resident < 64 << 10, f"{name}: {resident} KiB resident")
    row.check(
        len(counting.sums) == (2 if LONG else 1) and {each[0] for each in counting.sums} == {wanted}, "the bytes are others"
    )
    os.remove(path)
    sent = f"{size} bytes sent {len(counting.sums)} times, right by SHA-256"
    row.say(f"{sent}; at most {most // 1024} MiB resident, the Lua program and all")


print(f"seed {SEED}", flush=True)
the_judge()
names()
boundary_inside()
all_bytes()
large_file()
check(True, "it came to its end")
finish()
