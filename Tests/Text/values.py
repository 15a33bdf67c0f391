"""R72 and R73: numbers, null, arrays and objects, equal keys: in answers, in inputs, and there and back; with each Lua."""

import math

import abi
from expected import number, read
from shared import HAS_INTEGERS, HEX, LUA, Lua, Row, Web, check, finish, kind, number_of, shown, unhex
from shared import answer as made

ANSWERS = []
VERSION = '("a"):rep(64)'


def respond(request):
    if request.method == "POST":
        return made(b'{"id":"p","status":"starting","input":' + read_input(request.body) + b"}")
    return made(ANSWERS[number_of(request.target)], "200 OK")


def read_input(body):
    """The input as it stands in a create's body, which is the last of its members or not."""
    start = body.index(b'"input":') + 8
    depth = 0
    for at in range(start, len(body)):
        depth += (body[at] in b"{[") - (body[at] in b"}]")  # none of the texts here has brackets inside strings
        if depth == 0:
            return body[start : at + 1]
    return b"null"


web = Web(respond)
BASE = web.url("/v1")


def answered(text):
    """The base URL of a server whose account is this text."""
    ANSWERS.append(text)
    return web.url(f"/c/{len(ANSWERS) - 1}/v1")


def given(lua, expression):
    """The text that an input's x has on the wire, or None, and what Lua said."""
    before = len(web.requests)
    result = lua.run(
        f"kept.c = kept.c or new{{base_url='{BASE}', timeout=30}} "
        f"return kept.c.predictions:create{{version={VERSION}, input={{x={expression}}}}}"
    )
    seen = web.requests[before:]
    if len(seen) != 1:
        return None, result
    return read_input(seen[0].body).removeprefix(b'{"x":')[:-1].decode(), result


#: In an answer; those of reliability.md, and what lies around them.
NUMBERS = [
    *["0", "-0", "0.0", "-0.0", "1", "1.0", "-1", "0.1", "1e10", "10000000000", "1E10", "9007199254740991", "9007199254740992"],
    *[
        "9007199254740993",
        "-9007199254740991",
        "-9007199254740993",
        "9223372036854775806",
        "9223372036854775807",
        "9223372036854775808",
    ],
    *[
        "-9223372036854775807",
        "-9223372036854775808",
        "-9223372036854775809",
        "18446744073709551615",
        "1e308",
        "-1e308",
        "1e309",
        "-1e309",
    ],
    *[
        "1e-308",
        "5e-324",
        "1e-400",
        "1.7976931348623157e308",
        "123456789012345678901234567890",
        "12345678901234567",
        "0.30000000000000004",
    ],
]
SHOW = """local v, err = new{base_url="%s", timeout=30}.account:get()
if not v then return nil, err end
v = v.x
local of = math.type and math.type(v) or type(v)
if type(v) == "number" and of ~= "integer" then v = ("%%.17g"):format(v) end
return of .. " " .. tostring(v)"""


def numbers():
    row = Row(
        "R72",
        f"numbers, Lua {LUA}: integers of 64 bits exact, 1 and 1.0 apart or as lua/src/json.h says; no NaN or inf on the wire",
    )
    with Lua() as lua:
        for text in NUMBERS:
            base = answered(b'{"x":%s}' % text.encode())
            result = lua.run(SHOW % base)
            wanted = number("float" if set(text) & set(".eE") else "int", text)
            words = result.get("value", "").split(" ", 1)
            if isinstance(wanted, str):
                row.check(words == ["string", wanted], f"{text}: {shown(result)}")
            else:
                of, value = wanted
                kinds = {"int": ("integer",), "float": ("float", "number")}[of]
                row.check(
                    len(words) == 2 and words[0] in kinds and repr(value) == repr((int if of == "int" else float)(words[1])),
                    f"{text}: wanted {wanted}, {shown(result)}",
                )
            c_number(row, base, text)
        for expression, with_integers, without in OUT:
            text, result = given(lua, expression)
            row.check(text == (with_integers if HAS_INTEGERS else without), f"{expression}: {text}, {shown(result)}")
        for expression in (
            "0/0",
            "-(0/0)",
            "math.huge",
            "-math.huge",
            "1e309",
            "{1, {a = 0/0}}",
            "2^1024",
            "replicate.json_decode('1e999')",
        ):
            text, result = given(lua, expression)
            row.check(text is None and kind(result) in ("raised", "invalid_input"), f"{expression}: {text}, {shown(result)}")
        # There and back: what was decoded goes out as it was, as far as it can.
        for text in NUMBERS:
            if math.isinf(float(text)) or (
                not HAS_INTEGERS and isinstance(number("int" if text.lstrip("-").isdigit() else "float", text), str)
            ):
                continue
            back, result = given(lua, f"replicate.json_decode('{text}')")
            wanted = number("float" if set(text) & set(".eE") else "int", text)
            got = back and number("float" if set(back) & set(".eE") else "int", back)
            row.check(
                got and (got == wanted if HAS_INTEGERS else float(back) == float(text)),
                f"{text} came back as {back}: {shown(result)}",
            )
    for request in web.requests:
        row.check(not any(word in request.body.lower() for word in (b"nan", b"inf")), f"{request.body}")
    row.say(f"{len(NUMBERS)} in answers (C too) and back, {len(OUT)} in inputs, 8 that are NaN or infinite")


def c_number(row, base, text):
    client = abi.Client(base)
    event = client.call("account_get", None)
    client.free()
    is_integer, value = text.lstrip("-").isdigit(), event.number(b"/x")
    fits = is_integer and -(2**63) <= int(text) < 2**63
    row.check(event.integer(b"/x") == (int(text) if fits else None), f"{text} as an integer of C: {event.integer(b'/x')}")
    row.check(value is not None and repr(value) == repr(float(text)), f"{text} as a number of C: {value}")


#: In an input: as Lua with integers writes it, and as one without.
OUT = [
    ("0", "0", "0"),
    ("1", "1", "1"),
    ("1.0", "1.0", "1"),
    ("-1/math.huge", "-0.0", "-0.0"),
    ("9007199254740991", "9007199254740991", "9007199254740991"),
    ("9007199254740992", "9007199254740992", "9007199254740992"),
    ("9007199254740993", "9007199254740993", "9007199254740992"),
    ("2^53", "9007199254740992.0", "9007199254740992"),
    ("math.maxinteger or 1", "9223372036854775807", "1"),
    ("math.mininteger or 1", "-9223372036854775808", "1"),
    ("1e308", "1e+308", "1e+308"),
    ("0.1", "0.1", "0.1"),
    ("0.1 + 0.2", "0.30000000000000004", "0.30000000000000004"),
    ("1e10", "10000000000.0", "10000000000"),
    ("10000000000", "10000000000", "10000000000"),
    ("1e15", "1e+15", "1000000000000000"),
    ("2^-1074", "4.9406564584125e-324", "4.9406564584125e-324"),
]

#: JSON, and what is true of it as v in Lua.
READ = [
    ('{"a":null}', "v.a == nil and next(v) == nil"),
    ('{"a":[null]}', "#v.a == 1 and v.a[1] == replicate.null"),
    ('{"a":[null,1,null]}', "#v.a == 3 and v.a[2] == 1 and v.a[3] == replicate.null"),
    ('{"a":{"b":null,"c":1}}', "v.a.b == nil and v.a.c == 1"),
    ('{"a":[]}', "#v.a == 0 and replicate.json_encode(v.a) == '[]'"),
    ('{"a":{}}', "next(v.a) == nil and replicate.json_encode(v.a) == '{}'"),
    ('{"a":[[],{}]}', "replicate.json_encode(v.a) == '[[],{}]'"),
    ('{"a":[{}]}', "replicate.json_encode(v) == '{\"a\":[{}]}'"),
    ('{"a":1,"a":2}', "v.a == 2"),
    ('{"a":1,"a":null}', "v.a == nil"),
    ('{"a":null,"a":3}', "v.a == 3"),
    ('{"a":{"b":1},"a":{"c":2}}', "v.a.b == nil and v.a.c == 2"),
    ('{"a":[1],"a":{}}', "replicate.json_encode(v.a) == '{}'"),
    ('{"1":"a"}', "v['1'] == 'a' and v[1] == nil"),
    ('{"":1}', "v[''] == 1"),
    ('{"a\\u0000b":1}', "v['a\\0b'] == 1"),
    ('{"__index":1,"__gc":2,"__jsontype":"array"}', "v.__index == 1 and v.__jsontype == 'array' and getmetatable(v) == nil"),
    ('{"z":1,"a":2,"m":3}', "v.z == 1 and v.a == 2 and v.m == 3"),
    ('{"a":true,"b":false}', "v.a == true and v.b == false"),
    ('{"a":[false]}', "v.a[1] == false"),
]
#: Lua, and the JSON that an input has then, or the words of a refusal.
WRITTEN = [
    ("nil", None),
    ("replicate.null", "null"),
    ("{replicate.null}", "[null]"),
    ("{a = replicate.null}", '{"a":null}'),
    ("{}", "{}"),
    ("replicate.array{}", "[]"),
    ("replicate.object{}", "{}"),
    ("{{}}", "[{}]"),
    ("{replicate.array{}, replicate.object{}}", "[[],{}]"),
    ("{1, 2, 3}", "[1,2,3]"),
    ("{a = 1}", '{"a":1}'),
    ('{["1"] = 2}', '{"1":2}'),
    ("{1, nil, 3}", "index 2 is missing; use replicate.null for an empty place"),
    ("{[2] = 1}", "index 1 is missing"),
    ("{1, a = 2}", "mixes list items and named fields"),
    ("{[1.5] = 1}", "is not a place in a list"),
    ("{[true] = 1}", "a key is a boolean"),
    ("replicate.array{a = 1}", "is marked as an array, but has named fields"),
    ("replicate.object{1}", "is marked as an object, but has list items"),
    ("replicate.json_decode('[[],{},null]')", "[[],{},null]"),
]


def shapes():
    row = Row(
        "R73",
        f"null, empty arrays and objects, holes, equal keys, Lua {LUA}: as lua/src/json.h says; "
        "order and equal keys stay in the text (C, :json())",
    )
    check(len(READ) + len(WRITTEN) == 40, "the table has 40 rows")
    with Lua(chunk=HEX) as lua:
        for text, condition in READ:
            result = lua.run(
                f'local v, err = new{{base_url="{answered(text.encode())}", timeout=30}}.account:get() '
                f"return v and ({condition}), err"
            )
            row.check(result.get("value") == "true", f"{text}: {condition}: {shown(result)}")
        for expression, wanted in WRITTEN:
            text, result = given(lua, expression)
            if wanted is None:
                row.check(b'"input":{}' in web.requests[-1].body, f"{expression}: {web.requests[-1].body}")
            elif wanted[0] in "[{n":
                row.check(text == wanted, f"{expression}: {text}, {shown(result)}")
            else:
                row.check(text is None and wanted in result.get("raised", ""), f"{expression}: {text}, {shown(result)}")
        # The text stays as it came.
        whole = b'{"z":1, "id":"p","status":"succeeded","a":1,"a":2,"m":[],"n":null}'
        base = answered(whole)
        result = lua.run(f'return kept.hex(new{{base_url="{base}", timeout=30}}.predictions:get("p"):json())')
        row.check(result.get("value") and unhex(result["value"]) == whole, shown(result))
    client = abi.Client(base)
    event = client.call("account_get", None)
    row.check(
        event.json() == whole and [name for name, _ in read(event.json())] == ["z", "id", "status", "a", "a", "m", "n"],
        f"{event.json()}",
    )
    row.check(
        event.integer(b"/a") == 2 and event.type(b"/n") == "null" and event.count(b"") == 7,
        f"C has {event.integer(b'/a')}, {event.count(b'')}",
    )
    client.free()
    row.say("40 rows")


numbers()
shapes()
finish()
