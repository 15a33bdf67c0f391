"""R57: tokens as they come from files and environments: never sent raw with a line end, nor empty."""

import os
import subprocess

import workers

PROGRAM = """
package.path = arg[2] .. "?.lua;" .. package.path
local replicate = require "replicate"
local client, err = replicate.new { base_url = arg[1], timeout = 5, max_retries = 0 }
local value
if client then
    value, err = client.predictions:get "p-1"
end
print(value and "value" or err.kind)
"""

CASES = {
    "blank": ("", "auth", None),
    "space": (" ", "auth", None),
    "tabs": ("\t \t", "auth", None),
    "line end": ("\n", "auth", None),
    "newline at its end": ("r8_secret\n", None, "Bearer r8_secret"),
    "crlf at its end": ("r8_secret\r\n", None, "Bearer r8_secret"),
    "spaces around": ("  r8_secret  ", None, "Bearer r8_secret"),
    "a line end inside": ("r8_a\nX-Evil: 1", None, None),
    "cr inside": ("r8_a\rX-Evil: 1", None, None),
    "control": ("r8_a\x01b", None, None),
    "8-bit": ("r8_\u00e9", None, None),
    "space inside": ("r8_a b", None, None),
    "none": (None, "auth", None),
}


def run(bench):
    problems = []
    for name, (token, kind, header) in CASES.items():
        scenario = bench.server.add()
        environment = {key: value for key, value in os.environ.items() if not key.startswith("REPLICATE_API")}
        if token is not None:
            environment["REPLICATE_API_TOKEN"] = token
        done = subprocess.run(
            [workers.LUA, "-", scenario.base_url, workers.HERE + "/"],
            input=PROGRAM,
            capture_output=True,
            text=True,
            env=environment,
            timeout=60,
        )
        said = done.stdout.strip()
        requests = list(scenario.requests)
        sent = [each.headers.get("authorization") for each in requests]
        if kind and (said != kind or requests):
            problems.append(f"{name}: {said} {done.stderr[:200]}, {len(requests)} requests")
        for each in requests:
            value = each.headers.get("authorization", "")
            if not value.removeprefix("Bearer").strip() or "x-evil" in each.headers or any(ord(c) < 32 for c in value):
                problems.append(f"{name}: sent as {value!r}")
            elif header and value != header:
                problems.append(f"{name}: sent as {value!r}")
        if (
            not kind
            and not requests
            and said not in ("auth", "invalid_input")
            and "invalid" not in done.stderr
            and "token" not in done.stderr
        ):
            problems.append(f"{name}: {said} {done.stderr[:200]} {sent}")
    bench.judge(
        "R57", "tokens that are blank, or end or go on in another line, are trimmed or refused", f"{len(CASES)} tokens", problems
    )
