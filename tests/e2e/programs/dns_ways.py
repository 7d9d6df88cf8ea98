"""Asks a DNS server in every way: dns_ways.py ADDRESS PORT. Each name says how it was asked."""
import os
import socket
import struct
import sys

SERVER = sys.argv[1], int(sys.argv[2])


def query(number, name, kind=1):
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    return struct.pack(">6H", number, 0x100, 1, 0, 0, 0) + labels + b"\0" + struct.pack(">2H", kind, 1)


def udp(connected=True):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    if connected:
        s.connect(SERVER)
    return s


def framed(message):
    return struct.pack(">H", len(message)) + message


def read_message(s, step):
    length = struct.unpack(">H", s.recv(2, socket.MSG_WAITALL))[0]
    while length > 0:
        length -= len(s.recv(min(step, length)))


s = udp(connected=False)
s.sendto(query(1, "sendto.test"), SERVER)
s.recvfrom(4096)
s = udp()
os.write(s.fileno(), query(2, "write.test"))
os.read(s.fileno(), 4096)
s = udp()
s.send(query(3, "send.test", 28))
s.recv(4096)
message = query(4, "sendmsg.test", 16)
s.sendmsg([message[:3], message[3:12], b"", message[12:]])
s.recvmsg_into([bytearray(5), bytearray(4096)])
for number, kind in enumerate([15, 33, 6, 2, 12, 65, 65280]):
    s.send(query(10 + number, "types.test", kind))
    s.recv(4096)
for number, name in enumerate(["nope.test", "alias.test", "cut.test", "loop.test", "UPPER.Test"]):
    s.send(query(20 + number, name))
    s.recv(4096)
t = socket.create_connection(SERVER)
t.sendall(framed(query(30, "whole.test")))
read_message(t, 4096)
message = framed(query(31, "pieces.test"))
cpus = sorted(os.sched_getaffinity(0))
for piece, at in enumerate(range(0, len(message), 7)):
    os.sched_setaffinity(0, {cpus[piece % len(cpus)]})  # a message may begin on one CPU and end on another
    t.sendall(message[at:at + 7])
os.sched_setaffinity(0, cpus)
read_message(t, 3)
message = query(32, "vector.test")
t.sendmsg([struct.pack(">H", len(message)), message])
read_message(t, 4096)
t.sendall(framed(query(33, "two.test")) + framed(query(34, "three.test")))
read_message(t, 4096)
read_message(t, 4096)
t.sendall(framed(query(35, "big.test")))
read_message(t, 4096)
