# SPDX-License-Identifier: ISC
"""Fetch the URLs of standard input by requests and a pool of threads.

With --links, print the links of each page, by a regular expression, a page a line:
the program of the book that the pipeline stands for.  What fails is named.
"""

import re
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import local
from urllib.parse import urljoin

import requests

HREF = re.compile(r'<a\s[^>]*?href=["\']?([^"\'\s>]+)', re.I)
threads = local()


def fetch(url):
    try:
        if not hasattr(threads, "session"):
            threads.session = requests.Session()
        return url, threads.session.get(url, timeout=60).text
    except requests.RequestException as error:
        return url, error


def main():
    urls = (line.rstrip("\n") for line in sys.stdin)
    with ThreadPoolExecutor(16) as pool:
        for url, text in pool.map(fetch, urls):
            if isinstance(text, Exception):
                print(url, text, file=sys.stderr)
            elif "--links" in sys.argv:
                links = (urljoin(url, link) for link in HREF.findall(text))
                print(url, *links, sep="\t")


main()
