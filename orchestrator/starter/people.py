"""The customers of the simulated shop: who they are, and what is wrong with some of their data."""

from __future__ import annotations

import datetime as dt
import unicodedata
from dataclasses import dataclass
from itertools import accumulate
from random import Random

from orchestrator.starter.geography import CATEGORIES, CITIES, FIRST, LAST, City, names

_FIRST = names(FIRST)
_LAST = names(LAST)
_CITY_WEIGHTS = list(accumulate(city.weight for city in CITIES))
_DOMAINS = ("example.com", "example.com", "example.com", "example.org", "example.org", "example.net")
_OS = {
    "phone": (("ios", "17.6"), ("ios", "18.5"), ("ios", "26.1"), ("ios", "15.8"), ("ios", "14.8"), ("android", "13"),
              ("android", "14"), ("android", "15"), ("android", "16")),
    "tablet": (("ios", "16.7"), ("ios", "18.5"), ("android", "14")),
    "desktop": (("windows", "10"), ("windows", "11"), ("windows", "11"), ("macos", "15.2"), ("macos", "26.0"),
                ("linux", "6.8")),
}  # fmt: skip


@dataclass(slots=True)
class Customer:
    """One customer: the columns of the table that are known from the start, and hidden traits that drive the rest.

    ``created`` and ``gone`` are seconds from the start of the simulated time (``created`` may be negative);
    ``visits`` is how often they come in two full years, ``spend`` multiplies their baskets, ``mood`` is 0 to 1.
    """

    id: int
    email: str | None
    first_name: str | None
    last_name: str | None
    gender: str | None
    birth_date: str | None
    household_size: int | None
    has_children: bool | None
    has_garden: bool | None
    income_band: str | None
    city: City | None
    postal_code: str | None
    language: str
    zone: str | None
    eco_importance: int | None
    shopping_style: str | None
    interest: str
    main_interest: str | None
    device: str
    os: str
    os_version: str
    app_installed: bool
    source: str
    staff: bool
    created: int
    gone: int
    visits: float
    spend: float
    mood: float


def customers(rng: Random, count: int, until: dt.date, seconds: int) -> list[Customer]:
    """Give ``count`` customers with ids from 1 on; ``seconds`` is the length of the simulated time."""
    people: list[Customer] = []
    for number in range(1, count + 1):
        people.append(_customer(rng, number, until, seconds, people))
    return people


def _customer(rng: Random, number: int, until: dt.date, seconds: int, earlier: list[Customer]) -> Customer:
    chance = rng.random
    city = rng.choices(CITIES, cum_weights=_CITY_WEIGHTS)[0]
    language = city.language if chance() < 0.93 else "en"
    first, last = rng.choice(_FIRST[city.language]), rng.choice(_LAST[city.language])
    email: str | None = f"{plain(first)}.{plain(last)}{number}@{rng.choice(_DOMAINS)}"
    if number > 20 and chance() < 0.012:  # two of a household share one mailbox
        partner = earlier[int(chance() * len(earlier))]
        if partner.email and partner.last_name:
            email, last, city = partner.email, partner.last_name, partner.city or city
            email = email.upper() if chance() < 0.1 else email
    fate = chance()
    if fate < 0.015:
        email = None
    elif fate < 0.018:
        email = ""
    elif fate < 0.024:
        email = rng.choice((f"{plain(first)}.example.com", f"{plain(first)}@", f"{first} {last}@example.org"))
    answered = chance() < 0.6
    household = 1 + int(chance() ** 1.6 * 5)
    device = rng.choices(("phone", "tablet", "desktop"), cum_weights=(58, 67, 100))[0]
    os, version = rng.choice(_OS[device])
    interest = rng.choices(CATEGORIES, cum_weights=(26, 42, 56, 68, 83, 100))[0]
    created = int(-seconds * 1.5 * chance()) if chance() < 0.4 else int(seconds * chance() ** 0.8)
    gone = seconds * 9 if chance() < 0.5 else max(created, 0) + int(rng.expovariate(1.0) * seconds * 0.35)
    return Customer(
        id=number,
        email=email,
        first_name=None if (known := chance()) < 0.03 else ("" if known < 0.034 else first),
        last_name=last if chance() < 0.97 else None,
        gender=rng.choices(("female", "male", "diverse", None), cum_weights=(46, 84, 85, 100))[0],
        birth_date=_birth_date(rng, until),
        household_size=household if answered or chance() < 0.3 else None,
        has_children=(household >= 3 and chance() < 0.85) if answered else None,
        has_garden=chance() < (0.25 + 0.1 * household) if answered else None,
        income_band=rng.choices(("low", "middle", "high"), cum_weights=(28, 80, 100))[0] if answered else None,
        city=city if chance() < 0.985 else None,
        postal_code="".join(str(int(chance() * 10)) if sign == "#" else sign for sign in city.postal),
        language=language,
        zone=city.zone if (place := chance()) < 0.975 else (None if place < 0.999 else "Mars/Olympus"),
        eco_importance=min(5, 1 + int(chance() ** 0.8 * 5)) if answered else None,
        shopping_style=rng.choice(("bargain", "bargain", "quality", "quality", "design", "convenience"))
        if answered
        else None,
        interest=interest,
        main_interest=interest if answered and chance() < 0.9 else None,
        device=device,
        os=os,
        os_version=version,
        app_installed=device == "phone" and chance() < 0.35,
        source=rng.choices(("search", "social", "referral", "store", "advert"), cum_weights=(34, 54, 66, 80, 100))[0],
        staff=chance() < 0.002,
        created=created,
        gone=gone,
        visits=rng.lognormvariate(1.75, 1.25),
        spend=rng.lognormvariate(-0.1, 0.65),
        mood=chance() ** 0.6,
    )


def _birth_date(rng: Random, until: dt.date) -> str | None:
    fate = rng.random()
    if fate < 0.12:
        return None
    if fate < 0.1205:
        return "1899-12-30"  # the zero of a spreadsheet
    age_days = int((18 + rng.betavariate(2.0, 3.2) * 66) * 365.25)
    return (until - dt.timedelta(days=age_days)).isoformat()


def plain(name: str) -> str:
    """Give a name in the letters of an address: lower case, without accents and signs."""
    folded = unicodedata.normalize("NFKD", name.replace("ß", "ss").replace("ı", "i"))
    return "".join(sign for sign in folded.lower() if sign.isascii() and sign.isalpha())
