"""Which addresses get mail."""

from __future__ import annotations

import pytest

from orchestrator.audience import check_address


@pytest.mark.parametrize(
    "address", ["ann@example.com", "a.b+c@shop.example.org", " ann@example.com ", "ünï@example.com"]
)
def test_a_usual_mailbox_is_written_to(address: str) -> None:
    """Blanks around an address are a slip, not a reason."""
    assert check_address(address) == address.strip()


@pytest.mark.parametrize(
    "address",
    ["", " ", "ann", "ann@", "@example.com", "a b@example.com", "ann@example", "ann@-x.com", "a" * 65 + "@example.com",
     "ann@example.com\nBcc: all@example.com", "ann@example.com\r", "ann\x00@example.com", "ann@exa\u202emple.com",
     "ann@example.com,bob@example.com", "Ann <ann@example.com>", "ann..b@example.com"],
)  # fmt: skip
def test_what_is_no_mailbox_is_refused_whole(address: str) -> None:
    """Nothing is repaired: an address with a line break is somebody's attack or somebody's bug."""
    assert check_address(address) is None
