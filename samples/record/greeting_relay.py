#!/usr/bin/env python3
"""A relay that writes another plugin name into the server's greeting.

A client which believes the greeting answers for the wrong plugin, and the server has to
send an AuthSwitchRequest: so every login through the relay is switched.
With --without-flags it takes capabilities away from the server (bits of the lower 16).

usage: greeting_relay.py PORT SERVER_PORT [--greet mysql_native_password] [--without-flags 0x200]
"""

import argparse
import socket
import threading

arguments = argparse.ArgumentParser()
arguments.add_argument("port", type=int)
arguments.add_argument("server_port", type=int)
arguments.add_argument("--greet", default="mysql_native_password")
arguments.add_argument("--without-flags", type=lambda text: int(text, 0), default=0)
given = arguments.parse_args()


def read_packet(connection):
    data = b""
    while len(data) < 4 or len(data) < 4 + int.from_bytes(data[:3], "little"):
        data += connection.recv(4096)
    return data


def with_plugin(packet, plugin):
    """The greeting ends with the plugin's name and a NUL; the flags' lower half stands 13 bytes after the version."""
    head = bytearray(packet[4:packet.rindex(b"\0", 0, -1) + 1])
    flags = head.index(b"\0") + 1 + 4 + 8 + 1
    kept = int.from_bytes(head[flags:flags + 2], "little") & ~given.without_flags
    head[flags:flags + 2] = kept.to_bytes(2, "little")
    body = head + plugin.encode() + b"\0"
    return len(body).to_bytes(3, "little") + packet[3:4] + body


def pump(source, target):
    while data := source.recv(65536):
        target.sendall(data)
    try:
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def serve(client):
    with client, socket.create_connection(("127.0.0.1", given.server_port)) as server:
        client.sendall(with_plugin(read_packet(server), given.greet))
        upwards = threading.Thread(target=pump, args=(client, server))
        upwards.start()
        pump(server, client)
        upwards.join()


listener = socket.create_server(("127.0.0.1", given.port))
while True:
    connection, _ = listener.accept()
    threading.Thread(target=serve, args=(connection,), daemon=True).start()
