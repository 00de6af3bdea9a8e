"""PyMySQL: log in, one statement, quit.

--password-file FILE   take FILE's whole content as the password, line ending included
--password-bytes HEX   take these bytes as the password
--tls                  with TLS, any certificate
--verify               with TLS, only a certificate which the system trusts
--ciphers LIST         with these cipher suites of TLS up to 1.2
--tls-version VERSION  with this version alone: TLSv1, TLSv1_1, TLSv1_2, TLSv1_3
--mac-then-encrypt     do not offer encrypt-then-MAC
--old-server           accept a server which knows no secure renegotiation
--resume               log in twice, the second time with the TLS session of the first
--tls-first            TLS from the first byte, as through stunnel; inside it MySQL in the clear
--query SQL            another statement than DO 1
--start-at TIME        wait until then (seconds since 1970)
--pause SECONDS        wait before each packet that is sent
--from ADDRESS         connect from this address of the machine
"""

import argparse
import os
import socket
import sys
import time

import pymysql

import login_env

arguments = argparse.ArgumentParser()
arguments.add_argument("--password-file")
arguments.add_argument("--password-bytes", type=bytes.fromhex)
arguments.add_argument("--tls", action="store_true")
arguments.add_argument("--verify", action="store_true")
arguments.add_argument("--ciphers")
arguments.add_argument("--tls-version")
arguments.add_argument("--mac-then-encrypt", action="store_true")
arguments.add_argument("--old-server", action="store_true")
arguments.add_argument("--resume", action="store_true")
arguments.add_argument("--tls-first", action="store_true")
arguments.add_argument("--query", default=login_env.STATEMENT)
arguments.add_argument("--start-at", type=float)
arguments.add_argument("--pause", type=float)
arguments.add_argument("--from", dest="source")
given = arguments.parse_args()

if given.pause:
    send = pymysql.connections.Connection._write_bytes

    def send_later(self, data):
        time.sleep(given.pause)
        send(self, data)

    pymysql.connections.Connection._write_bytes = send_later
if given.start_at:
    time.sleep(max(0, given.start_at - time.time()))

password = login_env.PASSWORD
if given.password_file:
    # The mistake this option is for: read() keeps the line ending.
    with open(given.password_file, newline="") as file:
        password = file.read()
if given.password_bytes is not None:
    password = given.password_bytes

# OpenSSL's; the module ssl has no names for them.
OP_NO_ENCRYPT_THEN_MAC = 1 << 19
OP_LEGACY_SERVER_CONNECT = 1 << 2


class Session:
    """The TLS session of a connection that is over, for the next one."""

    kept = None
    alive = []  # OpenSSL gives up the session of a connection that is freed without close_notify


def tls_context():
    import ssl

    class KeepingSocket(ssl.SSLSocket):
        def close(self):
            if self._sslobj is not None:
                Session.kept = self.session
                Session.alive.append(self._sslobj)
            super().close()

    class Context(ssl.SSLContext):
        sslsocket_class = KeepingSocket

        def wrap_socket(self, sock, **options):
            wrapped = super().wrap_socket(sock, session=Session.kept, **options)
            print("TLS:", wrapped.version(), wrapped.cipher()[0], "resumed" if wrapped.session_reused else "new")
            return wrapped

    context = Context(ssl.PROTOCOL_TLS_CLIENT) if given.resume else ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_REQUIRED if given.verify else ssl.CERT_NONE
    if given.resume:
        context.keylog_filename = os.environ.get("SSLKEYLOGFILE")
    if given.ciphers:
        context.set_ciphers(given.ciphers)
    if given.tls_version:
        context.minimum_version = context.maximum_version = getattr(ssl.TLSVersion, given.tls_version)
    if given.mac_then_encrypt:
        context.options |= OP_NO_ENCRYPT_THEN_MAC
    if given.old_server:
        context.options |= OP_LEGACY_SERVER_CONNECT
    return context


extra = {}
if given.tls or given.verify:
    extra["ssl"] = tls_context()
if given.tls_first:
    extra["defer_connect"] = True
if given.source:
    extra["bind_address"] = given.source


def log_in():
    connection = pymysql.connect(
        host=login_env.HOST,
        port=login_env.PORT,
        user=login_env.USER,
        password=password,
        database=login_env.DATABASE,
        **extra,
    )
    if given.tls_first:
        outside = socket.create_connection((login_env.HOST, login_env.PORT))
        connection.connect(tls_context().wrap_socket(outside, server_hostname=login_env.HOST))
    with connection.cursor() as cursor:
        cursor.execute(given.query)
    connection.close()
    return connection


let_in = True
for _ in range(2 if given.resume else 1):
    try:
        print("let in by", log_in().server_version)
    except pymysql.Error as error:
        print("refused:", error)
        let_in = False
sys.exit(0 if let_in else 1)
