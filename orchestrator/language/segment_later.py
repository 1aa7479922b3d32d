"""What the grammar of edition 1 can read and the rest of the house cannot run yet: refused with E190, never ignored.

One table: a rule of the grammar (or ``rule:WORD`` for one word in a rule) and the construct in an author's words.
A row goes away when the construct has a node in ``model/condition.py``.
"""

from __future__ import annotations

LATER: dict[str, str] = {
    "entry": "`entry`, the moment a person entered a campaign",
    "trigger": "what triggered a campaign (`trigger.…`)",
}


def sentence(key: str) -> str:
    """Give the message for one row."""
    return f"{LATER[key]} comes later: this version can read it but not run it"
