"""R50: a program does everything with a canary for a token and a canary for a webhook secret; then all that it wrote, printed
or shows of itself is looked through."""

import base64
import glob
import json
import os
import re
import subprocess
import threading

from harness import CANARY, CERTIFICATES, HERE, LONG, SECRET, WORK, Row, check, finish
from programs import end_all, sandbox
from server import Last, Listener, Web, answer, context, prediction, under_tls

PLACE = WORK + "/place"


def hostile(request):
    """Says back the token that it was sent, in the way that the first part of the path names."""
    token = (request.header("authorization") or "Bearer none")[7:] or "none"
    where = request.target.split("/")[1]
    status = int((re.search(r"\d+$", where) or [200])[0])
    body = {
        "title": f"Bad {token}",
        "detail": f"the token {token}, Bearer {token}",
        "status": status,
        "error": token,
        "type": token,
        "invalid_fields": [{"type": token, "field": "input." + token, "description": token}],
    }
    if where == "silent":
        stopped.wait(5)
        return None
    if request.target.endswith("/webhooks/default/secret"):
        return answer(json.dumps({"key": SECRET}).encode(), "200 OK")
    if where == "malformed":
        return Last(f"HTTP/{token} {token}\r\n\r\n{token}".encode())
    if where == "reason":
        return f"HTTP/1.1 400 {token}\r\nContent-Length: 0\r\n\r\n".encode()
    if where.startswith("html"):
        return answer(f"<!doctype html><title>{token}</title><p>{token}".encode(), f"{status} {token}", "text/html")
    if where.startswith("text"):
        return answer(f"no: {token}".encode(), f"{status} No", "text/plain")
    if where.startswith("type"):
        return answer(b"x", "200 OK", f"text/{token}; x={token}")
    if where.startswith("cut"):
        return Last(answer(json.dumps(body).encode(), "200 OK")[:-20])
    if where.startswith("location"):
        return answer(b"", "302 Found", extra=f"Location: ftp://{token}@h/{token}\r\n".encode())
    if where.startswith("retry"):
        return answer(
            json.dumps(body).encode(), "429 Slow", extra=f"Retry-After: {token}\r\nRatelimit-Reset: {token}\r\n".encode()
        )
    if where.startswith("header"):
        return answer(b"", "200 OK", token)
    if where.startswith("at-"):
        body = {"detail": "x" * int(where.split("-")[1]) + token + "x" * 99}
    if where.startswith("many"):
        body = {"detail": token * 500}
    if where.startswith("failed"):
        body = json.loads(prediction(status="failed", output=None, error=f"the token {token} is bad (E1001)", logs=token))
    if where.startswith("stream"):
        if request.target.endswith("/events"):
            text = f"id: {token}\nevent: error\ndata: {token}\n\n: {token}\n\nevent: {token}\ndata: {token}\n\n"
            return answer(text.encode(), "200 OK", "text/event-stream")
        body = json.loads(
            prediction(status="processing", urls={"get": "/", "cancel": "/", "stream": web.url(f"/{where}/events")})
        )
    return answer(json.dumps(body).encode(), f"{status} {token}")


stopped = threading.Event()
web = Web(hostile)


def processes(pid):
    """What of a process everybody may read: not its environment, in which the token was given."""
    found = {}
    for path in [f"/proc/{pid}/cmdline", f"/proc/{pid}/comm", f"/proc/{pid}/maps"] + glob.glob(f"/proc/{pid}/task/*/comm"):
        try:
            with open(path, "rb") as file:
                found[path.replace("/", "_")] = file.read()
        except OSError:
            pass  # A thread that has ended meanwhile.
    return found


def scan(row, *paths):
    found = subprocess.run([HERE + "/canary", *paths], capture_output=True, text=True, check=False)
    lines = found.stdout.splitlines()
    row.check(found.returncode == 0 and lines, "\n".join(lines[:8]) + found.stderr[-300:])
    for line in lines[:-1]:
        with open(line.split(": ")[0], "rb") as file:
            text = file.read()
        # In which of the things that scenarios.lua shows.
        things = [
            each.split(b"\t")[0]
            for each in text.split(b"\n---- ")
            if CANARY.encode()[3:15] in each or SECRET.encode()[3:15] in each
        ]
        print("    in what is shown of", sorted({each.decode(errors="replace")[:60] for each in things})[:40])
    return lines[-1] if lines else ""


def the_scanner_sees():
    """A scanner that finds nothing proves nothing: each form, hidden in other bytes, must be found."""
    row = Row("R50", "the scanner finds the canary as it is, cut, in base64, percent, hex and escapes")
    token = CANARY.encode()
    texts = [
        token,
        token[3:-2],
        b"x" + token[5:20] + b"y",
        token.hex().encode(),
        token.hex().upper().encode(),
        "".join(f"%{b:02X}" for b in token).encode(),
        "".join(f"\\u{b:04x}" for b in token).encode(),
        CANARY.encode("utf-16-le"),
        SECRET.encode(),
        base64.b64decode(SECRET[6:]),
        base64.b64decode(SECRET[6:]).hex().encode(),
    ]
    texts += [base64.b64encode(b"z" * n + token + b"y" * n) for n in range(3)] + [base64.urlsafe_b64encode(b"user:" + token)]
    folder = WORK + "/seeds"
    os.mkdir(folder)
    for i, text in enumerate(texts):
        with open(f"{folder}/{i}", "wb") as file:
            file.write(os.urandom(100) + b" " + text + b" " + os.urandom(100))
        found = subprocess.run([HERE + "/canary", f"{folder}/{i}"], capture_output=True, text=True, check=False)
        row.check(found.returncode == 1, f"{text!r} was not found: {found.stdout}")
    with open(folder + "/none", "wb") as file:
        file.write(os.urandom(1 << 20))
    row.check(
        subprocess.run([HERE + "/canary", folder + "/none"], capture_output=True, check=False).returncode == 0, "found in noise"
    )
    row.say(f"{len(texts)} forms")


def scenarios():
    row = Row("R50", "everything done with a canary for a token: 0 hits in all that is printed, written or shown of the process")
    port = sandbox()
    bad = Listener(under_tls(context("self-signed", CERTIFICATES)))
    for name in ("home", "tmp", "cwd", "out"):
        os.makedirs(f"{PLACE}/{name}")
    with open(PLACE + "/home/.netrc", "w", encoding="utf-8") as file:
        file.write("machine 127.0.0.1 login somebody password netrc-passw0rd\n")
    variables = {k: v for k, v in os.environ.items() if k.startswith(("LUA_", "PATH", "LANG"))}
    variables.update(
        SANDBOX_URL=f"http://127.0.0.1:{port}/v1",
        HOSTILE_URL=web.url(),
        TLS_URL=f"https://localhost:{bad.port}/v1",
        WORK=PLACE + "/out",
        REPLICATE_API_TOKEN=CANARY,
        REPLICATE_LOG="debug",
        WEBHOOK_SECRET=SECRET,
        HOME=PLACE + "/home",
        TMPDIR=PLACE + "/tmp",
    )
    with open(PLACE + "/stdout", "wb") as out, open(PLACE + "/stderr", "wb") as err:
        child = subprocess.Popen(
            [os.environ.get("REPLICATE_LUA_COMMAND", "lua5.4"), HERE + "/scenarios.lua"],
            env=variables,
            cwd=PLACE + "/cwd",
            stdin=subprocess.PIPE,
            stdout=out,
            stderr=err,
        )
        shown = {}
        try:
            while child.poll() is None and not said("things shown"):
                shown = processes(child.pid) or shown
                stopped.wait(0.05)
            shown = processes(child.pid) if child.poll() is None else shown
            child.communicate(b"\n", timeout=60)
        except (subprocess.TimeoutExpired, OSError) as error:
            row.check(False, f"{error!r}")
            child.kill()
    row.check(
        child.returncode == 0,
        f"ended with {child.returncode}: " + open(PLACE + "/stderr", encoding="utf-8", errors="replace").read()[-500:],
    )
    for name, text in shown.items():
        with open(f"{PLACE}/{name}", "wb") as file:
            file.write(text)
    row.check(len(shown) >= 4, "nothing of the process was seen")
    count = said(r"(\d+) things shown")
    row.check(count and int(count[1]) > 300, "too little was shown")
    row.check(
        "the secret came: true" in open(PLACE + "/stdout", encoding="utf-8", errors="replace").read(),
        "the webhook secret did not come",
    )
    row.check(
        any(each.header("authorization") == f"Bearer {CANARY}" for each in web.requests),
        "the token was not sent either: this says nothing",
    )
    row.check(not any("netrc" in str(each.headers) or "Basic" in str(each.headers) for each in web.requests), "~/.netrc was read")
    row.check(not any(each.header("cookie") for each in web.requests), "a cookie was kept")
    text = open(PLACE + "/stdout", encoding="utf-8", errors="replace").read()
    kinds = set(re.findall(r"\t(\w+): ", text)) | set(re.findall(r"^(\w+): ", text, re.M))
    wanted = {
        "auth",
        "billing",
        "not_found",
        "invalid_input",
        "rate_limited",
        "model_failed",
        "capacity",
        "canceled",
        "timeout",
        "network",
        "protocol",
    }
    row.check(wanted <= kinds, f"kinds of errors that were not shown: {wanted - kinds}")
    summary = scan(row, PLACE)
    bad.close()
    row.say(f"{count[1] if count else 0} things shown, {len(wanted & kinds)} kinds of errors; {summary}")


def said(pattern):
    with open(PLACE + "/stdout", encoding="utf-8", errors="replace") as file:
        return re.search(pattern, file.read())


def suites():
    """The other tests, with the canary for their token. (Tests/run looks at what all print, without logs.)"""
    row = Row("R50", "the suites with a canary for their token, at the highest log level: 0 hits in what they print")
    top = os.path.abspath(HERE + "/../..")
    for name in ("Lua", "C", "Examples", "Operations", "Hosts", "Python"):
        with open(f"{WORK}/suite-{name}", "wb") as out:
            ended = subprocess.run(
                ["Tests/with-sandbox", f"Tests/{name}/run"],
                cwd=top,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                check=False,
                timeout=1500,
                env={**os.environ, "REPLICATE_API_TOKEN": CANARY, "REPLICATE_LOG": "debug"},
            )
        # Whether they pass is said elsewhere; here they must only have been at work.
        with open(f"{WORK}/suite-{name}", "rb") as out:
            row.check(
                re.search(rb"\d{2,} (successes|passed)", out.read()), f"{name} ended with {ended.returncode} and did nothing"
            )
    row.say(scan(row, *glob.glob(WORK + "/suite-*")))


try:
    the_scanner_sees()
    scenarios()
    if LONG:
        suites()
    check(True, "it came to its end")
finally:
    end_all()
finish()
