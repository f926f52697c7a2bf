# SPDX-License-Identifier: ISC
"""A server on loopback whose pages take 10 s; prints the URL of one."""

import http.server
import time


class Slow(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        time.sleep(10)
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"slow\n")

    def log_message(self, *args):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Slow)
print(f"http://127.0.0.1:{server.server_port}/", flush=True)
server.serve_forever()
