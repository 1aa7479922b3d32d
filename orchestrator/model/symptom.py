"""What is not well with a database: one sentence, where, and the statement or the key that mends it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Symptom:
    """One finding of `orc doctor`. ``where`` is a table or column; ``remedy`` can be pasted, "" where none is known."""

    code: str
    where: str
    text: str
    remedy: str = ""
