#!/usr/bin/env python3
"""packets.py NAME.md…: writes the section "Packets" of a sample's text anew from its capture.
packets.py --first LABEL CAPTURE: the packet of the first message whose label begins so.
"""

import pathlib
import sys

sys.dont_write_bytecode = True

import wire  # noqa: E402

HEADING = "## Packets\n"


INSIDE = """
## Inside TLS

Written by `record/packets.py` from what tshark decrypts with `{name}`; the packets are those that carry it.
"""


def table(head, rows):
    rows.sort(key=lambda row: row[0])
    return "\n".join([head, "|---|---|---|---|---|"] + [text for _, text in rows]) + "\n"


def rows_of(stream, messages):
    for message in messages:
        side = "client" if message.side == "C" else "server"
        label = message.label.replace("|", "\\|").replace("\r", "\\r").replace("\n", "\\n")
        seq = "" if message.seq is None else message.seq
        yield message.packet, f"| {message.packet} | {stream.number} | {side} | {seq} | {label} |"


def section(capture):
    rows = [row for stream in wire.streams(capture) for row in rows_of(stream, stream.messages)]
    if not rows:
        return ""
    return (f"{HEADING}\nWritten by `record/packets.py`; numbers are tshark's `frame.number`.\n\n"
            + table("| packet | stream | from | seq | message |", rows))


def inside(text_file, capture):
    """What the file with keys beside the capture opens."""
    for secrets, argument in ((text_file.with_suffix(".keylog"), "keylog"), (text_file.with_suffix(".pem"), "pem")):
        rows = []
        if secrets.exists():
            for stream in wire.streams(capture):
                if stream.tls and wire.decrypt(capture, stream, **{argument: secrets}):
                    rows += rows_of(stream, stream.inside)
        if rows:
            return INSIDE.format(name=secrets.name) + "\n" + table("| in packet | stream | from | seq | message |", rows)
    return ""


if sys.argv[1:2] == ["--first"]:
    print(min(message.packet for stream in wire.streams(sys.argv[3]) for message in stream.messages
              if message.label.startswith(sys.argv[2])))
    sys.exit()

for name in sys.argv[1:]:
    text_file = pathlib.Path(name)
    capture = wire.capture_of(text_file)
    text = text_file.read_text().split(HEADING)[0].rstrip("\n")
    packets = section(capture)
    text_file.write_text(text + "\n" + ("\n" + packets if packets else "") + inside(text_file, capture))
