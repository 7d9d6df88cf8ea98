#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""trim.py [--lean] IN.eun EVENTS.json OUT.eun: keeps of a capture what its events need, as if nothing else had run on the machine.

The life cycles of all processes are in every capture, whatever was selected. Here stay the records of processes and
cgroups that occur in EVENTS.json (as replay gives it) and the containers; sequence numbers and the ledger are made anew
to match, and the header loses what tells the machine. Nothing may have been lost in IN.eun. With --lean, batches that follow
one another become one, and what runc does on its way into a container stays for the first container only."""
import json
import struct
import sys

MAGIC = b"EUNOMIA\n"
HEADER, BEGIN, BATCH, SNAPSHOT, CONTAINER, END, ACCOUNTS = range(1, 8)  # frames, see protos/eunomia/capture/v1/capture.proto
NUMBER, FINAL, LEDGER, RECORD_COUNT, RECORDS = 1, 2, 5, 6, 15  # fields of EventBatch
KERNEL_RELEASE, BOOT_ID, PIDS = 5, 6, 12  # of CaptureHeader
RECORD = struct.Struct("<QQQQIIIIIHHHHI")  # struct eu_event_header
CGROUP_KINDS = (4, 5)
SNAPSHOT_FLAG = 1
LIFE_CYCLE_KINDS = range(1, 6)
RUNTIME = b"runc:["
FULL = 32 * 1024  # bytes of records in a batch


def read_varint(data, at):
    value = shift = 0
    while True:
        value |= (data[at] & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if data[at - 1] < 0x80:
            return value, at


def varint(value):
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out + bytes([value]))


def read_fields(data):
    """[number, value] each; a value is a number or bytes, the only two that these messages have."""
    fields, at = [], 0
    while at < len(data):
        tag, at = read_varint(data, at)
        value, at = read_varint(data, at)
        if tag & 7 == 2:
            value, at = data[at:at + value], at + value
        fields.append([tag >> 3, value])
    return fields


def write_fields(fields):
    out = bytearray()
    for number, value in fields:
        if isinstance(value, bytes):
            out += varint(number << 3 | 2) + varint(len(value)) + value
        elif value:
            out += varint(number << 3) + varint(value)
    return bytes(out)


def read_frames(data):
    at = len(MAGIC)
    while at < len(data):
        length, kind = struct.unpack_from("<II", data, at)
        yield kind, data[at + 8:at + 8 + length]
        at += 8 + length


class Record:
    def __init__(self, data):
        self.data = bytearray(data)
        (_, self.seq, self.cgroup, _, self.tgid, _, self.ppid, _, _, self.kind, _, self.cpu, self.flags, _) = RECORD.unpack_from(data)
        self.made = struct.unpack_from("<Q", data, RECORD.size)[0] if self.kind in CGROUP_KINDS else None
        self.live = not self.flags & SNAPSHOT_FLAG

    def renumber(self, seq):
        struct.pack_into("<Q", self.data, 8, seq)


def read_records(area):
    records = []
    while area:
        size = struct.unpack_from("<H", area, 54)[0]
        records.append(Record(area[:size]))
        area = area[size:]
    return records


def descendants_on_the_way(pids, roots, parents):
    """The processes by which these descend from the roots."""
    found = set(roots)
    for pid in pids:
        way = []
        while pid in parents and pid not in found:
            way.append(pid)
            pid = parents[pid]
        found.update(way if pid in found else [])
    return found


def select(batches, events, roots):
    """What stays: records of processes that have events, and of the cgroups that these records or the events name."""
    records = [r for _, batch in batches for r in batch]
    pids = {e["process"]["pid"] for e in events if "process" in e}
    pids |= {e["security"]["target"]["pid"] for e in events if "pid" in e.get("security", {}).get("target", {})}
    pids |= descendants_on_the_way(pids, roots, {r.tgid: r.ppid for r in records})
    ids = {e["cgroup"]["id"] for e in events if "cgroup" in e}
    cgroups = {r.cgroup for r in records if r.tgid in pids}
    return {id(r) for r in records if (r.made in cgroups or r.made & (1 << 56) - 1 in ids if r.made else r.tgid in pids)}


def renumber(records):
    by_cpu = {}
    for record in records:
        by_cpu.setdefault(record.cpu, []).append(record)
    for of_cpu in by_cpu.values():
        for n, record in enumerate(sorted(of_cpu, key=lambda r: r.seq)):
            record.renumber(n + 1)


def write_ledger(field, delivered):
    values = dict(read_fields(field))
    kind, losses = values.get(1, 0), [values.get(n, 0) for n in range(3, 7)]
    if any(losses):
        sys.exit(f"trim: records of kind {kind} were lost: record again")
    return write_fields([[1, kind], [2, delivered.get(kind, 0)]])


def write_batch(fields, records, number, delivered):
    kept = [[n, v] for n, v in fields if n not in (NUMBER, LEDGER, RECORD_COUNT, RECORDS)]
    ledger = [[LEDGER, write_ledger(v, delivered)] for n, v in fields if n == LEDGER]
    area = b"".join(bytes(r.data) for r in records)
    return write_fields([[NUMBER, number], *kept, *ledger, [RECORD_COUNT, len(records)], [RECORDS, area]])


def read_pids(header):
    packed, at, pids = dict(read_fields(header)).get(PIDS, b""), 0, []
    while at < len(packed):
        pid, at = read_varint(packed, at)
        pids.append(pid)
    return pids


def trim_accounts(payload, containers, events):
    """A container's are what it is made of; of the host's those stay that events name."""
    fields = read_fields(payload)
    container = dict(fields).get(1, b"")
    if container in containers:
        return payload
    kept = [[n, v] for n, v in fields if n > 1 and dict(read_fields(v)).get(1, 0) in numbers_of(events, ("uid", "gid")[n - 2])]
    return write_fields(kept) if kept and not container else None


def numbers_of(events, name):
    return {e["process"][name] for e in events if name in e.get("process", {})}


def merge(frames):
    """Batches that follow one another as one; all else about it is what the last of them says."""
    out = []
    for kind, payload in frames:
        if kind == BATCH and out and out[-1][0] == BATCH:
            fields = read_fields(payload)
            before = dict(read_fields(out[-1][1])).get(RECORDS, b"")
            if len(before) < FULL:
                records = before + dict(fields).get(RECORDS, b"")
                payload = write_fields([*[f for f in fields if f[0] != RECORDS], [RECORDS, records]])
                out.pop()
        out.append((kind, payload))
    return out


def drop_runtimes(records, stays):
    """Takes out what a runtime does in all containers but the first."""
    first, made = None, {record.made for record in records}
    for record in records:
        if RUNTIME in record.data and record.kind not in LIFE_CYCLE_KINDS and record.cgroup in made:
            first = first or record.cgroup
            if record.cgroup != first:
                stays.discard(id(record))


def main(source, events_file, target, lean):
    with open(source, "rb") as file:
        frames = list(read_frames(file.read()))
    frames = merge(frames) if lean else frames
    with open(events_file, encoding="utf-8") as file:
        events = [json.loads(line) for line in file]
    containers = {e["container"]["id"].encode() for e in events if "container" in e}
    batches = {i: (read_fields(p), read_records(dict(read_fields(p)).get(RECORDS, b"")))
               for i, (kind, p) in enumerate(frames) if kind in (BEGIN, BATCH, SNAPSHOT)}
    stays = select(batches.values(), events, read_pids(frames[0][1]))
    if lean:
        drop_runtimes([r for _, records in batches.values() for r in records], stays)
    renumber([r for _, records in batches.values() for r in records if r.live and id(r) in stays])
    delivered, numbers, out = {}, {True: 0, False: 0}, bytearray(MAGIC)
    for i, (kind, payload) in enumerate(frames):
        if kind == HEADER:
            payload = write_fields([f for f in read_fields(payload) if f[0] not in (KERNEL_RELEASE, BOOT_ID)])
        elif kind == CONTAINER and dict(read_fields(payload))[1] not in containers:
            continue
        elif kind == ACCOUNTS:
            payload = trim_accounts(payload, containers, events)
            if payload is None:
                continue
        elif i in batches:
            fields, records = batches[i]
            records = [r for r in records if id(r) in stays]
            if not records and kind != BEGIN and FINAL not in dict(fields):
                continue
            for record in records:
                delivered[record.kind] = delivered.get(record.kind, 0) + record.live
            before = {} if kind == BEGIN else delivered  # its counters are the base line
            payload = write_batch(fields, records, numbers[kind == SNAPSHOT], before)
            numbers[kind == SNAPSHOT] += 1
        out += struct.pack("<II", len(payload), kind) + payload
    with open(target, "wb") as file:
        file.write(out)


if __name__ == "__main__":
    main(*[argument for argument in sys.argv[1:] if argument != "--lean"], lean="--lean" in sys.argv[1:])
