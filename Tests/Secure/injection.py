"""R54 to R57: what callers give can make no header, no second request, no other path; and no token is ever half a token. Each
case is judged by what a counting server saw."""

import json
import os
import random
import sys
import urllib.parse

from harness import CANARY, LONG, WORK, Lua, Row, check, finish, kind, lua_text, shown
from server import Web, answer, prediction

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Text"))
import naughty as list_of_texts  # noqa: E402

SEED = 20261121
web = Web(
    lambda request: answer(
        prediction() if request.method == "POST" or "predictions/" in request.target else b'{"results":[]}', "200 OK"
    )
)
BASE = web.url("/v1")
REFUSED = ("raised", "invalid_input", "auth")
VERSION = '("a"):rep(64)'


def attempt(lua, chunk):
    """What came of it, and the requests that the server saw."""
    before, connected = len(web.requests), web.connections
    answered = lua.run(chunk)
    return answered, web.requests[before:], web.connections - connected


def client(options=""):
    return f'new{{base_url="{BASE}", {options}}}'


# What would be a header, a second request, or the end of a string.
BREAKS = [
    "x\r\nX-Injected: 1",
    "x\nX-Injected: 1",
    "x\rX-Injected: 1",
    "\r\nX-Injected: 1",
    "x\r\n\r\nGET /injected HTTP/1.1\r\n\r\n",
    "x\r\n X-Folded",
    "x\r\n\tX-Folded",
    "x\n folded",
    "x\0",
    "\0",
    "x\0\r\nX-Injected: 1",
    "x\r\n",
    "x\n",
    "x\r",
    "\r\n",
    "x\x0bX-Injected: 1",
    "x\x0c",
    "x\x7f",
    "x\x1b[2J",
]
RAW = [b"x\xff", b"x\xc0\x8a", b"x\xe2\x80"]

# Where text goes into a header: every one of BREAKS is refused, before anything is sent.
HEADERS = {
    "auth": client("auth=@") + ".account:get()",
    "user_agent": client("user_agent=@") + ".account:get()",
    "a header of a client": client('headers={["X-Y"]=@}') + ".account:get()",
    "the name of a header": client('headers={[@]="x"}') + ".account:get()",
    "a header of a call": client() + '.account:get{headers={["X-Y"]=@}}',
    "a header of a create": client() + f".predictions:create{{version={VERSION}, input={{}}, headers={{Prefer=@}}}}",
    "a header of a generic call": client() + ':request("/account", {headers={["X-Y"]=@}})',
    "Prefer": client() + f".predictions:create{{version={VERSION}, input={{}}, wait=@}}",
    "cancel_after": client() + f".predictions:create{{version={VERSION}, input={{}}, cancel_after=@}}",
    "a file's type": client() + '.files:create(replicate.bytes("data", {type=@}))',
    "the type of an input's file": client()
    + f'.predictions:create{{version={VERSION}, input={{f=replicate.bytes("data", {{type=@}})}}}}',
    "a method": client() + ':request("/account", {method=@})',
    "a route": client() + ':request("/" .. @)',
    "base_url": "new{base_url=" + f'"{BASE}/" .. @}}.account:get()',
    "the host of base_url": 'new{base_url="https://" .. @}.account:get()',
    "proxy": client('proxy="http://127.0.0.1" .. @') + ".account:get()",
    "the URL of an output": client() + f':file_output("{web.url("/")}" .. @):read()',
    "a page": client() + f'.predictions:list{{page="{BASE}/predictions?x=" .. @}}',
    "a model": client() + ".predictions:create{model=@, input={}}",
    "a deployment": client() + ".predictions:create{deployment=@, input={}}",
    "a reference": client() + ":run(@, {input={}})",
    "a version": client() + ".predictions:create{version=@, input={}}",
    "a webhook": client() + f'.predictions:create{{version={VERSION}, input={{}}, webhook="https://a.test/" .. @}}',
    "a training's webhook": client()
    + '.trainings:create("a", "b", "c", {destination="a/b", input={}, webhook="https://a.test/" .. @})',
    "a webhook of a run": client() + ':run("a/b", {input={}, webhook="https://a.test/" .. @})',
}
# Where text goes into the head of a part: as the header says, NUL is refused, and each other of these becomes "_".
FILES = {
    "a file's name": client() + '.files:create(replicate.bytes("data", {name=@}))',
    "the name of an input's file": client()
    + f'.predictions:create{{version={VERSION}, input={{f=replicate.bytes("data", {{name=@}})}}}}',
}
# Where text stands in a body, as JSON or alone, or in the query: it comes as it is; or is refused.
BODIES = {
    "an input": client() + f".predictions:create{{version={VERSION}, input={{x=@}}}}",
    "the key of an input": client() + f".predictions:create{{version={VERSION}, input={{[@]=1}}}}",
    "a training's destination": client() + '.trainings:create("a", "b", "c", {destination=@, input={}})',
    "a model's name": client() + '.models:create{owner="a", name=@, visibility="public", hardware="cpu"}',
    "metadata": client() + '.files:create(replicate.bytes("data"), {metadata={x=@}})',
    "a search of models": client() + ".models:search(@)",
    "a search": client() + ":search(@)",
    "a parameter": client() + ':request("/things", {params={x=@}})',
}


def texts_of(request):
    """Every text that somebody who reads a request by the rules finds in it."""
    texts = [each for pair in urllib.parse.parse_qsl(request.target.partition("?")[2], True, errors="strict") for each in pair]
    bodies = [request.body]
    if request.header("content-type", "").startswith("multipart/"):
        bodies = [part.split(b"\r\n\r\n", 1)[-1].removesuffix(b"\r\n") for part in request.body.split(b"--------")]

    def inside(value):
        if isinstance(value, dict):
            for name, each in value.items():
                yield name
                yield from inside(each)
        elif isinstance(value, str):
            yield value

    for body in bodies:
        try:
            texts += inside(json.loads(body))
        except ValueError:
            texts.append(body.decode("utf-8", "replace"))
    return texts


def headers():
    row = Row(
        "R54", "CR, LF, NUL, folds and control characters in what becomes a header or a URL: refused, the server sees 0 requests"
    )
    files = Row("R54", 'the same in names of files: NUL refused; of others, as the header says, such characters become "_"')
    body = Row(
        "R54",
        "the same in inputs, their keys, metadata, names, searches, parameters: refused, or the very text, in JSON or encoded",
    )
    with Lua() as lua:
        for place, chunk in HEADERS.items():
            for text in BREAKS + RAW:
                if place in ("auth", "proxy") and isinstance(text, str) and not text.strip("x\r\n\v\f"):
                    continue  # A token from a file ends in a line end, which is cut off: R57.
                answered, seen, connected = attempt(lua, "return " + chunk.replace("@", lua_text(text)))
                fine = place in (
                    "a header of a client",
                    "a header of a call",
                    "a header of a generic call",
                    "a header of a create",
                    "user_agent",
                )
                if isinstance(text, bytes) and fine and kind(answered) == "value":
                    continue  # 8-bit text is no danger in a header.
                row.check(
                    kind(answered) in REFUSED and connected == 0 and not seen,
                    f"{place} = {text!r}: {len(seen)} requests, {shown(answered)}",
                )
        good = {
            "auth": CANARY,
            "the name of a header": "X-Z",
            "Prefer": None,
            "cancel_after": "90s",
            "a file's type": "text/plain",
            "a method": "GET",
            "the type of an input's file": "text/plain",
            "the host of base_url": None,
            "proxy": None,
            "a model": "a/b",
            "a deployment": "a/b",
            "a reference": "a/b",
            "a header of a create": "wait=5",
            "a version": "a" * 64,
        }
        for place, chunk in HEADERS.items():
            text = good.get(place, "x")
            if text:
                answered, seen, _ = attempt(lua, "return " + chunk.replace("@", lua_text(text)))
                row.check(seen and kind(answered) == "value", f"{place} = {text!r}, which is good: {shown(answered)}")
        for place, chunk in [*FILES.items(), *BODIES.items()]:
            judged = files if place in FILES else body
            for text in BREAKS + RAW:
                answered, seen, _ = attempt(lua, "return " + chunk.replace("@", lua_text(text)))
                judged.check(kind(answered) in REFUSED + ("value",), f"{place} = {text!r}: {shown(answered)}")
                judged.check(
                    (kind(answered) == "value") == bool(seen), f"{place} = {text!r}: {len(seen)} requests, {shown(answered)}"
                )
                for request in seen:
                    judged.check(
                        not any(name in ("x-injected", "x-folded") for name, _ in request.headers),
                        f"{place} = {text!r}: {request.headers}",
                    )
                    judged.check(not request.target.startswith("/injected"), f"{place} = {text!r}: a request of its own")
                    if request.header("content-type", "").startswith("multipart/"):
                        parts = [part.split(b"\r\n\r\n")[0] for part in request.body.split(b"\r\n--")]
                        judged.check(not any(b"\nX-" in part or b"\0" in part for part in parts), f"{place} = {text!r}: {parts}")
                if seen and place in FILES:
                    wanted = "".join("_" if ord(c) < 32 or c in '\x7f/\\"' else c for c in text)
                    judged.check(f'filename="{wanted}"'.encode() in seen[0].body, f"{place} = {text!r}: {seen[0].body[:300]}")
                elif seen:
                    judged.check(text in texts_of(seen[0]), f"{place} = {text!r}: {texts_of(seen[0])}")
                if place in FILES and "\0" in str(text):
                    judged.check(not seen, f"{place} = {text!r} was sent")
    row.say(f"{len(HEADERS)} places, {len(BREAKS) + len(RAW)} texts")
    files.say(f"{len(FILES)} places, {len(BREAKS) + len(RAW)} texts")
    body.say(f"{len(BODIES)} places, {len(BREAKS) + len(RAW)} texts")


SEGMENTS = {  # operation: the path that it should make, with @ for the segment
    "predictions:get(@)": "/predictions/@",
    "predictions:cancel(@)": "/predictions/@/cancel",
    'models:get(@, "n")': "/models/@/n",
    'models:get("o", @)': "/models/o/@",
    'models:delete("o", @)': "/models/o/@",
    'models:update("o", @, {readme="x"})': "/models/o/@",
    'models.versions:get("o", "n", @)': "/models/o/n/versions/@",
    'models.versions:list(@, "n")': "/models/@/n/versions",
    'models.versions:delete("o", "n", @)': "/models/o/n/versions/@",
    'models.examples:list("o", @)': "/models/o/@/examples",
    'models.readme:get("o", @)': "/models/o/@/readme",
    "collections:get(@)": "/collections/@",
    'deployments:get("o", @)': "/deployments/o/@",
    'deployments:delete(@, "n")': "/deployments/@/n",
    'deployments:update(@, "n", {min_instances=0})': "/deployments/@/n",
    'deployments.predictions:create(@, "n", {input={}})': "/deployments/@/n/predictions",
    'models.predictions:create("o", @, {input={}})': "/models/o/@/predictions",
    'trainings:create(@, "n", "v", {destination="a/b", input={}})': "/models/@/n/versions/v/trainings",
    'trainings:create("o", "n", @, {destination="a/b", input={}})': "/models/o/n/versions/@/trainings",
    "trainings:get(@)": "/trainings/@",
    "trainings:cancel(@)": "/trainings/@/cancel",
    "files:get(@)": "/files/@",
    "files:delete(@)": "/files/@",
    'files:download(@, {owner="a", expiry=2000000000, signature="c2ln"})': "/files/@/download",
}
REJECTED = [
    "",
    ".",
    "..",
    "/",
    "a/b",
    "../x",
    "..\\x",
    "a\\b",
    "\0",
    "a\0b",
    "a\nb",
    "a\r",
    "\x7f",
    "\t",
    "x" * 1025,
    b"\xff",
    b"a\xc0\xaf",
    b"\xed\xa0\x80",
]
ENCODED = [
    "abc",
    "AZaz09-._~",
    "a b",
    "a?b#c",
    "100%",
    "%2F",
    "%2e%2e",
    "%2e%2e%2f",
    "%00",
    "\u00e9",
    "\U0001f600",
    "a:b@c",
    "...",
    ".a",
    "a;b=c&d+e",
    "\"'<>{}|^`[]",
    "*",
    "@",
    "http:",
    "\u202e",
    "\ufeffx",
    "x" * 1024,
    "\uff0f",
    "\u2025",
    "~root",
    "$(id)",
    "`id`",
    "' OR 1=1 --",
    "<script>",
]


def naughty(count):
    """Texts of all sorts of characters, some of them in pairs that some reader or other takes for a slash or a dot."""
    numbers = random.Random(SEED)
    pieces = list("abc/\\.%?#&=;:@ \"'<>{}|^`[]~+$,!*()") + [
        "..",
        "%2f",
        "%5c",
        "\u2215",
        "\uff0e",
        "\u0301",
        "\u200d",
        "\U0001f468",
        "\u05d0",
        "\x85",
        "\u2028",
        "\t",
    ]
    return ["".join(numbers.choices(pieces, k=numbers.randint(1, 12))) for _ in range(count)]


def paths():
    row = Row("R55", "an argument is one segment of the path, or an error before anything is sent")
    texts = list_of_texts.TEXTS + naughty(500) if LONG else list_of_texts.TEXTS[::9] + naughty(30)
    count = 0
    with Lua() as lua:
        for operation, path in SEGMENTS.items():
            for text in REJECTED + ENCODED + (texts if LONG or operation.startswith("predictions:get") else []):
                count += 1
                answered, seen, connected = attempt(
                    lua, f"kept.c = kept.c or {client()} return kept.c.{operation.replace('@', lua_text(text))}"
                )
                name = f"{operation} with {text!r}"[:200]
                bad = (
                    text in REJECTED
                    or not isinstance(text, str)
                    or text in ("", ".", "..")
                    or len(text.encode()) > 1024
                    or any(c in "/\\" or ord(c) < 32 or ord(c) == 127 for c in text)
                )
                if bad:
                    row.check(kind(answered) in REFUSED and not seen, f"{name}: {len(seen)} requests, {shown(answered)}")
                else:
                    wanted = "/v1" + path.replace("@", urllib.parse.quote(text, safe="-._~"))
                    row.check(
                        [each.target.split("?")[0] for each in seen] == [wanted],
                        f"{name}: {[each.target for each in seen]}, {shown(answered)}",
                    )
        for model in (
            "a",
            "a/",
            "/b",
            "a/b/c",
            "a//b",
            "../b",
            "a/..",
            "./b",
            "a/.",
            "a/b:",
            "a/b:c:d",
            " a/b",
            "a/b ",
            "a /b",
            "a/b?c",
            "a/b#c",
            "a\\b",
            "https://x/a",
            "deployments/a",
            "deployments/../x",
            "deployments//x",
        ):
            count += 1
            answered, seen, _ = attempt(lua, f"return kept.c:run({lua_text(model)}, {{input={{}}}})")
            row.check(
                not any(part in (".", "..", "") for each in seen for part in each.target.split("?")[0].split("/")[1:]),
                f"run {model!r}: {[each.target for each in seen]}",
            )
            if not seen:
                row.check(kind(answered) in REFUSED, f"run {model!r}: {shown(answered)}")
    for request in web.requests:
        parts = request.target.split("?")[0].split("/")[1:]
        row.check(
            all(33 <= ord(c) < 127 for c in request.target) and "" not in parts and not {".", ".."} & set(parts), request.target
        )
    row.say(f"{len(SEGMENTS)} places, {count} arguments, of which the naughty strings {len(texts)} (seed {SEED})")


def queries():
    row = Row("R56", "what goes into the query comes out of it byte for byte; the cursor of `next` unchanged")
    texts = (
        ENCODED[:-12]
        + [
            "a=b&c=d",
            "+",
            " ",
            "a+b",
            "%20",
            "2026-01-01T00:00:00+01:00",
            "2026-01-01T00:00:00Z",
            "a#b",
            "&",
            "=",
            "x" * 2000,
            "\u4e2d",
        ]
        + naughty(20)
    )
    with Lua() as lua:
        lua.run(f"kept.c = {client()}")
        for text in texts:
            for chunk, name in (
                (f"kept.c.predictions:list{{created_after={lua_text(text)}}}", "created_after"),
                (f"kept.c:search({lua_text(text)})", "query"),
                (f'kept.c:request("/things", {{params={{x={lua_text(text)}, y="1"}}}})', "x"),
                (f'kept.c:request("/things", {{params={{[{lua_text(text)}]="1"}}}})', text),
            ):
                answered, seen, _ = attempt(lua, "return " + chunk)
                if kind(answered) in REFUSED:
                    row.check(
                        not seen and any(ord(c) < 32 or ord(c) == 127 for c in text) or name == text or not text.strip(),
                        f"{chunk}: {shown(answered)}",
                    )
                    continue
                got = (
                    urllib.parse.parse_qsl(seen[0].target.split("?", 1)[1], keep_blank_values=True, errors="strict")
                    if seen and "?" in seen[0].target
                    else []
                )
                wanted = [(name, text)] if name != text else [(text, "1")]
                row.check(
                    len(seen) == 1 and [each for each in got if each != ("y", "1")] == wanted,
                    f"{chunk}: {seen[0].target if seen else None}",
                )
        for cursor in ("cD0yMDI2", "a%2Bb%3D%3D", "a+b", "%E4%B8%AD", "x%20y", "a&b=c", "~!$'()*,;:@/?", "%2e%2e%2f", "a%00"):
            url = f"{BASE}/predictions?cursor={cursor}"
            answered, seen, _ = attempt(lua, f"return kept.c.predictions:list{{page={lua_text(url)}}}")
            row.check(
                kind(answered) == "value" and [each.target for each in seen] == [f"/v1/predictions?cursor={cursor}"],
                f"{cursor}: {[each.target for each in seen]}",
            )
    row.say(f"{len(texts)} texts in 4 places, 9 cursors")


BLANK = ["", " ", "\n", "\r\n", "\t", " \t\r\n", "\x0b"]
TRIMMED = [CANARY + "\n", CANARY + "\r\n", " " + CANARY, "\t" + CANARY + " \n", CANARY + "\n\n"]
BROKEN = [
    CANARY[:6] + " " + CANARY[6:],
    CANARY[:6] + "\n" + CANARY[6:],
    CANARY + "\nX-Injected: 1",
    CANARY[:6] + "\r" + CANARY[6:],
    CANARY + "\u00e9",
    CANARY + "\u200b",
    "\ufeff" + CANARY,
    CANARY + "\x7f",
    CANARY + "\x01",
    "\u201c" + CANARY + "\u201d",
    "x" * 20000,
]


def tokens():
    row = Row(
        "R57",
        "a blank token is none, one with a line's end around it is trimmed, another is refused; never `Bearer ` and nothing",
    )
    chunk = f'local c, e = replicate.new{{base_url="{BASE}", max_retries=0, @}} '
    chunk += "if not c then return nil, e end return c.account:get()"
    first = len(web.requests)
    for group, wanted in ((BLANK, None), (TRIMMED, CANARY), (BROKEN, None)):
        for text in group:
            tries = [("the environment", lambda: Lua(token=text), "")] if len(text) < 20000 else []
            tries.append(("auth", lambda: Lua(token=""), "auth=" + lua_text(text)))
            with open(WORK + "/env", "wb") as file:
                file.write(b"REPLICATE_API_TOKEN=" + text.encode() + b"\n")
            if len(text) < 20000 and "\n" not in text.strip("\r\n ") and "\r" not in text.strip("\r\n "):
                tries.append(("env_file", lambda: Lua(token=""), f'env_file="{WORK}/env"'))
            for place, make, option in tries:
                with make() as lua:
                    answered, seen, connected = attempt(lua, chunk.replace("@", option))
                name = f"{place} = {text!r}"[:120]
                if wanted:
                    row.check(
                        kind(answered) == "value" and seen and seen[0].header("authorization") == f"Bearer {wanted}",
                        f"{name}: {shown(answered)}",
                    )
                else:
                    row.check(kind(answered) in REFUSED and connected == 0, f"{name}: {connected} connections, {shown(answered)}")
                row.check(CANARY not in shown(answered), f"{name}: the token stands in what is said: {shown(answered)}")
    with Lua() as lua:
        answered, seen, _ = attempt(lua, chunk.replace("@", "auth=false"))
        row.check(
            kind(answered) == "value" and seen[0].header("authorization") is None,
            f"auth=false: {seen[0].headers if seen else answered}",
        )
    for request in web.requests[first:]:
        row.check(request.header("authorization") in (None, f"Bearer {CANARY}"), f"{request.headers}")
    row.say(f"{len(BLANK)} blank, {len(TRIMMED)} with space around, {len(BROKEN)} broken; auth, environment, env_file")


headers()
paths()
queries()
tokens()
check(True, "it came to its end")
finish()
