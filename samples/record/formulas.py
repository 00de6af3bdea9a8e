"""The scrambles of MySQL's and MariaDB's authentication plugins, in plain Python.

Independent of the Rust code on purpose: check.py judges the samples with these.
"""

import hashlib
import math


def sha1(data):
    return hashlib.sha1(data).digest()


def sha256(data):
    return hashlib.sha256(data).digest()


def xor(a, b):
    return bytes(x ^ y for x, y in zip(a, b))


def native(password, salt):
    if not password:
        return b""
    stage1 = sha1(password)
    return xor(stage1, sha1(salt + sha1(stage1)))


def caching_sha2(password, salt):
    if not password:
        return b""
    stage1 = sha256(password)
    return xor(stage1, sha256(sha256(stage1) + salt))


def caching_sha2_reversed(password, salt):
    stage1 = sha256(password)
    return xor(stage1, sha256(salt + sha256(stage1)))


def _old_hash(data):
    nr, add, nr2 = 1345345333, 7, 0x12345671
    for byte in data:
        if byte in (0x20, 0x09):
            continue
        nr = (nr ^ (((nr & 63) + add) * byte + (nr << 8))) & 0xFFFFFFFFFFFFFFFF
        nr2 = (nr2 + ((nr2 << 8) ^ nr)) & 0xFFFFFFFFFFFFFFFF
        add += byte
    return nr & 0x7FFFFFFF, nr2 & 0x7FFFFFFF


def old_password(password, salt):
    """323: the first 8 bytes of the salt."""
    if not password:
        return b""
    top = 0x3FFFFFFF
    mine, theirs = _old_hash(password), _old_hash(salt[:8])
    seed1, seed2 = (mine[0] ^ theirs[0]) % top, (mine[1] ^ theirs[1]) % top

    def next_random():
        nonlocal seed1, seed2
        seed1 = (seed1 * 3 + seed2) % top
        seed2 = (seed1 + seed2 + 33) % top
        return seed1 / top

    out = [math.floor(next_random() * 31) + 64 for _ in range(8)]
    extra = math.floor(next_random() * 31)
    return bytes(byte ^ extra for byte in out)


# Ed25519
_Q = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_D = (-121665 * pow(121666, _Q - 2, _Q)) % _Q
_I = pow(2, (_Q - 1) // 4, _Q)


def _recover_x(y):
    xx = (y * y - 1) * pow(_D * y * y + 1, _Q - 2, _Q)
    x = pow(xx, (_Q + 3) // 8, _Q)
    if (x * x - xx) % _Q:
        x = x * _I % _Q
    return _Q - x if x % 2 else x


_BY = 4 * pow(5, _Q - 2, _Q) % _Q
_B = (_recover_x(_BY), _BY)


def _add(p, q):
    (x1, y1), (x2, y2) = p, q
    k = _D * x1 * x2 * y1 * y2 % _Q
    return ((x1 * y2 + x2 * y1) * pow(1 + k, _Q - 2, _Q) % _Q,
            (y1 * y2 + x1 * x2) * pow(1 - k, _Q - 2, _Q) % _Q)


def _multiply(p, n):
    result = (0, 1)
    while n:
        if n & 1:
            result = _add(result, p)
        p = _add(p, p)
        n >>= 1
    return result


def _encode(p):
    return (p[1] | ((p[0] & 1) << 255)).to_bytes(32, "little")


def ed25519(password, nonce):
    """client_ed25519: SHA-512 over the whole password in place of RFC 8032's seed."""
    h = hashlib.sha512(password).digest()
    clamped = bytearray(h[:32])
    clamped[0] &= 248
    clamped[31] &= 127
    clamped[31] |= 64
    a = int.from_bytes(clamped, "little")
    public = _encode(_multiply(_B, a))
    r = int.from_bytes(hashlib.sha512(h[32:] + nonce).digest(), "little") % _L
    big_r = _encode(_multiply(_B, r))
    k = int.from_bytes(hashlib.sha512(big_r + public + nonce).digest(), "little") % _L
    return big_r + ((r + k * a) % _L).to_bytes(32, "little")


def parsec(password, extended_salt, server_nonce, client_nonce):
    """extended_salt: 'P', iteration factor, 18 bytes of salt; the answer is client nonce + signature."""
    key = hashlib.pbkdf2_hmac("sha512", password, extended_salt[2:20], 1024 << extended_salt[1], 32)
    return client_nonce + ed25519(key, server_nonce + client_nonce)


def rsa_plain(password, salt):
    """What RSA encrypts: the password and its NUL, XORed with the salt over and over."""
    text = password + b"\0"
    return bytes(byte ^ salt[i % len(salt)] for i, byte in enumerate(text))
