#!/usr/bin/env python3
"""Check a file of par-run --trace as a viewer reads it, and sum it up.

check-trace.py FILE: what is wrong, status 1; else one line for each row that has
slices: NAME SLICES RECORDS FAILED AGAIN, and one for each instant: ! NAME
Those of par-runs below begin with > and the name of that.
"""
import json
import sys

KINDS = {"M", "X", "B", "E", "i", "C"}


def fail(why, event):
    sys.exit(f"{why}: {json.dumps(event)}")


def check_form(event):
    if event.get("ph") not in KINDS:
        fail("unknown kind", event)
    for name in ("pid", "tid", "ts"):
        if not isinstance(event.get(name), int) or event[name] < 0:
            fail(f"no {name}", event)
    if event["ph"] != "E" and not event.get("name"):
        fail("no name", event)
    if event["ph"] == "X" and not (isinstance(event.get("dur"), int) and event["dur"] >= 0):
        fail("no duration", event)
    if event["ph"] == "C" and not all(isinstance(v, int) for v in event["args"].values()):
        fail("no numbers", event)


def check_rows(events):
    """Slices of a row follow each other, inside of the process that is there."""
    ends, opened = {}, {}
    for event in events:
        row, at = (event["pid"], event["tid"]), event["ts"]
        if event["ph"] == "B":
            if row in opened:
                fail("begins twice", event)
            opened[row] = at
        elif event["ph"] == "E":
            if opened.pop(row, None) is None or at < ends.get(row, 0):
                fail("ends before what it holds, or never began", event)
        elif event["ph"] == "X":
            if at < ends.get(row, 0):
                fail("overlaps the one before", event)
            ends[row] = at + event["dur"]
    if opened:
        fail("has not ended", sorted(opened))


def main():
    text = open(sys.argv[1], encoding="utf-8").read()
    events = json.loads(text)
    names, sums = {}, {}
    for event in events:
        check_form(event)
        if event["ph"] == "M":
            names[event["pid"], event["tid"]] = event["args"]["name"]
    check_rows(events)
    first = events[0]["pid"] if events else 0

    def name(event):
        row = names[event["pid"], event["tid"]] if event["tid"] else ""
        return row if event["pid"] == first else f"> {names[event['pid'], 0]} / {row}"

    for event in events:
        if event["ph"] == "X" and "args" in event:
            total = sums.setdefault(name(event), [0, 0, 0, 0])
            for i, word in enumerate(("records", "failed", "again"), 1):
                total[i] += event["args"][word]
            total[0] += 1
    for row, total in sorted(sums.items()):
        print(row, *total)
    for event in events:
        if event["ph"] == "i" and event["pid"] == first:
            print("!", event["name"])
        elif event["ph"] == "i":
            print(name(event), "!", event["name"])


main()
