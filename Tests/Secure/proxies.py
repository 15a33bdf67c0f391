"""R44: through a proxy the token is only inside of the tunnel. tinyproxy and microsocks, each behind a line that keeps its bytes;
the API is https://secure.test on this machine, which is not asked directly as loopback hosts are."""

import base64
import re
import ssl

from harness import CANARY, CERTIFICATES, LONG, Lua, Row, check, finish, kind, lua_text, shown
from programs import Tap, end_all, free_port, microsocks, tinyproxy
from server import Listener, Web, answer, by_hand, context, prediction

CA = f"ca_file={lua_text(CERTIFICATES + '/ca.pem')}"
PASSWORD = "pr0xy-passw0rd"
FORMS = [CANARY.encode(), base64.b64encode(CANARY.encode())[:-4], b"Bearer"]
SECRETS = FORMS + [PASSWORD.encode()]


def route(request):
    if request.target.endswith(".png"):
        return answer(b"png", "200 OK", "image/png")
    if request.target.endswith("/streaming"):
        return answer(prediction(id="streaming", urls={"get": "/", "cancel": "/", "stream": API + "/stream"}), "200 OK")
    if request.target.endswith("/stream"):
        return answer(b"event: output\ndata: x\n\nevent: done\ndata: {}\n\n", "200 OK", "text/event-stream")
    return answer()


api = Web(route, made=context("hosts", CERTIFICATES))
API = f"https://secure.test:{api.port}"
CREATE = '.predictions:create{version=("a"):rep(64), input={prompt="x"}}'


def create(option="", base=None, timeout=5):
    return f'return new{{base_url="{base or API}/v1", {CA}, timeout={timeout}, {option}}}' + CREATE


def holds_none(row, name, texts, forms=None):
    for text in texts:
        for form in forms or FORMS:
            row.check(form not in text, f"{name}: {form!r} stands where it must not")


def through(row, name, tap, environment=None, option="", goes=True, base=None):
    """One create; whether it took the way through the proxy."""
    before, taken = tap.connections, len(api.requests)
    with Lua(environment) as lua:
        answered = lua.run(create(option, base))
        row.check(kind(answered) == "value", f"{name}: {shown(answered)}")
        row.check((tap.connections > before) == goes, f"{name}: {'did not go' if goes else 'went'} through the proxy")
        row.check(
            len(api.requests) == taken + 1 and api.requests[-1].header("authorization") == f"Bearer {CANARY}",
            f"{name}: the API did not get it",
        )
        row.check(not any(n.startswith("proxy") for n, _ in api.requests[-1].headers), f"{name}: {api.requests[-1].headers}")
        holds_none(row, name, [tap.up, tap.down])


def ways():
    row = Row("R44", "HTTPS_PROXY, ALL_PROXY, NO_PROXY and the option are heeded; the token is only inside of the tunnel")
    port, log = tinyproxy()
    socks, socks_log = microsocks()
    tap, socks_tap = Tap(port), Tap(socks)
    by_http, by_socks = f"http://127.0.0.1:{tap.port}", f"127.0.0.1:{socks_tap.port}"
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        through(row, name, tap, {name: by_http})
    through(row, "HTTPS_PROXY without a scheme", tap, {"HTTPS_PROXY": f"127.0.0.1:{tap.port}"})
    through(row, "HTTPS_PROXY before ALL_PROXY", tap, {"HTTPS_PROXY": by_http, "ALL_PROXY": "http://127.0.0.1:1"})
    for name in ("HTTP_PROXY", "http_proxy"):
        through(row, name, tap, {name: by_http}, goes=False)
    for value in ("secure.test", ".secure.test", "*", "other.test, secure.test"):
        for name in ("NO_PROXY", "no_proxy"):
            through(row, f"{name}={value}", tap, {"HTTPS_PROXY": by_http, name: value}, goes=False)
    for value in ("other.test", "ecure.test", "secure.test.other", ""):
        through(row, f"NO_PROXY={value}", tap, {"HTTPS_PROXY": by_http, "NO_PROXY": value})
    through(row, "the option", tap, option=f'proxy="{by_http}"')
    through(row, "the option over the environment", tap, {"HTTPS_PROXY": "http://127.0.0.1:1"}, f'proxy="{by_http}"')
    through(
        row,
        "this machine itself",
        tap,
        {"HTTPS_PROXY": by_http, "ALL_PROXY": by_http},
        goes=False,
        base=f"https://127.0.0.1:{api.port}",
    )
    through(
        row,
        "this machine itself, with the option",
        tap,
        option=f'proxy="{by_http}"',
        goes=False,
        base=f"https://127.0.0.2:{api_two.port}",
    )
    for scheme in ("socks5h", "socks5"):
        through(row, f"ALL_PROXY={scheme}", socks_tap, {"ALL_PROXY": f"{scheme}://{by_socks}"})
        through(row, f"HTTPS_PROXY={scheme}", socks_tap, {"HTTPS_PROXY": f"{scheme}://{by_socks}"})
        through(row, f"the option {scheme}", socks_tap, option=f'proxy="{scheme}://{by_socks}"')
    other_bytes(row, tap, by_http)
    logs = [open(each, "rb").read() for each in (log, socks_log)]
    row.check(b"secure.test" in logs[0], "the proxy's log does not name the API: it says nothing here")
    row.check(b"CONNECT secure.test" in tap.up and b"secure.test" in socks_tap.up, "the lines say nothing here")
    holds_none(row, "the proxies' logs", logs)
    row.say(
        f"{tap.connections} + {socks_tap.connections} tunnels, {len(tap.up) + len(socks_tap.up)} bytes to the proxies: 0 tokens"
    )


def other_bytes(row, tap, by_http):
    """Files, streams, and a page of 64 calls at once."""
    with Lua({"HTTPS_PROXY": by_http}) as lua:
        before = tap.connections
        answered = lua.run(f'return new{{base_url="{API}/v1", {CA}}}:file_output("{API}/x.png"):read()')
        row.check(answered.get("value") == "png" and tap.connections > before, f"a file: {shown(answered)}")
        row.check(api.requests[-1].header("authorization") is None, "a file: the token came")
        before = tap.connections
        answered = lua.run(
            f'local c, n = new{{base_url="{API}/v1", {CA}}}, 0 '
            'for event in assert(c.predictions:get("streaming")):stream() do n = n + 1 end return n'
        )
        row.check(answered.get("value") == "2" and tap.connections > before, f"a stream: {shown(answered)}")
        answered = lua.run(
            f'local c, n = new{{base_url="{API}/v1", {CA}, connections_per_host=8, timeout=30}}, 0 '
            'for i = 1, 64 do c.predictions:get("abc", function(p, e) n = n + (p and 1 or 0) end) end c:loop() return n'
        )
        row.check(answered.get("value") == "64", f"64 calls: {shown(answered)}")


def refused(row, name, says, proxy, environment=None, network=("network",), connected=None):
    taken = len(api.requests)
    with Lua(environment) as lua:
        answered = lua.run(create(f'proxy="{proxy}"' if proxy else "", timeout=2))
    text = answered.get("err", {}).get("text", "") + answered.get("raised", "")
    row.check(kind(answered) in network, f"{name}: {shown(answered)}")
    row.check(answered.get("err", {}).get("delivery") == "not_sent", f"{name}: delivery: {shown(answered)}")
    row.check(all(re.search(word, text, re.I) for word in says), f"{name}: does not say {says}: {text}")
    row.check(len(api.requests) == taken, f"{name}: a request came")
    holds_none(row, name, [text.encode()], SECRETS)
    if connected:
        holds_none(row, name, [connected.up, connected.down] if isinstance(connected, Tap) else [connected.raw])


def refusals():
    row = Row("R44", "a proxy that refuses, is not there or breaks: a clear error, not_sent; its password is in no text")
    port, _ = tinyproxy("ConnectPort 443")
    tap = Tap(port)
    refused(row, "403", ("proxy|tunnel", "403"), f"http://127.0.0.1:{tap.port}", connected=tap)
    port, log = tinyproxy(f"BasicAuth somebody {PASSWORD}")
    tap = Tap(port)
    refused(row, "407", ("proxy|tunnel", "407"), f"http://127.0.0.1:{tap.port}", connected=tap)
    refused(
        row,
        "407 to a wrong password",
        ("proxy|tunnel", "40[17]"),
        f"http://somebody:{PASSWORD}x@127.0.0.1:{tap.port}",
        connected=tap,
    )
    through(row, "the right password", tap, option=f'proxy="http://somebody:{PASSWORD}@127.0.0.1:{tap.port}"')
    through(
        row, "the right password, in the environment", tap, {"HTTPS_PROXY": f"http://somebody:{PASSWORD}@127.0.0.1:{tap.port}"}
    )
    with Lua() as lua:
        answered = lua.run(
            f'said = {{}} local c = new{{base_url="{API}/v1", {CA}, proxy="http://somebody:{PASSWORD}@127.0.0.1:{tap.port}", '
            "on_request=function(r) said[#said + 1] = replicate.json_encode(r) end, "
            "on_response=function(r) said[#said + 1] = replicate.json_encode(r) end} "
            'local p, e = c.account:get() return table.concat(said, " ") .. tostring(c) .. tostring(p or e)'
        )
        row.check(kind(answered) == "value", shown(answered))
        holds_none(row, "observers", [shown(answered).encode()], SECRETS)
    holds_none(row, "the proxy's log", [open(log, "rb").read()], SECRETS)
    dead = free_port()
    at = f"proxy|port {dead}"
    refused(row, "nobody there", (at,), f"http://127.0.0.1:{dead}")
    refused(row, "nobody there, socks", (at,), f"socks5h://127.0.0.1:{dead}")
    refused(row, "nobody there, by the environment", (at,), None, {"HTTPS_PROXY": f"http://127.0.0.1:{dead}"})
    refused(row, "a name that is none", ("proxy",), "http://proxy.invalid:1")
    tap = Tap(microsocks("-u", "somebody", "-P", PASSWORD)[0])
    refused(row, "socks without a password", ("proxy|socks|authentication",), f"socks5h://127.0.0.1:{tap.port}", connected=tap)
    refused(
        row,
        "socks with a wrong one",
        ("proxy|socks|authentication",),
        f"socks5h://somebody:{PASSWORD}x@127.0.0.1:{tap.port}",
        connected=tap,
    )
    through(row, "socks with the right one", tap, option=f'proxy="socks5h://somebody:{PASSWORD}@127.0.0.1:{tap.port}"')
    broken = [
        ("closes", by_hand(), ()),
        ("resets", by_hand(ends="reset"), ()),
        ("502", by_hand(b"HTTP/1.1 502 Bad\r\n\r\n"), ("502",)),
        ("301", by_hand(b"HTTP/1.1 301 Moved\r\nLocation: https://secure.test/\r\n\r\n"), ("301",)),
        ("is no proxy", by_hand(b"SSH-2.0-OpenSSH_9.2p1\r\n"), ()),
        ("a head of 2 MB", by_hand(b"HTTP/1.1 200 OK\r\n" + b"X-Y: 123456789\r\n" * 130000), ()),
        ("a head cut", by_hand(b"HTTP/1.1 200 Connection est"), ()),
    ]
    for name, serve, says in broken:
        listener = Listener(serve)
        refused(
            row, "proxy: " + name, says, f"http://127.0.0.1:{listener.port}", connected=listener, network=("network", "protocol")
        )
        if LONG:
            refused(
                row,
                "socks: " + name,
                (),
                f"socks5h://127.0.0.1:{listener.port}",
                connected=listener,
                network=("network", "protocol"),
            )
        listener.close()
    silent = Listener(by_hand(ends="never"))
    refused(row, "silence", ("timeout",), f"http://127.0.0.1:{silent.port}", network=("timeout",), connected=silent)
    if LONG:
        refused(row, "silence, socks", ("timeout",), f"socks5://127.0.0.1:{silent.port}", network=("timeout",), connected=silent)
    silent.close()
    row.say("403, 407, nobody there, 7 broken ones, silence; http and socks5")


def in_the_middle():
    row = Row("R44", "a proxy that poses as the API, and https proxies: certificates are checked as without a proxy")
    for certificate in ("untrusted-root", "self-signed", "wrong-host"):
        listener = Listener(posing(context(certificate, CERTIFICATES)))
        refused(row, f"a proxy with a certificate of its own, {certificate}", ("secure",), f"http://127.0.0.1:{listener.port}")
        row.check(listener.plain == b"", f"{len(listener.plain)} bytes of a request")
        listener.close()
    port, _ = tinyproxy()
    # ca_file stands in place of the system's store, as the header says, for https proxies too.
    good, system, bad = (Tap(port, context(each, CERTIFICATES)) for each in ("p256", "by-system", "untrusted-root"))
    through(row, "an https proxy that ca_file vouches for", good, option=f'proxy="https://localhost:{good.port}"')
    row.check(b"CONNECT secure.test" in good.up, "what the https proxy saw in clear says nothing here")
    for name, tap in (("the system's store alone vouches for", system), ("nobody vouches for", bad)):
        refused(row, f"an https proxy that {name}", ("secure",), f"https://localhost:{tap.port}", connected=tap)
        row.check(tap.connections > 0 and tap.up == b"", f"an https proxy that {name}: {tap.connections}, {tap.up}")
    row.say("3 certificates inside of the tunnel, 3 of proxies")


def posing(made: ssl.SSLContext):
    def serve(listener, connection):
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with made.wrap_socket(connection, server_side=True) as secure:
            while data := secure.recv(65536):
                listener.saw(data)

    return serve


api_two = Web(route, host="127.0.0.2", made=context("hosts", CERTIFICATES))
api_two.requests = api.requests  # The same API under another address.
try:
    ways()
    refusals()
    in_the_middle()
    check(True, "it came to its end")
finally:
    end_all()
finish()
