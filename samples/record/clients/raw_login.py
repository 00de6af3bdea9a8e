"""A client made by hand, for what no client at hand does.

raw_login.py old [transactions]   the protocol before 4.1 (HandshakeResponse320), with CLIENT_TRANSACTIONS
raw_login.py full-auth HOW        caching_sha2_password; at full authentication the password is sent as
                                  HOW: clear, clear-after-key, rsa-sha256, tls-key, tls-rsa KEY, tls-no-nul,
                                  tls-nul
"""

import pathlib
import socket
import ssl
import struct
import sys

import login_env

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent))

import formulas  # noqa: E402

# LONG_PASSWORD, LONG_FLAG, PROTOCOL_41, TRANSACTIONS, SECURE_CONNECTION, PLUGIN_AUTH.
FLAGS = 1 | 1 << 2 | 1 << 9 | 1 << 13 | 1 << 15 | 1 << 19
SSL, TRANSACTIONS = 1 << 11, 1 << 13
PLUGIN = b"caching_sha2_password"


class Connection:
    def __init__(self):
        self.socket = socket.create_connection((login_env.HOST, login_env.PORT))
        greeting = self.read()
        at = greeting.index(b"\0") + 5
        self.salt = greeting[at:at + 8] + greeting[at + 27:at + 39]

    def read(self):
        head = self.exactly(4)
        self.sequence = head[3]
        return self.exactly(int.from_bytes(head[:3], "little"))

    def exactly(self, length):
        data = b""
        while len(data) < length:
            data += self.socket.recv(length - len(data)) or sys.exit("closed by the server")
        return data

    def write(self, payload, sequence=None):
        self.sequence = self.sequence + 1 if sequence is None else sequence
        self.socket.sendall(len(payload).to_bytes(3, "little") + bytes([self.sequence]) + payload)

    def end(self):
        """One statement and the farewell, if the server lets it in. MariaDB asks again by a switch."""
        answer = self.read()
        if answer[0] == 0xFE:
            self.write(formulas.old_password(PASSWORD, self.salt) + b"\0")
            answer = self.read()
        if answer[0] != 0:
            sys.exit(f"refused: {answer!r}")
        self.write(b"\x03DO 1", 0)
        self.read()
        self.write(b"\x01", 0)


def old(connection, transactions):
    flags = 1 | (TRANSACTIONS if transactions else 0)
    head = struct.pack("<H", flags) + b"\xff\xff\xff"
    response = formulas.old_password(PASSWORD, connection.salt)
    connection.write(head + USER + b"\0" + response)
    connection.end()


def encrypted(connection, pem, sha256=False):
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import padding

    digest = hashes.SHA256() if sha256 else hashes.SHA1()
    key = serialization.load_pem_public_key(pem)
    plain = formulas.rsa_plain(PASSWORD, connection.salt)
    return key.encrypt(plain, padding.OAEP(padding.MGF1(digest), digest, None))


def full_auth(connection, how, key_file=None):
    tls = how.startswith("tls-")
    head = struct.pack("<IIB23x", FLAGS | (SSL if tls else 0), 1 << 24, 45)
    if tls:
        connection.write(head)
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        connection.socket = context.wrap_socket(connection.socket)
    response = formulas.caching_sha2(PASSWORD, connection.salt)
    connection.write(head + USER + b"\0" + bytes([len(response)]) + response + PLUGIN + b"\0")
    if connection.read() != b"\x01\x04":
        sys.exit("the server did not ask for the password")
    if how in ("clear-after-key", "rsa-sha256", "tls-key"):
        connection.write(b"\x02")
        pem = connection.read()
        if pem[:1] != b"\x01":
            sys.exit(f"refused: {pem!r}")
    if how in ("clear", "clear-after-key"):
        connection.write(PASSWORD + b"\0")
    elif how == "rsa-sha256":
        connection.write(encrypted(connection, pem[1:], sha256=True))
    elif how == "tls-rsa":
        connection.write(encrypted(connection, pathlib.Path(key_file).read_bytes()))
    elif how == "tls-no-nul":
        connection.write(PASSWORD)
    elif how == "tls-nul":
        connection.write(b"\0")
    connection.end()


USER, PASSWORD = login_env.USER.encode(), login_env.PASSWORD.encode()
if sys.argv[1] == "old":
    old(Connection(), "transactions" in sys.argv[2:])
else:
    full_auth(Connection(), *sys.argv[2:])
