#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""image-cut.py SEED COUNT MOUNT-OPTIONS [-k] OPTION... -- COMMAND...

Run par-run -o out --checkpoint state -q aside OPTION... COMMAND on the file in, on a file
system whose disk is a file here that notes what is written to it; then cut the power at
COUNT of these writes, before the first and behind the last.  What was written since the
disk was told to flush may be lost then, in part.  Each image is mounted as it was left,
what is there is resumed, and must end as it would have without a cut.  A cut after the
end must have lost nothing at all.

Needs root, loop devices, mkfs.ext4 and fusepy; everything is mounted in a name space of
its own.  Says how many cuts there were, and each fault.  Status 1 if there was one.
"""
import errno
import os
import random
import stat
import struct
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import fusepy  # noqa: E402
import trial  # noqa: E402

SIZE = 16 << 20
NOTE = struct.Struct('=qq')  # where, or FLUSH; how many bytes follow
FLUSH = -1


class Disk(fusepy.Operations):
    """A folder with one file, image, in memory; log gets each write to it and flush."""

    def __init__(self, data, log):
        self.data, self.log = bytearray(data), log

    def note(self, at, data=b''):
        os.write(self.log, NOTE.pack(at, len(data)) + data)

    def getattr(self, path, fh=None):
        if path == '/':
            return {'st_mode': stat.S_IFDIR | 0o755, 'st_nlink': 2}
        if path != '/image':
            raise fusepy.FuseOSError(errno.ENOENT)
        return {'st_mode': stat.S_IFREG | 0o600, 'st_nlink': 1, 'st_size': len(self.data)}

    def readdir(self, path, fh):
        return ['.', '..', 'image']

    def read(self, path, size, offset, fh):
        return bytes(self.data[offset:offset + size])

    def write(self, path, data, offset, fh):
        self.data[offset:offset + len(data)] = data
        self.note(offset, data)
        return len(data)

    def fsync(self, path, datasync, fh):
        self.note(FLUSH)
        return 0


def call(*words):
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)


def mounted(image, options, inside):
    """What inside(folder) says of the file system on image."""
    folder = tempfile.mkdtemp(dir='.')
    call('mount', '-t', 'ext4', '-o', f'loop,{options}', image, folder)
    try:
        return inside(folder)
    finally:
        call('umount', folder)
        os.rmdir(folder)


def notes(path):
    """The writes and flushes, as (where, data), and where in the log each ends."""
    with open(path, 'rb') as file:
        log = file.read()
    at, out = 0, []
    while at < len(log):
        where, length = NOTE.unpack_from(log, at)
        at += NOTE.size + length
        out.append((where, log[at - length:at], at))
    return out


class Image(trial.Trial):
    def __init__(self, mount_options, options):
        super().__init__(None, options)
        self.mount_options = mount_options
        with open('blank', 'wb') as file:
            file.truncate(SIZE)
        call('mkfs.ext4', '-q', '-b', '1024', 'blank')
        with open('blank', 'rb') as file:
            self.blank = file.read()

    def record(self):
        """Run it on a disk that notes; the notes, and how many there were at its end."""
        log = os.open('log', os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.mkdir('disk')
        server = os.fork()
        if server == 0:
            fusepy.FUSE(Disk(self.blank, log), 'disk', foreground=True, nothreads=True)
            os._exit(0)
        while not os.path.exists('disk/image'):
            pass

        def run(folder):
            with open('in', 'rb') as given:
                status = subprocess.run(self.command, cwd=folder, stdin=given,
                                        stderr=subprocess.DEVNULL, check=False).returncode
            if status != self.status:
                self.fault('on the disk that notes', f'status {status}')
            return os.stat('log').st_size
        end = mounted('disk/image', self.mount_options, run)
        call('umount', 'disk')
        os.waitpid(server, 0)
        all_notes = notes('log')
        return all_notes, sum(note[2] <= end for note in all_notes)

    def left(self, data):
        """The files on an image with that data."""
        def read(folder):
            out = {}
            for name in os.listdir(folder):
                path = os.path.join(folder, name)
                if name != 'lost+found':
                    with open(path, 'rb') as file:
                        out[name] = file.read()
            return out
        with open('cut', 'wb') as file:
            file.write(data)
        return mounted('cut', self.mount_options, read)

    def cut_all(self, writes, end, places, chance):
        """Cut at each place, with all of what was written, and with a part of that."""
        safe, since, data = bytearray(self.blank), [], None
        for number, (where, what, _) in enumerate(writes + [(FLUSH, b'', 0)]):
            if number in places:
                for share in (1, chance.random()):
                    data = bytearray(safe)
                    for at, piece in since:
                        if chance.random() < share:
                            data[at:at + len(piece)] = piece
                    left = self.left(data)
                    self.check(f'write {number} of {len(writes)}, {share:.0%}', left)
                    if number >= end and self.told(left) != self.want:
                        self.fault(f'write {number}, after its end', 'not all is on the disk')
            if where == FLUSH:
                for at, piece in since:
                    safe[at:at + len(piece)] = piece
                since = []
            else:
                since.append((where, what))

    def go(self, seed, count):
        chance = random.Random(seed)
        self.begin()
        writes, end = self.record()
        places = set(chance.sample(range(len(writes)), min(count, len(writes))))
        self.cut_all(writes, end, places | {0, end, len(writes)}, chance)
        return self.end()


def main():
    if os.environ.get('IMAGE_CUT') is None:
        os.environ['IMAGE_CUT'] = 'in a name space'
        os.execvp('unshare', ['unshare', '-m', sys.executable, *sys.argv])
    seed, count, options = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    return Image(options, sys.argv[4:]).go(seed, count)


sys.exit(main())
