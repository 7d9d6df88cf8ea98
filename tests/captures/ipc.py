#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What ipc_ways leaves out: ends that are still there at a report, that exec and dup2 end, failures, signals."""
import os
import signal
import socket
import time


def quietly(function, *arguments):
    try:
        function(*arguments)
    except OSError:
        pass


signal.signal(signal.SIGUSR1, lambda *_: None)
signal.signal(signal.SIGALRM, lambda *_: None)
r, w = os.pipe()
if os.fork() == 0:
    os.close(w)
    while os.read(r, 10):
        pass
    os.kill(os.getppid(), signal.SIGUSR1)
    os._exit(0)
os.close(r)
os.write(w, b"first")
time.sleep(0.7)  # beyond a report
os.write(w, b"second")
os.close(w)
os.wait()
quietly(socket.socket(socket.AF_UNIX).connect, "/nobody/listens")
quietly(socket.socket(socket.AF_UNIX).connect, b"\0nobody")
sender = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
receiver.bind("datagrams")
sender.sendto(b"to a name", "datagrams")
receiver.recv(100)
for n in range(40):
    os.kill(os.getpid(), signal.SIGUSR1)
os.kill(os.getpid(), 0)
signal.raise_signal(signal.SIGUSR1)
signal.setitimer(signal.ITIMER_REAL, 0.01)
time.sleep(0.1)
r, w = os.pipe()
copy = os.dup(w)
os.write(copy, b"x")
os.dup2(r, copy)
os.execv("/bin/true", ["true"])
