#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""power-cut.py JOURNAL.SO SEED VARIANTS [-k] OPTION... -- COMMAND...

Run par-run -o out --checkpoint state -q aside OPTION... COMMAND on the file in, with what
it does to files written down; then cut the power at each of these calls.  What was not
forced to the disk may be lost then, in part and in any order: of each file any of the
writes and cuts since its last fsync, of the folder any of the names since its own, the
last write also in the middle.  What is left is resumed, and must end as it would have
without a cut.  VARIANTS cuts are tried at each call beside the two in which all of that is
lost, and nothing.  A cut after the end must have lost nothing at all.

Says how many cuts there were, and each fault.  Status 1 if there was one.
"""
import os
import random
import sys

sys.dont_write_bytecode = True
import trial  # noqa: E402


class Disk:
    """What programs see, and what is on the disk: content of inodes, names of them."""

    def __init__(self, names=None, files=None):
        self.names = dict(names or {})
        self.files = dict(files or {})
        self.later = []  # calls since: (key, what), key being an inode, or None of names

    def apply(self, key, what, half=False):
        kind = what[0]
        if kind == 'write':
            at, data = what[1], what[2]
            if half:
                data = data[:len(data) // 2]
            old = self.files.get(key, b'')
            if len(old) < at:
                old += b'\0' * (at - len(old))
            self.files[key] = old[:at] + data + old[at + len(data):]
        elif kind == 'cut':
            old = self.files.get(key, b'')
            self.files[key] = old[:what[1]] + b'\0' * (what[1] - len(old))
        elif kind == 'name':
            self.names[what[1]] = what[2]
        elif kind == 'move':
            self.names.pop(what[1], None)
            self.names[what[2]] = what[3]
        elif kind == 'unname':
            self.names.pop(what[1], None)

    def sync(self, key):
        """What concerns key is on the disk now."""
        for call in self.later:
            if call[0] == key:
                self.apply(*call)
        self.later = [call for call in self.later if call[0] != key]

    def cut(self, chance, share):
        """What is left if each of the others is on the disk with that probability."""
        left = Disk(self.names, self.files)
        for i, (key, what) in enumerate(self.later):
            if chance.random() < share:
                half = i == len(self.later) - 1 and 0 < share < 1 and chance.random() < .5
                left.apply(key, what, half)
        return {name: left.files.get(inode, b'') for name, inode in left.names.items()}


def replay(lines, before):
    """The disk after each call."""
    disk, names = Disk(), {}
    for name, data in sorted(before.items()):
        disk.names[name], disk.files[name] = name, data
        names[name] = name
    known = {}  # inode: key
    for number, line in enumerate(lines):
        words = line.split(' ')
        kind = words[0]
        if kind in ('create', 'open'):
            inode, name = words[1], words[2]
            if kind == 'open':
                known[inode] = names.get(name, inode)
            else:  # the number may be that of one that is gone
                known[inode] = names[name] = f'{inode}, call {number}'
                disk.later.append((None, ('name', name, names[name])))
        elif kind == 'write':
            disk.later.append((known.get(words[1], words[1]),
                               ('write', int(words[2]), bytes.fromhex(words[3]))))
        elif kind == 'cut':
            disk.later.append((known.get(words[1], words[1]), ('cut', int(words[2]))))
        elif kind == 'sync':
            disk.sync(known.get(words[1], words[1]))
        elif kind == 'folder':
            disk.sync(None)
        elif kind == 'rename':
            inode = names.pop(words[1])
            names[words[2]] = inode
            disk.later.append((None, ('move', words[1], words[2], inode)))
        elif kind == 'link':
            names[words[2]] = names[words[1]]
            disk.later.append((None, ('name', words[2], names[words[2]])))
        elif kind == 'unlink':
            names.pop(words[1], None)
            disk.later.append((None, ('unname', words[1])))
        yield line, disk


class Model(trial.Trial):
    def cut_all(self, name, before, lines, chance, variants):
        number = 0
        for line, disk in replay(lines, before):
            number += 1
            where = f'{name}, call {number} ({line[:60]})'
            for share in [0, 1] + [chance.random() for _ in range(variants)]:
                self.check(where, disk.cut(chance, share))
        for share in [0, 1] + [chance.random() for _ in range(variants)]:
            left = disk.cut(chance, share)
            if self.told(left) != self.want:
                self.fault('after its end', 'not all of it is on the disk')

    def go(self, seed, variants):
        chance = random.Random(seed)
        lines = self.begin()
        self.cut_all('at first', {}, lines, chance, variants)
        # Once more in the run that goes on after a cut.
        disks = [disk.cut(chance, chance.random()) for _, disk in replay(lines, {})]
        for number, before in enumerate(chance.sample(disks, min(len(disks), variants))):
            _, _, _, more = self.run(before, True)
            if more:
                self.cut_all(f'resumed, {number}', before, more, chance, variants)
        return self.end()


sys.exit(Model(os.path.abspath(sys.argv[1]), sys.argv[4:]).go(sys.argv[2], int(sys.argv[3])))
