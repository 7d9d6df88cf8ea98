#!/usr/bin/env python3
"""Usage: enforce_client.py SOCKET status | set JSON | signal PID START SIGNAL | end CGROUP_KEY | watch | raw METHOD HEX

Drives the collector's SetEnforcement and Signal, and shows what the kernel decided. Prints JSON; an error of the call as
"STATUS MESSAGE" with exit status 1. watch ends on SIGTERM, with the ledger. In JSON for set:
{"policies": [{"id": 1, "action": "kill"}], "matchers": [{"policy": 0, "operation": "exec", "exe": "/bin/x"}],
 "targets": [{"key": 123, "policies": 1, "started": true}]}
"""

import collections
import ctypes
import ipaddress
import json
import signal
import socket
import struct
import sys

from perf_client import ABI, HEADER, HEADERS, Client, ledger, number, parse, records, varint

KIND_DECISION = 57
OPERATIONS = ["", "exec", "open_read", "open_write", "connect", "send", "bind"]
FIELDS = {"exe": 1, "exe_prefix": 2, "path": 4, "path_prefix": 8, "comm": 16, "inode": 32, "uid": 64, "address": 128, "port": 256}
DECISION = struct.Struct("<Q16sIIHHHHHHI")
ACTOR_START, ACTOR_END = 64, 96


class Pair(ctypes.Structure):
    _fields_ = [("name", ctypes.c_void_p), ("value", ctypes.c_void_p), ("name_len", ctypes.c_size_t),
                ("value_len", ctypes.c_size_t), ("flags", ctypes.c_uint8)]


class Inflater:
    """HTTP/2's compressed headers, by the library that the collector uses too."""

    def __init__(self):
        self.lib = ctypes.CDLL("libnghttp2.so.14")
        self.inflater = ctypes.c_void_p()
        self.lib.nghttp2_hd_inflate_new(ctypes.byref(self.inflater))
        self.lib.nghttp2_hd_inflate_hd2.restype = ctypes.c_ssize_t

    def headers(self, block):
        found, at = {}, 0
        while True:
            pair, flags = Pair(), ctypes.c_int(0)
            n = self.lib.nghttp2_hd_inflate_hd2(self.inflater, ctypes.byref(pair), ctypes.byref(flags), block[at:],
                                                ctypes.c_size_t(len(block) - at), 1)
            if n < 0:
                sys.exit("malformed headers")
            at += n
            if flags.value & 2:
                found[ctypes.string_at(pair.name, pair.name_len).decode()] = ctypes.string_at(pair.value, pair.value_len).decode()
            if flags.value & 1:
                self.lib.nghttp2_hd_inflate_end_headers(self.inflater)
                return found


class CheckedClient(Client):
    """Knows how a call ended."""

    def __init__(self, path):
        super().__init__(path)
        self.inflater, self.trailers = Inflater(), collections.defaultdict(dict)

    def read(self, n):
        data = super().read(n)
        if n == 9:
            self.head = data
        elif self.head[3] == HEADERS:
            self.trailers[struct.unpack(">I", self.head[5:])[0]].update(self.inflater.headers(data))
        return data

    def ask(self, method, message):
        stream = self.call(method, message)
        while stream not in self.ended:
            self.pump()
        trailers = self.trailers[stream]
        if trailers.get("grpc-status") != "0":
            print(trailers.get("grpc-status"), trailers.get("grpc-message"))
            sys.exit(1)
        return next(self.messages(stream), collections.defaultdict(list))


def fixed(field, n):
    return varint(field << 3 | 1) + struct.pack("<Q", n)


def text(field, data):
    data = data if isinstance(data, bytes) else data.encode()
    return varint(field << 3 | 2) + varint(len(data)) + data


def matcher(m):
    out = number(1, m["policy"]) + number(2, OPERATIONS.index(m["operation"]))
    given = [name for name in FIELDS if name in m]
    out += number(3, m.get("fields", sum(FIELDS[name] for name in given)))
    out += number(4, sum(FIELDS[name] for name in m.get("negated", [])))
    for name, field in (("exe", 5), ("exe_prefix", 5), ("path", 6), ("path_prefix", 6), ("comm", 7)):
        out += text(field, m[name]) if name in m else b""
    if "inode" in m:
        out += fixed(8, m["inode"]) + number(9, m["dev"])
    if "uid" in m:
        out += number(10, m["uid"])
    if "address" in m:
        network = ipaddress.ip_network(m["address"])
        out += text(11, network.network_address.packed) + number(12, network.prefixlen)
    if "port" in m:
        out += number(13, m["port"][0]) + number(14, m["port"][1])
    return out


def request(asked):
    out = b""
    for p in asked.get("policies", []):
        out += text(1, number(1, p["id"]) + number(2, {"kill": 1, "deny": 2}.get(p["action"], 9)) +
                    number(3, p.get("dry_run", False)) + number(4, p.get("host", False)))
    for m in asked.get("matchers", []):
        out += text(2, matcher(m))
    for t in asked.get("targets", []):
        out += text(3, fixed(1, t["key"]) + fixed(2, t["policies"]) + number(3, t.get("started", False)))
    return out


def show_status(message):
    enforcement = parse(message[15][0])

    def ability(field):
        a = parse((enforcement[field] or [b""])[0])
        return {"available": bool(a[1]), "reason": (a[2] or [b""])[0].decode(), "attached": bool(a[3])}

    counts = {}
    for policy in map(parse, enforcement[9]):
        counts[policy[1][0]] = [(policy[2] or [0])[0], (policy[3] or [0])[0]]
    since = struct.unpack("<Q", enforcement[7][0])[0] if enforcement[7] else 0
    return {"exec": ability(4), "network": ability(5), "lsm": ability(6), "since": since,
            "undecided": (enforcement[8] or [0])[0], "policies": counts, "targets": (enforcement[10] or [0])[0],
            "supervisor": message[14][0]}


def show_decision(header, record):
    inode, address, policy, dev, operation, flags, port, family, protocol, path_len, _ = DECISION.unpack_from(record, ACTOR_END)
    tail = record[ACTOR_END + DECISION.size:][:path_len]
    host = {2: socket.inet_ntop(2, address[:4]), 10: socket.inet_ntop(10, address)}.get(family)
    return {"policy": policy, "operation": OPERATIONS[operation], "dry_run": bool(flags & 1), "killed": bool(flags & 2),
            "denied": bool(flags & 4), "pid": header[4], "cgroup": header[2], "comm": record[ACTOR_START + 16:ACTOR_END].rstrip(b"\0").decode(),
            "path": tail.decode(errors="replace"), "inode": inode, "dev": dev, "address": host, "port": port}


def watch(client):
    def stop(*_):
        client.call("Unsubscribe", b"")

    stream = client.call("Subscribe", number(1, ABI) + number(2, 2) + fixed(5, 1 << KIND_DECISION))
    base, last = {}, {}
    signal.signal(signal.SIGTERM, stop)
    while stream not in client.ended:
        client.pump()
        for batch in client.messages(stream):
            last = ledger(batch)
            if not base:
                base = last
                print(json.dumps({"ready": True}), flush=True)
            for header, record in records(batch):
                if header[8 + 1] == KIND_DECISION:
                    print(json.dumps(show_decision(header, record)), flush=True)
    offered, lost = (last.get(KIND_DECISION, (0, 0))[i] - base.get(KIND_DECISION, (0, 0))[i] for i in (0, 1))
    print(json.dumps({"offered": offered, "lost": lost}), flush=True)


def main():
    client, command, arguments = CheckedClient(sys.argv[1]), sys.argv[2], sys.argv[3:]
    if command == "status":
        print(json.dumps(show_status(client.ask("GetStatus", b""))))
    elif command == "set":
        client.ask("SetEnforcement", request(json.loads(arguments[0])))
    elif command == "signal":
        pid, start, signo = map(int, arguments)
        answer = client.ask("Signal", number(1, pid) + fixed(2, start) + number(3, signo))
        print(json.dumps({"processes": answer[1][0] if answer[1] else 0}))
    elif command == "end":
        answer = client.ask("Signal", fixed(4, int(arguments[0])))
        print(json.dumps({"processes": answer[1][0] if answer[1] else 0}))
    elif command == "raw":
        client.ask(arguments[0], bytes.fromhex(arguments[1]))
    else:
        watch(client)


main()
