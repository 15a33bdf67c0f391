"""R52, F86, F119: links in what servers say. Pages, streams, urls.get, urls.cancel and outputs on other origins get no token."""

import json

from harness import CERTIFICATES, Lua, Row, check, finish, kind, lua_text, shown
from origins import CLIENT, CODES, H, O, elsewhere, home, no_token_elsewhere, other, plan, redirect, secure
from server import answer, prediction

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


pages()
links()
check(True, "it came to its end")
finish()
