"""PyMySQL: log in, one statement, quit.

--password-file FILE   take FILE's whole content as the password, line ending included
--password-bytes HEX   take these bytes as the password
--tls                  with TLS, any certificate
--ciphers LIST         with these cipher suites of TLS 1.2
--query SQL            another statement than DO 1
--start-at TIME        wait until then (seconds since 1970)
--pause SECONDS        wait before each packet that is sent
"""

import argparse
import sys
import time

import pymysql

import login_env

arguments = argparse.ArgumentParser()
arguments.add_argument("--password-file")
arguments.add_argument("--password-bytes", type=bytes.fromhex)
arguments.add_argument("--tls", action="store_true")
arguments.add_argument("--ciphers")
arguments.add_argument("--query", default=login_env.STATEMENT)
arguments.add_argument("--start-at", type=float)
arguments.add_argument("--pause", type=float)
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

extra = {}
if given.tls:
    import ssl

    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if given.ciphers:
        context.set_ciphers(given.ciphers)
    extra["ssl"] = context

try:
    connection = pymysql.connect(
        host=login_env.HOST,
        port=login_env.PORT,
        user=login_env.USER,
        password=password,
        database=login_env.DATABASE,
        **extra,
    )
except pymysql.Error as error:
    print("refused:", error)
    sys.exit(1)
with connection.cursor() as cursor:
    cursor.execute(given.query)
connection.close()
print("let in by", connection.server_version)
