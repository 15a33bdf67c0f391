"""Takes uploads and throws them away: a server that costs the client as little as can be. Prints its URL; ends with its input.

Each POST is answered with 201 and a file's record when the whole of its body has come."""

import socket
import sys
import threading

RECORD = b'{"id":"sink","urls":{"get":"https://example.com/sink"}}'
ANSWER = b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(RECORD), RECORD)


def serve(connection):
    room = memoryview(bytearray(1 << 20))
    with connection:
        while True:
            head = b""
            while b"\r\n\r\n" not in head:
                more = connection.recv(65536)
                if not more:
                    return
                head += more
            head, body = head.split(b"\r\n\r\n", 1)
            fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
            left = int(fields[b"content-length"]) - len(body)
            if fields.get(b"expect") == b"100-continue":
                connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            while left > 0:
                count = connection.recv_into(room)
                if not count:
                    return
                left -= count
            connection.sendall(ANSWER)


def accept(listener):
    while True:
        threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()


listener = socket.create_server(("127.0.0.1", 0))
print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
threading.Thread(target=accept, args=(listener,), daemon=True).start()
sys.stdin.read()
