#!/usr/bin/env python3
"""Run a command with signals as a careless parent may leave them.

with-signals.py [block|ignore|default]:NAME,NAME... COMMAND [ARG...]
"""
import os
import signal
import sys

signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # this interpreter ignores it
how, names = sys.argv[1].split(":")
numbers = [getattr(signal, "SIG" + name) for name in names.split(",")]
if how == "block":
    signal.pthread_sigmask(signal.SIG_BLOCK, numbers)
else:
    for number in numbers:
        signal.signal(number, signal.SIG_IGN if how == "ignore" else signal.SIG_DFL)
os.execvp(sys.argv[2], sys.argv[2:])
