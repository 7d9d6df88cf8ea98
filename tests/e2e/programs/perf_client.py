#!/usr/bin/env python3
"""Usage: perf_client.py SOCKET KINDS HZ COMMAND...

A client of the collector that knows the family perf only, and no more of gRPC than that takes. Runs the command once the
stream has begun, and prints what came, a JSON object a line: samples, counters, the ledger's differences, and what the
kernel says that the command used.
"""

import collections
import json
import os
import socket
import struct
import subprocess
import sys
import threading

ABI, FAMILY, REPORT_MS = 5, 8, 500
KIND_SAMPLE, KIND_COUNTERS = 51, 52
HEADER = struct.Struct("<QQQQIIIIIHHHHI")
ACTOR_END, SAMPLE_END = 96, 112
DATA, HEADERS, RST_STREAM, SETTINGS, PING, WINDOW_UPDATE = 0, 1, 3, 4, 6, 8
WINDOW = 1 << 30


def varint(n):
    out = b""
    while n > 0x7F:
        out += bytes([n & 0x7F | 0x80])
        n >>= 7
    return out + bytes([n])


def number(field, n):
    return varint(field << 3) + varint(n)


def parse(data):
    """A protobuf message, as lists by field."""
    fields, at = collections.defaultdict(list), 0

    def take():
        nonlocal at
        n = shift = 0
        while True:
            byte = data[at]
            at += 1
            n |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return n

    while at < len(data):
        tag = take()
        size = {1: 8, 5: 4}.get(tag & 7) or take()
        if tag & 7 == 0:
            fields[tag >> 3].append(size)
            continue
        fields[tag >> 3].append(data[at:at + size])
        at += size
    return fields


class Client:
    def __init__(self, path):
        self.sending = threading.Lock()
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.socket.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        self.send(SETTINGS, 0, 0, struct.pack(">HI", 4, WINDOW))
        self.send(WINDOW_UPDATE, 0, 0, struct.pack(">I", WINDOW))
        self.stream = 1
        self.data, self.ended = collections.defaultdict(bytes), set()

    def send(self, kind, flags, stream, payload):
        head = struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream)
        with self.sending:
            self.socket.sendall(head + payload)

    def call(self, method, message):
        stream, self.stream = self.stream, self.stream + 2
        head = b""
        for name, value in ((":method", "POST"), (":scheme", "http"), (":authority", "collector"),
                            (":path", "/eunomia.collector.v1.Collector/" + method),
                            ("content-type", "application/grpc"), ("te", "trailers")):
            head += b"\0" + varint(len(name)) + name.encode() + varint(len(value)) + value.encode()
        self.send(HEADERS, 4, stream, head)
        self.send(DATA, 1, stream, b"\0" + struct.pack(">I", len(message)) + message)
        return stream

    def read(self, n):
        data = b""
        while len(data) < n:
            more = self.socket.recv(n - len(data))
            if not more:
                sys.exit("the collector closed the connection")
            data += more
        return data

    def pump(self):
        head = self.read(9)
        kind, flags, stream = head[3], head[4], struct.unpack(">I", head[5:])[0]
        payload = self.read(int.from_bytes(head[:3], "big"))
        if kind in (SETTINGS, PING) and not flags & 1:
            self.send(kind, 1, 0, payload if kind == PING else b"")
        if kind == DATA:
            self.data[stream] += payload
        if kind == RST_STREAM or (kind in (DATA, HEADERS) and flags & 1):
            self.ended.add(stream)

    def messages(self, stream):
        data = self.data[stream]
        while len(data) >= 5 and len(data) >= 5 + struct.unpack(">I", data[1:5])[0]:
            size = 5 + struct.unpack(">I", data[1:5])[0]
            yield parse(data[5:size])
            data = self.data[stream] = data[size:]


def ledger(batch):
    kinds = {}
    for entry in map(parse, batch[5]):
        offered, *lost = ((entry[field] or [0])[0] for field in range(2, 7))
        kinds[entry[1][0] if entry[1] else 0] = (offered, sum(lost))
    return kinds


def records(batch):
    for data in batch[15]:
        at = 0
        while at < len(data):
            header = HEADER.unpack_from(data, at)
            yield header, data[at:at + header[10]]
            at += header[10]


def show_sample(header, record, functions):
    weight, kernel, user = struct.unpack_from("<QHH", record, ACTOR_END)
    addresses = struct.unpack_from(f"<{user // 8}Q", record, SAMPLE_END + kernel)
    names = [function for address in addresses for start, end, function in functions if start <= address < end]
    return {"sample": header[4], "weight": weight, "whole": len(record) == SAMPLE_END + kernel + user,
            "truncated": header[13], "functions": names}


def show_counters(header, record):
    values = struct.unpack_from("<14QII", record, ACTOR_END)
    names = ("cpu_ns", "voluntary", "involuntary", "minor", "major", "migrations")
    return {"counters": header[4], **dict(zip(names, values)), "clock_ns": values[12],
            "available": values[14], "final": values[15]}


def functions_of(pid, program):
    """Where the program's functions stand in the process, as start, end and name."""
    listing = subprocess.run(["nm", "-S", "--defined-only", program], capture_output=True, text=True).stdout
    with open(program, "rb") as file:
        is_movable = file.read(18)[16] == 3  # e_type ET_DYN: else addresses are where they say
    with open(f"/proc/{pid}/maps", encoding="ascii") as maps:
        base = min(int(line.split("-")[0], 16) for line in maps if line.rstrip().endswith(program)) if is_movable else 0
    symbols = [line.split() for line in listing.splitlines() if len(line.split()) == 4 and line.split()[2] in "tT"]
    return [(base + int(at, 16), base + int(at, 16) + int(size, 16), name) for at, size, _, name in symbols]


class Child(threading.Thread):
    """Runs the command to its end, and then ends the subscription."""

    def __init__(self, client, command):
        super().__init__()
        self.client, self.command, self.functions = client, command, []

    def run(self):
        child = subprocess.Popen(self.command, stdout=subprocess.DEVNULL)
        self.pid = child.pid
        if os.path.basename(self.command[0]) == "busy_stack":
            while os.readlink(f"/proc/{child.pid}/exe") != self.command[0]:
                pass
            self.functions = functions_of(child.pid, self.command[0])
        self.usage = os.wait4(child.pid, 0)[2]
        self.client.call("Unsubscribe", b"")

    def show(self):
        return {"child": self.pid, "cpu_ns": int((self.usage.ru_utime + self.usage.ru_stime) * 1e9),
                "voluntary": self.usage.ru_nvcsw, "involuntary": self.usage.ru_nivcsw,
                "minor": self.usage.ru_minflt, "major": self.usage.ru_majflt}


def watch(client, stream, command):
    """The child, all records, and the ledger before and after."""
    child = first = last = None
    got = []
    while stream not in client.ended:
        client.pump()
        for batch in client.messages(stream):
            last = ledger(batch)
            got += records(batch)
            if child is None:
                first, child = last, Child(client, command)
                child.start()
    if child is None:
        sys.exit("the subscription was refused")
    child.join()
    return child, got, first, last


def show(child, got, first, last):
    for header, record in got:
        if header[9] == KIND_SAMPLE:
            yield show_sample(header, record, child.functions if header[4] == child.pid else [])
        elif header[9] == KIND_COUNTERS:
            yield show_counters(header, record)
    delivered = collections.Counter(header[9] for header, _ in got)
    for kind, (offered, lost) in last.items():
        yield {"ledger": kind, "offered": offered - first[kind][0], "lost": lost - first[kind][1],
               "delivered": delivered[kind]}
    yield child.show()


def main():
    path, kinds, hz, *command = sys.argv[1:]
    client = Client(path)
    request = number(1, ABI) + number(2, FAMILY) + varint(5 << 3 | 1) + struct.pack("<Q", int(kinds, 0))
    stream = client.call("Subscribe", request + number(7, REPORT_MS) + number(12, int(hz)))
    for line in show(*watch(client, stream, command)):
        print(json.dumps(line))


if __name__ == "__main__":
    main()
