#!/usr/bin/env python3
"""Apache Spark: a stage as RDD.pipe().

    spark-submit spark.py INPUT OUTPUT      INPUT: numbers, one a line

A process is started for each partition, an empty one too.  Two things to mind:
the process gets an empty environment unless one is given, and without checkCode its
exit status is ignored, so that lost records look like none.
"""

import os
import sys

from pyspark import SparkContext

context = SparkContext(appName="par-fib")
(
    context.textFile(sys.argv[1], minPartitions=4)
    .pipe("par-run -n 2 par-fib", env=dict(os.environ), checkCode=True)
    .saveAsTextFile(sys.argv[2])
)
