"""on-terminal.py [--type TEXT] COMMAND...: run it with standard error on a terminal, and
standard input, too, where TEXT is typed and ended; what that gets goes to standard output,
and its status is ours."""

import os
import pty
import sys
import termios

words = sys.argv[1:]
typed = words[1] if words[0] == "--type" else None
if typed is not None:
    words = words[2:]
master, slave = pty.openpty()
settings = termios.tcgetattr(slave)
settings[3] &= ~termios.ECHO
termios.tcsetattr(slave, termios.TCSANOW, settings)
pid = os.fork()
if pid == 0:
    os.dup2(slave, 2)
    if typed is not None:
        os.dup2(slave, 0)
    os.close(master)
    os.execvp(words[0], words)
os.close(slave)
if typed is not None:
    os.write(master, typed.encode() + b"\4")
while True:
    try:
        data = os.read(master, 65536)
    except OSError:  # the last one that had the terminal has closed it
        break
    if not data:
        break
    os.write(1, data)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
