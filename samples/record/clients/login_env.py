"""What every Python client here reads from the environment."""

import os

HOST = os.environ.get("LOGIN_HOST", "127.0.0.1")
PORT = int(os.environ["LOGIN_PORT"])
USER = os.environ["LOGIN_USER"]
PASSWORD = os.environ.get("LOGIN_PASSWORD", "")
DATABASE = os.environ.get("LOGIN_DATABASE") or None
STATEMENT = "DO 1"
