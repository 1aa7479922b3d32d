"""What applying the files would do: changes, sizes, recipients, run times, expectations. Frozen, and saved as JSON."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from orchestrator.model.errors import UsageError
from orchestrator.review.diff import Change, How
from orchestrator.review.sizes import Size

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Line:
    """One `expect` line: ``what`` says it of, ``holds``, and the sentence that a person reads."""

    what: str
    place: str
    holds: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class Run:
    """What the next run of a campaign would do if it were now.

    ``audience`` counts people, ``variants`` maps ``step/variant`` to messages, ``skipped`` a reason to messages that
    are not sent. ``times`` are the next run times as wall clock and zone; ``sent`` is false for a campaign that is
    not active. ``note`` says why there are no numbers.
    """

    campaign: str
    status: str
    audience: int | None = None
    variants: Mapping[str, int] = field(default_factory=dict)
    skipped: Mapping[str, int] = field(default_factory=dict)
    times: tuple[str, ...] = ()
    limit: int | None = None
    note: str = ""

    @property
    def recipients(self) -> int:
        """Give the number of messages that would go out."""
        return sum(self.variants.values())


@dataclass(frozen=True, slots=True)
class Plan:
    """A change as it was planned.

    ``meaning`` is the digest of the files' meaning, ``base`` the applied version it was compared with (None:
    none yet). ``as_of`` freezes the audiences, ``made_at`` is when it was made; both UTC. ``sizes`` holds what was
    compared, ``still`` the sizes of everything that did not change. ``notes`` are sentences worth reading.
    """

    meaning: str
    base: int | None
    as_of: dt.datetime
    made_at: dt.datetime
    zone: str
    changes: tuple[Change, ...] = ()
    sizes: tuple[Size, ...] = ()
    still: tuple[Size, ...] = ()
    runs: tuple[Run, ...] = ()
    expectations: tuple[Line, ...] = ()
    warnings: int = 0
    notes: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """Give what an approval would bind to: the files' meaning and the version they replace, not the numbers."""
        return hashlib.sha256(f"{FORMAT}|{self.meaning}|{self.base}".encode()).hexdigest()

    @property
    def id(self) -> str:
        """Give the short name of this plan, which every number and word in it decides."""
        text = json.dumps(_body(self), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:10]

    @property
    def is_empty(self) -> bool:
        """Tell whether applying it would change nothing."""
        return not self.changes

    @property
    def broken(self) -> tuple[Line, ...]:
        """Give the expectations that do not hold."""
        return tuple(line for line in self.expectations if not line.holds)

    @property
    def people(self) -> dict[str, int]:
        """Give the size of everything now by its key: what the next plan, and a run, calls "last applied"."""
        return {key(size.what): size.after for size in (*self.sizes, *self.still) if size.after is not None}


def key(what: str) -> str:
    """Give the name under which a size is remembered: ``vip``, ``lifecycle.active``, ``campaign:launch``."""
    kind, _, name = what.partition(" ")
    return f"campaign:{name}" if kind == "campaign" else name


def dump_plan(plan: Plan) -> str:
    """Give a plan as JSON text that :func:`load_plan` reads back."""
    head = {"format": FORMAT, "id": plan.id, "digest": plan.digest, "changed": not plan.is_empty}
    return json.dumps(head | _body(plan), ensure_ascii=False, indent=1)


def _body(plan: Plan) -> dict[str, Any]:
    return dataclasses.asdict(plan) | {"as_of": plan.as_of.isoformat(), "made_at": plan.made_at.isoformat()}


def load_plan(text: str, name: str) -> Plan:
    """Read a plan back; raises UsageError when it is none, is of another release, or was edited."""
    try:
        body: dict[str, Any] = json.loads(text)
        if body.pop("format") != FORMAT:
            raise UsageError(f"{name} was made by another release", "make it again: orc plan")
        said = body.pop("id"), body.pop("digest")
        body.pop("changed")
        plan = Plan(
            meaning=str(body["meaning"]),
            base=None if body["base"] is None else int(body["base"]),
            as_of=dt.datetime.fromisoformat(body["as_of"]),
            made_at=dt.datetime.fromisoformat(body["made_at"]),
            zone=str(body["zone"]),
            changes=tuple(
                Change(row["what"], How(row["how"]), row["place"], tuple(row["lines"]), tuple(row["via"]))
                for row in body["changes"]
            ),
            sizes=tuple(Size(**row) for row in body["sizes"]),
            still=tuple(Size(**row) for row in body["still"]),
            runs=tuple(Run(**row | {"times": tuple(row["times"])}) for row in body["runs"]),
            expectations=tuple(Line(**row) for row in body["expectations"]),
            warnings=int(body["warnings"]),
            notes=tuple(body["notes"]),
        )
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise UsageError(f"{name} is not a plan", "make one: orc plan --out plan.json") from error
    if said != (plan.id, plan.digest):
        raise UsageError(f"{name} was edited after it was made", "make it again: orc plan")
    return plan
