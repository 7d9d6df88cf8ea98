#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""TCP in the ways programs use it, on loopback only. Prints "PORT SENT RECEIVED" per client whose bytes are known:
the server's port, and what the client sent and received."""
import os
import select
import socket
import struct
import sys
import threading

SENT, ANSWER = 100_000, 1_234


def listener(family, host, dual=False):
    s = socket.socket(family)
    if dual:
        s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    s.bind((host, 0))
    s.listen(7)
    return s


def read_all(s):
    n = 0
    while data := s.recv(65536):
        n += len(data)
    return n


def serve_one(server):
    connection, _ = server.accept()
    read_all(connection)
    connection.sendall(b"a" * ANSWER)
    connection.close()


def exchange(client_family, client_host, server):
    port = server.getsockname()[1]
    thread = threading.Thread(target=serve_one, args=(server,))
    thread.start()
    client = socket.socket(client_family)
    client.connect((client_host, port))
    client.sendall(b"q" * SENT)
    client.shutdown(socket.SHUT_WR)
    received = read_all(client)
    client.close()
    thread.join()
    server.close()
    print(port, SENT, received, flush=True)


def refused(blocking):
    client = socket.socket()
    client.setblocking(blocking)
    client.connect_ex(("127.0.0.1", 1))
    if not blocking:
        select.select([], [client], [], 5)
    client.close()


def nonblocking():
    server = listener(socket.AF_INET, "127.0.0.1")
    server.setblocking(False)
    try:
        server.accept()
    except BlockingIOError:
        pass
    client = socket.socket()
    client.setblocking(False)
    client.connect_ex(server.getsockname())
    select.select([server], [], [], 5)
    accepted, _ = server.accept()
    # A reset in place of a FIN.
    accepted.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    accepted.close()
    client.close()
    server.close()


def abandoned():
    """With its queue full a listener neither answers nor refuses: the client gives up."""
    server = socket.socket()
    server.bind(("127.0.0.1", 0))
    server.listen(0)
    queued = socket.create_connection(server.getsockname())
    client = socket.socket()
    client.setblocking(False)
    client.connect_ex(server.getsockname())
    for s in (client, queued, server):
        s.close()


def child_accepts():
    """The process that accepts is not the one that listens."""
    server = listener(socket.AF_INET, "127.0.0.1")
    if os.fork() == 0:
        serve_one(server)
        os._exit(0)
    client = socket.create_connection(server.getsockname())
    client.shutdown(socket.SHUT_WR)
    read_all(client)
    client.close()
    os.wait()
    server.close()


def errors():
    taken = listener(socket.AF_INET, "127.0.0.1")
    other = socket.socket()
    other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    pending = socket.socket()
    pending.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        other.bind(taken.getsockname())
        other.listen(1)
    except OSError:
        pass
    connected = socket.socket()
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    connected.bind(("127.0.0.1", 0))
    connected.connect(taken.getsockname())
    # The same four numbers twice: EADDRNOTAVAIL before anything is sent.
    pending.bind(connected.getsockname())
    pending.connect_ex(taken.getsockname())
    # A multicast address cannot be connected to: no packet, no state.
    socket.socket().connect_ex(("224.0.0.1", 80))
    # Not TCP: none of it is ours to tell.
    socket.socket(type=socket.SOCK_DGRAM).connect(("127.0.0.1", 9))
    a, b = socket.socketpair()
    for s in (taken, other, pending, connected, a, b):
        s.close()


def main():
    exchange(socket.AF_INET, "127.0.0.1", listener(socket.AF_INET, "127.0.0.1"))
    exchange(socket.AF_INET6, "::1", listener(socket.AF_INET6, "::1"))
    exchange(socket.AF_INET6, "::ffff:127.0.0.1", listener(socket.AF_INET6, "::", dual=True))
    exchange(socket.AF_INET, "127.0.0.1", listener(socket.AF_INET6, "::", dual=True))
    refused(blocking=True)
    refused(blocking=False)
    nonblocking()
    abandoned()
    child_accepts()
    errors()


if __name__ == "__main__":
    sys.exit(main())
