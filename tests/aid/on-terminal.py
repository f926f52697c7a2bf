"""on-terminal.py COMMAND...: run it with standard error on a terminal; what that gets
goes to standard output, and its status is ours."""

import os
import pty
import sys

master, slave = pty.openpty()
pid = os.fork()
if pid == 0:
    os.dup2(slave, 2)
    os.close(master)
    os.execvp(sys.argv[1], sys.argv[1:])
os.close(slave)
while True:
    try:
        data = os.read(master, 65536)
    except OSError:  # the last one that had the terminal has closed it
        break
    if not data:
        break
    os.write(1, data)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
