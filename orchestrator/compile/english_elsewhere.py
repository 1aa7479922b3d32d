"""Samples and stored membership in plain English."""

from __future__ import annotations

from collections.abc import Callable

from orchestrator.compile.english_values import percent
from orchestrator.model.condition import Moved, Sample, Window
from orchestrator.model.spelling import quoted


def elsewhere_words(condition: Sample | Moved, window: Callable[[Window], str]) -> str:
    """Give one of them as a clause; ``window`` gives the words of a time."""
    if isinstance(condition, Sample):
        return (
            f"they are in the lasting sample of {percent(condition.share)} drawn with the salt {quoted(condition.salt)}"
        )
    when = "" if condition.window is None else f" {window(condition.window)}"
    verb = "entered" if condition.entered else "left"
    return f"they {verb} segment `{condition.ref}`{when}, as refreshes saw it"
