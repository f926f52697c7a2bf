#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""A port that leads to several servers, as a load balancer's does.

relay.py SOCKET...: take connections on a free port of 127.0.0.1, which is printed, and
relay each to the next one of the Unix sockets; it is reset where that is not there.
With LOSE=N in the environment each Nth piece of an answer that begins with LOSE_LIKE is
lost, and its connection.
"""

import asyncio
import itertools
import os
import socket
import struct
import sys

sockets = itertools.cycle(sys.argv[1:])
lose = int(os.environ.get("LOSE", 0))
like = os.environb.get(b"LOSE_LIKE", b"")
answers = itertools.count(1)


async def copy(reader, writer, answer=False):
    try:
        while data := await reader.read(1 << 16):
            if answer and lose and data.startswith(like) and next(answers) % lose == 0:
                break
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


async def serve(reader, writer):
    try:
        to_reader, to_writer = await asyncio.open_unix_connection(next(sockets))
    except OSError:
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()
        return
    await asyncio.gather(copy(reader, to_writer), copy(to_reader, writer, True))


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=1000)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


asyncio.run(main())
