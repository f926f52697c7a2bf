#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""What a page of par-report does in Chromium.

    report.py PAGE [FOLDER]

Loads it at three widths, dark and light, looks for what must hold, and prints what there
is to compare, a fact a line.  With FOLDER, pictures of it are left there, to be looked at.
Needs the command chromium; nothing is loaded from any network.
"""
import base64
import os
import sys
import tempfile

sys.dont_write_bytecode = True
from links import Browser  # noqa: E402

WIDTHS = 400, 820, 1280
URL = "http://report.example/"
# The middle of the first bar, as it is drawn.
FIRST_BAR = """(() => { const s = document.querySelector('.bars'), b = s.getBoundingClientRect();
    const d = s.querySelector('path.w').getAttribute('d').match(/M([\\d.-]+) ([\\d.]+)H([\\d.]+)/);
    return [b.left + (Number(d[1]) + Number(d[3])) / 2, b.top + Number(d[2])] })()"""


class Watched(Browser):
    """A browser that counts what is asked for, and what it complains of."""

    asked = 0
    complaints = ()

    def take(self, message):
        method, params = message.get("method"), message.get("params", {})
        if method == "Fetch.requestPaused" and params["request"]["url"] != URL:
            self.asked += 1
        if method == "Runtime.exceptionThrown":
            self.complaints += (params["exceptionDetails"]["text"],)
        if method == "Log.entryAdded":
            self.complaints += (params["entry"]["text"],)
        super().take(message)


def mouse(browser, kind, x, y):
    browser.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="none")


def look(browser, body, width, scheme, folder):
    browser.call("Emulation.setDeviceMetricsOverride", width=width, height=900,
                 deviceScaleFactor=1, mobile=False)
    browser.call("Emulation.setEmulatedMedia",
                 features=[{"name": "prefers-color-scheme", "value": scheme}])
    browser.load(URL, "text/html", body)
    beyond = browser.evaluate("document.documentElement.scrollWidth - innerWidth")
    back = browser.evaluate("getComputedStyle(document.body).backgroundColor")
    print(f"{width} {scheme}: {max(0, beyond)} pixels too wide, on {back}")
    if folder:
        shot = browser.call("Page.captureScreenshot", captureBeyondViewport=True)
        with open(os.path.join(folder, f"{scheme}-{width}.png"), "wb") as out:
            out.write(base64.b64decode(shot["data"]))


def use(browser):
    """Hover, zoom in, and see all again."""
    at = browser.evaluate(FIRST_BAR)
    mouse(browser, "mouseMoved", *at)
    print("tip:", browser.evaluate("document.getElementById('tip').textContent").replace("\n", " | "))
    ticks = "[...document.querySelector('.x[data-time]').children].map(e => e.textContent).join(' ')"
    view = "document.querySelector('.plot[data-time]').getAttribute('viewBox')"
    before = browser.evaluate(ticks)
    print("all:", browser.evaluate(view))
    browser.evaluate("document.querySelectorAll('.tools button')[0].click(), 0")
    print("closer:", browser.evaluate(view))
    if browser.evaluate(ticks) == before:
        print("the axis stayed")
    browser.evaluate("document.querySelectorAll('.tools button')[2].click(), 0")
    print("back:", browser.evaluate(view), browser.evaluate(ticks) == before)


def main():
    with open(sys.argv[1], "rb") as page:
        body = page.read()
    folder = sys.argv[2] if len(sys.argv) > 2 else None
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = Watched(profile)
        for domain in "Page", "Runtime", "Log":
            browser.call(f"{domain}.enable")
        browser.call("Fetch.enable", patterns=[{"urlPattern": "*"}])
        for scheme in "light", "dark":
            for width in WIDTHS:
                look(browser, body, width, scheme, folder)
        if browser.evaluate("document.querySelector('.bars') !== null"):
            use(browser)
        print("script runs:", browser.evaluate("document.body.className"))
        print("run by the log:", browser.evaluate("String(window.ran)"))
        print("tags of the log:", browser.evaluate("document.querySelectorAll('em, img').length"))
        print("asked for elsewhere:", browser.asked)
        print("complaints:", *browser.complaints)
        browser.end()


main()
