"""Serves streams of N events, one each 5 ms, each with the time of the monotonic clock when it is sent: GET /N.

Prints its URL.
"""

import http.server
import time


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        for number in range(int(self.path.strip("/"))):
            time.sleep(0.005)
            self.wfile.write(b"event: output\nid: %d\ndata: %.9f\n\n" % (number, time.monotonic()))
        self.wfile.write(b"event: done\ndata: {}\n\n")
        self.close_connection = True

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
print(f"http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
