"""Samples and stored membership in plain English."""

from __future__ import annotations

from collections.abc import Callable

from orchestrator.compile.english_peers import percent
from orchestrator.model.condition import Moved, Sample, Window
from orchestrator.model.spelling import quoted


def elsewhere_words(condition: Sample | Moved, window: Callable[[Window], str], negated: bool = False) -> str:
    """Give one of them as a clause; ``window`` gives the words of a time."""
    if isinstance(condition, Sample):
        drawn = f"the lasting sample of {percent(condition.share)} drawn with the salt {quoted(condition.salt)}"
        return f"they are {'not ' if negated else ''}in {drawn}"
    when = "" if condition.window is None else f" {window(condition.window)}"
    verb = "enter" if condition.entered else "leave"
    did = f"did not {verb}" if negated else {"enter": "entered", "leave": "left"}[verb]
    return f"they {did} segment `{condition.ref}`{when}, as refreshes saw it"
