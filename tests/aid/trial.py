# SPDX-License-Identifier: ISC
"""A run of par-run whose files are cut by a power cut, and what is left resumed."""
import os
import subprocess
import sys
import tempfile

FILES = ('out', 'aside')


class Trial:
    """library notes the calls of the first run, where it is not None: see journal.c."""

    def __init__(self, library, options):
        self.library = library
        self.ordered = '-k' in options
        end = options.index('--')
        self.command = ['par-run', '-o', 'out', '--checkpoint', 'state', '-q', 'aside',
                        *options[:end], *options[end + 1:]]
        with open('in', 'rb') as file:
            self.input = file.read()
        self.seen = {}
        self.cuts = self.faults = 0

    def run(self, files, recorded):
        """Run it on files; its status, what it said, the files then, the journal."""
        with tempfile.TemporaryDirectory(dir='.') as folder:
            files = {**files, 'in': self.input}
            for name, data in files.items():
                with open(os.path.join(folder, name), 'wb') as file:
                    file.write(data)
            env = dict(os.environ)
            if recorded:
                env.update(LD_PRELOAD=self.library, JOURNAL_IN='par-run', JOURNAL='../journal')
            with open(os.path.join(folder, 'in'), 'rb') as given:
                done = subprocess.run(self.command, cwd=folder, env=env, stdin=given,
                                      capture_output=True, check=False)
            got = {}
            for name in os.listdir(folder):
                with open(os.path.join(folder, name), 'rb') as file:
                    got[name] = file.read()
            got.pop('in')
        lines = open('journal', encoding='ascii').read().splitlines() if recorded else []
        return done.returncode, done.stderr.decode(errors='replace').strip(), got, lines

    def told(self, files):
        """What it comes to: of each file its records, in their order where there is one."""
        all_lines = [files.get(name, b'').splitlines(keepends=True) for name in FILES]
        return all_lines if self.ordered else [sorted(lines) for lines in all_lines]

    def fault(self, where, what):
        self.faults += 1
        if self.faults <= 10:
            print(f'{where}: {what}')

    def check(self, where, files):
        """One cut: what is left is resumed, unless it was before."""
        self.cuts += 1
        key = tuple(sorted(files.items()))
        if key in self.seen:
            return
        self.seen[key] = True
        status, said, got, _ = self.run(files, False)
        if status != self.status:
            self.fault(where, f'status {status}: {said}')
        elif self.told(got) != self.want:
            self.fault(where, 'lost or doubled: ' + ', '.join(
                f'{len(a)} for {len(b)} in {name}'
                for name, a, b in zip(FILES, self.told(got), self.want)))

    def begin(self):
        """Run it without a cut, for what it has to come to; the journal of that."""
        self.status, said, got, lines = self.run({}, self.library is not None)
        if self.status not in (0, 1):
            sys.exit(f'status {self.status}: {said}')
        self.want = self.told(got)
        return lines

    def end(self):
        """Say what came of it; the status."""
        print(f'{self.cuts} cuts, {len(self.seen)} of them different, {self.faults} faults')
        return 1 if self.faults else 0
