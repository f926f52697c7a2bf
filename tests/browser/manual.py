#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""What the pages of the manual are in Chromium.

    manual.py FOLDER [PICTURES]

Loads each page of the folder, as wide as a telephone and as a desk has it, and follows its
links in the folder, to the place in the page that they name.  Prints what is wrong, then how
many pages, links and pictures there are.  With PICTURES, screenshots are left there.
Needs the command chromium; nothing is loaded from any network.
"""
import base64
import os
import sys
import tempfile
from urllib.parse import unquote, urldefrag, urljoin

sys.dont_write_bytecode = True
from links import Browser  # noqa: E402

HOME = "http://manual.example/"
ELSEWHERE = "https://manpages.debian.org/"
FACTS = """({
    links: [...document.querySelectorAll('a[href]')].map(a => a.getAttribute('href')),
    places: [...document.querySelectorAll('[id]')].map(e => e.id),
    pictures: document.querySelectorAll('svg').length,
    empty: [...document.querySelectorAll('svg')].filter(s => {
        const box = s.querySelector('path').getBBox(); return box.width < 20; }).length,
})"""


def width(browser, name, body, wide, folder):
    browser.call("Emulation.setDeviceMetricsOverride", width=wide, height=900,
                 deviceScaleFactor=1, mobile=False)
    browser.load(HOME + name, "text/html", body)
    beyond = browser.evaluate("document.documentElement.scrollWidth - innerWidth")
    if beyond > 0:
        print(f"{name}: {beyond} pixels too wide for {wide}")
    if folder:
        shot = browser.call("Page.captureScreenshot", captureBeyondViewport=False)
        with open(os.path.join(folder, f"{name}-{wide}.png"), "wb") as out:
            out.write(base64.b64decode(shot["data"]))


def follow(pages):
    count = 0
    for name, facts in pages.items():
        for link in facts["links"]:
            count += 1
            target, place = urldefrag(urljoin(HOME + name, link))
            if target.startswith(ELSEWHERE):
                # one of ours would be there
                if target.removeprefix(ELSEWHERE) + ".html" in pages:
                    print(f"{name}: {link} is a page of ours")
            elif target.startswith("https://"):
                pass  # not ours to follow
            elif target.removeprefix(HOME) not in pages:
                print(f"{name}: {link} leads nowhere")
            elif place and unquote(place) not in pages[target.removeprefix(HOME)]["places"]:
                print(f"{name}: {link}: no such place")
    return count


def main():
    folder = sys.argv[1]
    pictures = sys.argv[2] if len(sys.argv) > 2 else None
    pages = {}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = Browser(profile)
        for domain in "Page", "Runtime":
            browser.call(f"{domain}.enable")
        browser.call("Fetch.enable", patterns=[{"urlPattern": "*"}])
        for name in sorted(os.listdir(folder)):
            with open(os.path.join(folder, name), "rb") as page:
                body = page.read()
            for wide in 360, 1280:
                width(browser, name, body, wide, pictures)
            pages[name] = browser.evaluate(FACTS)
            if pages[name]["empty"]:
                print(f"{name}: a picture without lines")
        browser.end()
    links = follow(pages)
    drawn = sum(facts["pictures"] for facts in pages.values())
    print(f"{len(pages)} pages, {links} links, {drawn} pictures")


main()
