"""R40 to R43, F07 to F09: what the library takes for a secure connection to the right server. The truth is how many bytes of a
request came out of the TLS layer of each server: 0 of every bad one."""

import glob
import os
import re
import ssl
import subprocess
import threading

from harness import (
    CANARY,
    CERTIFICATES,
    HERE,
    LONG,
    WORK,
    Lua,
    Row,
    check,
    eventually,
    finish,
    kind,
    lua_text,
    shown,
    side_by_side,
)
from programs import free_port
from tls_servers import CA, bad_certificates, bad_protocols, stalls
import server
from server import Listener, Web, answer, by_hand, context, under_tls

LATE = 3 if LONG else 6  # A deadline of 2 s, and what a machine with much to do may add to it.


def create(host, port, more=""):
    return (
        f'return new{{base_url="https://{host}:{port}/v1", timeout=2, {more}}}'
        '.predictions:create{version=("a"):rep(64), input={prompt="x"}}'
    )


def judge(row, how, case, listener, answered):
    """A create that met a bad server."""
    name, reason = f"{case[0]} ({how})", case[3]
    err = answered.get("err", {})
    row.check(kind(answered) == ("network" if reason else "timeout"), f"{name}: {shown(answered)}")
    row.check(err.get("delivery") == "not_sent", f"{name}: delivery {err.get('delivery')}")
    text = err.get("message", "")
    if reason:
        row.check("secure" in text, f"{name}: does not say that it is TLS: {text}")
        row.check(re.search(reason, text, re.I), f"{name}: does not say which check failed: {text}")
    else:
        row.check(answered["seconds"] < LATE, f"{name}: took {answered['seconds']:.1f} s")
    eventually(lambda: listener.ended == listener.connections or not reason, 5)
    row.check(listener.plain == b"", f"{name}: {len(listener.plain)} bytes of a request")
    row.check(CANARY.encode() not in listener.raw + listener.plain, f"{name}: the token came out")
    row.check(listener.connections == 1, f"{name}: {listener.connections} connections")


def refuse(row, cases, how, option="", environment=None):
    listeners = []

    def job(case):
        def run(lua):
            listener = Listener(case[2]())
            listeners.append(listener)
            judge(row, how, case, listener, lua.run(create(case[1], listener.port, option)))
            listener.close()

        return run

    side_by_side([job(case) for case in cases], lambda: Lua(environment))
    return listeners


def accept(row, name, lua, option="", host="localhost", made=None, reply=None):
    listener = Listener(under_tls(made or context(name, CERTIFICATES), reply))
    answered = lua.run(create(host, listener.port, option))
    row.check(kind(answered) == "value", f"{name} at {host}: {shown(answered)}")
    row.check(b"Bearer " + CANARY.encode() in listener.plain, f"{name} at {host}: no token came")
    listener.close()


GOOD = [
    ("p256", "localhost"),
    ("p256", "127.0.0.1"),
    ("p384", "localhost"),
    ("rsa-2048", "localhost"),
    ("rsa-4096", "localhost"),
    ("no-common-name", "localhost"),
    ("wildcard", "api.secure.test"),
    ("intermediate", "localhost"),
    ("reversed-chain", "localhost"),
    ("sans-1000", "localhost"),
]


def certificates_of_servers():
    row = Row("R40", "each bad certificate and protocol is refused with 0 bytes of a request sent; the good ones pass")
    bad, protocols, silent = list(bad_certificates()), list(bad_protocols()), list(stalls())
    option = f"ca_file={lua_text(CA)}"
    seen = refuse(row, bad + protocols, "ca_file", option)
    variable = {"SSL_CERT_FILE": CA}
    seen += refuse(row, bad + (protocols if LONG else []), "SSL_CERT_FILE", environment=variable)
    with Lua() as plain, Lua(variable) as by_file, Lua({"SSL_CERT_DIR": CERTIFICATES + "/folder"}) as by_folder:
        for name, host in GOOD:
            accept(row, name, plain, option, host)
            accept(row, name, by_file, "", host)
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            accept(row, f"p256 by {version.name}", plain, option, made=context("p256", CERTIFICATES, versions=version))
        accept(row, "p256", by_folder)
        accept(row, "by-system", plain)
        accept(row, "by-system", plain, "ca_file='/etc/ssl/certs/ca-certificates.crt'")
        # The option wins over the environment.
        accept(row, "by-system", by_file, "ca_file='/etc/ssl/certs/ca-certificates.crt'")
        for path in (WORK + "/none.pem", WORK, "/dev/null", HERE + "/run"):
            listener = Listener(under_tls(context("p256", CERTIFICATES)))
            answered = plain.run(create("localhost", listener.port, f"ca_file={lua_text(path)}"))
            row.check(kind(answered) in ("network", "invalid_input", "raised"), f"ca_file={path}: {shown(answered)}")
            row.check(listener.plain == b"", f"ca_file={path}: a request came")
            listener.close()
    row.say(
        f"{len(seen)} meetings with {len(bad + protocols)} bad servers: "
        f"{sum(len(each.plain) for each in seen)} bytes of a request; {len(GOOD)} good certificates"
    )
    for line in open(CERTIFICATES + "/not-made", encoding="utf-8"):
        print("not testable here: OpenSSL does not make", line.strip())
    print(
        "not testable here: RC4, DES, 3DES, EXPORT, SSL 2 and 3 to the end of a handshake: OpenSSL 3 has them no more; a hello"
        " by hand insists on each. Revocation: OpenSSL does not check it by itself."
    )

    row = Row("F08", "a server that falls silent in the handshake: the deadline ends it, nothing was sent")
    refuse(row, silent if LONG else silent[:2], "ca_file", option)
    row.say("2 s of patience, " + ("4" if LONG else "2") + " places of silence")


def offers():
    row = Row(
        "R40", "the client's own hello offers TLS 1.2 and later, and no suite without encryption, of RC4, DES, 3DES or EXPORT"
    )
    listener = Listener(by_hand())
    with Lua() as lua:
        lua.run(create("localhost", listener.port))
    hello = listener.raw
    at = 5 + 4 + 2 + 32
    at += 1 + hello[at]
    count = int.from_bytes(hello[at : at + 2], "big")
    suites = {int.from_bytes(hello[i : i + 2], "big") for i in range(at + 2, at + 2 + count, 2)}
    modern = {0x1301, 0x1302, 0x1303, 0x00FF}
    weak = {
        s
        for s in suites - modern
        if s < 0x2F
        or s in (0x34, 0x3A, 0x3B, 0x6C, 0x6D, 0xA6, 0xA7)
        or 0xC001 <= s <= 0xC003
        or s in (0xC006, 0xC007, 0xC008, 0xC00B, 0xC00C, 0xC00D, 0xC010, 0xC011, 0xC012)
        or 0xC015 <= s <= 0xC019
    }
    row.check(suites & modern and not weak, f"weak suites: {sorted(map(hex, weak))}")
    extensions, at = {}, at + 2 + count
    at += 1 + hello[at] + 2
    while at + 4 <= len(hello):
        size = int.from_bytes(hello[at + 2 : at + 4], "big")
        extensions[int.from_bytes(hello[at : at + 2], "big")] = hello[at + 4 : at + 4 + size]
        at += 4 + size
    versions = extensions.get(43, b"")[1:]
    row.check(versions and set(versions[1::2]) <= {3, 4}, f"versions offered: {versions.hex()}")
    row.check(b"localhost" in extensions.get(0, b""), "it does not name the host that it wants")
    row.say(f"{len(suites)} suites, versions {versions.hex()}")
    listener.close()


def retries():
    row = Row("F09", "a refused certificate is not tried more often than other failures to connect")
    case = next(bad_certificates())
    listener = Listener(case[2]())
    with Lua() as lua:
        answered = lua.run(create("localhost", listener.port, f"ca_file={lua_text(CA)}, max_retries=2, timeout=20"))
    row.check(listener.connections <= 3, f"{listener.connections} connections")
    row.check(answered.get("err", {}).get("attempts") == listener.connections, shown(answered))
    row.check(answered.get("err", {}).get("delivery") == "not_sent" and listener.plain == b"", shown(answered))
    row.say(f"{listener.connections} connections with 2 retries, {len(listener.plain)} bytes of a request")
    listener.close()


def two_addresses():
    row = Row("F07", "a name with a dead and a live address: the live one is found within 500 ms")
    with Lua() as lua:
        listener = Listener(under_tls(context("hosts", CERTIFICATES)))
        answered = lua.run(create("two.secure.test", listener.port, f"ca_file={lua_text(CA)}"))
        row.check(kind(answered) == "value", shown(answered))
        row.check(answered["seconds"] < (0.5 if LONG else 2), f"took {answered['seconds']:.2f} s")
        listener.close()
    row.say(f"{answered['seconds'] * 1000:.0f} ms")


def client_certificate():
    """In TLS 1.3 a client has done its part before the server can say no: what it sent is maybe_sent, and yet none comes out."""
    row = Row("R40", "a server that wants a certificate of the client's, in TLS 1.3: an error, and no request comes out of TLS")
    listener = Listener(under_tls(context("p256", CERTIFICATES, wants=CA, versions=ssl.TLSVersion.TLSv1_3)))
    with Lua() as lua:
        answered = lua.run(create("localhost", listener.port, f"ca_file={lua_text(CA)}"))
    row.check(kind(answered) == "network" and answered["err"]["delivery"] in ("maybe_sent", "not_sent"), shown(answered))
    row.check(
        listener.plain == b"" and listener.connections == 1, f"{len(listener.plain)} bytes, {listener.connections} connections"
    )
    row.say(f"{answered.get('err', {}).get('delivery')}: {answered.get('err', {}).get('message')}")
    listener.close()


def renegotiation():
    row = Row("R40", "a server that renegotiates in mid request (TLS 1.2): it goes through, or one clean error; one request")
    port = free_port()
    command = [
        "openssl",
        "s_server",
        "-accept",
        f"127.0.0.1:{port}",
        "-tls1_2",
        "-naccept",
        "1",
        "-cert",
        CERTIFICATES + "/p256.pem",
        "-key",
        CERTIFICATES + "/p256.key",
    ]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as child:
        said = b""

        def until(pattern):
            nonlocal said
            while not re.search(pattern, said):
                data = os.read(child.stdout.fileno(), 65536)
                if not data:
                    return
                said += data

        def serve():
            until(b"input")
            child.stdin.write(b"r\n")
            child.stdin.flush()
            until(b"SSL_do_handshake -> 1")
            child.stdin.write(answer())
            child.stdin.flush()
            until(b"never said")

        until(b"ACCEPT")
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        with Lua() as lua:
            answered = lua.run(create("localhost", port, f"ca_file={lua_text(CA)}"))
        child.kill()
        thread.join(10)
    row.check(kind(answered) in ("value", "network", "protocol"), shown(answered))
    row.check(
        b"SSL_do_handshake -> 1" in said and said.count(b"Bearer " + CANARY.encode()) == 1, said[-300:].decode(errors="replace")
    )
    row.check(answered["seconds"] < LATE, f"took {answered['seconds']:.1f} s")
    row.say(kind(answered))


def no_switch():
    row = Row("R41", "no option switches the checks off: neither in the header nor in Lua")
    for path in (
        HERE + "/../../include/replicate.h",
        HERE + "/../../lua/replicate/options.lua",
        HERE + "/../../lua/replicate/types.lua",
    ):
        text = open(path, encoding="utf-8").read()
        row.check(not re.search(r"insecure|verify_?(peer|host|tls|ssl)|ssl_?verify|skip_?verify|no_?check", text, re.I), path)
    sources = [open(each, encoding="utf-8").read() for each in glob.glob(HERE + "/../../Sources/**/*.swift", recursive=True)]
    row.check(
        not any(re.search(r"SSL_VERIFY(PEER|HOST)|PROXY_SSL_VERIFY|SSL_OPTIONS", each) for each in sources),
        "the core sets an option of libcurl's that is about checks",
    )
    # What programs of other languages call it, for the default to stand: unknown names are refused or change nothing.
    names = [
        "insecure",
        "verify",
        "verify_ssl",
        "ssl_verify",
        "verify_peer",
        "tls_verify",
        "check_certificate",
        "cacert",
        "no_verify",
    ]
    listener = Listener(under_tls(context("self-signed", CERTIFICATES)))
    with Lua({"CURL_INSECURE": "1", "PYTHONHTTPSVERIFY": "0", "NODE_TLS_REJECT_UNAUTHORIZED": "0", "SSL_VERIFY": "0"}) as lua:
        for name in names:
            answered = lua.run(create("localhost", listener.port, f"{name}=false"))
            row.check(kind(answered) in ("raised", "invalid_input"), f"{name}: {shown(answered)}")
        answered = lua.run(create("localhost", listener.port))
        row.check(kind(answered) == "network", f"the environment: {shown(answered)}")
    row.check(listener.plain == b"", "a request came")
    row.say(f"{len(names)} names and 4 variables tried on a self-signed server: {len(listener.plain)} bytes of a request")
    listener.close()


def cut_bodies():
    row = Row(
        "R42",
        "a body under TLS without a length that ends without close_notify: for calls JSON decides whether it is whole; a file is "
        "refused, and none stands",
    )
    body = server.PREDICTION
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
    whole, half = head + b"Connection: close\r\n\r\n" + body, head + b"Connection: close\r\n\r\n" + body[: len(body) // 2]
    short = head + b"Content-Length: %d\r\n\r\n" % (len(body) + 10) + body
    chunk = head + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(body) + body + b"\r\n"
    # Where there is no length, JSON says itself whether it is whole. A file does not: it passes at most by TLS's own farewell.
    cases = [
        ("whole, with a length", answer(status="200 OK"), False, True),
        ("no length, close_notify", whole, True, None),
        ("no length, no close_notify", whole, False, None),
        ("no length, no close_notify, half", half, False, False),
        ("length, cut", short, False, False),
        ("length, cut with close_notify", short, True, False),
        ("chunked, no last chunk", chunk, False, False),
        ("chunked, no last chunk, close_notify", chunk, True, False),
    ]
    made = context("p256", CERTIFICATES)
    option = f"ca_file={lua_text(CA)}"
    with Lua() as lua:
        for i, (name, reply, closes, good) in enumerate(cases):
            for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
                made = context("p256", CERTIFICATES, versions=version)
                listener = Listener(under_tls(made, reply, closes))
                answered = lua.run(create("localhost", listener.port, option))
                row.check(
                    (kind(answered) == "value") == (good is not False), f"create, {name}, {version.name}: {shown(answered)}"
                )
                if good is False:
                    row.check(answered.get("err", {}).get("delivery") == "maybe_sent", f"create, {name}: {shown(answered)}")
                    row.check(kind(answered) in ("network", "truncated", "protocol"), f"create, {name}: {shown(answered)}")
                listener.close()
                listener = Listener(under_tls(made, reply.replace(b"application/json", b"image/png"), closes))
                target = f"{WORK}/saved-{i}-{version.name}"
                answered = lua.run(
                    f'return new{{base_url="https://localhost:{listener.port}/v1", {option}}}'
                    f':file_output("https://localhost:{listener.port}/x.png"):save({lua_text(target)})'
                )
                saved = kind(answered) == "value"
                row.check(saved == bool(good) or (good is None and closes), f"save, {name}, {version.name}: {shown(answered)}")
                left = [open(each, "rb").read() for each in glob.glob(target + "*")]
                row.check(left == ([body] if saved else []), f"save, {name}, {version.name}: {len(left)} files stand there")
                listener.close()
    row.say(f"{len(cases)} ends of a body, TLS 1.2 and 1.3, create and save")


def no_way_back():
    row = Row("R43", "from https nothing leads to http: no fallback, no redirect of a call, of a file or of a stream")
    plain = Web(lambda request: answer(b"{}"))

    def route(request):
        if request.target == "/v1/predictions/streaming":
            urls = {"get": "/", "cancel": "/", "stream": secure.url("/stream", "localhost")}
            return answer(server.prediction(id="streaming", status="processing", output=None, urls=urls), "200 OK")
        return answer(b"", f"{code} Moved", extra=f"Location: {plain.url(request.target)}\r\n".encode())

    code = 301
    secure = Web(route, made=context("hosts", CERTIFICATES))
    base = f'base_url="{secure.url("/v1", "localhost")}", ca_file={lua_text(CA)}'
    calls = [
        "account:get()",
        'predictions:create{version=("a"):rep(64), input={}}',
        'predictions:get("abc")',
        'predictions:cancel("abc")',
        'files:download("abc", {owner="a", expiry=2000000000, signature="c2ln"})',
        'models:delete("a", "b")',
    ]
    stream = 'for event in assert(c.predictions:get("streaming")):stream() do end'
    with Lua() as lua:
        for code in (301, 302, 303, 307, 308):
            for call in calls:
                answered = lua.run(f"return new{{{base}}}.{call}")
                row.check(kind(answered) not in ("value", "raised", "ended"), f"{code} to {call}: {shown(answered)}")
            answered = lua.run(f'return new{{{base}}}:file_output("{secure.url("/x.png", "localhost")}"):read()')
            row.check(kind(answered) == "protocol" and "https to http" in shown(answered), f"{code} to a file: {shown(answered)}")
            answered = lua.run(f"local c = new{{{base}}} {stream}")
            row.check(kind(answered) not in ("value", "raised", "ended"), f"{code} to a stream: {shown(answered)}")
        # Plain HTTP on the very port, and http base URLs of other machines.
        for base in ("http://secure.test:1/v1", "http://192.0.2.1/v1", "http://0.0.0.0/v1", "http://2130706433.test/v1"):
            answered = lua.run(f'return new{{base_url="{base}"}}.account:get()')
            row.check("http on another machine" in shown(answered), f"{base}: {shown(answered)}")
    row.check(plain.connections == 0, f"{plain.connections} connections to the http server")
    redirects = sum("streaming" not in each.target for each in secure.requests)
    row.say(f"{redirects} redirects to http: {plain.connections} connections there")
    secure.close()
    plain.close()


certificates_of_servers()
offers()
retries()
two_addresses()
client_certificate()
renegotiation()
no_switch()
cut_bodies()
no_way_back()
check(True, "it came to its end")
finish()
