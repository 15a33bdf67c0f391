"""R70 and F52 to F55: JSON and what is none, as the answer to a call: through C, and through Lua with its own codec."""

import time

import abi
import cases
from expected import has_infinite, in_lua, read, written
from shared import HEX, LONG, Lua, Row, Web, answer, check, finish, kind, number_of, shown, unhex

ALL = [
    *[("accept", text, "value") for text in cases.ACCEPT],
    *[("refuse", text, "protocol") for text in cases.REFUSE + cases.UTF8],
    *[("either", text, wanted) for text, wanted in cases.EITHER],
]
web = Web(lambda request: answer(ALL[number_of(request.target)][1], "200 OK"))
CHUNK = """local c = new{base_url="%s", timeout=30}
local value, err = c.account:get()
c:close()
if value == nil then return value, err end
local text, problem = replicate.json_encode(value)
return text and kept.hex(text) or "refused: " .. problem"""


def base_of(number):
    return web.url(f"/c/{number}/v1")


def same(a, b):
    """repr tells 0.0 from -0.0."""
    return repr(a) == repr(b)


def by_c(number, text):
    """The kind of the error, or "value"; and what is wrong with it."""
    client = abi.Client(base_of(number))
    event = client.call("account_get", None)
    client.free()
    error = event.error()
    if error:
        return error.kind, error.delivery and f"delivery {error.delivery}"
    seen = event.json()
    wanted = in_lua(read(text))
    return "value", None if same(in_lua(read(seen)), wanted) and event.type(b"") else f"C saw {seen[:80]!r}"


def by_lua(lua, number, text):
    answered = lua.run(CHUNK % base_of(number))
    if kind(answered) != "value":
        return kind(answered), None if "ended" not in answered and "raised" not in answered else shown(answered)
    value = answered["value"]
    wanted = in_lua(read(text))
    if value.startswith("refused: "):
        return "value", None if has_infinite(wanted) else value
    return "value", None if same(sort(written(unhex(value))), sort(wanted)) else f"Lua saw {unhex(value)[:80]!r}"


def sort(value):
    if isinstance(value, dict):
        return {name: sort(value[name]) for name in sorted(value)}
    return [sort(each) for each in value] if isinstance(value, list) else value


def run():
    rows = {
        "accept": Row(
            "R70", "JSON as an answer, in the manner of JSONTestSuite: what must be accepted is, and is the same value"
        ),
        "refuse": Row("R70", "what must be refused is, as an error of the kind protocol; no crash, none over 2 s"),
        "either": Row(
            "R70", "what may be either is what is published: byte order mark, U+FFFD for half a pair, numbers beyond 64 bits"
        ),
    }
    slowest = 0
    with Lua(chunk=HEX) as lua:
        for number, (group, text, wanted) in enumerate(ALL):
            for ask in (lambda: by_c(number, text), lambda: by_lua(lua, number, text)):
                start = time.monotonic()
                got, problem = ask()
                took = time.monotonic() - start
                if took > 1:  # What a machine under load makes long is not long twice.
                    start = time.monotonic()
                    ask()
                    took = time.monotonic() - start
                slowest = max(slowest, took)
                rows[group].check(got == wanted and not problem, f"{text[:60]!r}: {got}, {problem}")
        plain = lua.run(CHUNK % base_of(0))
        check(kind(plain) == "value", f"a plain call after it all: {shown(plain)}")
    if LONG:
        rows["refuse"].check(slowest < 2, f"the slowest took {slowest:.1f} s")
    ways = "through C, and Lua's own codec"
    rows["accept"].say(f"{len(cases.ACCEPT)} texts of ours, {ways}")
    rows["refuse"].say(
        f"{len(cases.REFUSE)} that are no JSON, {len(cases.UTF8)} that are no UTF-8, {ways}; the slowest {slowest:.2f} s"
    )
    rows["either"].say(
        f"{len(cases.EITHER)}, {ways}; {sum(w == 'value' for _, _, w in ALL[-len(cases.EITHER) :])} of them accepted"
    )


def creates():
    """Of a create nobody knows what became of it, and the error says where the JSON is wrong."""
    row = Row("F52", "no JSON as the answer to a create: protocol, maybe_sent, and where; one request")
    texts = cases.REFUSE[:: 1 if LONG else 7] + cases.UTF8[:: 1 if LONG else 7]
    with Lua() as lua:
        for text in texts:
            number = next(i for i, each in enumerate(ALL) if each[1] == text)
            before = len(web.requests)
            answered = lua.run(
                f'local c = new{{base_url="{base_of(number)}", timeout=30, max_retries=2}} '
                'local p, err = c.predictions:create{version=("a"):rep(64), input={}} c:close() return p, err'
            )
            err = answered.get("err", {})
            seen = len(web.requests) - before
            row.check(
                err.get("kind") == "protocol"
                and err.get("delivery") == "maybe_sent"
                and seen == 1
                and ("byte" if text else "empty") in err.get("message", ""),
                f"{text[:60]!r}: {seen} requests, {shown(answered)}",
            )
    row.say(f"{len(texts)} texts")


run()
creates()
finish()
