"""Read or make the DKIM key, and format its public half for DNS (RFC 6376, RFC 8463)."""

import base64
import binascii
import hashlib
import os
import re
import subprocess
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import nacl.signing
from dkim.asn1 import BIT_STRING, INTEGER, NULL, OBJECT_IDENTIFIER, SEQUENCE
from dkim.crypto import (
    RSASSA_PKCS1_v1_5_sign,
    RSASSA_PKCS1_v1_5_verify,
    UnparsableKeyError,
    parse_private_key,
)

RSA_ENCRYPTION = bytes.fromhex("2a864886f70d010101")  # 1.2.840.113549.1.1.1
# id-Ed25519 and the two octet strings around 32 octets (RFC 8410, 7); before it, version and lengths.
ED25519 = bytes.fromhex("06032b657004220420")
ED25519_HEAD = bytes.fromhex("302e0201003005") + ED25519
PEM = re.compile(rb"-----BEGIN ([A-Z0-9 ]*PRIVATE KEY)-----(.*?)-----END \1-----", re.DOTALL)
MIN_BITS = 1024  # RFC 8301, 3.2: receivers must not accept fewer
MAKING_SECONDS = 60


class UnusableKeyError(Exception):
    """The key file cannot be used. The message is for the operator."""


@dataclass(frozen=True)
class Key:
    """`algorithm` is as in a=, `kind` as in k=, `private` as dkimpy expects it, `public` as in p=."""

    algorithm: bytes
    kind: str
    bits: int
    private: bytes
    public: str

    @property
    def record(self) -> str:
        """Return the text of the DNS record with the public half (RFC 6376, 3.6.1)."""
        return f"v=DKIM1; k={self.kind}; p={self.public}"


@lru_cache
def cached_key(path: str) -> Key:
    """Return the key of a file, read once in a process. An UnusableKeyError is not cached."""
    return read_key(Path(path))


def read_key(path: Path) -> Key:
    """Read the key of a PEM file: RSA (PKCS #1 or #8) or Ed25519 (PKCS #8), without a password."""
    try:
        text = path.read_bytes()
    except OSError as error:
        raise UnusableKeyError(f"{path} cannot be read: {error.strerror}.") from error
    found = PEM.search(text)
    if not found:
        half = " It holds the public half." if b"PUBLIC KEY-----" in text else ""
        raise UnusableKeyError(f"{path} holds no private key in PEM.{half}")
    if found[1].startswith(b"ENCRYPTED") or b"ENCRYPTED" in found[2]:
        raise UnusableKeyError(f"The key in {path} is protected by a password, which nobody could type in.")
    try:
        der = base64.b64decode(found[2])
        return _ed25519(der) if ED25519 in der else _rsa(der)
    except (binascii.Error, ValueError, UnparsableKeyError, AssertionError, ArithmeticError) as error:
        raise UnusableKeyError(f"The key in {path} is neither RSA nor Ed25519, or it is damaged.") from error


def _ed25519(der: bytes) -> Key:
    start = der.index(ED25519) + len(ED25519)
    seed = der[start : start + 32]
    public = nacl.signing.SigningKey(seed).verify_key.encode()
    return Key(b"ed25519-sha256", "ed25519", 256, base64.b64encode(seed), base64.b64encode(public).decode())


def _rsa(der: bytes) -> Key:
    numbers: dict[str, int] = parse_private_key(der)
    bits = numbers["modulus"].bit_length()
    if bits < MIN_BITS:
        raise UnusableKeyError(
            f"The key has {bits} bits, and receivers take none below {MIN_BITS} (RFC 8301)."
        )
    digest = hashlib.sha256()
    if not RSASSA_PKCS1_v1_5_verify(digest, RSASSA_PKCS1_v1_5_sign(digest, numbers), numbers):
        raise ValueError("the key's numbers do not belong together")
    # dkimpy needs line ends around the key.
    pem = b"-----BEGIN KEY-----\n" + base64.b64encode(der) + b"\n-----END KEY-----\n"
    public = _public_rsa(numbers["modulus"], numbers["publicExponent"])
    return Key(b"rsa-sha256", "rsa", bits, pem, base64.b64encode(public).decode())


def _public_rsa(modulus: int, exponent: int) -> bytes:
    """Encode modulus and exponent as a SubjectPublicKeyInfo (RFC 3279, 2.3.1)."""
    numbers = (_der(INTEGER, value.to_bytes(value.bit_length() // 8 + 1)) for value in (modulus, exponent))
    algorithm = _der(SEQUENCE, _der(OBJECT_IDENTIFIER, RSA_ENCRYPTION), _der(NULL))
    return _der(SEQUENCE, algorithm, _der(BIT_STRING, b"\0", _der(SEQUENCE, *numbers)))


def _der(kind: int, *parts: bytes) -> bytes:
    """Encode one value in DER (X.690, 8.1): its kind, its length and itself."""
    value = b"".join(parts)
    length = len(value)
    if length < 128:
        return bytes([kind, length]) + value
    size = length.to_bytes((length.bit_length() + 7) // 8)
    return bytes([kind, 128 | len(size)]) + size + value


def make_key(path: Path, *, ed25519: bool) -> Key:
    """Write a new key that only its owner may read. Raises FileExistsError for an existing file, and
    UnusableKeyError when no key can be made."""
    # Create the file first: then no key is made that cannot be written.
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(_new_ed25519() if ed25519 else _new_rsa())
        return read_key(path)
    except BaseException:
        path.unlink()
        raise


def _new_ed25519() -> bytes:
    der = ED25519_HEAD + nacl.signing.SigningKey.generate().encode()
    return b"-----BEGIN PRIVATE KEY-----\n" + base64.encodebytes(der) + b"-----END PRIVATE KEY-----\n"


def _new_rsa() -> bytes:
    command = ["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]
    try:
        made = subprocess.run(command, capture_output=True, check=True, timeout=MAKING_SECONDS)
    except FileNotFoundError as error:
        raise UnusableKeyError("An RSA key wants the program openssl, and it is not installed.") from error
    except subprocess.SubprocessError as error:
        raise UnusableKeyError("openssl made no key.") from error
    return made.stdout
