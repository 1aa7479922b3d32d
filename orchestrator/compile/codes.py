"""The pages of this room's codes, for ``orc explain CODE``: one row a code."""

from __future__ import annotations

from collections.abc import Mapping

from orchestrator.compile.codes_analysis import ANALYSIS
from orchestrator.model.diagnostic import CodePage

_ROWS: tuple[tuple[str, str, str, str, str], ...] = (
    ("E113", "An event test without a time",
     "Every test of events says when it looks: `ever`, a window, or since a moment. Leaving it out would mean ever to "
     "one reader and lately to another.", "did purchase", "did purchase in last 30 days"),
    ("E201", "A segment that does not exist", "Nothing of that name is defined in campaigns/segments.",
     "in segment vipp", "in segment vip"),
    ("E202", "A name that does not exist",
     "Outside of filters, bare names are attributes and traits of the person. Inside a filter they are properties of "
     "the event, and the person's attributes carry the entity's name.",
     'did purchase where (country is "DE") ever', 'did purchase where (customer.country is "DE") ever'),
    ("E203", "A value that is never there",
     "The schema lists all values of this attribute. A typing mistake here would give an empty audience without a "
     "word.", 'country is "DEU"', 'country is "DE"'),
    ("E204", "Two things with one name",
     "A trait or a named event may not hide an attribute or an event of the schema.", "trait country: text = language",
     "trait main_country: text = language"),
    ("E206", "A list that does not exist", "No `list` of that name is defined.",
     "country is one of dahc", "country is one of dach"),
    ("E207", "A cell that does not exist", "The partition has no cell of that name, or it is a segment and has none.",
     "in segment lifecycle.at_rsk", "in segment lifecycle.at_risk"),
    ("E208", "An entity that does not exist", "The schema declares no entity of that name.",
     "segment x of custmer where everyone", "segment x of customer where everyone"),
    ("E209", "Consent for something nobody declares",
     "A channel is an address of the entity or the channel of a provider; a topic is that of a category in "
     "project.yml.", "consents to email for promotion", "consents to email for promotions"),
    ("E210", "A question about other events inside a filter",
     "A filter looks at one event's own properties. Put tests of other events beside the one you filter.",
     "did purchase where (did visit ever) ever", "did purchase ever and did visit ever"),
    ("E211", "The wrong kind of definition", "The name exists, but is a trait where a segment belongs, or the like.",
     "in segment net_revenue", "net_revenue > 500 EUR"),
    ("E212", "Another entity", "A segment asks only about events and segments of the entity that it is of.", "", ""),
    ("E213", "An event that does not exist", "Neither the schema nor an `event` definition has that name.",
     "did purchse ever", "did purchase ever"),
    ("E301", "Two values of different types",
     "Texts stand in quotes; numbers, dates, true and false do not. Only values of one kind can be equal.",
     'age is "18"', "age is 18"),
    ("E302", "A comparison by size of something without one", "`<` and `>` compare numbers and money.",
     'country > "DE"', 'country is "DE"'),
    ("E303", "A date compared like a number",
     "Dates and moments are before, after, since or in a time, because a day is a span and not a point.",
     "created_at < 2026-01-01", "created_at is before 2026-01-01"),
    ("E304", "Arithmetic with something that is no number", "`+ - * /` need numbers or money.",
     "country + 1 > 2", "points + 1 > 2"),
    ("E305", "Money without its currency", "An amount names its currency, so that nobody compares euros with yen.",
     "sum of purchase.amount ever > 500", "sum of purchase.amount ever > 500 EUR"),
    ("E306", "Several currencies",
     "Amounts of different currencies are never added or compared. Where a column says which one a row is in, the "
     "filter chooses one.", "sum of purchase.amount ever > 500 EUR",
     'sum of purchase.amount where (currency is "EUR") ever > 500 EUR'),
    ("E307", "A time test of something that is no time", "Only dates and moments lie in a time.",
     "country is in last 30 days", "created_at is in last 30 days"),
    ("E308", "A text test of something that is no text", "`contains`, `starts with`, `ends with` and `matches` search "
     "texts.", 'age contains "1"', 'email contains "test"'),
    ("E309", "Events of the future", "What has not happened is not known; only attributes lie in the future.",
     "did purchase in next 7 days", "renews_at is in next 7 days"),
    ("E310", "A pattern that engines read differently",
     "`matches` holds the whole text, in capitals and small letters as written. Allowed are literals, `.`, classes, "
     "`* + ? {m,n}`, groups and `|`.", 'email matches "\\\\w+@.*"', 'email matches "[a-z0-9.]+@.*"'),
    ("E311", "A time that has no meaning here", "`ever` is for events, and consent without a time has no windows.",
     "created_at is ever", "created_at is known"),
    ("E312", "A time of day of a date", "A date has days, no hours and no minutes.",
     "birth_date is in last 3 hours", "birth_date is in last 3 days"),
    ("E313", "An anniversary against a person's own moment",
     "Anniversaries are held against times that are the same for everybody.",
     "anniversary of birth_date is since created_at", "anniversary of birth_date is in next 7 days"),
    ("E314", "A number that cannot be", "The count or the range leaves nothing to choose.",
     "did purchase between 5 and 3 times ever", "did purchase between 3 and 5 times ever"),
    ("E315", "An aggregate without a number", "sum and avg need a number of the event; min and max also take dates.",
     "sum of purchase ever > 5", "sum of purchase.amount ever > 5 EUR"),
    ("E316", "A trait of another type", "The declared type, the value and the default of a trait agree.",
     "trait n: text = count of visit ever", "trait n: int = count of visit ever"),
    ("E317", "A rank by something without an order",
     "Ranks and buckets go by numbers, money or dates; a share of a total adds numbers or money up.",
     "in top 10% by country", "in top 10% by points"),
    ("E318", "A list of several kinds", "All items of a list have one type.",
     'list x = ("a", 1)', 'list x = ("a", "b")'),
    ("E319", "A test row that does not fit the schema", "Values of test rows are written as the schema types them.",
     "people: [{id: 1, age: many}]", "people: [{id: 1, age: 40}]"),
    ("E331", "In each of several units, but of what?",
     "`in each of previous 4 quarters` asks for something in every one of them, so it belongs to `did`. A sum or a "
     "count over all of them has a plain window.", "count of purchase in each of previous 4 quarters > 3",
     "did purchase at least 3 times in each of previous 4 quarters"),
    ("E332", "Elapsed time in units that differ in length",
     "The time between events is elapsed time with decimals: minutes, hours, days of 24 hours, or weeks.",
     "median months between purchase ever > 2", "median days between purchase ever > 60"),
    ("E333", "Too many units", "A number of times in each unit is one question for each of them; 36 are allowed.",
     "did purchase at least 2 times in each of previous 60 months",
     "did purchase at least 2 times in each of previous 5 years"),
    ("E340", "A text that is no version",
     "A version is numbers with points between them, perhaps with a suffix behind `-` (before the release) and a build "
     "behind `+` (which says nothing).", 'app_version < "latest"', 'app_version < "4.2"'),
    ("E320", "One test over two homes",
     "Messages and stored membership lie in our own database, attributes and events in the company's. Each test reads "
     "one of them, and tests of both are joined with and, or and not: the two databases need not be one.",
     "did purchase since last receive_message", "did purchase in last 7 days and did receive_message in last 7 days"),
    ("E350", "The history of a value that has none",
     "What an attribute was before is known only where schema.yml states a `history:` of it: a table of former values "
     "with the moment since when each one held.", 'country has been "DE" for at least 6 months',
     'plan has been "Pro" for at least 6 months'),
    ("E351", "A change from a value to itself", "A change leads from one value to another.",
     'plan changed from "pro" to "pro" ever', 'plan changed from "free" to "pro" ever'),
    ("E401", "A circle", "A definition may not use itself, directly or through others.",
     "segment a where in segment a", "segment a where in segment b"),
    ("E402", "A tower of definitions",
     "A definition stands on more than 50 others, one on top of the other. Nobody can review such a sentence.", "", ""),
    ("E403", "A sequence of too many steps",
     "Behind its first event a sequence has at most 50 steps. Ask for fewer of them.", "", ""),
    ("W301", "Also true where the value is unknown",
     "Negation is the exact complement, so people of whom the value is not known are in. Add `is known` when you do "
     "not mean them.", 'plan is not "free"', 'plan is not "free" and plan is known'),
    ("W303", "Also true for people without any such event",
     "The value of an event that never happened is missing, too.", "first purchase.coupon is missing",
     "first purchase.coupon is missing and did purchase ever"),
    ("W304", "Never missing", "The schema says that everybody has a value, or the value is a count.",
     "count of visit ever is missing", "did not visit ever"),
)  # fmt: skip

CODES: Mapping[str, CodePage] = {row[0]: CodePage(*row) for row in (*_ROWS, *ANALYSIS)}
