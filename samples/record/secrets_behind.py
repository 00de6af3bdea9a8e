#!/usr/bin/env python3
"""secrets_behind.py FILE.pcapng: moves the blocks with decryption secrets behind all others."""

import pathlib
import struct
import sys

SECRETS = 0x0000000A

for name in sys.argv[1:]:
    path = pathlib.Path(name)
    data, at = path.read_bytes(), 0
    order = "<" if data[8:12] == b"\x4d\x3c\x2b\x1a" else ">"
    others, secrets = [], []
    while at < len(data):
        kind, length = struct.unpack(order + "II", data[at:at + 8])
        (secrets if kind == SECRETS else others).append(data[at:at + length])
        at += length
    path.write_bytes(b"".join(others + secrets))
