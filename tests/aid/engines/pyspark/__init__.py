"""Stands in for PySpark: RDD.pipe() feeds a command as Spark's does."""

import os
import shlex
import subprocess
import threading


class RDD:
    def __init__(self, partitions):
        self.partitions = partitions

    def pipe(self, command, env=None, checkCode=False):
        def piped(lines):
            process = subprocess.Popen(
                shlex.split(command),
                env=env or {},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )

            def feed():
                for line in lines:
                    process.stdin.write((line.rstrip("\n") + "\n").encode())
                process.stdin.close()

            threading.Thread(target=feed).start()
            out = [line.rstrip(b"\n").decode() for line in process.stdout]
            if process.wait() != 0 and checkCode:
                raise RuntimeError("%s exited with %d" % (command, process.returncode))
            return out

        return RDD([piped(partition) for partition in self.partitions])

    def saveAsTextFile(self, path):
        os.mkdir(path)
        for i, partition in enumerate(self.partitions):
            with open("%s/part-%05d" % (path, i), "w") as part:
                part.writelines(line + "\n" for line in partition)
        open(path + "/_SUCCESS", "w").close()


class SparkContext:
    def __init__(self, appName):
        self.name = appName

    def textFile(self, path, minPartitions):
        with open(path) as file:
            lines = file.read().splitlines()
        # the first is empty, as one can be
        return RDD([[]] + [lines[i::minPartitions] for i in range(minPartitions)])
