#!/usr/bin/env python3
"""Holds every sample's table against its capture, with formulas of its own.

check.py [NAME.md…] (all without). Reads the bytes through wire.py, recomputes with
formulas.py, and says where a row and the capture disagree. Exit 1 if any does.
"""

import pathlib
import re
import subprocess
import sys
import urllib.parse

sys.dont_write_bytecode = True

import formulas  # noqa: E402
import wire  # noqa: E402

SAMPLES = pathlib.Path(__file__).resolve().parent.parent
COLUMNS = ["stream", "attempt", "user", "plugin", "outcome", "verdict", "salt_form", "password_form", "formula", "findings"]
CODES = """salt-trailing-nul hash-order-reversed stale-salt salt-truncated response-truncated response-extra-nul
wrong-plugin-response password-transformed wrong-password right-password-rejected refused-after-authentication
candidate-is-wrong empty-response fast-auth-never-succeeds full-auth-refused rsa-salt-trailing-nul plugin-unsupported
auth-switch-ignored sequence-error tls-failed server-refused-early iam-token unusual-salt conflicting-data
cleartext-on-plain-tcp weak-plugin tls-not-decrypted tls-shape login-incomplete health-check salt-mangled
hash-not-doubled response-wrong-length full-auth-wrong-form""".split()


def unescape(text):
    return text.encode("latin-1", "backslashreplace").decode("unicode_escape") if "\\" in text else text


def read_tables(path):
    """The password, and the tables: with the capture alone, and with what an option adds."""
    lines = path.read_text().splitlines()
    assert lines[0].startswith("password: ") and lines[1].startswith("user: "), f"{path.name}: front matter"
    password = None if lines[0] == "password: -" else unescape(lines[0][len("password: "):])
    tables, option = [], None
    for line in lines:
        if line.startswith("**With `--"):
            option = line.split("`")[1].split()[0]
        if line.startswith("| stream | attempt |"):
            assert split(line) == COLUMNS, f"{path.name}: columns"
            tables.append((option, []))
        elif line == "## Packets":
            break
        elif line.startswith("|") and not line.startswith("|-"):
            tables[-1][1].append(dict(zip(COLUMNS, split(line))))
    assert tables and tables[0][0] is None, f"{path.name}: no table"
    return password, tables


def split(line):
    return [cell.strip() for cell in line.strip("|").split("|")]


def password_forms(password):
    """What a person, a file or a program may have made of it; as_given first."""
    cut = next((password[:at] for at, char in enumerate(password) if char in "#$"), password)
    forms = {
        "as_given": [password],
        "trailing_newline": [password + "\n", password + "\r\n"],
        "trailing_space": [password + " "],
        "trimmed": [password.strip()],
        "percent_encoded": [urllib.parse.quote(password, safe=""), urllib.parse.quote_plus(password)],
        "percent_decoded": [urllib.parse.unquote(password), urllib.parse.unquote_plus(password)],
        "quoted": [f"'{password}'", f'"{password}"'],
        "unquoted": [password.strip("'\"")],
        "cut_at_special": [cut],
        "dollar_expanded": [re.sub(r"\$\w+", "", password)],
        "empty": [""],
        "truncated": [password[:n] for n in range(1, len(password))],
        "case_changed": [password.lower(), password.upper(), password.swapcase(), password.capitalize()]
        + [password[:i] + password[i].swapcase() + password[i + 1:] for i in range(len(password))],
    }
    out = []
    for name, texts in forms.items():
        out += [(name, text.encode()) for text in texts if name == "as_given" or text != password]
    try:
        out.append(("latin1", password.encode("latin-1")))
    except UnicodeEncodeError:
        pass
    out.append(("utf16le", password.encode("utf-16-le")))
    return [(name, data) for name, data in out if name == "as_given" or data != password.encode()]


def salt_forms(login):
    salt, greeting = login.salt or b"", login.greeting_salt or b""
    if login.plugin in ("client_ed25519", "ed25519", "parsec"):
        return [("raw", salt), ("greeting", greeting)]
    bare = salt[:-1] if salt.endswith(b"\0") and len(salt) in (9, 21) else salt
    forms = [("without_nul", bare), ("with_nul", bare + b"\0"), ("first_8", bare[:8])]
    if greeting and login.source == "auth_switch":
        forms += [("greeting", greeting[:20]), ("greeting_with_nul", greeting[:20] + b"\0")]
    return forms + [("cut_at_nul", bare.split(b"\0")[0]), ("minus_last", bare[:-1])]


def explanations(login, password):
    """Every hypothesis that gives the response, plainest first."""
    if login.response is None:
        return
    response, plugin = login.response, login.plugin
    for form, text in password_forms(password):
        if plugin in ("mysql_clear_password", "dialog", "sha256_password"):
            if text and response == text + b"\0":
                yield "-", form, plugin
            if plugin != "sha256_password":
                continue
        if plugin == "parsec":
            extended = next((payload for side, payload in login.more if side == "S" and payload[:2] == b"\x01P"), None)
            answer = next((payload for side, payload in login.more if side == "C" and len(payload) == 96), None)
            if extended and answer and formulas.parsec(text, extended[1:], login.salt, answer[:32]) == answer:
                yield "raw", form, plugin
            continue
        if not text:
            if response in (b"", b"\0"):
                yield "-", form, plugin
            continue
        for salt_form, salt in salt_forms(login):
            if len(response) == 64:
                if form in ("as_given", "trailing_newline") and formulas.ed25519(text, salt) == response:
                    yield salt_form, form, "client_ed25519"
            elif len(response) == 32:
                if formulas.caching_sha2(text, salt) == response:
                    yield salt_form, form, "caching_sha2_password"
                if formulas.caching_sha2_reversed(text, salt) == response:
                    yield salt_form, form, "caching_sha2_reversed"
            elif len(response) in (20, 21):
                if formulas.native(text, salt) == response[:20]:
                    yield salt_form, form, "mysql_native_password"
            elif len(response) in (8, 9) and salt_form == "first_8":
                if formulas.old_password(text, salt) == response[:8]:
                    yield salt_form, form, "mysql_old_password"


def rsa_text(login, pem):
    """What the RSA answer holds, with the server's key."""
    blobs = [payload for side, payload in login.more if side == "C" and len(payload) == 256]
    if login.response and len(login.response) == 256:
        blobs.append(login.response)
    if not blobs or not pem.exists():
        return None
    for digest in ("sha1", "sha256"):
        result = subprocess.run(["openssl", "pkeyutl", "-decrypt", "-inkey", str(pem), "-pkeyopt", "rsa_padding_mode:oaep",
                                 "-pkeyopt", f"rsa_oaep_md:{digest}"], input=blobs[-1], capture_output=True)
        if result.returncode == 0:
            return result.stdout
    raise SystemExit(f"{pem} does not open the block")


def check(path):
    password, tables = read_tables(path)
    faults, notes = [], []
    for option, rows in tables:
        more_faults, more_notes = check_table(path, password, option, rows)
        faults += more_faults
        notes += ([option + ":"] if option else []) + more_notes
    return faults, notes


def check_table(path, password, option, rows):
    capture = wire.capture_of(path)
    streams = wire.streams(capture)
    keylog = path.with_name(path.name[:-3] + ".keylog") if option == "--keylog" else None
    pem = path.with_name(path.name[:-3] + ".pem") if option == "--server-key" else None
    alerts = {}
    for stream in streams:
        if stream.tls:
            alerts[stream.number] = wire.fatal_alerts(capture, stream, keylog, pem)
            if option:
                wire.decrypt(capture, stream, keylog, pem)
                pem = None
    logins = {(login.stream, login.attempt): login for stream in streams for login in stream.logins}
    faults, notes = [], []

    def expect(row, what, found, wanted):
        if found != wanted:
            faults.append(f"{row['stream']}.{row['attempt']}: {what} is {found}, the table says {wanted}")

    keys = [(int(row["stream"]), int(row["attempt"])) for row in rows]
    if keys != sorted(logins):
        return [f"logins {sorted(logins)}, rows {keys}"], []
    for row in rows:
        login = logins[int(row["stream"]), int(row["attempt"])]
        where = f"{row['stream']}.{row['attempt']}"
        codes = [] if row["findings"] == "-" else [code.strip() for code in row["findings"].split(",")]
        faults += [f"no such code: {code}" for code in codes if code not in CODES]
        expect(row, "user", login.user or "-", row["user"])
        if not login.tls:
            expect(row, "plugin", login.plugin or "-", row["plugin"])
            expect(row, "outcome", login.outcome, row["outcome"])
        # An alert behind the server's decision (OpenSSL complains of a client that leaves without close_notify) is none.
        failed = bool(alerts.get(login.stream)) and login.outcome == "unknown"
        expect(row, "tls-failed", "tls-failed" in codes, failed)
        if failed:
            expect(row, "outcome", "abandoned", row["outcome"])
        notes += [f"{where} alert {name} in packet {frame}" for frame, _, name in alerts.get(login.stream, [])]
        found = [] if password is None or login.tls else list(explanations(login, password))
        plain = rsa_text(login, pem) if pem else None
        if plain is not None:
            by_key = []
            for name, salt in (("without_nul", login.salt[:20]), ("with_nul", login.salt[:20] + b"\0")):
                if plain == formulas.rsa_plain(password.encode(), salt):
                    by_key.append((name, "as_given", login.plugin))
            if not by_key:
                faults.append(f"{where}: the RSA answer is not explained")
            expect(row, "rsa-salt-trailing-nul", "rsa-salt-trailing-nul" in codes,
                   bool(by_key) and by_key[0][0] == "with_nul")
            notes.append(f"{where} RSA answer: {', '.join(name for name, _, _ in by_key)}")
            found = found or by_key
        if row["verdict"] == "match":
            if not found:
                faults.append(f"{where}: nothing explains the response")
            else:
                expect(row, "match", found[0], (row["salt_form"], row["password_form"], row["formula"]))
        else:
            for column in ("salt_form", "password_form", "formula"):
                expect(row, column, row[column], "-")
            if found:
                faults.append(f"{where}: {found[0]} explains the response")
        if (row["verdict"] == "no_password") != (password is None):
            faults.append(f"{where}: no_password means that there is none")
        notes.append(f"{where} {row['outcome']} {row['verdict']} " + (" ".join(found[0]) if found else "nothing matches"))
    return faults, notes


names = [pathlib.Path(name) for name in sys.argv[1:]] or sorted(SAMPLES.glob("*.md"))
bad = 0
for name in names:
    if name.name == "README.md":
        continue
    faults, notes = check(name)
    print(f"{'BAD' if faults else 'ok '} {name.stem}: {'; '.join(faults + notes)}")
    bad += bool(faults)
sys.exit(1 if bad else 0)
