#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""The links that Chromium sees on pages, as par-links writes them.

    links.py [--parse] [PAGES]

PAGES holds page records, as par-fetch writes them.  Each page is loaded, at its own
address and with scripts off, but nothing from any network: the browser is given the
bodies of the records, and of everything else it wants an error.  With --parse the
bodies are only parsed, by DOMParser, which is much faster where pages have the same
address; they must be UTF-8.

Needs the command chromium; nothing else of Python than what comes with it.
"""
import argparse
import base64
import json
import os
import subprocess
import sys
import tempfile

LINKS = """[...%s.querySelectorAll('a[*|href], area[href]')].map(e =>
    typeof e.href === 'string' ? e.href :
    e.href === undefined ? null :
    URL.canParse(e.href.baseVal, e.baseURI) ? new URL(e.href.baseVal, e.baseURI).href :
    e.href.baseVal).filter(link => link !== null)"""
UNESCAPE = {"\\": "\\", "t": "\t", "n": "\n", "r": "\r", "0": "\0"}


class Browser:
    """Chromium, by its DevTools protocol over two pipes."""

    def __init__(self, folder):
        to_read, self.to = os.pipe()
        self.back, to_write = os.pipe()
        # Out of the way of 3 and 4, which they become in the browser.
        to_read, to_write = (os.dup2(fd, fd + 20) for fd in (to_read, to_write))

        def place():
            os.dup2(to_read, 3)
            os.dup2(to_write, 4)

        self.process = subprocess.Popen(
            ["chromium", "--headless=new", "--no-sandbox", "--disable-gpu",
             "--disable-dev-shm-usage", "--no-first-run",
             "--disable-background-networking", "--remote-debugging-pipe",
             f"--user-data-dir={folder}", "about:blank"],
            preexec_fn=place, close_fds=False, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        os.close(to_read)
        os.close(to_write)
        self.text = b""
        self.count = 0
        self.session = None
        self.page = None  # what is to be loaded: address, content type, body
        self.loaded = False
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call(
            "Target.attachToTarget", targetId=target, flatten=True)["sessionId"]

    def send(self, method, **params):
        self.count += 1
        message = {"id": self.count, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.to, data):]
        return self.count

    def receive(self):
        while b"\0" not in self.text:
            more = os.read(self.back, 1 << 20)
            if not more:
                sys.exit("links.py: chromium ended")
            self.text += more
        message, self.text = self.text.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, **params):
        number = self.send(method, **params)
        while True:
            message = self.receive()
            if message.get("id") == number:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']}")
                return message["result"]
            self.take(message)

    def take(self, message):
        """What the browser tells or asks for in between."""
        if message.get("method") == "Page.domContentEventFired":
            self.loaded = True
        if message.get("method") != "Fetch.requestPaused":
            return
        params = message["params"]
        url = params["request"]["url"] + params["request"].get("urlFragment", "")
        document = params["resourceType"] == "Document"
        if document and self.page and self.page[0] == url:
            _, kind, body = self.page
            self.page = None
            self.send("Fetch.fulfillRequest", requestId=params["requestId"],
                      responseCode=200,
                      responseHeaders=[{"name": "Content-Type", "value": kind}],
                      body=base64.b64encode(body).decode())
        else:
            # Where a page refreshes to is aborted, so that the page stays.
            self.send("Fetch.failRequest", requestId=params["requestId"],
                      errorReason="Aborted" if document else "Failed")

    def load(self, url, kind, body):
        """Load a page of our own making and wait until it is there."""
        self.page = url, kind, body
        self.loaded = False
        result = self.call("Page.navigate", url=url)
        if "errorText" in result:
            raise RuntimeError(f"{url}: {result['errorText']}")
        while not self.loaded:
            self.take(self.receive())

    def evaluate(self, expression):
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in result:
            raise RuntimeError(result["exceptionDetails"])
        return result["result"]["value"]

    def end(self):
        self.session = None
        self.send("Browser.close")
        self.process.wait()


def unescape(data):
    text, out = data.decode("latin-1"), []
    i = 0
    while i < len(text):
        if text[i] == "\\" and i + 1 < len(text) and text[i + 1] in UNESCAPE:
            out.append(UNESCAPE[text[i + 1]])
            i += 2
        else:
            out.append(text[i])
            i += 1
    return "".join(out).encode("latin-1")


def escape(text):
    for plain, escaped in (("\\", r"\\"), ("\t", r"\t"), ("\n", r"\n"), ("\r", r"\r"),
                           ("\0", r"\0")):
        text = text.replace(plain, escaped)
    return text.encode("utf-8", "surrogatepass")


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--parse", action="store_true", help="do not load, only parse")
    options.add_argument("pages", nargs="?", default="-")
    options = options.parse_args()
    pages = sys.stdin.buffer if options.pages == "-" else open(options.pages, "rb")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        browser = Browser(folder)
        browser.call("Page.enable")
        browser.call("Fetch.enable", patterns=[{"urlPattern": "*"}])
        if not options.parse:
            browser.call("Emulation.setScriptExecutionDisabled", value=True)
        loaded = None
        for record in pages:
            name, _, kind, url, _, body = record.rstrip(b"\n").split(b"\t")[:6]
            body = unescape(body)
            url = (unescape(url) or unescape(name)).decode()
            if not options.parse:
                browser.load(url, kind.decode() or "text/html", body)
                links = browser.evaluate(LINKS % "document")
            else:
                if url != loaded:
                    browser.load(url, "text/html", b"")
                    loaded = url
                text = json.dumps(body.decode("utf-8", "replace"))
                links = browser.evaluate(
                    f"(() => {{ const d = new DOMParser().parseFromString({text}, 'text/html');"
                    f" return {LINKS % 'd'} }})()")
            for link in links:
                sys.stdout.buffer.write(name + b"\t" + escape(link) + b"\n")
            sys.stdout.buffer.flush()
        browser.end()


if __name__ == "__main__":
    main()
