#!/usr/bin/env python3
"""Servers that take alerts, for test_alert_outputs.sh: each writes the ids it got to a file, one a line.

  alert_sinks.py webhook PORT OUT         fails every other call: error 500, reset, no answer, in turn
  alert_sinks.py private PORT OUT CERT AUTHORIZATION  a webhook over TLS that lets nobody in without this header
  alert_sinks.py journal SOCKET OUT GATE  the journal's native protocol; does not read before GATE exists
  alert_sinks.py syslog PORT OUT [MOST]   RFC 5424 over TCP with octet counting; ends after MOST messages or a few more
  alert_sinks.py datagrams PATH|PORT OUT  RFC 5424 over a unix socket or UDP

OUT exists once the server listens."""
import json
import os
import re
import signal
import socket
import ssl
import struct
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LOCK = threading.Lock()
STOPPING = threading.Event()


def note(out, alert):
    with LOCK, open(out, "a", encoding="utf-8") as file:
        file.write(alert + "\n")


class Webhook(BaseHTTPRequestHandler):
    calls = 0
    out = ""

    def do_POST(self):
        with LOCK:
            Webhook.calls += 1
            call = Webhook.calls
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if call % 2 == 0:
            return self.fail(call // 2 % 3)
        alert = json.loads(body)["id"]
        if alert == self.headers["X-Eunomia-Alert-Id"] == self.headers["Idempotency-Key"]:
            note(Webhook.out, alert)
        self.send_response(204)
        self.end_headers()

    def fail(self, how):
        self.close_connection = True
        if how == 0:
            self.send_response(500)
            self.end_headers()
        elif how == 1:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
        else:
            STOPPING.wait(5)

    def log_message(self, *_):
        pass


def webhook(port, out):
    Webhook.out = out
    server = ThreadingHTTPServer(("127.0.0.1", int(port)), Webhook)
    server.daemon_threads = True
    open(out, "a").close()
    server.serve_forever()


class Private(Webhook):
    authorization = ""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        allowed = self.headers["Authorization"] == Private.authorization
        if allowed:
            note(Webhook.out, json.loads(body)["id"])
        self.send_response(204 if allowed else 401)
        self.send_header("Content-Length", "0")
        self.end_headers()


def private(port, out, certificate, authorization):
    Webhook.out, Private.authorization = out, authorization
    server = ThreadingHTTPServer(("127.0.0.1", int(port)), Private)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    open(out, "a").close()
    server.serve_forever()


def fields(entry):
    while entry:
        line, _, rest = entry.partition(b"\n")
        name, equals, value = line.partition(b"=")
        if equals:
            yield name, value
            entry = rest
            continue
        length = struct.unpack("<Q", rest[:8])[0]
        if rest[8 + length:9 + length] != b"\n":
            raise ValueError(f"no line feed behind {name}")
        yield name, rest[8:8 + length]
        entry = rest[9 + length:]


def journal(path, out, gate):
    server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    server.bind(path)
    open(out, "a").close()
    while not os.path.exists(gate):
        time.sleep(0.05)
    while True:
        entry = dict(fields(server.recv(1 << 20)))
        if entry[b"MESSAGE"] and entry[b"PRIORITY"] and entry[b"EUNOMIA_RULE"] and entry[b"CONTAINER_ID_FULL"]:
            note(out, entry[b"EUNOMIA_ALERT_ID"].decode())


def id_of(message):
    return re.match(rb'<\d+>1 \S+ \S+ eunomia \d+ alert \[eunomia@32473 id="([^"]+)"', message)[1].decode()


def datagrams(address, out):
    if address.isdigit():
        server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        server.bind(("127.0.0.1", int(address)))
    else:
        server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        server.bind(address)
    open(out, "a").close()
    while True:
        note(out, id_of(server.recv(1 << 20)))


def syslog_connection(connection, out, most):
    data = b""
    count = 0
    while not STOPPING.is_set() and count < most:
        piece = connection.recv(997)
        if not piece:
            break
        data += piece
        while True:
            frame = re.match(rb"(\d+) ", data)
            end = frame and frame.end() + int(frame[1])
            if not frame or len(data) < end:
                break
            message, data = data[frame.end():end], data[end:]
            note(out, id_of(message))
            count += 1
    if count >= most:
        STOPPING.set()
    connection.close()


def syslog(port, out, most="inf"):
    signal.signal(signal.SIGTERM, lambda *_: STOPPING.set())
    server = socket.create_server(("127.0.0.1", int(port)), reuse_port=True)
    server.settimeout(0.05)
    open(out, "a").close()
    while not STOPPING.is_set():
        try:
            connection, _ = server.accept()
        except TimeoutError:
            continue
        syslog_connection(connection, out, float(most))


if __name__ == "__main__":
    {"webhook": webhook, "private": private, "journal": journal, "syslog": syslog, "datagrams": datagrams}[sys.argv[1]](*sys.argv[2:])
