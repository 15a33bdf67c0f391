"""R51, F92 to F94, F99: redirects of files and of calls. The token may stand only in requests to the home origin, by its own
name, before any hop away from it."""

from harness import CANARY, CERTIFICATES, LONG, Lua, Row, check, finish, kind, shown
from origins import CLIENT, CODES, DOWNLOAD, FILE, H, O, elsewhere, home, no_token_elsewhere, other, plan, redirect, secure, third
from server import Web, answer, context

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
secure_home()
check(True, "it came to its end")
finish()
