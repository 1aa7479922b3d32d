"""DKIM signatures (RFC 6376, RFC 8463): relaxed in header and body, RSA or Ed25519, over every header that matters.

``cryptography`` signs; it is the extra ``dkim``. Keys come from settings, never from files in git.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Mapping
from pathlib import Path

from orchestrator.model.errors import SettingsError

SIGNED = (
    "From", "To", "Subject", "Date", "Message-ID", "Reply-To", "MIME-Version", "Content-Type",
    "Content-Transfer-Encoding", "List-Unsubscribe", "List-Unsubscribe-Post", "List-Id",
)  # fmt: skip
"""Headers that are signed where they are there; RFC 8058 asks for both of one-click unsubscribe."""
SMALLEST = 1024
"""Bits of an RSA key that receivers still take (RFC 8301)."""
_SETTING = re.compile(r"dkim\.(.+)\.(selector|key)\Z")
_HEADER = re.compile(rb"\r\n(?![ \t])")
_BLANKS = re.compile(rb"[ \t]{2,}|\t")
_FOLDS = re.compile(rb"[ \t\r\n]+")
_SELECTOR = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,61}[A-Za-z0-9])?\Z")


class Signer:
    """Signs messages of one domain. ``sign`` takes whole messages with lines that end with CR LF."""

    def __init__(self, domain: str, selector: str, algorithm: str, make: Callable[[bytes], bytes]) -> None:
        """Keep the domain, where its public key is found, and what signs bytes."""
        self.domain, self.selector, self._algorithm, self._make = domain, selector, algorithm, make

    def sign(self, data: bytes) -> bytes:
        """Give the message with its signature in front."""
        head, _, body = data.partition(b"\r\n\r\n")
        fields = [(line.partition(b":")[0].lower(), line) for line in _HEADER.split(head)]
        wanted = [name.lower().encode() for name in SIGNED]
        chosen = [(name, line) for want in wanted for name, line in fields if name == want]
        names = b":".join([*(name for name, _ in chosen), b"from"])  # once more: nobody may put a second one in
        digest = base64.b64encode(hashlib.sha256(relaxed_body(body)).digest())
        line = (
            f"DKIM-Signature: v=1; a={self._algorithm}; c=relaxed/relaxed; d={self.domain}; s={self.selector};\r\n"
            f" h={_folded(names.decode(), ':')};\r\n bh={digest.decode()};\r\n b="
        ).encode()
        hashed = b"".join(_relaxed(field) + b"\r\n" for _, field in chosen) + _relaxed(line)
        made = base64.b64encode(self._make(hashed)).decode()
        return line + "\r\n ".join(made[n : n + 72] for n in range(0, len(made), 72)).encode() + b"\r\n" + data


def signers_of(provider: str, settings: Mapping[str, str]) -> dict[str, Signer]:
    """Give the signer of each domain that has ``dkim.DOMAIN.selector`` and ``.key``; raises SettingsError.

    The key is a private key in PEM, or the path of a file that holds one.
    """
    given: dict[str, dict[str, str]] = {}
    for key, value in settings.items():
        if found := _SETTING.match(key):
            given.setdefault(found[1].lower(), {})[found[2]] = value
    return {domain: _signer(provider, domain, keys) for domain, keys in given.items()}


def signer_for(signers: Mapping[str, Signer], sender: str) -> Signer | None:
    """Give the signer of the sender's domain, or of the nearest one above it that has a key."""
    domain = sender.rpartition("@")[2].lower()
    while domain:
        if domain in signers:
            return signers[domain]
        domain = domain.partition(".")[2]
    return None


def relaxed_body(body: bytes) -> bytes:
    """Give a body in the relaxed form of RFC 6376, 3.4.4."""
    kept = _BLANKS.sub(b" ", body).replace(b" \r\n", b"\r\n").removesuffix(b" ")
    end = len(kept)
    while kept.endswith(b"\r\n", 0, end):
        end -= 2
    return kept[:end] + b"\r\n" if end else b""


def _relaxed(field: bytes) -> bytes:
    name, _, value = field.partition(b":")
    return name.lower().strip() + b":" + _FOLDS.sub(b" ", value).strip()


def _folded(text: str, sign: str) -> str:
    lines = [""]
    for part in text.split(sign):
        if len(lines[-1]) + len(part) > 68:
            lines.append("")
        lines[-1] += part + sign
    return "\r\n  ".join(lines).removesuffix(sign)


def _signer(provider: str, domain: str, given: Mapping[str, str]) -> Signer:
    def wrong(message: str, remedy: str) -> SettingsError:
        return SettingsError(f"provider {provider!r}: {message}", remedy)

    selector = given.get("selector", "")
    if not _SELECTOR.match(selector) or not given.get("key"):
        raise wrong(f"dkim of {domain} needs a selector and a key", "selector: orc1, key: ${ORC_DKIM_KEY}")
    try:
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa
    except ImportError:
        raise wrong("DKIM needs a library that is not installed", "pip install 'campaign-orchestrator[dkim]'") from None
    remedy = "give a private key in PEM without a passphrase, or the path of its file: openssl genrsa 2048"
    try:
        key = serialization.load_pem_private_key(_pem(given["key"]), password=None)
    except (ValueError, TypeError, OSError, UnsupportedAlgorithm):
        raise wrong(f"the DKIM key of {domain} cannot be read", remedy) from None
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return Signer(domain, selector, "ed25519-sha256", lambda data: key.sign(hashlib.sha256(data).digest()))
    if not isinstance(key, rsa.RSAPrivateKey):
        raise wrong(f"the DKIM key of {domain} is neither RSA nor Ed25519", remedy)
    if key.key_size < SMALLEST:
        raise wrong(f"the DKIM key of {domain} has {key.key_size} bits; receivers want {SMALLEST} at least", remedy)
    pkcs, sha = padding.PKCS1v15(), hashes.SHA256()
    return Signer(domain, selector, "rsa-sha256", lambda data: key.sign(data, pkcs, sha))


def _pem(given: str) -> bytes:
    if "-----BEGIN" in given:
        return given.replace("\\n", "\n").encode()
    return Path(given).expanduser().read_bytes()
