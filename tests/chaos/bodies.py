#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Fetch many URLs by all mixes of protocols, and compare each body with what its URL says.

    tests/chaos/bodies.py [SEED [COUNT [JOBS]]]

The servers are origin.py by HTTP/1.0 and 1.1, without TLS and with 1.2 and 1.3, and nginx
before it by HTTP/1.1 and HTTP/2, and a port that leads to one of both in turn.  A share of
the answers is broken off, reset, busy, or leads elsewhere, also to another protocol.  All
go through par-run -n 2 par-fetch -j JOBS, of which now and then a worker is killed.

Prints how many records are wrong: another body, status or effective URL than the right
one, and no word of it; how many were lost or doubled; and how many have failed, though
all that is wrong with the servers passes.  Ends with 1 if there are any.
"""
import collections
import contextlib
import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.dont_write_bytecode = True
import origin  # noqa: E402

HOSTS = 10
UNESCAPE = {b"\\\\": b"\\", b"\\t": b"\t", b"\\n": b"\n", b"\\r": b"\r", b"\\0": b"\0"}
NGINX = """
daemon off; master_process off; pid nginx.pid; error_log nginx.err; worker_rlimit_nofile 4096;
events { worker_connections 2000; }
http {
    access_log off; client_body_temp_path t; proxy_temp_path t; fastcgi_temp_path t; uwsgi_temp_path t;
    scgi_temp_path t; ssl_certificate both; ssl_certificate_key both; http2_max_concurrent_streams 20;
    upstream origin { server unix:plain; keepalive 8; }
    proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $http_host;
    server {
        listen 127.0.0.1:%d ssl http2; listen unix:two ssl http2; keepalive_requests 97;
        location / { proxy_pass http://origin; }
    }
    server {
        listen 127.0.0.1:%d; keepalive_requests 31;
        gzip on; gzip_types *; gzip_proxied any; gzip_min_length 100;
        location / { proxy_pass http://origin; }
    }
}
"""


class Wrong(Exception):
    """Something without which nothing can be tried."""


def certificate():
    names = ",".join(f"DNS:h{i}.localhost" for i in range(HOSTS))
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=h",
                    "-addext", "subjectAltName=" + names, "-keyout", "key", "-out", "cert"],
                   check=True, stderr=subprocess.DEVNULL)
    with open("both", "wb") as both:
        for name in "key", "cert":
            with open(name, "rb") as part:
                both.write(part.read())


def free_ports(count):
    with contextlib.ExitStack() as stack:
        return [stack.enter_context(socket.create_server(("127.0.0.1", 0))).getsockname()[1] for _ in range(count)]


def start(stack, words, **more):
    process = stack.enter_context(subprocess.Popen(words, **more))
    stack.callback(process.kill)
    return process


def line_of(process):
    line = process.stdout.readline()
    if not line:
        raise Wrong(f"{process.args[0]} did not start")
    return [int(word) for word in line.split()]


def serve(stack):
    """Start the servers; their bases, with % for the host's number."""
    plain, old, new = line_of(start(stack, [f"{HERE}/origin.py", "both", "plain", "one"], stdout=subprocess.PIPE))
    many, packed = free_ports(2)
    with open("nginx.conf", "w") as file:
        file.write(NGINX % (many, packed))
    path = os.environ["PATH"] + ":/usr/sbin"
    start(stack, ["nginx", "-p", ".", "-c", "nginx.conf"], stderr=subprocess.DEVNULL, env={"PATH": path})
    mixed, = line_of(start(stack, [f"{HERE}/../aid/relay.py", "two", "one"], stdout=subprocess.PIPE))
    for port in many, packed:
        while socket.socket().connect_ex(("127.0.0.1", port)) != 0:
            pass
    return [(f"http://h%d.localhost:{plain}", True), (f"https://h%d.localhost:{old}", True),
            (f"https://h%d.localhost:{new}", True), (f"https://h%d.localhost:{many}", False),
            (f"http://h%d.localhost:{packed}", False), (f"https://h%d.localhost:{mixed}", False)]


def draw(r, servers, number):
    """A URL; what comes behind nginx is nothing that it would not pass on."""
    base, direct = r.choice(servers)
    base = base % r.randrange(HOSTS)
    if r.random() < 0.15:
        path = f"/moved/{r.choice([301, 302, 303, 307, 308])}/{r.choice(origin.BEHIND)}/{number}?"
        return base + path + urllib.parse.quote(draw(r, servers, number), safe="/:")
    size = r.choice([0, 1, 10, 300, 300, 2000, 2000, 5000, 20000, 150000 if r.random() < 0.3 else 100])
    form = r.choice([form for form in origin.FORMS if direct or form != "hints"])
    coding = "none" if r.random() < 0.5 else urllib.parse.quote(r.choice(origin.CODINGS), safe=",")
    fault = r.choice(origin.FAULTS) if r.random() < 0.15 else "none"
    if form in ("old", "close") and fault in ("cut", "torn") and not direct:
        fault = "none"  # a Unix socket is not reset, so that nginx sees a whole answer
    return f"{base}/{form}/{coding}/{size}/{r.choice(['no', 'e'])}/{fault}/{number}"


def leads_to(url):
    while "/moved/" in url:
        url = urllib.parse.unquote(url.partition("?")[2])
    return url


def body_of(url):
    return origin.body("/" + url.split("/", 3)[3])


class Count:
    """What came, and what of it is not as its URL says."""

    def __init__(self, urls):
        self.missing = collections.Counter(urls)
        self.wrong = self.failed = self.doubled = self.good = 0

    def say(self, kind, record):
        print(kind, record[:300], file=sys.stderr)

    def add(self, record):
        fields = record.rstrip(b"\n").split(b"\t")
        url = fields[0].decode()
        self.missing[url] -= 1
        if self.missing[url] < 0:
            self.doubled += 1
            self.say("doubled", record)
        to = leads_to(url)
        if len(fields) == 6 and fields[4]:
            self.failed += 1
            self.say("failed", record)
        elif len(fields) != 6 or fields[1] != b"200" or fields[2] != b"text/plain" or \
                fields[3].decode() != to or \
                re.sub(rb"\\.", lambda m: UNESCAPE[m[0]], fields[5]) != body_of(to):
            self.wrong += 1
            self.say("wrong", record)
        else:
            self.good += 1


def workers(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        return [int(word) for word in file.read().split()]


def fetch(count, jobs, r, often):
    """All of the file urls; a worker is killed after some records, at most OFTEN, and again."""
    words = ["par-run", "-n", "2", "par-fetch", "-j", str(jobs), "--cacert", "cert", "--retries", "8",
             "--retry-delay", "1ms"]
    kills, left = 0, r.randrange(100, often)
    with open("urls", "rb") as urls, subprocess.Popen(words, stdin=urls, stdout=subprocess.PIPE) as run:
        for record in run.stdout:
            count.add(record)
            left -= 1
            if left == 0:
                left = r.randrange(100, often)
                for pid in workers(run.pid)[:1]:
                    os.kill(pid, signal.SIGKILL)
                    kills += 1
    return kills, run.returncode


def main():
    seed, amount, jobs = (int(word) for word in (sys.argv[1:] + ["1", "10000", "50"][len(sys.argv) - 1:]))
    os.environ["PATH"] = os.environ.get("PAR_BIN", f"{HERE}/../../build/cc/bin") + ":" + os.environ["PATH"]
    r = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        os.chdir(folder)
        certificate()
        servers = serve(stack)
        urls = [draw(r, servers, number) for number in range(amount)]
        with open("urls", "w") as file:
            file.writelines(url + "\n" for url in urls)
        count = Count(urls)
        kills, status = fetch(count, jobs, r, 1000 + amount // 10)
    lost = sum(left for left in count.missing.values() if left > 0)
    print(f"{amount} URLs, {count.good} right, {count.wrong} wrong, {count.failed} failed, {lost} lost, "
          f"{count.doubled} doubled; {kills} kills, status {status}")
    sys.exit(count.good != amount or count.doubled > 0 or status != 0)


if __name__ == "__main__":
    main()
