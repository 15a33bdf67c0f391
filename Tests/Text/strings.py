"""R74: texts of all sorts through an input and back, as values and as names; what is no text is refused with its place."""

import json

import abi
import naughty
from shared import HEX, LUA, Lua, Row, Web, answer, finish, kind, lua_text, shown


def echo(request):
    """What was put in comes out, written in the other of JSON's two ways."""
    given = json.loads(request.body)
    is_escaped = b"\\u" not in request.body
    return answer(json.dumps({"id": "p", "status": "succeeded", "output": given["input"]}, ensure_ascii=is_escaped).encode())


web = Web(echo)
BASE = web.url("/v1")
VERSION = "a" * 64
CREATE = f"""kept.c = kept.c or new{{base_url="{BASE}", timeout=30}}
local p, err = kept.c.predictions:create{{version="{VERSION}", file_output=false, input=%s}}
if not p then return nil, err end
"""


def by_lua():
    row = Row(
        "R74", f"Lua {LUA}: naughty strings through an input and back byte for byte, as a value, in a list, as a name; NUL kept"
    )
    with Lua(chunk=HEX) as lua:
        for text in naughty.TEXTS:
            data, said = text.encode(), lua_text(text)
            answered = lua.run(
                CREATE % f"{{x={said}, l={{'', {said}}}, m={{[{said}]=1}}}}"
                + "return kept.hex(p.output.x) .. ' ' .. kept.hex(p.output.l[2]) .. ' ' .. kept.hex((next(p.output.m)))"
            )
            row.check(answered.get("value", "").split(" ") == [data.hex()] * 3, f"{text[:40]!r}: {shown(answered)}")
            sent = json.loads(web.requests[-1].body)["input"]
            row.check(sent == {"x": text, "l": ["", text], "m": {text: 1}}, f"{text[:40]!r} on the wire: {sent}"[:200])
    row.say(f"{len(naughty.TEXTS)} strings of ours in the manner of blns (seed {naughty.SEED})")


def by_c():
    row = Row("R74", "C: the same through replicate_input_new, replicate_input_set and the accessors")
    client = abi.Client(BASE)
    for text in naughty.TEXTS:
        for is_escaped in (True, False):
            data = json.dumps({"x": text, "m": {text: 1}}, ensure_ascii=is_escaped).encode()
            given = abi.input_of(data, extra=json.dumps(text, ensure_ascii=is_escaped).encode())
            event = client.call("predictions_create", VERSION.encode(), given, None)
            abi.lib.replicate_input_free(given)
            sent = json.loads(web.requests[-1].body)
            row.check(sent["input"] == {"x": text, "m": {text: 1}} and sent["extra"] == text, f"{text[:40]!r} on the wire")
            row.check(
                event.kind == abi.DONE and event.string(b"/output/x") == text.encode(),
                f"{text[:40]!r}: {event.string(b'/output/x')}",
            )
            if "\0" not in text:  # A pointer ends there.
                pointer = "/output/m/" + text.replace("~", "~0").replace("/", "~1")
                row.check(event.integer(pointer.encode()) == 1, f"{text[:40]!r} as a name: {event.value(b'/output/m')}")
    client.free()
    row.say(f"{len(naughty.TEXTS)} strings, in the bytes of UTF-8 and as \\u escapes")


def broken():
    row = Row(
        "R74", f"Lua {LUA} and C: what is no UTF-8 is refused before anything is sent, with the path of the field or the byte"
    )
    places = {
        "x=@": "input.x",
        "a={{}, {b={1, @}}}": "input.a[2].b[2]",
        "[@]=1": "the name of this field",
        "deep={[@]={}}": "the name of this field",
    }
    before = len(web.requests)
    with Lua(chunk=HEX) as lua:
        for name, data, at in naughty.BROKEN:
            for place, path in places.items():
                answered = lua.run(CREATE % f"{{{place.replace('@', lua_text(data))}}}" + "return p")
                words = answered.get("raised", "")
                row.check(
                    kind(answered) == "raised" and path in words and f"at byte {at + 1}" in words,
                    f"{name} in {place}: {shown(answered)}",
                )
    for name, data, at in naughty.BROKEN:
        for start, end in ((b'{"x":"', b'"}'), (b'{"a":[{"b":"', b'"}]}'), (b'{"', b'":1}')):
            try:
                abi.lib.replicate_input_free(abi.input_of(start + data + end))
                row.check(False, f"{name} was taken by C")
            except abi.Refused as refused:
                row.check(
                    refused.kind == "invalid_input" and f"byte {len(start) + at + 1}" in refused.message, f"{name}: {refused}"
                )
    row.check(len(web.requests) == before, f"{len(web.requests) - before} requests")
    row.say(f"{len(naughty.BROKEN)} texts that are none, in {len(places)} places of Lua and 3 of C; 0 requests")


by_lua()
if LUA == "5.4":
    by_c()
broken()
finish()
