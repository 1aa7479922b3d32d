# ruff: noqa: E501 (a table: one row says one thing)
"""Every operator that the leading tools offer, and how it is said here; ``docs/print.py`` prints it as a page.

A test reads each sentence in the example workspace, checks it, compiles it for every engine and has it said in English:
a row that claims to be covered is covered. ``how`` is ``words`` (the language has words for it), ``rewriting`` (other
words mean the same) or ``missing`` (the note says why). Two sentences are about things that the shop does not have:
the test declares them (``LENT``).
"""

from __future__ import annotations

from typing import NamedTuple

LENT = """
entities:
  customer:
    table: customers
    key: id
    attributes: {phone: text}
relations:
  invitation: {table: invitations, key: customer_id, properties: {source: text}}
"""
"""What a workspace declares for a telephone number and an uploaded list."""


class Operator(NamedTuple):
    """One operator of the union: its family, its name, sentences that say it, and what to know."""

    family: str
    name: str
    says: tuple[str, ...]
    how: str = "words"
    note: str = ""


def _rows(family: str, *rows: tuple[str, ...]) -> tuple[Operator, ...]:
    return tuple(Operator(family, row[0], row[1:]) for row in rows)


OPERATORS: tuple[Operator, ...] = (
    *_rows(
        "Logic",
        ("and", 'country is "DE" and language is "de"'),
        ("or", 'country is "DE" or country is "AT"'),
        ("not", "not in segment vip", 'not (country is "DE" and language is "de")'),
        ("none of", 'none of (country is "DE", did purchase ever)'),
        ("at least N of", 'at least 2 of (country is "DE", staff is true, did purchase ever)'),
        ("at most N of", 'at most 1 of (country is "DE", staff is true, did purchase ever)'),
        ("brackets", '(country is "DE" or country is "AT") and staff is false'),
    ),
    Operator("Logic", "xor", ('at least 1 of (staff is true, country is "DE") and at most 1 of (staff is true, country is "DE")',), "rewriting"),
    *_rows(
        "Unknown",
        ("is known", "birth_date is known"),
        ("is unknown", "birth_date is missing"),
        ("is empty", 'first_name is ""'),
        ("is not empty", 'first_name is known and first_name is not ""'),
        ("a negative that takes the unknown along", 'tier is not "gold"', 'country is not "DE" or country is missing'),
        ("a negative without the unknown", 'country is not "DE" and country is known'),
    ),
    *_rows(
        "Equality and numbers",
        ("is", "household_size is 3"),
        ("is not", "points is not 0"),
        ("is more than", "points > 100"),
        ("is at least", "points >= 100"),
        ("is less than", "points < 100"),
        ("is at most", "points <= 100"),
        ("between", "points is between 100 and 200"),
        ("not between", "points is not between 100 and 200"),
        ("is one of", 'country is one of ("DE", "AT")', "country is one of dach"),
        ("is none of", 'tier is not one of ("gold", "silver")'),
    ),
    Operator("Equality and numbers", "multiple of, modulo", (), "missing", "rare; nobody asked for it, and engines differ on negative numbers"),
    *_rows(
        "Texts",
        ("contains", 'email contains "test"'),
        ("does not contain", 'email does not contain "test" and email is known'),
        ("starts with", 'postal_code starts with "69"'),
        ("does not start with", 'postal_code does not start with "69" and postal_code is known'),
        ("ends with", 'email ends with "@example.com"'),
        ("does not end with", 'email does not end with "@example.com" and email is known'),
        ("matches a pattern", 'email matches "[a-z.]+@example[.]com"'),
        ("does not match", 'email does not match "[a-z.]+@example[.]com" and email is known'),
        ("ignoring case", 'city contains "berlin"'),
    ),
    Operator("Texts", "like, with wildcards", ('city matches "Ham.*g"',), "rewriting", "`%` and `_` are plain letters in every text test"),
    Operator("Texts", "equals ignoring case", ('city starts with "berlin" and city ends with "berlin" and city matches ".{6}"',), "rewriting"),
    Operator("Texts", "domain of an e-mail address", ('email ends with "@example.com"',), "rewriting"),
    Operator("Texts", "country of a phone number", ('phone starts with "+49"',), "rewriting", "of an attribute `phone` that holds numbers in their international form; the shop has none"),
    *_rows("Yes or no", ("is true", "staff is true"), ("is false", "has_garden is false")),
    *_rows(
        "Lists",
        ("includes", 'interests has "outdoor"'),
        ("includes any of", 'interests has any of ("outdoor", "travel")'),
        ("includes all of", 'interests has all of ("outdoor", "travel")'),
        ("includes none of", 'interests has none of ("outdoor", "travel")'),
        ("size", "count of interests >= 2"),
        ("some item where", 'did purchase where (items has item where (sku is "SKU-123" and color is "red")) ever'),
        ("no item where", 'did purchase where (items has no item where (color is "red")) ever'),
        ("every item where", 'did purchase where (items has every item where (price >= 10 EUR)) ever'),
        ("nested values", "survey.eco_importance >= 4"),
        ("what the last event held", 'last_basket has item where (color is "red")', "count of last_basket >= 3"),
        ("a part of an item's text", 'did purchase where (items has item where (sku starts with "SKU-1")) ever'),
    ),
    *_rows(
        "Fixed time",
        ("before", "created_at is before 2026-01-01"),
        ("after", "created_at is after 2026-01-01"),
        ("since", "did purchase since 2026-01-01"),
        ("on", "created_at is on 2026-01-01"),
        ("between two days", "did purchase from 2026-01-01 to 2026-01-31"),
    ),
    *_rows(
        "Time from now",
        ("in the last N", "did purchase in last 30 days", "created_at is in last 12 hours"),
        ("more than N ago", "created_at is more than 30 days ago"),
        ("between N and M ago", "did purchase between 30 and 60 days ago"),
        ("in the next N", "renews_at is in next 30 days"),
        ("more than N from now", "renews_at is more than 30 days from now"),
        ("between N and M from now", "renews_at is between 30 and 37 days from now"),
        ("today, yesterday, tomorrow", "created_at is today", "did visit yesterday", "renews_at is tomorrow"),
        ("this week, month, quarter, year", "did purchase in this month", "renews_at is in this quarter"),
        ("previous weeks, months, quarters, years", "did purchase in previous month", "did purchase in previous 4 quarters"),
        ("units from minute to year", "did visit in last 90 minutes", "did purchase in last 2 years"),
        ("around another moment", "did purchase in first 7 days after created_at", "did visit in last 7 days before renews_at"),
    ),
    Operator("Time from now", "next week, month, quarter, year", ("12 * (year of renews_at - year of now) + month of renews_at - month of now is 1", "4 * (year of renews_at - year of now) + quarter of renews_at - quarter of now is 1", "year of renews_at - year of now is 1"), "rewriting", "edition 1 has no word for the next calendar unit; a week takes a named period"),
    *_rows(
        "Choice of the clock",
        ("rolling", "did visit in last 24 hours"),
        ("the company's calendar", "did visit today"),
        ("the person's calendar", "did visit local today", "created_at is in last 7 local days"),
        ("the person's calendar behind a moment of their own", "did purchase in first 7 local days after created_at"),
        ("units of the person's calendar as a value", "local days since created_at > points"),
    ),
    *_rows(
        "Every year",
        ("anniversary today", "anniversary of birth_date is local today"),
        ("anniversary in the next N", "anniversary of birth_date is in next 7 days"),
        ("anniversary in the last N", "anniversary of birth_date is in last 7 days"),
        ("anniversary this month", "anniversary of birth_date is in this month"),
        ("day of the week", 'weekday of now is "friday"', 'did visit where (weekday of happened_at is "sunday") ever'),
        ("day of the month", "day of now is 1"),
        ("month", "month of now is one of (11, 12)"),
        ("time of day", "did visit where (local hour of happened_at < 5) ever"),
        ("days until an anniversary", "days until anniversary of birth_date < 3"),
        ("29 February", "anniversary of birth_date is today"),
    ),
    *_rows(
        "Held values",
        ("has been X for at least N", 'plan has been "Pro" for at least 6 months'),
        ("changed from A to B", 'plan changed from "free" to "Pro" in last 30 days'),
        ("changed to B", 'plan changed to "Pro" in last 30 days'),
    ),
    *_rows(
        "Events",
        ("did", "did purchase ever"),
        ("did not", "did not purchase in last 90 days"),
        ("at least N times", "did purchase at least 3 times in last 90 days"),
        ("at most N times", "did purchase at most 3 times in last 90 days"),
        ("exactly N times", "did purchase exactly 1 time ever"),
        ("between N and M times", "did purchase between 2 and 5 times in last 90 days"),
        ("first did", "first purchase.happened_at is in last 30 days", "did purchase where (nth is 1) in last 30 days"),
        ("last did", "days since last purchase >= 60"),
        ("where a property", 'did purchase where (category is "hiking" and amount >= 80 EUR) ever'),
        ("on N different days", "did view_product on at least 3 local days in last 30 days"),
        ("in each of the last N", "did purchase in each of previous 4 quarters"),
        ("after a pause", "did purchase where (days_since_previous >= 180) in last 30 days"),
        ("during a named period", "did purchase during sale_periods", "did not purchase outside sale_periods"),
    ),
    *_rows(
        "Numbers of many events",
        ("count", "count of purchase in last 365 days >= 3"),
        ("distinct count", "count distinct of purchase.category ever >= 3"),
        ("sum", "sum of purchase.amount in last 365 days > 500 EUR"),
        ("average", "avg of purchase.amount ever > 50 EUR"),
        ("least and greatest", "max of purchase.amount ever > 500 EUR", "min of purchase.amount ever < 5 EUR"),
        ("median", "median of purchase.amount ever > 50 EUR"),
        ("first value, last value", 'first purchase.category is "hiking"', "last nps.score in last 90 days <= 6"),
        ("ratio", "fraction of purchase where (coupon is known) ever >= 50%"),
        ("time between events", "median days between purchase ever < 30"),
        ("against a number", "count of visit in last 30 days > 10"),
        ("against another value", "sum of refund.amount ever > sum of purchase.amount ever / 2"),
        ("against everybody", "avg of purchase.amount ever > avg of purchase.amount ever across everyone"),
    ),
    *_rows(
        "Population",
        ("top N percent", "in top 20% by lifetime_value"),
        ("bottom N percent", "in bottom 10% by points"),
        ("top N", "in top 100 by lifetime_value"),
        ("rank within a group", "in top 100 by lifetime_value within each country among segment buyers"),
        ("fifths, tenths (RFM)", "r is 5 and f is 5 and m >= 4"),
        ("the few who make most", "in smallest group with 80% of lifetime_value"),
    ),
    Operator("Population", "between two percentiles", ("in top 50% by lifetime_value and not in top 25% by lifetime_value",), "rewriting"),
    Operator("Population", "z-score", ("lifetime_value > 2 * avg of purchase.amount ever across everyone",), "missing", "edition 1 has no deviation; the sentence compares with a multiple of the average instead"),
    *_rows(
        "Sequences",
        ("A then B", "did view_product in last 30 days then add_to_cart"),
        ("A then B within D", "did view_product in last 30 days then add_to_cart within 1 day"),
        ("A then B with the same", "did view_product in last 30 days then add_to_cart with same product_id within 1 day"),
        ("A then not B within D", "did start_checkout in last 30 days then not purchase within 2 hours"),
        ("A then not yet B", "did add_to_cart where (value >= 40 EUR) in last 24 hours then not yet purchase"),
        ("reached step k, not k + 1", "did view_product in last 30 days then add_to_cart within 1 day then not start_checkout within 3 days"),
    ),
    *_rows(
        "Places",
        ("within a distance of a point", "location is within 25 km of (45.76, 4.84)"),
        ("within a distance of a place", "location is within 25 km of place lyon_store"),
        ("inside a shape", "location is inside place alps"),
        ("in a list of regions", "state is one of north_east"),
        ("in the EU", "country is one of eu_and_uk"),
    ),
    Operator("Places", "within a distance of a postal code", ("location is within 25 km of place lyon_store",), "rewriting", "give the centre of the postal code a name under `places:`"),
    *_rows(
        "Devices",
        ("platform", 'has device where (os is "ios")'),
        ("version of the system", 'has device where (os is "ios" and os_version >= "17")'),
        ("version of the app", 'has device where (app_version < "4.2")'),
        ("browser", 'did visit where (browser is "Safari") in last 30 days'),
        ("the same device satisfies all", 'has device where (os is "ios" and os_version >= "17" and app_version < "4.2")'),
        ("number of devices", "has at least 2 devices"),
        ("no device, every device", 'has no device where (os is "linux")', 'has every device where (os is "ios")'),
    ),
    *_rows(
        "Membership",
        ("in a segment", "in segment vip"),
        ("not in a segment", "not in segment vip"),
        ("in a cell of a partition", "in segment engagement.e30"),
        ("entered a segment", "entered segment vip in last 7 days"),
        ("left a segment", "left segment vip in last 7 days"),
    ),
    Operator("Membership", "an uploaded list", ("has invitation", 'has no invitation where (source is "fair")'), "rewriting", "of a table into which the file was put, declared as `invitation` under `relations:`; the shop has none"),
    *_rows(
        "Messages",
        ("received", 'did receive_message where (campaign is "winback") in last 30 days'),
        ("did not receive", "did not receive_message in last 14 days"),
        ("opened", "did open_message in last 30 days"),
        ("clicked", 'did click_message where (channel is "email") in last 30 days'),
        ("bounced", 'did bounce_message where (code is "30003") at least 3 times in last 90 days'),
        ("complained", "did complain ever"),
        ("number of messages", 'did receive_message where (category is "promotional") at least 4 times in last 14 days'),
        ("last touched", "days since last receive_message >= 14"),
        ("variant received", 'did receive_message where (campaign is "winter_launch" and variant is "curious") ever'),
        ("held out", 'did enter_campaign where (campaign is "winter_launch" and arm is "holdout") ever'),
        ("converted", 'did convert where (campaign is "winter_launch") ever'),
    ),
    *_rows(
        "Consent",
        ("allowed a topic on a channel", "consents to email for promotions"),
        ("did not allow", "does not consent to email for promotions"),
        ("when it was given", "consents to email for promotions since 2026-01-01"),
        ("reachable on a channel", "email is known and consents to email for promotions"),
    ),
    Operator("Consent", "by which method", (), "missing", "the consent table has no column for it yet; declare the table's column as an event's property to ask for it"),
    *_rows("Samples", ("a lasting share of people", 'in sample 5% salt "2026H2"')),
    Operator("Samples", "bucket below n of 10,000", ('in sample 12.34% salt "2026H2"',), "rewriting"),
    *_rows("Escape", ("SQL with declared columns", "sql (id: int) { select customer_id as id from orders where items > 3 }")),
)  # fmt: skip
