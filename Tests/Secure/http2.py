"""HTTP/2, as api.replicate.com speaks it: nginx with TLS before the sandbox, whose log says what went over which connection. And
servers under TLS that speak HTTP/1 and say they speak HTTP/2."""

import collections
import hashlib
import os
import time

from harness import CANARY, CERTIFICATES, LONG, WORK, Lua, Row, check, eventually, finish, kind, lua_text, shown
from programs import end_all, nginx, sandbox
from server import Listener, answer, context, prediction

CA = f"ca_file={lua_text(CERTIFICATES + '/ca.pem')}"


def lines(log):
    with open(log + ".access", encoding="utf-8") as file:
        return [line.split(" ", 3) for line in file.read().splitlines()]


def run(row, lua, name, chunk, log, wants, expected=None):
    """What came of a chunk, and nginx's lines of it."""
    before = len(lines(log))
    answered = lua.run(chunk)
    row.check(kind(answered) == "value" and (expected is None or answered["value"] == expected), f"{name}: {shown(answered)}")
    eventually(lambda: len(lines(log)) >= before + wants)
    seen = lines(log)[before:]
    row.check(len(seen) >= wants, f"{name}: {len(seen)} requests, of {wants}")
    row.check(all(each[1] == "HTTP/2.0" for each in seen), f"{name}: {set(each[1] for each in seen)}")
    return answered, seen


def main():
    port, log = nginx(sandbox())
    made = f'kept.c = new{{base_url="https://secure.test:{port}/v1", {CA}, timeout=30, poll_interval=0.02}}'
    many = (
        "local n, bad = 0, 0 for i = 1, COUNT do kept.c.CALL, function(p, e) n = n + 1 bad = bad + (p and 0 or 1) end) end "
        "kept.c:loop() return n .. ' ' .. bad"
    )
    get, make = "account:get(nil", 'predictions:create({version="replicate/hello-world", input={text="x"}}'
    row = Row("R22", "64 requests at once over HTTP/2, of a client that is connected: one connection, each its own answer")
    with Lua(chunk=made) as lua:
        _, seen = run(row, lua, "the first", "return kept.c.account:get()", log, 1)
        first = {each[0] for each in seen}
        for name, call in (("gets", get), ("creates", make)):
            for count in (64, 1000) if LONG else (64,):
                _, seen = run(
                    row, lua, f"{count} {name}", many.replace("COUNT", str(count)).replace("CALL", call), log, count, f"{count} 0"
                )
                # nginx takes 128 at once on one; more connections than the client's option allows there must never be.
                used = {each[0] for each in seen}
                row.check(used == first if count == 64 else len(used) <= 64, f"{count} {name} went over {len(used)} connections")
    with Lua(chunk=made) as lua:
        _, seen = run(row, lua, "64 at once on a new client", many.replace("COUNT", "64").replace("CALL", get), log, 64, "64 0")
        new = len({each[0] for each in seen})
    row.say(f"64 on a client that is connected: 1 connection; on a new one: {new}")

    row = Row("R22", "a stream, an upload and a download over HTTP/2 through nginx are whole")
    with Lua(chunk=made) as lua:
        stream = (
            'local text = {} for event in kept.c:stream("sandbox/story", {input={prompt="one two three"}}) do '
            'if event.event == "output" then text[#text + 1] = event.data end end return table.concat(text)'
        )
        answered, seen = run(row, lua, "a stream", stream, log, 3)
        row.check(len(answered.get("value", "")) > 5, shown(answered))
        row.check(any("/stream" in each[3] for each in seen), "no stream went through nginx")
        data = os.urandom(3 << 20)
        with open(f"{WORK}/up", "wb") as file:
            file.write(data)
        chunk = (
            f'local file = assert(kept.c.files:create(replicate.file("{WORK}/up"))) '
            'local expiry = os.time() + 1000 local secret = "s3cret" '
            'local signature = assert(replicate.files.sign{owner="sandbox", id=file.id, expiry=expiry, secret=secret}) '
            f'return kept.c.files:download(file.id, {{owner="sandbox", expiry=expiry, signature=signature, path="{WORK}/down"}})'
        )
        run(row, lua, "up and down", chunk, log, 2)
        came = open(f"{WORK}/down", "rb").read() if os.path.exists(f"{WORK}/down") else b""
        row.check(hashlib.sha256(came).digest() == hashlib.sha256(data).digest(), f"{len(came)} bytes came back, of {len(data)}")
        image = (
            'local output, p = kept.c:run("sandbox/draw", {input={prompt="a fox", seed=1}}) '
            "if not output then return output, p end "
            f'local file = type(output) == "table" and output[1] or output return file:save("{WORK}/image.png")'
        )
        run(row, lua, "an output", image, log, 1)
        row.check(
            os.path.exists(f"{WORK}/image.png") and open(f"{WORK}/image.png", "rb").read(4) == b"\x89PNG", "no picture came"
        )
        ours = [each for each in lines(log) if "/v1/files/" in each[3] and "download" in each[3]]
        row.check(all(CANARY in each[3] for each in ours) and ours, "the token did not go with a file of the API's")
    row.say(f"{len(data)} bytes up and down, a stream, a picture")


def claims(line):
    """Serves HTTP/1 under TLS; what asks as "bad" is answered with `line`, which says HTTP/2, the others with what they sent."""
    made = context("hosts", CERTIFICATES)
    made.set_alpn_protocols(["http/1.1"])

    def serve(listener, connection):
        with made.wrap_socket(connection, server_side=True) as secure:
            waiting = b""
            while data := secure.recv(65536):
                waiting += data
                while b"\r\n\r\n" in waiting:
                    head, waiting = waiting.split(b"\r\n\r\n", 1)
                    nonce = head.split(b"X-Nonce: ")[1].split(b"\r\n")[0].decode()
                    with listener.lock:
                        listener.asked[nonce] += 1
                    if nonce.startswith("bad"):
                        secure.sendall(line + b"\r\nContent-Length: 2\r\n\r\n{}")
                    else:
                        time.sleep(0.02)  # Others wait on their connections when the bad answer comes.
                        secure.sendall(answer(prediction(logs=nonce), "200 OK"))

    listener = Listener(serve)
    listener.asked = collections.Counter()
    return listener


PENDING = """
local wrong, answered = 0, 0
for n = 1, 20 do
    local c = new{base_url = "https://secure.test:PORT/v1", CA, timeout = 20, connections_per_host = 3, max_retries = 0}
    for i = 1, 30 do
        local nonce = (i == 2 and "bad-" or "") .. n .. "-" .. i
        c.predictions:cancel("abc", { headers = { ["X-Nonce"] = nonce } }, function(p)
            answered = answered + 1
            wrong = wrong + (p and p.logs ~= nonce and 1 or 0) + (not p and i ~= 2 and 1 or 0)
        end)
    end
    c:loop()
    c:close()
end
return wrong .. " of " .. answered
"""


def pending():
    """Those that libcurl had before it knew what the host speaks, and that waited in there for a connection."""
    row = Row("R23", "HTTP/1 under TLS that says HTTP/2, more requests than connections: each gets its own answer, and is sent once")
    listener = claims(b"HTTP/2 502 ")
    with Lua() as lua:
        answered = lua.run(PENDING.replace("PORT", str(listener.port)).replace("CA", CA))
    listener.close()
    row.check(answered.get("value") == "0 of 600", f"wrong answers: {shown(answered)}")
    row.check(set(listener.asked.values()) == {1} and len(listener.asked) == 600, f"{len(listener.asked)} requests")
    row.say(f"{sum(listener.asked.values())} requests on 3 connections at a time, {answered.get('value')} wrong")


CLIENTS, EACH = (40 if LONG else 4), 100
ASKED = """
local wrong = 0
for n = 1, CLIENTS do
    local c = new{base_url = "https://secure.test:PORT/v1", CA, timeout = 20}
    local asked = 0
    local function ask()
        asked = asked + 1
        local nonce = (asked % 50 == 0 and "bad-" or "") .. n .. "-" .. asked
        c.predictions:get("abc", { headers = { ["X-Nonce"] = nonce } }, function(p, err)
            if nonce:find "bad" then
                wrong = wrong + (p and 1 or 0)
            elseif not p or p.logs ~= nonce then
                wrong = wrong + 1
            end
            if asked < EACH then ask() end
        end)
    end
    for _ = 1, 32 do ask() end
    c:loop()
    c:close()
end
return wrong
"""


def mixed_up():
    """libcurl takes a connection for what the server's status line says, and then had requests share connections of HTTP/1."""
    for line in (b"HTTP/2 502 ", b"HTTP/2 502", b"HTTP/2.0 502 Bad Gateway", b"HTTP/3 502 "):
        row = Row("R23", f"HTTP/1 under TLS that says {line.decode()!r}: each request gets its own answer, and is sent once")
        listener = claims(line)
        chunk = ASKED.replace("PORT", str(listener.port)).replace("CA", CA)
        chunk = chunk.replace("CLIENTS", str(CLIENTS)).replace("EACH", str(EACH))
        with Lua() as lua:
            answered = lua.run(chunk)
        listener.close()
        asked = listener.asked
        row.check(answered.get("value") == "0", f"wrong answers: {shown(answered)}")
        row.check(len(asked) == CLIENTS * EACH, f"{len(asked)} requests, of {CLIENTS * EACH}")
        row.check(set(asked.values()) == {1}, f"more than once: {[name for name in asked if asked[name] > 1][:5]}")
        row.say(f"{sum(asked.values())} requests, {answered.get('value')} wrong")


try:
    main()
    mixed_up()
    pending()
    check(True, "it came to its end")
finally:
    end_all()
finish()
