#!/usr/bin/env python3
"""Writes samples/multi-factor.pcap.

No server at hand offers multi-factor authentication with a second factor that has a password (MySQL's are of
its Enterprise edition), so this sample is built from the documentation and not recorded: "Protocol::AuthNextFactor",
"Protocol::HandshakeResponse41" and "Caching_sha2_password information" in the MySQL Source Code Documentation.

usage: multi_factor.py OUT.pcap
"""
import struct
import sys
from hashlib import sha256

PASSWORD = b"Kestrel-Harbour-93"
CAPABILITIES = 0x00000001 | 1 << 9 | 1 << 15 | 1 << 19 | 1 << 21 | 1 << 28
CLIENT, SERVER = bytes([192, 0, 2, 10]), bytes([192, 0, 2, 20])


def caching_sha2(password, salt):
    once = sha256(password).digest()
    return bytes(a ^ b for a, b in zip(once, sha256(sha256(once).digest() + salt).digest()))


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


class Conversation:
    """One TCP conversation, written packet by packet."""

    def __init__(self, file, port, second):
        self.file, self.port, self.time = file, port, second * 1_000_000
        self.next = {"client": 1000, "server": 5000}

    def send(self, side, flags, payload=b""):
        other = "server" if side == "client" else "client"
        ports = (self.port, 3306) if side == "client" else (3306, self.port)
        ends = (CLIENT, SERVER) if side == "client" else (SERVER, CLIENT)
        ack = self.next[other] if flags & 0x10 else 0
        head = [*ports, self.next[side], ack, 0x50, flags, 65535, 0, 0]
        pseudo = ends[0] + ends[1] + struct.pack(">BBH", 0, 6, 20 + len(payload))
        head[7] = checksum(pseudo + struct.pack(">HHIIBBHHH", *head) + payload)
        tcp = struct.pack(">HHIIBBHHH", *head) + payload
        ip = [0x45, 0, 20 + len(tcp), 0, 0x4000, 64, 6, 0, *ends]
        ip[7] = checksum(struct.pack(">BBHHHBBH4s4s", *ip))
        packet = struct.pack(">BBHHHBBH4s4s", *ip) + tcp
        stamp = divmod(self.time, 1_000_000)
        self.file.write(struct.pack("<IIII", 1_767_225_600 + stamp[0], stamp[1], len(packet), len(packet)) + packet)
        self.time += 500
        self.next[side] += len(payload) + (1 if flags & 0x03 else 0)

    def open(self):
        self.send("client", 0x02)
        self.send("server", 0x12)
        self.send("client", 0x10)

    def message(self, side, sequence, payload):
        header = struct.pack("<I", len(payload))[:3] + bytes([sequence])
        self.send(side, 0x18, header + payload)

    def close(self):
        self.message("client", 0, b"\x01")
        self.send("client", 0x11)
        self.send("server", 0x11)
        self.send("client", 0x10)


def greeting(salt):
    plugin = b"caching_sha2_password\0"
    return (
        b"\x0a8.4.0\0" + struct.pack("<I", 7) + salt[:8] + b"\0" + struct.pack("<H", CAPABILITIES & 0xFFFF) + b"\xff"
        + struct.pack("<HH", 2, CAPABILITIES >> 16) + bytes([21]) + bytes(10) + salt[8:] + b"\0" + plugin
    )


def login(response):
    fixed = struct.pack("<IIB", CAPABILITIES, 1 << 24, 255) + bytes(23)
    return fixed + b"app\0" + bytes([len(response)]) + response + b"caching_sha2_password\0"


NEXT_FACTOR = b"\x02mysql_clear_password\0"
OK = b"\0\0\0\x02\0\0\0"
DENIED = b"\xff" + struct.pack("<H", 1045) + b"#28000Access denied for user 'app'@'192.0.2.10' (using password: YES)"

# What each stream answers to its two factors, and how it ends.
STREAMS = [
    (PASSWORD, PASSWORD, OK),
    (PASSWORD, b"Plover-Quay-11", DENIED),
    (PASSWORD + b"\n", PASSWORD, OK),
]


def main():
    with open(sys.argv[1], "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101))
        for number, (first, second, end) in enumerate(STREAMS):
            salt = bytes((37 * number + 11 * place) % 90 + 37 for place in range(20))
            talk = Conversation(file, 40000 + number, 10 * number)
            talk.open()
            talk.message("server", 0, greeting(salt))
            talk.message("client", 1, login(caching_sha2(first, salt)))
            talk.message("server", 2, b"\x01\x03")
            talk.message("server", 3, NEXT_FACTOR)
            talk.message("client", 4, second + b"\0")
            talk.message("server", 5, end)
            talk.close()


if __name__ == "__main__":
    main()
