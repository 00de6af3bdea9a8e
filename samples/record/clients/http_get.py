"""Fetches one page by plain HTTP: http_get.py PORT PATH."""

import http.client
import sys

connection = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]))
connection.request("GET", sys.argv[2])
print(connection.getresponse().status)
connection.close()
