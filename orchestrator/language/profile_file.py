"""``profiles.yml``: the URLs and keys of one deployment, outside git, as plain texts."""

from __future__ import annotations

from orchestrator.language.yaml import Map, Scalar, read_yaml
from orchestrator.model.diagnostic import Diagnostic
from orchestrator.model.suggest import closest

KEYS = ("warehouse_url", "state_url", "outbox", "deployment", "token_key", "in_flight", "rehearsal")


def read_profile(text: str, path: str) -> tuple[dict[str, str], tuple[Diagnostic, ...]]:
    """Give the settings by key as written (``${NAME}`` included), and every problem of the file with its place."""
    document, problems = read_yaml(text, path)
    if problems or document.root is None:
        return {}, tuple(problems)
    if not isinstance(document.root, Map):
        help_ = ("write one setting a line: warehouse_url: sqlite:///shop.db",)
        return {}, (Diagnostic(document.root.span, "Y020", "a profile is a list of `key: value` lines", help=help_),)
    found: dict[str, str] = {}
    for entry in document.root.entries:
        name, value = entry.key.value, entry.value
        if name not in KEYS:
            near = closest(name, KEYS, 1)
            remedy = f"write `{near[0]}`" if near else f"the keys are {', '.join(KEYS)}"
            problems.append(Diagnostic(entry.key.span, "Y021", f"a profile has no key `{name}`", help=(remedy,)))
        elif not isinstance(value, Scalar):
            problems.append(Diagnostic(value.span, "Y022", f"`{name}` is one text", help=(f"write {name}: value",)))
        elif not value.is_null:
            found[name] = value.value
    return found, tuple(problems)
