"""Reads a capture with tshark (frame numbers, streams and TCP payload only; its MySQL
dissector cuts binary data at NUL) and takes the MySQL messages and logins out of it.

Made for these small samples: no gaps, every conversation captured by one machine.
"""

import pathlib
import re
import shutil
import struct
import subprocess
import tempfile
import zlib

CONNECT_WITH_DB, COMPRESS, PROTOCOL_41, SSL = 1 << 3, 1 << 5, 1 << 9, 1 << 11
SECURE_CONNECTION, PLUGIN_AUTH = 1 << 15, 1 << 19
LENENC_AUTH, ZSTD = 1 << 21, 1 << 26
ALERTS = {0: "close_notify", 40: "handshake_failure", 42: "bad_certificate", 48: "unknown_ca", 50: "decode_error", 70: "protocol_version"}
SECRETS_BLOCK, TLS_KEY_LOG = 0x0000000A, 0x544C534B
PROXY_V2 = bytes.fromhex("0d0a0d0a000d0a515549540a")


class Message:
    """One MySQL packet (or another unit: TLS record, PROXY header) and the frame completing it."""

    def __init__(self, side, seq, payload, packet, label=""):
        self.side, self.seq, self.payload, self.packet, self.label = side, seq, payload, packet, label


class Login:
    """One authentication: the connection's own, or a COM_CHANGE_USER."""

    def __init__(self, stream, attempt):
        self.stream, self.attempt = stream, attempt
        self.user = self.client_plugin = self.plugin = self.greeting_plugin = None
        self.greeting_salt = self.salt = self.source = self.response = None
        self.first_response = None
        self.more = []  # (side, payload) after the response
        self.switched = False
        self.outcome, self.code, self.text = "unknown", None, None
        self.tls = False
        self.lost = False  # a packet in the middle is missing


class Stream:
    def __init__(self, number):
        self.number = number
        self.client = self.server = None
        self.segments = {"C": {}, "S": {}}
        self.messages = []
        self.logins = []
        self.tls = False
        self.tls_first = False  # from the first byte, without an SSLRequest
        self.inside = []  # the messages inside TLS, once decrypt() has read them
        self.fin = False
        self.client_fin = None  # the frame in which the client closed
        self.frames = []


def capture_of(text_file):
    """The capture that a sample's NAME.md is about."""
    for suffix in (".pcap", ".pcapng"):
        capture = text_file.with_name(text_file.name[:-len(".md")] + suffix)
        if capture.exists():
            return capture
    raise FileNotFoundError(f"no capture beside {text_file}")


def read_tshark(path):
    fields = ["frame.number", "tcp.stream", "ip.src", "ipv6.src", "tcp.srcport", "ip.dst", "ipv6.dst", "tcp.dstport",
              "tcp.seq", "tcp.flags", "tcp.payload"]
    command = ["tshark", "-n", "-r", str(path), "-Y", "tcp", "-T", "fields", "-E", "occurrence=l",
               "-o", "tcp.relative_sequence_numbers:FALSE"]
    for field in fields:
        command += ["-e", field]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    for line in out.splitlines():
        yield dict(zip(fields, line.split("\t")))


def streams(path):
    found = {}
    for row in read_tshark(path):
        stream = found.setdefault(int(row["tcp.stream"]), Stream(int(row["tcp.stream"])))
        source = (row["ip.src"] or row["ipv6.src"], int(row["tcp.srcport"]))
        target = (row["ip.dst"] or row["ipv6.dst"], int(row["tcp.dstport"]))
        flags = int(row["tcp.flags"], 16)
        stream.frames.append(int(row["frame.number"]))
        if stream.client is None:
            # The SYN says it; without one the lower port is the server's.
            from_client = (flags & 0x12) == 0x02 or ((flags & 0x12) != 0x12 and source[1] > target[1])
            stream.client, stream.server = (source, target) if from_client else (target, source)
        side = "C" if source == stream.client else "S"
        stream.fin |= bool(flags & 0x05)
        if side == "C" and flags & 0x05 and stream.client_fin is None:
            stream.client_fin = int(row["frame.number"])
        data = bytes.fromhex(row["tcp.payload"].replace(":", ""))
        if data:
            stream.segments[side].setdefault(int(row["tcp.seq"]), (data, int(row["frame.number"])))
    for stream in found.values():
        _decode(stream)
    keys = embedded_keys(path)
    if keys:
        with tempfile.NamedTemporaryFile(suffix=".keylog") as keylog:
            keylog.write(keys)
            keylog.flush()
            for stream in found.values():
                records = stream.messages
                if stream.tls and decrypt(path, stream, keylog.name):
                    stream.messages = _order(records + stream.inside)
    return [found[number] for number in sorted(found)]


def embedded_keys(path):
    """The key log inside a pcapng, wherever its blocks stand."""
    data, at, keys = pathlib.Path(path).read_bytes(), 0, b""
    if data[:4] != b"\x0a\x0d\x0d\x0a":
        return b""
    order = "<" if data[8:12] == b"\x4d\x3c\x2b\x1a" else ">"
    while at < len(data):
        kind, length = struct.unpack(order + "II", data[at:at + 8])
        if kind == SECRETS_BLOCK:
            what, size = struct.unpack(order + "II", data[at + 8:at + 16])
            if what == TLS_KEY_LOG:
                keys += data[at + 16:at + 16 + size]
        at += length
    return keys


class _Reader:
    """Bytes of one direction in sequence order, with the frame of each."""

    def __init__(self, segments):
        self.data, self.frames = b"", []
        expected = None
        for seq in sorted(segments):
            data, frame = segments[seq]
            if expected is not None and seq < expected:
                data = data[expected - seq:]
            expected = max(expected or 0, seq + len(segments[seq][0]))
            self.data += data
            self.frames += [frame] * len(data)
        self.at = 0

    def left(self):
        return len(self.data) - self.at

    def take(self, length):
        out = self.data[self.at:self.at + length]
        self.at += length
        return out, self.frames[min(self.at, len(self.frames)) - 1]


def _mysql_messages(reader, side):
    """Plain MySQL packets to the end, or to the first thing which is none."""
    while reader.left() >= 4:
        length = int.from_bytes(reader.data[reader.at:reader.at + 3], "little")
        if reader.left() < 4 + length:
            return
        start = reader.at
        unit, frame = reader.take(4 + length)
        message = Message(side, unit[3], unit[4:], frame)
        message.start = start
        yield message


def _tls_records(reader, side):
    while reader.left() >= 5:
        length = int.from_bytes(reader.data[reader.at + 3:reader.at + 5], "big")
        if reader.left() < 5 + length:
            return
        unit, frame = reader.take(5 + length)
        kind = {20: "change_cipher_spec", 21: "alert", 22: "handshake", 23: "application data"}.get(unit[0], "?")
        label = f"TLS record, {kind}, {length} bytes"
        if unit[0] == 21 and length == 2:
            label += f": {'fatal' if unit[5] == 2 else 'warning'} {ALERTS.get(unit[6], unit[6])}"
        yield Message(side, None, unit[5:], frame, label)


def _strip_proxy(reader):
    data = reader.data
    if data.startswith(b"PROXY "):
        length = data.index(b"\r\n") + 2
    elif data.startswith(PROXY_V2):
        length = 16 + int.from_bytes(data[14:16], "big")
    else:
        return []
    unit, frame = reader.take(length)
    text = unit.decode("ascii").strip() if unit.startswith(b"PROXY ") else unit.hex()
    return [Message("C", None, unit, frame, f"PROXY protocol header: {text}")]


def _inflate(reader, side, zstd):
    """The MySQL packets inside compressed frames."""
    inner = _Reader({})
    while reader.left() >= 7:
        length = int.from_bytes(reader.data[reader.at:reader.at + 3], "little")
        full = int.from_bytes(reader.data[reader.at + 4:reader.at + 7], "little")
        unit, frame = reader.take(7 + length)
        body = unit[7:]
        if full:
            body = _unzstd(body) if zstd else zlib.decompress(body)
        inner.data += body
        inner.frames += [frame] * len(body)
    for message in _mysql_messages(inner, side):
        message.label = "(in a compressed frame) "
        yield message


def _unzstd(body):
    if not shutil.which("zstd"):
        raise RuntimeError("the tool zstd is needed for this sample")
    return subprocess.run(["zstd", "-d", "-c"], input=body, check=True, capture_output=True).stdout


def _order(messages):
    """By frame; messages of one frame keep their order."""
    return sorted(messages, key=lambda message: message.packet)


def _decode(stream):
    client, server = _Reader(stream.segments["C"]), _Reader(stream.segments["S"])
    if client.data[:2] == b"\x16\x03":
        stream.tls = stream.tls_first = True
        stream.messages = _order(list(_tls_records(client, "C")) + list(_tls_records(server, "S")))
        return
    if not (looks_mysql(client.data, server.data)):
        return
    messages = _strip_proxy(client)
    capabilities = _server_capabilities(server.data) or 0xFFFFFFFF
    mine, theirs = list(_mysql_messages(client, "C")), list(_mysql_messages(server, "S"))

    # TLS: everything after the SSLRequest.
    if mine and mine[0].seq == 1 and len(mine[0].payload) == 32 and struct.unpack("<I", mine[0].payload[:4])[0] & SSL:
        client.at, server.at = mine[0].start + 36, theirs[0].start + 4 + len(theirs[0].payload)
        mine, theirs = mine[:1] + list(_tls_records(client, "C")), theirs[:1] + list(_tls_records(server, "S"))
        mine[0].label = "SSLRequest"
        stream.tls = True
        messages += _order(mine + theirs)
        stream.messages = messages
        _walk(stream)
        return

    # Compression: everything after the login's OK.
    flags = struct.unpack("<I", mine[0].payload[:4])[0] if mine and mine[0].seq == 1 and len(mine[0].payload) > 32 else 0
    if flags & capabilities & (COMPRESS | ZSTD):
        ok = next((m for m in theirs[1:] if m.payload[:1] in (b"\0", b"\xff")), None)
        if ok is not None and ok.payload[:1] == b"\0":
            later = [m for m in mine if m.packet > ok.packet]
            server.at = ok.start + 4 + len(ok.payload)
            client.at = later[0].start if later else len(client.data)
            if not later:  # the frame did not even look like a packet
                client.at = mine[-1].start + 4 + len(mine[-1].payload)
            zstd = bool(flags & capabilities & ZSTD) and not flags & capabilities & COMPRESS
            mine = [m for m in mine if m.packet <= ok.packet] + list(_inflate(client, "C", zstd))
            theirs = theirs[:theirs.index(ok) + 1] + list(_inflate(server, "S", zstd))
    messages += _order(mine + theirs)
    stream.messages = messages
    _walk(stream)


def _with_secrets(path, stream, keylog, pem):
    """tshark reading the capture with these secrets; both may be None."""
    command = ["tshark", "-n", "-r", str(path), "-d", f"tcp.port=={stream.server[1]},{'tls' if stream.tls_first else 'mysql'}"]
    if keylog:
        command += ["-o", f"tls.keylog_file:{keylog}"]
    if pem:
        command += ["-o", f'uat:rsa_keys:"{pem}",""']
    return command


def _records(path, stream, keylog, pem, fields):
    """Frame, side and the columns of each frame of the stream that has TLS records."""
    command = _with_secrets(path, stream, keylog, pem) + ["-Y", f"tls && tcp.stream == {stream.number}", "-T", "fields"]
    for field in ["frame.number", "tcp.srcport"] + fields:
        command += ["-e", field]
    for line in subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines():
        frame, port, *columns = line.split("\t")
        side = "S" if int(port) == stream.server[1] else "C"
        yield int(frame), side, [column.split(",") if column else [] for column in columns]


def fatal_alerts(path, stream, keylog=None, pem=None):
    """(frame, side, name) of each fatal alert that can be read."""
    found = []
    for frame, side, (levels, names) in _records(path, stream, keylog, pem, ["tls.alert_message.level", "tls.alert_message.desc"]):
        found += [(frame, side, ALERTS.get(int(name), name)) for level, name in zip(levels, names) if level == "2"]
    return found


def _frames_of_data(path, stream, keylog, pem, wanted):
    """For each side the frames of its records with application data, as many as tshark shows the content of."""
    frames = {}
    for side in "CS":
        records = [frame for frame, of, (kinds,) in _records(path, stream, keylog, pem, ["tls.record.content_type"])
                   if of == side for kind in kinds if kind == "23"]
        if len(records) == 2 * wanted[side]:
            records = records[1::2]  # TLS 1.0: OpenSSL sends an empty record before each
        assert len(records) == wanted[side], f"stream {stream.number}: records and what is inside them do not agree"
        frames[side] = records
    return frames


def decrypt(path, stream, keylog=None, pem=None):
    """Walks the stream again with what tshark decrypts with a key log or the server's key. False if that is nothing."""
    command = _with_secrets(path, stream, keylog, pem) + ["-q", "-z", f"follow,tls,raw,{stream.number}"]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    client_first = f"Node 0: {stream.client[0]}:{stream.client[1]}" in lines
    start = next(at for at, line in enumerate(lines) if line.startswith("Node 1")) + 1
    parts = [("C" if line.startswith("\t") != client_first else "S", bytes.fromhex(line.strip()))
             for line in lines[start:] if re.fullmatch(r"\t?[0-9a-f]+", line)]
    if not parts:
        return False
    frames = _frames_of_data(path, stream, keylog, pem, {side: sum(of == side for of, _ in parts) for side in "CS"})
    outside = [] if stream.tls_first else [message for message in stream.messages if message.side == "S" and message.seq == 0][:1]
    stream.inside, stream.logins = [], []
    for side, data in parts:
        stream.inside += _mysql_messages(_Reader({0: (data, frames[side].pop(0))}), side)
    stream.messages = outside + stream.inside
    _walk(stream)
    for login in stream.logins:
        login.tls = False
    return True


def looks_mysql(client, server):
    if re.match(rb"[A-Z]+ /|HTTP/", client) or server.startswith(b"HTTP/"):
        return False
    if client[:2] == b"\x16\x03":
        return False
    return bool(client or server)


def _server_capabilities(data):
    if len(data) < 5 or data[4] != 10:
        return None
    end = data.index(b"\0", 5)
    low = data[end + 1 + 4 + 8 + 1:end + 1 + 4 + 8 + 3]
    high = data[end + 1 + 4 + 8 + 6:end + 1 + 4 + 8 + 8]
    return int.from_bytes(low + high, "little")


def _text(data):
    return data.decode("utf-8", "backslashreplace")


def _cut(data):
    """Up to the NUL, and the rest."""
    head, _, tail = data.partition(b"\0")
    return head, tail


def _lenenc(data):
    first = data[0]
    if first < 0xFB:
        return data[1:1 + first], data[1 + first:]
    width = {0xFC: 2, 0xFD: 3, 0xFE: 8}[first]
    length = int.from_bytes(data[1:1 + width], "little")
    return data[1 + width:1 + width + length], data[1 + width + length:]


def parse_greeting(payload):
    version, rest = _cut(payload[1:])
    salt, rest = rest[4:12], rest[13:]
    low = rest[:2]
    capabilities = int.from_bytes(low + rest[5:7], "little")
    length, rest = rest[7], rest[18:]
    if length - 8 > 13:
        part, rest = rest[:length - 8], rest[length - 8:]
    else:
        part, rest = rest[:13], rest[13:]
    return _text(version), capabilities, salt + part, _text(_cut(rest)[0])


def _walk(stream):
    """Names each message and collects the logins."""
    state, login, capabilities = "greeting", None, 0xFFFFFFFF
    greeting_salt = greeting_plugin = None
    messages = list(stream.messages)
    greeting = next((message for message in messages if message.side == "S"), None)
    if greeting and messages[0].side == "C" and messages[0].seq == 1 and greeting.payload[:1] == b"\x0a":
        # A health check does not wait for the greeting.
        messages.remove(greeting)
        messages.insert(0, greeting)
    last = None
    for message in messages:
        if state == "auth" and message.seq not in (None, 0) and last is not None and message.seq > last + 1:
            # A packet before this one is missing, and with it the salt that counts.
            login.plugin = login.salt = login.response = None
            login.switched, login.lost = False, True
        if message.seq is not None and (message.seq > 0 or state != "auth"):
            last = message.seq
        payload, side = message.payload, message.side
        if message.seq is None:
            if message.label.startswith("TLS"):
                login.tls = True
            continue
        if message.label == "SSLRequest":
            login.tls = True
            continue
        prefix = message.label
        if side == "S" and state == "greeting" and message.seq == 0 and payload[:1] == b"\x0a":
            version, capabilities, greeting_salt, greeting_plugin = parse_greeting(payload)
            login = Login(stream.number, 0)
            stream.logins.append(login)
            login.greeting_plugin, login.greeting_salt = greeting_plugin, greeting_salt
            login.salt, login.source, login.plugin = greeting_salt, "greeting", greeting_plugin
            message.label = f"greeting: {version}, {greeting_plugin}, salt {greeting_salt.hex()}"
            state = "login"
        elif side == "S" and state == "greeting" and payload[:1] == b"\xff":
            login = Login(stream.number, 0)
            stream.logins.append(login)
            login.outcome, login.code = "rejected", int.from_bytes(payload[1:3], "little")
            message.label = "ERR instead of a greeting: " + _error(payload)
            state = "done"
        elif side == "C" and state == "login" and message.seq in (1, 2):  # 2 behind an SSLRequest
            message.label = _parse_login(login, payload, capabilities)
            state = "auth"
        elif side == "C" and state in ("commands", "greeting") and payload[:1] == b"\x11" and message.seq == 0 and len(payload) > 2:
            previous = stream.logins[-1] if stream.logins else None
            login = Login(stream.number, previous.attempt + 1 if previous else 1)
            stream.logins.append(login)
            login.greeting_plugin, login.greeting_salt = greeting_plugin, greeting_salt
            login.salt, login.source = (previous.salt if previous else None), "greeting"
            message.label = _parse_change_user(login, payload)
            state = "auth"
        elif state == "greeting" and side == "S" and payload[:1] == b"\xfe" and len(payload) > 1 and message.seq == 2:
            # Mid-stream: the greeting is missing, the switch is there.
            login = Login(stream.number, 0)
            stream.logins.append(login)
            message.label = _parse_switch(login, payload)
            state = "auth"
        elif state == "auth" and side == "S":
            if payload[:1] == b"\0":
                login.outcome, state = "accepted", "commands"
                message.label = "OK"
            elif payload[:1] == b"\xff":
                # What a server says into a connection that the client closed is no verdict on the login.
                left = stream.client_fin is not None and stream.client_fin < message.packet
                login.outcome, state = "abandoned" if left else "rejected", "commands"
                login.code = int.from_bytes(payload[1:3], "little")
                message.label = "ERR " + _error(payload) + (" (after the client's FIN)" if left else "")
            elif payload == b"\xfe":
                login.switched, login.plugin, login.response = True, "mysql_old_password", None
                message.label = "switch to mysql_old_password (bare 0xFE)"
            elif payload[:1] == b"\xfe":
                message.label = _parse_switch(login, payload)
            else:
                login.more.append(("S", payload))
                message.label = _more(payload)
        elif state == "auth" and side == "C" and message.seq == 0 and payload == b"\x01":
            message.label = "COM_QUIT"
        elif state == "auth" and side == "C":
            if login.lost:
                message.label = f"{len(payload)} bytes (a packet before it is missing)"
            elif login.switched and login.response is None:
                login.response = payload
                message.label = f"response, {len(payload)} bytes" + (f": {payload.hex()}" if len(payload) <= 96 else "")
            else:
                login.more.append(("C", payload))
                message.label = {b"\x01": "asks for the public key (01)", b"\x02": "asks for the public key (02)"}.get(
                    payload, f"answer, {len(payload)} bytes")
        elif side == "C" and message.seq == 0:
            if state == "greeting":
                state = "commands"
            message.label = {b"\x01": "COM_QUIT", b"\x03": "COM_QUERY", b"\x0e": "COM_PING", b"\x02": "COM_INIT_DB",
                             b"\x1f": "COM_RESET_CONNECTION", b"\x1b": "COM_SET_OPTION"}.get(payload[:1], "command")
            if payload[:1] == b"\x03":
                message.label += " " + _text(payload[1:])[-60:]
        elif side == "S":
            message.label = {b"\0": "OK", b"\xff": "ERR " + (_error(payload) if payload[:1] == b"\xff" else "")}.get(
                payload[:1], "result")
        else:
            message.label = f"{len(payload)} bytes"
        message.label = (prefix if prefix.startswith("(") else "") + message.label
    for login in stream.logins:
        if login.outcome == "unknown" and stream.fin and not login.tls:
            login.outcome = "abandoned"


def _error(payload):
    code = int.from_bytes(payload[1:3], "little")
    return f"{code} {_text(payload[3:])}"


def _parse_login(login, payload, capabilities):
    low = int.from_bytes(payload[:2], "little")
    if not low & PROTOCOL_41:
        user, rest = _cut(payload[5:])
        login.user = _text(user)
        login.plugin = login.client_plugin = "mysql_old_password"
        login.response = _cut(rest)[0]
        return f"login (HandshakeResponse320): user {login.user}, response {login.response.hex() or '-'}"
    flags = int.from_bytes(payload[:4], "little") & capabilities
    user, rest = _cut(payload[32:])
    login.user = _text(user)
    if flags & (LENENC_AUTH | SECURE_CONNECTION):
        login.response, rest = _lenenc(rest)
    else:
        login.response, rest = _cut(rest)
    if flags & CONNECT_WITH_DB:
        rest = _cut(rest)[1]
    if flags & PLUGIN_AUTH and rest:
        login.client_plugin = _text(_cut(rest)[0])
        login.plugin = login.client_plugin
    elif not flags & PLUGIN_AUTH and flags & SECURE_CONNECTION:
        login.plugin = "mysql_native_password"  # the only one such a client can mean
    login.first_response = login.response
    return (f"login: user {login.user}, client plugin {login.client_plugin}, "
            f"response {len(login.response)} bytes{': ' + login.response.hex() if login.response else ''}")


def _parse_change_user(login, payload):
    user, rest = _cut(payload[1:])
    login.user = _text(user)
    length = rest[0]
    login.response, rest = rest[1:1 + length], rest[1 + length:]
    _, rest = _cut(rest)
    login.plugin = login.client_plugin = _text(_cut(rest[2:])[0]) or None
    return f"COM_CHANGE_USER: user {login.user}, client plugin {login.client_plugin}, response {login.response.hex() or '-'}"


def _parse_switch(login, payload):
    name, salt = _cut(payload[1:])
    login.switched, login.plugin = True, _text(name)
    login.salt, login.source, login.response = salt, "auth_switch", None
    return f"switch to {login.plugin}, {len(salt)} bytes of salt: {salt.hex() or '-'}"


def _more(payload):
    if payload == b"\x01\x03":
        return "fast authentication succeeded (01 03)"
    if payload == b"\x01\x04":
        return "full authentication asked for (01 04)"
    if payload[:6] == b"\x01-----":
        return f"public key, {len(payload) - 1} bytes of PEM"
    return f"more data, {len(payload)} bytes" + (f": {payload.hex()}" if len(payload) <= 64 else "")
