#!/usr/bin/env python3
"""Records TLS exchanges between OpenSSL's s_client and s_server into the small files beside it.

Each file holds what went over the wire, the key log, and what was said, as lines:

    # how it was made
    k <line of the key log>
    c <hex of bytes from the client>
    s <hex of bytes from the server>
    C <what the client said, hex>     (all of it)
    S <what the server said, hex>
    --- between sessions of one file

The server answers each line reversed: by s_server -rev, or this script types it where that waits for
one more line (behind a renegotiation or a key update). A relay in the middle notes the bytes, so
that they stand in an order in which nothing comes before what it answers. Run without arguments
it makes all files anew; with arguments those whose names begin so. Made with OpenSSL 3.0.

The keys beside it were made for these recordings and guard nothing:
    openssl req -x509 -newkey rsa:2048 -nodes -keyout k -out c -subj /CN=rsa -days 36500; cat k c > rsa.pem
    openssl rsa -in rsa.pem -traditional -out rsa-pkcs1.pem
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes ...              -> ec.pem
The files rfc8448-*.txt are not recorded: they hold the traces that RFC 8448 prints.
"""

import os, select, socket, subprocess, sys, tempfile, threading, time
from pathlib import Path

HERE = Path(__file__).parent
PORT = 14433
SAID = [b"a first line\n", b"a second line of another length, " + b"x" * 300 + b"\n", b"end\n"]


class Relay(threading.Thread):
    """Passes one connection on and notes its bytes."""

    def __init__(self):
        super().__init__(daemon=True)
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(1)
        self.port = self.listener.getsockname()[1]
        self.chunks, self.last = [], time.monotonic()

    def run(self):
        client, _ = self.listener.accept()
        server = socket.create_connection(("127.0.0.1", PORT))
        ends = {client: ("c", server), server: ("s", client)}
        while ends:
            for end in select.select(list(ends), [], [])[0]:
                name, other = ends[end]
                try:
                    data = end.recv(65536)
                except OSError:
                    data = b""
                if not data:
                    client.close()
                    server.close()
                    return
                self.last = time.monotonic()
                if self.chunks and self.chunks[-1][0] == name:
                    self.chunks[-1][1].extend(data)
                else:
                    self.chunks.append((name, bytearray(data)))
                try:
                    other.sendall(data)
                except OSError:
                    pass

    def quiet(self, seconds=0.25):
        while time.monotonic() - self.last < seconds:
            time.sleep(0.02)


def session(client_args, commands, work, conf, answers):
    relay = Relay()
    relay.start()
    log = work / "keys"
    log.unlink(missing_ok=True)
    client = subprocess.Popen(
        ["openssl", "s_client", "-connect", f"127.0.0.1:{relay.port}", "-keylogfile", log]
        + client_args,
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=conf)
    relay.last = time.monotonic() + 0.3
    relay.quiet()
    said = b""
    for command in commands:
        client.stdin.write(command)
        client.stdin.flush()
        relay.last = time.monotonic()
        relay.quiet()
        if len(command) > 2:
            said += command
            if answers:
                answers.write(command[-2::-1] + b"\n")
                answers.flush()
                relay.last = time.monotonic()
                relay.quiet()
    client.stdin.close()
    client.wait(5)
    error = client.stderr.read().decode()
    relay.quiet(0.1)
    keys = log.read_text().splitlines() if log.exists() else []
    if not keys and commands:
        sys.exit(f"no keys: {client_args}\n{error}")
    # s_server reverses all but the end of the line.
    answered = b"".join(line[::-1] + b"\n" for line in said.split(b"\n")[:-1])
    out = [f"k {line}" for line in keys if not line.startswith("#")]
    out += [f"{name} {data.hex()}" for name, data in relay.chunks]
    out += [f"C {said.hex()}", f"S {answered.hex()}"]
    return out


def record(name, server, client, sessions=1, commands=None, between=None, talk=False):
    if sys.argv[1:] and not any(name.startswith(wanted) for wanted in sys.argv[1:]):
        return
    with tempfile.TemporaryDirectory() as work:
        work = Path(work)
        conf = dict(os.environ, OPENSSL_CONF=str(work / "conf"))
        no_ems = "-no_ems" in client
        client = [arg for arg in client if arg != "-no_ems"]
        (work / "conf").write_text(
            "openssl_conf = a\n[a]\nssl_conf = b\n[b]\nsystem_default = c\n[c]\n"
            "MinProtocol = TLSv1\n" + ("Options = -ExtendedMasterSecret\n" if no_ems else ""))
        cert = ["-nocert"] if "-nocert" in server else (
            ["-cert", HERE / "rsa.pem"] if "-rsa" in server else ["-cert", HERE / "ec.pem"])
        server = [arg for arg in server if arg not in ("-rsa", "-nocert")]
        process = subprocess.Popen(
            ["openssl", "s_server", "-accept", str(PORT), "-quiet", *cert]
            + ([] if talk or "-early_data" in server else ["-rev"]) + server,
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=conf)
        time.sleep(0.4)
        parts = []
        try:
            for number in range(sessions):
                args = [str(arg).replace("WORK", str(work)) for arg in client]
                if between:
                    args += [str(arg).replace("WORK", str(work)) for arg in between[number]]
                parts.append(session(args, SAID if commands is None else commands, work, conf,
                                     process.stdin if talk else None))
        finally:
            process.kill()
            process.wait()
        head = [f"# openssl s_server {' '.join(map(str, server))} | s_client {' '.join(map(str, client))}"]
        lines = head
        for number, part in enumerate(parts):
            lines += (["---"] if number else []) + part
        if "-early_data" in server:
            lines = [line if line[:2] != "S " else "S " for line in lines]
        (HERE / f"{name}.txt").write_text("\n".join(lines) + "\n")
        print(name, sum(map(len, lines)))


def suites(version, flag, names, server=(), suffix="", client=()):
    for name in names:
        cipher = ["-ciphersuites", name] if version == "1.3" else ["-cipher", name + ":@SECLEVEL=0"]
        record(f"{version}-{name}{suffix}", [flag, *cipher, *server], [flag, *cipher, *client])


E13 = ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256",
       "TLS_AES_128_CCM_SHA256", "TLS_AES_128_CCM_8_SHA256"]
suites("1.3", "-tls1_3", E13)
EC = "ECDHE-ECDSA-"
suites("1.2", "-tls1_2", [EC + name for name in (
    "AES128-GCM-SHA256", "AES256-GCM-SHA384", "CHACHA20-POLY1305",
    "AES128-CCM", "AES256-CCM", "AES128-CCM8", "AES256-CCM8")])
CBC = [EC + name for name in ("AES128-SHA", "AES256-SHA", "AES128-SHA256", "AES256-SHA384")]
suites("1.2", "-tls1_2", CBC)
suites("1.2", "-tls1_2", CBC, suffix="-no-etm", client=["-no_etm"])
RSA = ["AES128-GCM-SHA256", "AES256-GCM-SHA384", "AES128-SHA", "AES256-SHA256", "AES128-CCM"]
suites("1.2", "-tls1_2", RSA, ["-rsa"])
suites("1.2", "-tls1_2", ["AES256-GCM-SHA384", "AES128-SHA"], ["-rsa"], "-no-ems", ["-no_ems"])
suites("1.2", "-tls1_2", ["ECDHE-RSA-AES128-GCM-SHA256", "DHE-RSA-AES128-GCM-SHA256"], ["-rsa"])
for version, flag in (("1.1", "-tls1_1"), ("1.0", "-tls1")):
    names = [EC + "AES128-SHA", EC + "AES256-SHA"]
    suites(version, flag, names)
    suites(version, flag, names, suffix="-no-etm", client=["-no_etm"])
    suites(version, flag, ["AES128-SHA"], ["-rsa"])
    suites(version, flag, ["AES256-SHA"], ["-rsa"], "-no-ems", ["-no_ems", "-no_etm"])

GCM = ["-cipher", "ECDHE-ECDSA-AES128-GCM-SHA256:AES128-GCM-SHA256"]
resume = [["-sess_out", "WORK/s"], ["-sess_in", "WORK/s"]]
two = dict(sessions=2, between=resume)
record("resumed-ticket", ["-tls1_2", *GCM], ["-tls1_2", *GCM], **two)
record("resumed-id", ["-tls1_2", *GCM, "-no_ticket"], ["-tls1_2", *GCM, "-no_ticket"], **two)
record("resumed-rsa-ticket", ["-tls1_2", *GCM, "-rsa"], ["-tls1_2", *GCM[:1], "AES128-GCM-SHA256"], **two)
record("resumed-rsa-id", ["-tls1_2", *GCM, "-no_ticket", "-rsa"],
       ["-tls1_2", *GCM[:1], "AES128-GCM-SHA256", "-no_ticket"], **two)
record("resumed-1.3", ["-tls1_3"], ["-tls1_3"], **two)
PSK = ["-psk", "00112233445566778899aabbccddeeff"]
record("psk-1.3", ["-tls1_3", "-nocert", *PSK], ["-tls1_3", *PSK, "-ciphersuites", E13[0]])
record("retry", ["-tls1_3", "-groups", "P-384"], ["-tls1_3", "-groups", "X25519:P-384"])
record("key-update", ["-tls1_3"], ["-tls1_3"],
       commands=[SAID[0], b"K\n", SAID[1], b"k\n", b"K\n", SAID[2]], talk=True)
record("renegotiation", ["-tls1_2", "-client_renegotiation", *GCM], ["-tls1_2", *GCM],
       commands=[SAID[0], b"R\n", SAID[1], SAID[2]], talk=True)
record("renegotiation-cbc", ["-tls1_1", "-client_renegotiation", "-cipher", "AES128-SHA:@SECLEVEL=0", "-rsa"],
       ["-tls1_1", "-cipher", "AES128-SHA:@SECLEVEL=0"], commands=[SAID[0], b"R\n", SAID[1]],
       talk=True)
early = HERE / "record.py"
record("early-data", ["-tls1_3", "-early_data"], ["-tls1_3"], sessions=2,
       between=[["-sess_out", "WORK/s"], ["-sess_in", "WORK/s", "-early_data", HERE / "early.txt"]])
refusing = ["-verify_return_error"]
record("refused-1.3", ["-tls1_3"], ["-tls1_3", *refusing], commands=[])
record("refused-1.2", ["-tls1_2", *GCM], ["-tls1_2", *GCM, *refusing], commands=[])
record("refused-version", ["-tls1_2", *GCM], ["-tls1_3"], commands=[])
