"""Opens COUNT connections to PORT and holds them until it is ended: hold_connections.py PORT COUNT."""

import signal
import socket
import sys

held = [socket.create_connection(("127.0.0.1", int(sys.argv[1]))) for _ in range(int(sys.argv[2]))]
for connection in held:
    connection.recv(1)  # the greeting has begun: the server counts it
print("holding", len(held), flush=True)
signal.pause()
