"""What a Lua program is to see of a JSON text: as Python reads it, with the differences that lua/src/json.h publishes."""

import json
import math
import re

from shared import HAS_INTEGERS

#: Half of a surrogate pair.
HALF = re.compile("[\ud800-\udfff]")


class Pairs(list):
    """An object's members, equal keys and all."""


def read(text):
    """The value; numbers keep how they were written."""
    if text.startswith(b"\xef\xbb\xbf"):
        text = text[3:]
    return json.loads(text.decode(), object_pairs_hook=Pairs, parse_int=lambda t: ("int", t), parse_float=lambda t: ("float", t))


def whole_text(text):
    return HALF.sub("\ufffd", text)


def number(kind, text):
    """(kind, value) as the Lua at hand has it; with no integers one beyond 2^53 is the string of its digits."""
    if kind == "float":
        return ("float", float(text))
    value = int(text) if len(text) < 400 else math.inf * (-1 if text[0] == "-" else 1)
    if text == "-0":
        return ("float", -0.0)
    if not HAS_INTEGERS:
        return ("float", float(value)) if abs(value) <= 2**53 else text
    if -(2**63) <= value < 2**63:
        return ("int", value)
    return ("float", float(text))


def in_lua(value):
    """A field that is null is absent, the last of equal keys counts, half a pair is U+FFFD."""
    if isinstance(value, Pairs):
        fields = {whole_text(name): in_lua(each) for name, each in value}
        return {name: each for name, each in fields.items() if each is not None}
    if isinstance(value, list):
        return [in_lua(each) for each in value]
    if isinstance(value, tuple):
        return number(*value)
    return whole_text(value) if isinstance(value, str) else value


def written(text):
    """What Lua wrote of it, to be compared with `in_lua`."""

    def plain(value):
        if isinstance(value, Pairs):
            return {name: plain(each) for name, each in value}
        if isinstance(value, list):
            return [plain(each) for each in value]
        if isinstance(value, tuple):
            kind, digits = value
            if not HAS_INTEGERS:
                return ("float", float(digits))
            return (kind, int(digits) if kind == "int" else float(digits))
        return value

    return plain(read(text))


def has_infinite(value):
    if isinstance(value, (list, dict)):
        return any(map(has_infinite, value.values() if isinstance(value, dict) else value))
    return isinstance(value, tuple) and not math.isfinite(value[1])
