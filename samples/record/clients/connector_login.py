"""MySQL Connector/Python (the pure Python implementation): log in, one statement, quit.

--ssl                       allow TLS (off unless asked for)
--compress                  zlib compression
--change-user USER PASSWORD change to this user after the statement; repeatable
"""

import argparse
import sys

import mysql.connector

import login_env

arguments = argparse.ArgumentParser()
arguments.add_argument("--ssl", action="store_true")
arguments.add_argument("--compress", action="store_true")
arguments.add_argument("--change-user", nargs=2, action="append", default=[])
given = arguments.parse_args()

try:
    connection = mysql.connector.connect(
        host=login_env.HOST,
        port=login_env.PORT,
        user=login_env.USER,
        password=login_env.PASSWORD,
        use_pure=True,
        ssl_disabled=not given.ssl,
        compress=given.compress,
    )
    cursor = connection.cursor()
    cursor.execute(login_env.STATEMENT)
    for user, password in given.change_user:
        connection.cmd_change_user(username=user, password=password)
        cursor = connection.cursor()
        cursor.execute(login_env.STATEMENT)
    connection.close()
except mysql.connector.Error as error:
    print("refused:", error)
    sys.exit(1)
