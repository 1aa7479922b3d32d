"""``campaigns/project.yml``: what holds for every campaign."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainValidator

from orchestrator.language import kinds
from orchestrator.language.kinds import Mailbox, Text, Word, Yes
from orchestrator.language.periods import Periods, read_periods
from orchestrator.language.places_file import PlaceKeys, read_places, short_place
from orchestrator.language.providers import read_provider
from orchestrator.language.shapes import Keys, Reading, read
from orchestrator.language.utm_keys import UtmKeys, read_utm, short_utm
from orchestrator.language.yaml import Document
from orchestrator.model.diagnostic import Diagnostic
from orchestrator.model.project import Ambiguous, Category, Project, Sender

LATER = {
    "quiet_hours": "quiet hours for all categories at once; write them at each category",
    "environments": "staging that redirects every message to one address",
    "retention": "for how long the ledger keeps what",
    "tracking": "counting opens and clicks",
    "engine": "sending from several machines",
    "brands": "several brands in one workspace",
    "categories.*.purpose": "the legal purpose of a category",
    "categories.*.approval": "who has to approve messages of a category",
    "categories.*.priority": "which message wins when a cap allows only one",
    "categories.*.tracking": "counting opens and clicks",
    "providers.*.rate": "a limit on messages a second",
    "providers.*.throttle": "a limit on messages an hour",
    "providers.*.ramp": "warming up an address slowly",
    "senders.*.reply_to": "an answer address for each sender; write `reply_to:` in the campaign",
}


def _sender(value: Any) -> Any:
    return {"address": value} if isinstance(value, str) else value


class SenderKeys(Keys):
    """A mailbox that messages come from."""

    address: Annotated[Mailbox, Field(examples=["address: news@example.com"])]
    display: Text = ""


class CategoryKeys(Keys):
    """A kind of message."""

    topic: Annotated[Word, Field(examples=["topic: promotions"])]
    consent: Annotated[bool, PlainValidator(lambda value: _consent(value))] = True
    caps: Annotated[list[kinds.CapText], kinds.OneOrMore] = Field(default_factory=list)
    quiet_hours: kinds.QuietText | None = None
    on_unknown: Annotated[str, kinds.choice("way to treat doubtful messages", [a.value for a in Ambiguous])] = "hold"
    unsubscribe: Yes = True


def _consent(value: Any) -> bool:
    given = kinds.text(value)
    words = {"required": True, "true": True, "false": False, "none": False}
    if given in ("required", "none"):
        kinds.wrong("E015", f"`{given}` is neither true nor false", write=str(words[given]).lower())
    return kinds.yes(value)


def _edition(value: Any) -> int:
    edition = kinds.whole(value)
    if edition != 1:
        kinds.wrong("E017", f"edition {edition} is not known here", "write 1, or install the orc that reads it")
    return edition


class SegmentsKeys(Keys):
    """What makes a segment too small to be worth its name."""

    floor: kinds.Whole | None = None
    revenue: Word | None = None
    unused: Yes = False


class ProjectKeys(Keys):
    """All keys of the file."""

    edition: Annotated[int, PlainValidator(_edition), Field(examples=["edition: 1"])]
    name: Annotated[Word, Field(examples=["name: my_shop"])]
    zone: Annotated[kinds.Zone, Field(examples=["zone: Europe/Berlin"])]
    week_starts: kinds.WeekDay = 0
    currency: kinds.Currency = "EUR"
    public_url: kinds.Url | None = None
    unsubscribe: Annotated[str, kinds.choice("keeper of unsubscribes", ["orc", "external"])] = "orc"
    postal_address: Text | None = None
    teams: dict[Word, Annotated[list[Text], kinds.OneOrMore]] = Field(default_factory=dict)
    senders: dict[Word, Annotated[SenderKeys, BeforeValidator(_sender)]] = Field(default_factory=dict)
    providers: dict[Word, dict[str, Any]] = Field(default_factory=dict)
    categories: dict[Word, CategoryKeys] = Field(default_factory=dict)
    segments: SegmentsKeys = Field(default_factory=lambda: SegmentsKeys())
    periods: Periods = Field(default_factory=dict)
    places: dict[Word, Annotated[PlaceKeys, BeforeValidator(short_place)]] = Field(default_factory=dict)
    utm: Annotated[UtmKeys | None, BeforeValidator(short_utm)] = None


def read_project(document: Document, problems: list[Diagnostic]) -> tuple[Project, list[Diagnostic]]:
    """Give the project and everything that is wrong with the file; a broken file gives what could be read."""
    reading = read(ProjectKeys, document, problems, LATER)
    keys = reading.shape
    if keys is None:
        return Project(1, "unnamed"), reading.problems
    project = Project(
        edition=keys.edition,
        name=keys.name,
        zone=keys.zone,
        week_starts=keys.week_starts,
        currency=keys.currency,
        public_url=keys.public_url,
        unsubscribe=keys.unsubscribe,
        postal_address=keys.postal_address,
        teams={name: tuple(people) for name, people in keys.teams.items()},
        senders={name: Sender(name, sender.address, sender.display) for name, sender in keys.senders.items()},
        providers={name: read_provider(reading, name, given) for name, given in keys.providers.items()},
        categories={name: _category(reading, name, given) for name, given in keys.categories.items()},
        floor=keys.segments.floor,
        revenue=keys.segments.revenue,
        unused=keys.segments.unused,
        periods=read_periods(reading, keys.periods),
        places=read_places(reading, keys.places),
        utm=read_utm(reading, keys.utm, "utm"),
        span=reading.span("name"),
    )
    return project, reading.problems


def _category(reading: Reading[ProjectKeys], name: str, keys: CategoryKeys) -> Category:
    return Category(
        name=name,
        topic=keys.topic,
        consent=keys.consent,
        caps=tuple(keys.caps),
        quiet=keys.quiet_hours,
        on_unknown=Ambiguous(keys.on_unknown),
        unsubscribe=keys.unsubscribe,
        span=reading.key_span("categories", name),
    )
