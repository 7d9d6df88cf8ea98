"""A DNS server for tests, over UDP and TCP: dns_server.py ADDRESS PORT LOG [SECONDS_OF_DELAY].

Says what it got and sent, a line for each message: "q|a udp|tcp PEER_PORT ID TYPE NAME CODE". A is answered with
192.0.2.1 and AAAA with 2001:db8::1, behind an alias for names that begin with "alias."; "nope." does not exist, "cut."
sends half an answer, "big." 300 addresses, "loop." a name that leads to itself. TCP answers come in pieces."""
import socket
import struct
import sys
import threading
import time

ADDRESS, PORT, LOG = sys.argv[1], int(sys.argv[2]), open(sys.argv[3], "a", buffering=1)
DELAY = float(sys.argv[4]) if len(sys.argv) > 4 else 0
TYPES = {1: "A", 28: "AAAA", 16: "TXT", 15: "MX", 33: "SRV", 6: "SOA", 2: "NS", 12: "PTR", 65: "HTTPS"}


def wire(name):
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".") if label) + b"\0"


def record(name, kind, data, ttl=300):
    return name + struct.pack(">HHIH", kind, 1, ttl, len(data)) + data


def data_of(kind):
    return {
        1: bytes([192, 0, 2, 1]),
        28: bytes.fromhex("20010db8000000000000000000000001"),
        16: b"\x05hello\x03a\"b",
        15: struct.pack(">H", 10) + wire("mail.test"),
        33: struct.pack(">HHH", 1, 2, 443) + wire("srv.test"),
        6: wire("ns.test") + wire("root.test") + struct.pack(">5I", 1, 2, 3, 4, 5),
        2: wire("ns.test"),
        12: wire("ptr.test"),
        65: struct.pack(">H", 1) + b"\0" + struct.pack(">HH", 1, 3) + b"\x02h2",
    }.get(kind, b"\1\2")


def question(message):
    labels, at = [], 12
    while message[at]:
        labels.append(message[at + 1:at + 1 + message[at]].decode())
        at += message[at] + 1
    return ".".join(labels), struct.unpack(">H", message[at + 1:at + 3])[0], at + 5


def answer(message):
    name, kind, end = question(message)
    first = name.split(".")[0].lower()
    pointer, code, records = b"\xc0\x0c", 0, []
    if first == "nope":
        code = 3
    elif first == "alias":
        records = [record(pointer, 5, wire("real.test")), record(wire("real.test"), kind, data_of(kind))]
    elif first == "big":
        records = [record(pointer, 1, bytes([198, 51, 100, n % 256])) for n in range(300)]
    elif first == "loop":
        records = [record(struct.pack(">H", 0xc000 | end), kind, data_of(kind))]
    else:
        records = [record(pointer, kind, data_of(kind))]
    reply = message[:2] + struct.pack(">HHHHH", 0x8180 | code, 1, len(records), 0, 0) + message[12:end] + b"".join(records)
    return reply[:end + 5] if first == "cut" else reply


def log(way, transport, port, message):
    name, kind, _ = question(message)
    code = struct.unpack(">H", message[2:4])[0] & 15
    print(way, transport, port, struct.unpack(">H", message[:2])[0], TYPES.get(kind, f"TYPE{kind}"), name, code, file=LOG)


def serve_datagrams(server):
    while True:
        message, peer = server.recvfrom(4096)
        log("q", "udp", peer[1], message)
        reply = answer(message)
        time.sleep(DELAY)
        log("a", "udp", peer[1], reply)
        server.sendto(reply, peer)


def read_all(stream, count):
    data = b""
    while len(data) < count:
        more = stream.recv(count - len(data))
        if not more:
            return None
        data += more
    return data


def serve_stream(stream, peer):
    while True:
        length = read_all(stream, 2)
        if length is None:
            return
        message = read_all(stream, struct.unpack(">H", length)[0])
        log("q", "tcp", peer[1], message)
        reply = answer(message)
        log("a", "tcp", peer[1], reply)
        stream.sendall(struct.pack(">H", len(reply)))
        stream.sendmsg([reply[:5], reply[5:20]])
        stream.sendall(reply[20:])


def main():
    datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    datagrams.bind((ADDRESS, PORT))
    listener = socket.create_server((ADDRESS, PORT))
    threading.Thread(target=serve_datagrams, args=(datagrams,), daemon=True).start()
    print("listening", file=LOG)
    while True:
        stream, peer = listener.accept()
        threading.Thread(target=serve_stream, args=(stream, peer), daemon=True).start()


main()
