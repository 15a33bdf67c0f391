"""R51, R52, F86, F92 to F94, F99, F119: where the token goes when servers point elsewhere. Each server keeps what it was sent;
the token may stand only in requests to the home origin, by its own name, before any hop away from it."""

import base64
import json
import socket

from harness import CANARY, CERTIFICATES, LONG, Lua, Row, check, finish, kind, lua_text, shown
from server import Web, answer, context, prediction

FORMS = [CANARY.encode(), base64.b64encode(CANARY.encode())[:-4], b"Bearer", b"ookie", b"X-Key"]
CODES = (301, 302, 303, 307, 308)
CA = f"ca_file={lua_text(CERTIFICATES + '/ca.pem')}"
FILE = b"the file"
plan = {}  # target of the home server = answer


def redirect(code, location):
    head = b"" if location is None else b"Location: " + location.encode() + b"\r\n"
    return answer(b"", f"{code} Elsewhere", extra=head)


def at_home(request):
    return plan.get(request.target.split("?")[0].split("#")[0]) or answer(FILE, "200 OK", "text/plain")


def foreign(request):
    if request.target == "/back":
        return redirect(302, home.url("/v1/end"))
    if request.target == "/on":
        return redirect(302, third.url("/back"))
    if request.target.endswith("stream"):
        return answer(b"event: output\ndata: x\n\nevent: done\ndata: {}\n\n", "200 OK", "text/event-stream")
    return answer(FILE, "200 OK", "text/plain")


home = Web(at_home)
other, third = Web(foreign), Web(foreign)
H, O = home.port, other.port
neighbours = [Web(foreign, host="127.0.0.2", port=H)]
if socket.has_ipv6:
    try:
        neighbours.append(Web(foreign, host="::1", family=socket.AF_INET6, port=H))
    except OSError:
        print("not testable here: a server on [::1]")
secure = Web(foreign, made=context("hosts", CERTIFICATES))
foreigners = [other, third, secure] + neighbours

CLIENT = f'new{{base_url="{home.url("/v1")}", {CA}, timeout=5, headers={{["X-Key"]="{CANARY}"}}}}'
DOWNLOAD = ':download("start", {owner="a", expiry=2000000000, signature="c2ln"})'

# A hop's Location, and what may become of it: "home" (followed, with the token), "away" (followed, without), "refused", or
# "either" of the three, as long as the token stays at home.
HOPS = [
    ("/v1/x", "home"),
    (f"http://127.0.0.1:{H}/v1/x", "home"),
    (f"HTTP://127.0.0.1:{H}/v1/x", "home"),
    ("x", "home"),
    ("../x", "home"),
    ("?q=1", "either"),
    (f"//127.0.0.1:{H}/v1/x", "home"),
    (f"http://127.0.0.1:{H}/v1/x#part", "home"),
    (f"http://127.0.0.1:{O}/x", "away"),
    (f"//127.0.0.1:{O}/x", "away"),
    (f"http://localhost:{H}/x", "away"),
    (f"//localhost:{H}/x", "away"),
    (f"http://LOCALHOST:{O}/x", "away"),
    (f"http://127.0.0.2:{H}/x", "away"),
    (f"http://[::1]:{H}/x", "either"),
    (f"http://secure.test:{O}/x", "away"),
    (f"http://secure.test:{H}/x", "away"),
    (f"https://secure.test:{secure.port}/x", "away"),
    (f"https://127.0.0.1:{secure.port}/x", "away"),
    (f"https://127.0.0.1:{H}/x", "refused"),
    (f"http://127.0.0.1.:{O}/x", "either"),
    (f"http://localhost.:{O}/x", "either"),
    (f"http://[::ffff:127.0.0.1]:{O}/x", "either"),
    (f"http://127.1:{O}/x", "either"),
    (f"http://127.1:{H}/x", "either"),
    (f"http://2130706433:{O}/x", "either"),
    (f"http://0x7f000001:{O}/x", "either"),
    (f"http://0177.0.0.1:{O}/x", "either"),
    (f"http://127.0.0.1:{H}@127.0.0.1:{O}/x", "refused"),
    (f"http://127.0.0.1%3A{H}@127.0.0.1:{O}/x", "refused"),
    (f"http://user:password@127.0.0.1:{O}/x", "refused"),
    (f"http://user@127.0.0.1:{H}/v1/x", "refused"),
    (f"//a@127.0.0.1:{O}/x", "refused"),
    (f"http://@127.0.0.1:{O}/x", "either"),
    (f"http://127.0.0.1:{H}#@127.0.0.1:{O}/x", "home"),
    (f"http://127.0.0.1:{H}?@127.0.0.1:{O}/x", "home"),
    (f"http://127.0.0.1:{H}\\@127.0.0.1:{O}/x", "either"),
    (f"http:\\\\127.0.0.1:{O}\\x", "either"),
    (f"/\\127.0.0.1:{O}/x", "either"),
    (f"\\\\127.0.0.1:{O}/x", "either"),
    (f"///127.0.0.1:{O}/x", "either"),
    (f"http:/127.0.0.1:{O}/x", "either"),
    (f"http:127.0.0.1:{O}/x", "either"),
    (f"http:///127.0.0.1:{O}/x", "either"),
    (f"/%2f127.0.0.1:{O}/x", "home"),
    ("/v1/x%0d%0aX-Key:%20y", "home"),
    ("/v1/x%00", "home"),
    (f"http://127.0.0.1:{H}:{O}/x", "refused"),
    ("http://127.0.0.1:0/x", "refused"),
    ("http://127.0.0.1:99999/x", "refused"),
    ("http:///x", "refused"),
    ("http://", "refused"),
    (f"http://127.0.0.1:{O} /x", "refused"),
    (f" http://127.0.0.1:{O}/x", "either"),
    (f"http://127.0.0.1:{O}/\u00e9", "refused"),
    (f"http://127.0.0.1:{O}/a\tb", "refused"),
    ("", "refused"),
    (None, "refused"),
    ("file:///etc/passwd", "refused"),
    (f"ftp://127.0.0.1:{O}/x", "refused"),
    (f"gopher://127.0.0.1:{O}/x", "refused"),
    (f"dict://127.0.0.1:{O}/x", "refused"),
    (f"ldap://127.0.0.1:{O}/x", "refused"),
    (f"smb://127.0.0.1:{O}/x", "refused"),
    (f"tftp://127.0.0.1:{O}/x", "refused"),
    (f"ws://127.0.0.1:{O}/x", "refused"),
    (f"scp://127.0.0.1:{O}/x", "refused"),
    ("data:text/plain,x", "refused"),
    ("javascript:alert(1)", "refused"),
    ("about:blank", "refused"),
]


def elsewhere():
    return sum(len(each.requests) for each in foreigners)


def no_token_elsewhere(row, name, first=0):
    for each in foreigners:
        seen = [form for form in FORMS if form in each.plain]
        row.check(not seen, f"{name}: {seen} came to {each.url()}")
    for request in home.requests[first:]:
        if request.header("host") != f"127.0.0.1:{H}":
            row.check(
                request.header("authorization") is None and request.header("x-key") is None,
                f"{name}: the token went to {request.header('host')}",
            )


def hops():
    row = Row("R51", "redirects of a file, at least 35 kinds of hop: the token and the API's headers never leave the home origin")
    f92 = Row("F92", "301, 302, 303, 307, 308 to another origin: a file is followed without the token")
    f94 = Row("F94", "redirects to file:, ftp:, gopher:, data: and the like are refused")
    count = 0
    with Lua() as lua:
        for location, becomes in HOPS:
            for code in CODES if LONG else (302,):
                count += 1
                plan["/v1/files/start/download"] = redirect(code, location)
                first, there = len(home.requests), elsewhere()
                answered = lua.run(f"return {CLIENT}.files{DOWNLOAD}")
                name = f"{code} {location!r}"
                new, went = home.requests[first:], elsewhere() > there
                row.check(new and new[0].header("authorization") == f"Bearer {CANARY}", f"{name}: the first request had no token")
                row.check(kind(answered) not in ("raised", "ended"), f"{name}: {shown(answered)}")
                scheme = (location or "").split(":")[0]
                each = f94 if becomes == "refused" and scheme.isalpha() and scheme not in ("http", "https") else row
                if becomes == "home":
                    row.check(kind(answered) == "value" and len(new) == 2 and not went, f"{name}: {shown(answered)}")
                    row.check(
                        new[-1].header("authorization") == f"Bearer {CANARY}", f"{name}: the token did not go along at home"
                    )
                elif becomes == "away":
                    row.check(kind(answered) == "value" and (went or len(new) == 2), f"{name}: {shown(answered)}")
                elif becomes == "refused":
                    each.check(
                        kind(answered) in ("protocol", "network") and not went and len(new) == 1, f"{name}: {shown(answered)}"
                    )
                no_token_elsewhere(row, name, first)
        for code in CODES:
            plan["/v1/files/start/download"] = redirect(code, other.url("/x"))
            there = elsewhere()
            answered = lua.run(f"return {CLIENT}.files{DOWNLOAD}")
            f92.check(answered.get("value") == FILE.decode() and elsewhere() == there + 1, f"{code}: {shown(answered)}")
            no_token_elsewhere(f92, str(code))
    row.say(f"{len(HOPS)} hops, {count} downloads, {elsewhere()} requests to other origins: 0 with a token")
    f92.say(f"{len(CODES)} codes")
    f94.say("12 schemes")


def back_again():
    row = Row("F99", "to another origin and back: no token on the way back; a chain over three origins likewise")
    with Lua() as lua:
        for start in (other.url("/back"), other.url("/on"), third.url("/back")):
            plan["/v1/files/start/download"] = redirect(302, start)
            first = len(home.requests)
            answered = lua.run(f"return {CLIENT}.files{DOWNLOAD}")
            row.check(answered.get("value") == FILE.decode(), shown(answered))
            new = home.requests[first:]
            row.check(
                [each.target.split("?")[0] for each in new] == ["/v1/files/start/download", "/v1/end"],
                "the way back was not taken",
            )
            row.check(
                new[-1].header("authorization") is None and new[-1].header("x-key") is None, f"on the way back: {new[-1].headers}"
            )
            no_token_elsewhere(row, start, first)
    row.say("3 ways away and back")


def calls():
    row = Row("F92", "a call of the API that is redirected is refused: nothing is asked elsewhere, a create is not sent again")
    listed = [
        "account:get()",
        'predictions:create{version=("a"):rep(64), input={}}',
        'predictions:get("abc")',
        'predictions:cancel("abc")',
        "predictions:list()",
        'models:delete("a", "b")',
        'models:search("x")',
        'models:update("a", "b", {description="x"})',
        'files:create(replicate.bytes("x"))',
        'trainings:create("a", "b", ("a"):rep(64), {destination="a/b", input={}})',
    ]
    there = elsewhere()
    asked = 0
    with Lua() as lua:
        for code in CODES:
            for to in (
                (other.url("/v1/x"), home.url("/v1/other"), f"http://127.0.0.1:{H}@127.0.0.1:{O}/v1/x")
                if LONG
                else (other.url("/v1/x"),)
            ):
                plan.clear()
                plan.update(
                    {
                        path: redirect(code, to)
                        for path in (
                            "/v1/account",
                            "/v1/predictions",
                            "/v1/predictions/abc",
                            "/v1/predictions/abc/cancel",
                            "/v1/models/a/b",
                            "/v1/models",
                            "/v1/files",
                            "/v1/models/a/b/versions/" + "a" * 64 + "/trainings",
                        )
                    }
                )
                for call in listed:
                    first = len(home.requests)
                    answered = lua.run(f"return {CLIENT}.{call}")
                    asked += 1
                    row.check(kind(answered) not in ("value", "raised", "ended"), f"{code} to {call}: {shown(answered)}")
                    row.check(len(home.requests) == first + 1, f"{code} to {call}: {len(home.requests) - first} requests")
    row.check(elsewhere() == there, f"{elsewhere() - there} requests elsewhere")
    plan.clear()
    row.say(f"{asked} redirected calls")


LINKS = [
    other.url("/v1/predictions?cursor=x"),
    f"//127.0.0.1:{O}/v1/x",
    f"http://localhost:{H}/v1/predictions",
    f"http://127.0.0.2:{H}/v1/x",
    f"https://127.0.0.1:{H}/v1/x",
    f"https://secure.test:{secure.port}/v1/x",
    f"http://127.0.0.1:{H}@127.0.0.1:{O}/v1/x",
    f"http://user@127.0.0.1:{O}/v1/x",
    f"http://127.0.0.1:{O}\\@127.0.0.1:{H}/v1/x",
    f"http://127.0.0.1:{O}#@127.0.0.1:{H}/v1/x",
    f"/\\127.0.0.1:{O}/x",
    f"\\\\127.0.0.1:{O}/x",
    f"http:\\\\127.0.0.1:{O}/x",
    f" http://127.0.0.1:{O}/x",
    "file:///etc/passwd",
    f"ftp://127.0.0.1:{O}/x",
    "javascript:x",
    f"http://[::1]:{H}/v1/x",
    f"http://127.0.0.1:{O}",
    f"HTTP://127.0.0.1:{O}/v1/x",
]


def pages():
    row = Row("F119", "`next` on another origin is refused and nothing is sent")
    f119 = len(LINKS)
    good = home.url("/v1/predictions?cursor=b%2Fc%3D%3D&x=%20")
    with Lua() as lua:
        for link in LINKS:
            plan["/v1/predictions"] = answer(json.dumps({"next": link, "previous": link, "results": []}).encode(), "200 OK")
            there, first = elsewhere(), len(home.requests)
            for chunk in (
                "for page in c.predictions:pages() do n = n + 1 assert(n < 5) end",
                "for item in c.predictions:each() do end",
                "for page in c:paginate(function() return c.predictions:list() end) do n = n + 1 assert(n < 5) end",
                f"local p, e = c.predictions:list{{page={lua_text(link)}}} if not p then error(e, 0) end",
            ):
                answered = lua.run(f"local n, c = 0, {CLIENT} {chunk} return n")
                # A link that libcurl reads as one to the home origin leads back there, and is a circle. What is no URL at all
                # is a mistake of the caller's, where it is the caller's function or argument that gave it.
                no_url = (
                    "told:1" in answered.get("raised", "")
                    and "URL cannot have" in answered["raised"]
                    and "predictions:pages" not in chunk
                )
                row.check(kind(answered) in ("invalid_input", "protocol") or no_url, f"{link!r}: {shown(answered)}")
            row.check(elsewhere() == there, f"{link!r}: something was asked elsewhere")
            no_token_elsewhere(row, link, first)
        plan["/v1/predictions"] = answer(json.dumps({"next": good, "results": []}).encode(), "200 OK")
        answered = lua.run(f"return {CLIENT}.predictions:list{{page={lua_text(good)}}}")
        row.check(
            kind(answered) == "value" and home.requests[-1].target == "/v1/predictions?cursor=b%2Fc%3D%3D&x=%20",
            f"{home.requests[-1].target}: {shown(answered)}",
        )
    plan.clear()
    row.say(f"{f119} links, 4 ways to follow each")


def links():
    row = Row("R52", "urls.get, urls.cancel, urls.stream and outputs on other origins: the token goes to none of them")
    f86 = Row("F86", "a stream that redirects to another origin: no token there")
    streams = [
        other.url("/stream"),
        f"http://localhost:{H}/stream",
        f"http://127.0.0.2:{H}/stream",
        f"//127.0.0.1:{O}/stream",
        f"https://secure.test:{secure.port}/stream",
        f"http://127.0.0.1:{H}@127.0.0.1:{O}/stream",
        f"http://user@127.0.0.1:{O}/stream",
        "file:///etc/passwd",
        f"ftp://127.0.0.1:{O}/stream",
        home.url("/stream"),
    ]
    with Lua() as lua:
        for link in streams + [other.url("/v1/x")]:
            first = len(home.requests)
            body = prediction(urls={"get": link, "cancel": link, "stream": link, "web": link})
            plan["/v1/predictions/abc"] = plan["/v1/predictions/abc/cancel"] = plan["/v1/predictions"] = answer(body, "200 OK")
            there = elsewhere()
            for call in ("p:reload()", "p:cancel()", "p:wait{timeout=0.2}", "c.predictions:get(p.id)"):
                answered = lua.run(f'local c = {CLIENT} local p = assert(c.predictions:get("abc")) return {call}')
                row.check(kind(answered) in ("value", "timeout"), f"{call} with {link}: {shown(answered)}")
            row.check(elsewhere() == there, f"urls.get and urls.cancel at {link} were asked")
            for chunk in (
                'local s = c.predictions:get("abc"):stream() for event in s do end return 1',
                'local s = c:stream("a/b:' + "a" * 64 + '", {input={}}) for event in s do end return 1',
            ):
                answered = lua.run(f"local c = {CLIENT} {chunk}")
                row.check(kind(answered) not in ("raised", "ended"), f"a stream at {link}: {shown(answered)}")
            if "/stream" in link and "@" not in link and link.startswith(("http", "//")) and link != home.url("/stream"):
                row.check(
                    elsewhere() > there
                    or any(each.target == "/stream" for each in home.requests[first:])
                    or link.startswith("//"),
                    f"nobody asked for the stream at {link}: this says nothing",
                )
            no_token_elsewhere(row, f"urls at {link}", first)
            streamed = [each for each in home.requests[first:] if each.target == "/stream"]
            row.check(all(each.header("authorization") is None for each in streamed), "the token went to the stream's host")
        for code in CODES:
            plan["/away"] = redirect(code, other.url("/stream"))
            body = prediction(urls={"get": "/", "cancel": "/", "stream": home.url("/away")})
            plan["/v1/predictions/abc"] = answer(body, "200 OK")
            first = len(home.requests)
            answered = lua.run(f'local c = {CLIENT} for event in c.predictions:get("abc"):stream() do end return 1')
            f86.check(kind(answered) not in ("raised", "ended"), f"{code}: {shown(answered)}")
            f86.check(any(each.target == "/away" for each in home.requests[first:]), f"{code}: nobody asked for the stream")
            no_token_elsewhere(f86, str(code), first)
        before = elsewhere()
        outputs = [
            other.url("/x.png"),
            f"http://127.0.0.2:{H}/x.png",
            f"http://localhost:{H}/x.png",
            f"https://secure.test:{secure.port}/x.png",
            home.url("/x.png"),
            home.url("/v1/x.png"),
        ]
        for link in outputs:
            first = len(home.requests)
            plan["/v1/predictions"] = plan["/v1/models/a/b/predictions"] = answer(prediction(output=[link]))
            for use in (
                "o[1]:read()",
                f'o[1]:save("{CERTIFICATES}/output")',
                "(function() for _ in o[1]:chunks() do end return 1 end)()",
            ):
                answered = lua.run(f'local c = {CLIENT} local o = assert(c:run("a/b", {{input={{}}}})) return {use}')
                row.check(kind(answered) == "value", f"{use} of {link}: {shown(answered)}")
            no_token_elsewhere(row, link, first)
            ours = [each for each in home.requests[first:] if each.target.endswith(".png")]
            row.check(
                all(each.header("authorization") is None for each in ours) or link == home.url("/v1/x.png"),
                f"{link}: the token went along",
            )
        row.check(elsewhere() >= before + 9, "no output was fetched")
    plan.clear()
    row.say(f"{len(streams) + 1} links for get, cancel and stream, {len(outputs)} outputs, 3 ways to read each")
    f86.say(f"{len(CODES)} codes")


def secure_home():
    """The same under TLS: another port and another name are other origins, and http is refused."""
    row = Row("F93", "a home under https: http is refused, other https origins get no token")
    away = {}

    def route(request):
        return redirect(302, away["to"]) if request.target.startswith("/v1/files") else answer(FILE, "200 OK", "text/plain")

    base = Web(route, made=context("hosts", CERTIFICATES))
    client = CLIENT.replace(home.url("/v1"), base.url("/v1", "secure.test"))
    rows = [
        (base.url("/v1/x", "secure.test"), "home"),
        (base.url("/x", "api.secure.test"), "away"),
        (base.url("/x", "127.0.0.1"), "away"),
        (f"https://secure.test:{secure.port}/x", "away"),
        (f"//secure.test:{secure.port}/x", "away"),
        (other.url("/x"), "refused"),
        (f"http://secure.test:{base.port}/x", "refused"),
        (f"http://secure.test:{O}/x", "refused"),
        (f"//secure.test:{O}/x", "refused"),
        (f"https://secure.test:{base.port}@secure.test:{secure.port}/x", "refused"),
        ("file:///etc/passwd", "refused"),
    ]
    with Lua() as lua:
        for location, becomes in rows:
            away["to"] = location
            first, there = len(base.requests), elsewhere()
            answered = lua.run(f"return {client}.files{DOWNLOAD}")
            row.check((kind(answered) == "value") == (becomes != "refused"), f"{location}: {shown(answered)}")
            if becomes == "refused":
                row.check(elsewhere() == there and len(base.requests) == first + 1, f"{location}: something was asked there")
            for request in base.requests[first:]:
                if request.header("host") != f"secure.test:{base.port}":
                    row.check(request.header("authorization") is None, f"{location}: the token went to {request.header('host')}")
            no_token_elsewhere(row, location)
    row.say(f"{len(rows)} hops")


hops()
back_again()
calls()
pages()
links()
secure_home()
check(True, "it came to its end")
finish()
