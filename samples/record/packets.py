#!/usr/bin/env python3
"""packets.py NAME.md…: writes the section "Packets" of a sample's text anew from its capture.
packets.py --first LABEL CAPTURE: the packet of the first message whose label begins so.
"""

import pathlib
import sys

sys.dont_write_bytecode = True

import wire  # noqa: E402

HEADING = "## Packets\n"


def section(capture):
    lines = [HEADING, "", "Written by `record/packets.py`; numbers are tshark's `frame.number`.", "",
             "| packet | stream | from | seq | message |", "|---|---|---|---|---|"]
    lines[0] = HEADING.rstrip("\n")
    rows = []
    for stream in wire.streams(capture):
        for message in stream.messages:
            side = "client" if message.side == "C" else "server"
            label = message.label.replace("|", "\\|").replace("\r", "\\r").replace("\n", "\\n")
            seq = "" if message.seq is None else message.seq
            rows.append((message.packet, f"| {message.packet} | {stream.number} | {side} | {seq} | {label} |"))
    rows.sort(key=lambda row: row[0])
    if not rows:
        return ""
    return "\n".join(lines + [text for _, text in rows]) + "\n"


if sys.argv[1:2] == ["--first"]:
    print(min(message.packet for stream in wire.streams(sys.argv[3]) for message in stream.messages
              if message.label.startswith(sys.argv[2])))
    sys.exit()

for name in sys.argv[1:]:
    text_file = pathlib.Path(name)
    capture = wire.capture_of(text_file)
    text = text_file.read_text().split(HEADING)[0].rstrip("\n")
    text_file.write_text(text + "\n\n" + section(capture) if section(capture) else text + "\n")
