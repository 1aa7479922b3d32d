"""The signed links of a message: who may be unsubscribed from what, readable by nobody but us.

A token binds its purpose, this deployment, the message, the mailbox (as a hash), the channel and the topic. It
is masked, so that a log of URLs tells nothing, and carries a 128-bit HMAC-SHA256 tag, so that none can be made
up. Keys rotate: the first of ``"new:secret,old:secret"`` signs, all of them are read. The first byte is the version:
the mask of 2 is SHAKE256 (FIPS 202) over key and head, that of 1, which is still read, HMAC-SHA256 in counter mode.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from orchestrator.model.delivery import Links
from orchestrator.model.errors import SettingsError

VERSION = 2
TAG = 16
SHORTEST_SECRET = 16
_KEY = re.compile(r"[A-Za-z0-9_-]{1,16}\Z")


@dataclass(frozen=True, slots=True)
class Claim:
    """What a genuine token says. ``scope`` is a topic; ``hint`` a masked address (``a…@example.com``) or empty."""

    purpose: str
    message_id: uuid.UUID
    address_hash: bytes
    channel: str
    scope: str
    hint: str = ""
    key_id: str = ""


class Tokens:
    """Makes and reads the tokens of one deployment."""

    def __init__(self, key: str, deployment: str) -> None:
        """Take ``"id:secret"`` or several with commas; raises SettingsError when one cannot be used."""
        self._keys: dict[str, _Key] = {}
        self._deployment = deployment
        for entry in filter(None, (part.strip() for part in key.split(","))):
            name, _, secret = entry.rpartition(":")
            name = name or "0"
            if not _KEY.match(name) or len(secret) < SHORTEST_SECRET or name in self._keys:
                raise SettingsError(
                    "the token key cannot be used: it is id:secret, several with commas, each id once, "
                    f"each secret at least {SHORTEST_SECRET} characters",
                    "make one: python3 -c 'import secrets; print(\"k1:\" + secrets.token_urlsafe(32))'",
                )
            self._keys[name] = _Key(hashlib.sha256(b"orc-token-key\0" + secret.encode()).digest())
        if not self._keys:
            raise SettingsError("there is no token key", "set ORC_TOKEN_KEY to id:secret")
        current, self._signing = next(iter(self._keys.items()))
        self._begin = bytes([VERSION, len(current)]) + current.encode()

    def mint(
        self,
        purpose: str,
        message_id: uuid.UUID,
        address_hash: bytes,
        channel: str,
        scope: str,
        hint: str = "",
    ) -> str:
        """Give a token for a URL (letters, digits, ``-`` and ``_``); raises ValueError on a field too long."""
        first, second, third = channel.encode(), scope.encode(), hint.encode()
        sizes = len(first), len(second), len(third)
        if len(address_hash) != 32 or max(sizes) > 255:
            raise ValueError("a token takes a hash of 32 bytes and texts of at most 255")
        plain = b"%b%c%b%c%b%c%b" % (address_hash, sizes[0], first, sizes[1], second, sizes[2], third)
        head = self._begin + message_id.bytes
        body = head + self._signing.masked(purpose, head, plain)
        return base64.urlsafe_b64encode(body + self._tag(self._signing, purpose, body)).decode().rstrip("=")

    def read(self, purpose: str, token: str) -> Claim | None:
        """Give what the token says, None when it is not ours, not for this purpose, or was changed."""
        try:
            raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            raw = b""
        if base64.urlsafe_b64encode(raw).decode().rstrip("=") != token:
            raw = b""  # a second spelling of the same bytes is not ours
        size = raw[1] if len(raw) > 1 else 0
        name = raw[2 : 2 + size].decode("ascii", "replace")
        known = self._keys.get(name)
        key = known or _NOBODY
        body, tag = raw[:-TAG], raw[-TAG:]
        genuine = hmac.compare_digest(self._tag(key, purpose, body), tag)
        if not genuine or known is None:
            return None
        head = body[: 2 + size + 16]
        plain = key.masked(purpose, head, body[len(head) :])
        texts, rest = [], plain[32:]
        for _ in range(3):
            texts.append(rest[1 : 1 + rest[0]].decode())
            rest = rest[1 + rest[0] :]
        return Claim(purpose, uuid.UUID(bytes=head[-16:]), plain[:32], texts[0], texts[1], texts[2], name)

    def _tag(self, key: _Key, purpose: str, body: bytes) -> bytes:
        bound = f"{purpose}\0{self._deployment}\0".encode()
        return key.digest(b"tag\0" + bound + body)[:TAG]


class _Key:
    """One key, which is taken in once: each message needs a tag and a mask of it."""

    def __init__(self, key: bytes) -> None:
        """Take a key of at most 64 bytes, SHA-256's block."""
        block = key.ljust(64, b"\0")
        self._inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in block))
        self._outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in block))
        self._sponge = hashlib.shake_256(key.ljust(136, b"\0"))  # the key alone in the first block

    def digest(self, data: bytes) -> bytes:
        """Give what ``hmac.digest`` gives with SHA-256 (RFC 2104)."""
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(data)
        outer.update(inner.digest())
        return outer.digest()

    def masked(self, purpose: str, head: bytes, data: bytes) -> bytes:
        """Give data masked, or what was masked in clear; ``head``, whose first byte is the version, is its nonce."""
        seed = b"mask\0" + purpose.encode() + b"\0" + head
        if head[0] == VERSION:
            sponge = self._sponge.copy()
            sponge.update(seed)
            stream = sponge.digest(len(data))
        else:
            stream = b"".join([self.digest(seed + bytes((n,))) for n in range(-(-len(data) // 32))])[: len(data)]
        return (int.from_bytes(data, "big") ^ int.from_bytes(stream, "big")).to_bytes(len(data), "big")


_NOBODY = _Key(b"\0" * 32)


def mask_address(address: str) -> str:
    """Give an address that its owner recognises and nobody else can use: ``a…@example.com``."""
    name, at, domain = address.strip().rpartition("@")
    return f"{name[:1]}…{at}{domain}" if name else "…"


def message_links(
    tokens: Tokens,
    base: str,
    message_id: uuid.UUID,
    address: str,
    address_hash: bytes,
    channel: str,
    topic: str,
) -> Links:
    """Give the links of one message under ``base`` (the public URL): page and one-click target are one URL.

    A GET of it shows a page and changes nothing, a POST of it unsubscribes (RFC 8058).
    """
    hint = mask_address(address)[:60]
    token = tokens.mint("unsubscribe", message_id, address_hash, channel, topic, hint)
    url = f"{base.rstrip('/')}/u/{token}"
    return Links(unsubscribe=url, one_click=url)


def unsubscribe_headers(one_click: str, list_id: str = "") -> Mapping[str, str]:
    """Give the headers of RFC 8058 and RFC 2919; ``list_id`` is ``topic.project.domain`` or empty."""
    headers = {"List-Unsubscribe": f"<{one_click}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return {**headers, "List-Id": f"<{list_id}>"} if list_id else headers
