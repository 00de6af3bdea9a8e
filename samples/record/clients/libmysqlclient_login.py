"""libmysqlclient by ctypes: log in, one statement, change user, quit. Runs inside MySQL's own root.

--compression NAMES          zlib, zstd, uncompressed
--change-user USER PASSWORD  change to this user after the statement; repeatable
"""

import argparse
import ctypes
import ctypes.util
import os
import sys

# enum mysql_option of mysql.h
MYSQL_OPT_PROTOCOL, MYSQL_OPT_SSL_MODE = 9, 35
MYSQL_OPT_GET_SERVER_PUBLIC_KEY, MYSQL_OPT_COMPRESSION_ALGORITHMS = 36, 41
TCP, SSL_DISABLED = 1, 1

arguments = argparse.ArgumentParser()
arguments.add_argument("--compression")
arguments.add_argument("--change-user", nargs=2, action="append", default=[])
given = arguments.parse_args()

library = ctypes.CDLL("libmysqlclient.so.24")
library.mysql_init.restype = ctypes.c_void_p
library.mysql_error.restype = ctypes.c_char_p
connection = ctypes.c_void_p(library.mysql_init(None))


def done(failed):
    if failed:
        print("refused:", library.mysql_error(connection).decode())
        library.mysql_close(connection)
        sys.exit(1)


def number_option(option, value):
    library.mysql_options(connection, option, ctypes.byref(ctypes.c_uint(value)))


number_option(MYSQL_OPT_PROTOCOL, TCP)
number_option(MYSQL_OPT_SSL_MODE, SSL_DISABLED)
library.mysql_options(connection, MYSQL_OPT_GET_SERVER_PUBLIC_KEY, ctypes.byref(ctypes.c_bool(True)))
if given.compression:
    library.mysql_options(connection, MYSQL_OPT_COMPRESSION_ALGORITHMS, given.compression.encode())

library.mysql_real_connect.restype = ctypes.c_void_p
done(not library.mysql_real_connect(
    connection, os.environ["LOGIN_HOST"].encode(), os.environ["LOGIN_USER"].encode(),
    os.environ["LOGIN_PASSWORD"].encode(), None, ctypes.c_uint(int(os.environ["LOGIN_PORT"])), None, ctypes.c_ulong(0)))
done(library.mysql_query(connection, b"DO 1"))
for user, password in given.change_user:
    done(library.mysql_change_user(connection, user.encode(), password.encode(), None))
    done(library.mysql_query(connection, b"DO 1"))
library.mysql_close(connection)
