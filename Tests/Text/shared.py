"""What the parts share with each other, and with Tests/Secure: checks and rows, Lua programs that do what they are told, servers
that know what they were sent."""

import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Secure"))

import harness  # noqa: E402
from harness import CANARY, LONG, SECRET, Lua, Row, check, kind, lua_text, shown  # noqa: E402, F401
from server import Last, Web, answer, prediction  # noqa: E402, F401

sys.setrecursionlimit(200_000)  # for JSON's levels
LUA = os.environ.get("REPLICATE_LUA", "5.4")
HAS_INTEGERS = LUA in ("5.3", "5.4")

#: Of a chunk: the bytes of a text, as a text that nobody changes on the way.
HEX = "kept.hex = function(text) return (text:gsub('.', function(c) return ('%02x'):format(c:byte()) end)) end"


def unhex(text):
    return bytes.fromhex(text)


def finish(asks=True):
    name = os.path.basename(sys.argv[0]).removesuffix(".py")
    harness.search(asks)
    print(f"text-{name}: {harness.passed} passed, {harness.failed} failed", flush=True)
    sys.exit(harness.failed != 0 or harness.passed == 0)


def number_of(target):
    """/c/17/v1/account is of case 17."""
    found = re.match(r"/c/(\d+)/", target)
    return int(found.group(1)) if found else -1
