"""The settings of one deployment: the environment wins over ``profiles.yml``, which wins over the ``.orc`` folder."""

from __future__ import annotations

import datetime as dt
import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path

from orchestrator.model.errors import SettingsError
from orchestrator.model.settings import Settings

FOLDER = ".orc"
PROFILE = "profiles.yml"
VARIABLES = {
    "warehouse_url": "ORC_WAREHOUSE_URL",
    "state_url": "ORC_STATE_URL",
    "outbox": "ORC_OUTBOX",
    "deployment": "ORC_DEPLOYMENT",
    "token_key": "ORC_TOKEN_KEY",
    "in_flight": "ORC_IN_FLIGHT",
    "rehearsal": "ORC_REHEARSAL",
}
_NAME = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


def read_settings(root: Path, environment: Mapping[str, str] | None = None) -> Settings:
    """Give the settings of the workspace at ``root``; raises SettingsError for what cannot be understood.

    Without any setting the two databases are files in ``.orc/`` below the workspace. The URL of a warehouse that
    nobody named and that is not there is empty: only verbs that need people ask for it.
    """
    known = os.environ if environment is None else environment
    given = _profile(root, known)
    given |= {key: known[name] for key, name in VARIABLES.items() if known.get(name)}
    folder = root / FOLDER
    warehouse = warehouse_file(root)
    return Settings(
        warehouse_url=_url(
            given.get("warehouse_url") or (f"sqlite:///{warehouse}" if warehouse.exists() else ""), root
        ),
        state_url=_url(given.get("state_url") or f"sqlite:///{folder / 'state.sqlite'}", root),
        outbox=root / given.get("outbox", f"{FOLDER}/outbox"),
        deployment=given.get("deployment", ""),
        token_key=given.get("token_key", ""),
        in_flight=_number(given.get("in_flight", "64")),
        rehearsal=_moment(given["rehearsal"]) if given.get("rehearsal") else None,
    )


def warehouse_file(root: Path) -> Path:
    """Give the file that is the warehouse when nobody names another one and it is there."""
    return root / FOLDER / "warehouse.sqlite"


def is_default_state(root: Path, settings: Settings) -> bool:
    """Tell whether the state is the file that every workspace has by itself."""
    return settings.state_url == f"sqlite:///{root / FOLDER / 'state.sqlite'}"


def write_profile(root: Path) -> Path:
    """Write a profile with a fresh deployment id and token key that only its owner may read; keep one that is there."""
    path = root / PROFILE
    text = (
        "# The wiring of this one copy. Never commit this file: it holds a key.\n"
        "# Environment variables win: ORC_WAREHOUSE_URL, ORC_STATE_URL, ORC_OUTBOX, ORC_DEPLOYMENT, ORC_TOKEN_KEY.\n"
        "#\n"
        "# warehouse_url: postgresql://orc_reader@localhost/shop    # your data; a role that may only read is enough\n"
        "# state_url: postgresql://orc@localhost/orc   # ours; needed when more than one machine sends\n"
        f"outbox: {FOLDER}/outbox\n"
        f"deployment: {secrets.token_hex(8)}   # a restored or cloned database with another id refuses to send\n"
        f"token_key: {secrets.token_urlsafe(32)}   # signs unsubscribe links: keep it, or old links stop working\n"
    )
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def write_rehearsal(root: Path, moment: dt.datetime) -> None:
    """Write the moment at which this copy's clock starts into its profile, in place of an earlier one."""
    path = write_profile(root)
    line = f"rehearsal: {moment.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"
    kept = [old for old in path.read_text(encoding="utf-8").splitlines() if not old.startswith(REHEARSAL)]
    path.write_text("\n".join([*kept, f"{line}   {_WHY}"]) + "\n", encoding="utf-8")


def move_rehearsal(root: Path, moment: dt.datetime) -> None:
    """Write a later moment for the clock of a copy whose own profile says that it rehearses; leave others alone."""
    path = root / PROFILE
    if os.environ.get("ORC_PROFILES") or os.environ.get("ORC_REHEARSAL") or not path.is_file():
        return
    if any(line.startswith(REHEARSAL) for line in path.read_text(encoding="utf-8").splitlines()):
        write_rehearsal(root, moment)


REHEARSAL = "rehearsal:"
_WHY = "# the simulated shop's time; without this line the clock is real"


def _profile(root: Path, known: Mapping[str, str]) -> dict[str, str]:
    named = known.get("ORC_PROFILES")
    path = Path(named).expanduser() if named else root / PROFILE
    if not path.is_file():
        if named:
            raise SettingsError(f"ORC_PROFILES names {path}, which is not there", "correct or unset ORC_PROFILES")
        return {}
    from orchestrator.language import read_profile

    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be read: {error}", "check the file") from error
    given, problems = read_profile(text, path.name)
    if problems:
        first = problems[0]
        raise SettingsError(f"{first.span}: {first.message}", "\n".join(first.help))
    return {key: _filled(value, key, path.name, known) for key, value in given.items()}


def _filled(value: str, key: str, path: str, known: Mapping[str, str]) -> str:
    def replaced(found: re.Match[str]) -> str:
        if found[1] not in known:
            raise SettingsError(f"`{key}` of {path} names ${{{found[1]}}}, which is not set", f"export {found[1]}=…")
        return known[found[1]]

    return _NAME.sub(replaced, value)


def _url(url: str, root: Path) -> str:
    """Give the URL with a file of SQLite counted from the workspace, wherever the verb was called."""
    start = "sqlite:///"
    if url.startswith(start) and not url.startswith("sqlite:////") and url != start + ":memory:":
        return start + str(root / url.removeprefix(start))
    return url


def _moment(text: str) -> dt.datetime:
    """Give a moment in UTC; one without a zone is UTC."""
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise SettingsError(f"rehearsal is `{text}`", "give a moment: 2026-12-01T09:00Z") from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)


def _number(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 10_000:
        raise SettingsError(f"in_flight is `{text}`", "give a whole number from 1 to 10000")
    return int(text)
