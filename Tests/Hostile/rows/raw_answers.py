"""R23: answers as they stand on the wire, each to be read or refused. Written from RFC 9110 and 9112."""

import collections
import gzip

from exchange import FIN, Pause
from modes import Mode

JSON = b'{"id": "p-1", "nonce": "R23"}'
LENGTH = b"Content-Length: %d\r\n" % len(JSON)
OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
CHUNKS = b"%x\r\n%s\r\n0\r\n\r\n" % (len(JSON), JSON)


def gzipped():
    return gzip.compress(JSON, mtime=0)


#: name: the bytes, and what is demanded: "value", "error" or "either".
ROWS = {
    "plain": (OK + LENGTH + b"\r\n" + JSON, "value"),
    "no reason": (b"HTTP/1.1 200\r\n" + LENGTH + b"\r\n" + JSON, "either"),
    "empty reason": (b"HTTP/1.1 200 \r\n" + LENGTH + b"\r\n" + JSON, "value"),
    "long reason": (b"HTTP/1.1 200 " + b"a" * 2000 + b"\r\n" + LENGTH + b"\r\n" + JSON, "value"),
    "8-bit reason": (b"HTTP/1.1 200 \xe9t\xe9\r\n" + LENGTH + b"\r\n" + JSON, "value"),
    "1.0 with a length": (b"HTTP/1.0 200 OK\r\n" + LENGTH + b"\r\n" + JSON, "value"),
    "1.0 to the end": (b"HTTP/1.0 200 OK\r\n\r\n" + JSON, "value"),
    "1.1 to the end": (OK + b"\r\n" + JSON, "value"),
    "close": (OK + LENGTH + b"Connection: close\r\n\r\n" + JSON, "value"),
    "name in capitals": (OK + LENGTH.upper() + b"\r\n" + JSON, "value"),
    "name in small letters": (OK + LENGTH.lower() + b"\r\n" + JSON, "value"),
    "no space behind the colon": (OK + LENGTH.replace(b": ", b":") + b"\r\n" + JSON, "value"),
    "spaces around the value": (OK + b"Content-Length: \t %d \t \r\n\r\n" % len(JSON) + JSON, "value"),
    "zeros before the length": (OK + b"Content-Length: 000%d\r\n\r\n" % len(JSON) + JSON, "either"),
    "empty value": (OK + b"X-A:\r\n" + LENGTH + b"\r\n" + JSON, "value"),
    "8-bit value": (OK + b"X-A: \xff\xfe\r\n" + LENGTH + b"\r\n" + JSON, "value"),
    "many headers": (OK + b"X-A: b\r\n" * 500 + LENGTH + b"\r\n" + JSON, "value"),
    "long header": (OK + b"X-A: " + b"b" * 16000 + b"\r\n" + LENGTH + b"\r\n" + JSON, "value"),
    "lone line feeds": ((OK + LENGTH + b"\r\n").replace(b"\r\n", b"\n") + JSON, "either"),
    "empty line before": (b"\r\n" + OK + LENGTH + b"\r\n" + JSON, "either"),
    "100 before": (b"HTTP/1.1 100 Continue\r\n\r\n" + OK + LENGTH + b"\r\n" + JSON, "value"),
    "103 before": (b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + OK + LENGTH + b"\r\n" + JSON, "value"),
    "100 twice": (b"HTTP/1.1 100 Continue\r\n\r\n" * 2 + OK + LENGTH + b"\r\n" + JSON, "value"),
    "100 alone": (b"HTTP/1.1 100 Continue\r\n\r\n", "error"),
    "101": (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n" + JSON, "error"),
    "chunked": (OK + CHUNKED + b"\r\n" + CHUNKS, "value"),
    "chunks of one byte": (OK + CHUNKED + b"\r\n" + b"".join(b"1\r\n%c\r\n" % c for c in JSON) + b"0\r\n\r\n", "value"),
    "size in capitals": (OK + CHUNKED + b"\r\n" + CHUNKS.replace(b"1d\r\n", b"1D\r\n", 1), "value"),
    "zeros before the size": (OK + CHUNKED + b"\r\n0000" + CHUNKS, "value"),
    "chunk extension": (OK + CHUNKED + b"\r\n" + CHUNKS.replace(b"1d\r\n", b"1d;a=b\r\n", 1), "value"),
    "quoted extension": (OK + CHUNKED + b"\r\n" + CHUNKS.replace(b"1d\r\n", b'1d;a="b;c"\r\n', 1), "value"),
    "trailer": (OK + CHUNKED + b"\r\n" + CHUNKS[:-2] + b"X-T: 1\r\n\r\n", "value"),
    "chunked in capitals": (OK + CHUNKED.replace(b"chunked", b"CHUNKED") + b"\r\n" + CHUNKS, "value"),
    "chunked and a length": (OK + CHUNKED + LENGTH + b"\r\n" + CHUNKS, "either"),
    "chunked in 1.0": (b"HTTP/1.0 200 OK\r\n" + CHUNKED + b"\r\n" + CHUNKS, "either"),
    "chunked not last": (OK + b"Transfer-Encoding: chunked, gzip\r\n\r\n" + CHUNKS, "error"),
    "chunked twice": (OK + b"Transfer-Encoding: chunked, chunked\r\n\r\n" + CHUNKS, "error"),
    "unknown transfer coding": (OK + b"Transfer-Encoding: x\r\n\r\n" + CHUNKS, "error"),
    "no last chunk": (OK + CHUNKED + b"\r\n" + CHUNKS[:-5], "error"),
    "no line end at the end": (OK + CHUNKED + b"\r\n" + CHUNKS[:-2], "error"),
    "size that is no number": (OK + CHUNKED + b"\r\nxyz\r\n" + JSON + b"\r\n0\r\n\r\n", "error"),
    "negative size": (OK + CHUNKED + b"\r\n-1d\r\n" + JSON + b"\r\n0\r\n\r\n", "error"),
    "size of 2^64": (OK + CHUNKED + b"\r\n1000000000000001d\r\n" + JSON + b"\r\n0\r\n\r\n", "error"),
    "short length": (OK + b"Content-Length: 5\r\n\r\n" + JSON, "error"),
    "long length": (OK + b"Content-Length: 500\r\n\r\n" + JSON, "error"),
    "negative length": (OK + b"Content-Length: -29\r\n\r\n" + JSON, "error"),
    "length with letters": (OK + b"Content-Length: 29x\r\n\r\n" + JSON, "error"),
    "empty length": (OK + b"Content-Length:\r\n\r\n" + JSON, "error"),
    "hexadecimal length": (OK + b"Content-Length: 0x1d\r\n\r\n" + JSON, "error"),
    "two lengths": (OK + LENGTH + b"Content-Length: 28\r\n\r\n" + JSON, "error"),
    "the same length twice": (OK + LENGTH + LENGTH + b"\r\n" + JSON, "either"),
    "list of lengths": (OK + b"Content-Length: 29, 29\r\n\r\n" + JSON, "either"),
    "list of two lengths": (OK + b"Content-Length: 29, 28\r\n\r\n" + JSON, "error"),
    "length of 2^64": (OK + b"Content-Length: 18446744073709551645\r\n\r\n" + JSON, "error"),
    "nothing": (b"", "error"),
    "only a status line": (OK, "error"),
    "cut in the head": (OK + LENGTH, "error"),
    "no version": (b"200 OK\r\n" + LENGTH + b"\r\n" + JSON, "error"),
    "HTTP/2.0": (b"HTTP/2.0 200 OK\r\n" + LENGTH + b"\r\n" + JSON, "error"),
    "HTTP/1.9": (b"HTTP/1.9 200 OK\r\n" + LENGTH + b"\r\n" + JSON, "error"),
    "another protocol": (b"ICY 200 OK\r\n" + LENGTH + b"\r\n" + JSON, "error"),
    "status of two digits": (b"HTTP/1.1 20 OK\r\n" + LENGTH + b"\r\n" + JSON, "error"),
    "status of four digits": (b"HTTP/1.1 2000 OK\r\n" + LENGTH + b"\r\n" + JSON, "error"),
    "status that is no number": (b"HTTP/1.1 abc OK\r\n" + LENGTH + b"\r\n" + JSON, "error"),
    "status 600": (b"HTTP/1.1 600 Odd\r\n" + LENGTH + b"\r\n" + JSON, "error"),
    "no colon": (OK + b"X-A b\r\n" + LENGTH + b"\r\n" + JSON, "error"),
    "space before the colon": (OK + b"X-A : b\r\n" + LENGTH + b"\r\n" + JSON, "error"),
    "NUL in a value": (OK + b"X-A: b\0c\r\n" + LENGTH + b"\r\n" + JSON, "error"),
    "carriage return in a value": (OK + b"X-A: b\rc\r\n" + LENGTH + b"\r\n" + JSON, "error"),
    "folded": (OK + b"X-A: b\r\n c\r\n" + LENGTH + b"\r\n" + JSON, "either"),
    "folded at once": (OK + b" X-A: b\r\n" + LENGTH + b"\r\n" + JSON, "either"),
    "gzip": (OK + b"Content-Encoding: gzip\r\n\r\n" + gzipped(), "either"),
    "gzip cut": (OK + b"Content-Encoding: gzip\r\n\r\n" + gzipped()[:-9], "error"),
    "unknown coding": (OK + b"Content-Encoding: x\r\n" + LENGTH + b"\r\n" + JSON, "error"),
    "HTML": (OK + b"Content-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>", "error"),
    "a second answer behind it": (OK + LENGTH + b"\r\n" + JSON + OK + LENGTH + b"\r\n" + JSON, "value"),
}


def run(bench):
    names = list(ROWS)

    def pick(x):
        if x.route != "get":
            return None
        data = ROWS[names[int(x.request.nonce.rsplit("-", 1)[1])]][0]

        def generator(x):
            yield data
            yield FIN

        return Mode("raw", generator, "request", None, {}, False)

    scenario = bench.server.add(pick=pick)
    nonces = [f"R23-{index}" for index in range(len(names))]
    # One that may end a process has its own.
    options = {"timeout": 20, "max_retries": 0}
    alone = nonces[names.index("folded at once")]
    results = bench.bulk(bench.job(scenario, "get", [each for each in nonces if each != alone], 16, options=options))
    results.update(bench.bulk(bench.job(scenario, "get", [nonces[0], alone], 1, options=options)))
    problems = []
    for name, nonce in zip(names, nonces, strict=True):
        result, due = results.get(nonce) or {}, ROWS[name][1]
        value, error = result.get("value"), result.get("error") or {}
        if not result:
            problems.append(f"{name}: no result")
        elif due == "value" and (value or {}).get("nonce") != "R23":
            problems.append(f"{name}: {error.get('text')}")
        elif due == "error" and not error:
            problems.append(f"{name}: it was taken")
        elif due == "either" and value and value.get("nonce") != "R23":
            problems.append(f"{name}: {value}")
        elif error and error.get("kind") not in ("protocol", "truncated", "network"):
            problems.append(f"{name}: {error.get('text')}")
    bench.judge(
        "R23",
        f"{len(ROWS)} raw answers, each read or refused as it should be",
        f"{len(ROWS) - len(problems)} of {len(ROWS)}",
        problems,
    )
    mixed_up(bench)


def mixed_up(bench):
    """libcurl takes what says HTTP/2.0 for HTTP/2, and then had requests share connections of HTTP/1: each got another's answer."""

    def pick(x):
        if x.route != "get" or int(x.request.nonce.rsplit("-", 1)[1]) % 10:
            return Mode("slow", lambda x: iter([Pause(0.01), x.good()]), "request", None, {}, False)
        claim = b"HTTP/2.0 502 Bad Gateway\r\n" + LENGTH + b"\r\n" + JSON
        return Mode("claims", lambda x: iter([claim]), "request", None, {}, False)

    scenario = bench.server.add(pick=pick)
    nonces = [f"R23-mixed-{index}" for index in range(1, 400)]
    results = bench.bulk(bench.job(scenario, "get", nonces, 32, name="mixed", options={"timeout": 20, "max_retries": 0}))
    counts = collections.Counter(request.nonce for request in list(scenario.requests))
    problems = []
    for index, nonce in enumerate(nonces, 1):
        result = results.get(nonce) or {}
        value = (result.get("value") or {}).get("nonce")
        if index % 10 == 0 and value is not None:
            problems.append(f"{nonce}: {value}")
        elif index % 10 and value != nonce:
            problems.append(f"{nonce}: {result.get('error') or value}")
        if counts[nonce] != 1:
            problems.append(f"{nonce} came {counts[nonce]} times")
    bench.judge(
        "R23",
        "HTTP/1 that says it is HTTP/2.0, beside other requests: each gets its own answer, and is sent once",
        f"{len(nonces)} requests, {len(problems)} wrong",
        problems,
    )
