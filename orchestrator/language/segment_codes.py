"""The pages of the codes of the segment language: what each means, with a wrong and a right sentence."""

from __future__ import annotations

from collections.abc import Mapping

from orchestrator.model.diagnostic import CodePage

_PAGES = (
    CodePage(
        "E100",
        "a word cannot stand here",
        "The sentence reads well up to this word. The note lists what could stand in its place.",
        "did purchase in 30 last days",
        "did purchase in last 30 days",
    ),
    CodePage(
        "E101",
        "a sign that cannot be seen",
        "Control characters, marks that turn the direction of a text, and spaces that are not plain ones are refused, "
        "because a reviewer would not see them. Inside a text, write \\u and four digits, but not for U+0000.",
    ),
    CodePage(
        "E102",
        "`and` beside `or` without brackets",
        "`a and b or c` can mean two audiences, so brackets say which one.",
        'country is "DE" and plan is "pro" or plan is "team"',
        'country is "DE" and (plan is "pro" or plan is "team")',
    ),
    CodePage(
        "E103",
        "a text that never ends",
        "A text ends with a quote on its own line.",
        'country is "DE',
        'country is "DE"',
    ),
    CodePage(
        "E104",
        "an unknown escape",
        'Inside a text a backslash stands before ", another backslash, n, t, or u and four digits. \\u0000 and halves '
        "of a letter (\\ud800 to \\udfff) are refused: no database keeps them.",
        r'sku matches "\d+"',
        'sku matches "[0-9]+"',
    ),
    CodePage(
        "E105",
        "a day that does not exist",
        "A day is written year-month-day and must be in the calendar, from the year 1000 to 9998.",
        "created_at is after 2026-02-30",
        "created_at is after 2026-02-28",
    ),
    CodePage(
        "E106", "a bracket that is never closed", "Every ( needs its ).", "(a is 1 and b is 2", "(a is 1 and b is 2)"
    ),
    CodePage("E107", "a bracket that was never opened", "Every ) needs its (.", "a is 1)", "a is 1"),
    CodePage(
        "E108",
        "another tool's comparison",
        "`is` and `is not` compare; `<`, `<=`, `>`, `>=` compare numbers and money. `=` only names things.",
        'country = "DE"',
        'country is "DE"',
    ),
    CodePage(
        "E109",
        "another tool's list or membership",
        "A value is in a list by `is one of (…)`; a person is in a segment by `in segment …`, in a rank by `in top …`.",
        'country in ("DE", "AT")',
        'country is one of ("DE", "AT")',
    ),
    CodePage(
        "E110",
        "`last month` can mean two things",
        "`in last 1 month` reaches back from now; `in previous month` is the whole calendar month before this one.",
        "did purchase in last month",
        "did purchase in previous month",
    ),
    CodePage(
        "E111",
        "a span of time written otherwise",
        "A span before now is `in last n units`, one after now `in next n units`.",
        "did purchase within the last 30 days",
        "did purchase in last 30 days",
    ),
    CodePage(
        "E112",
        "how often, written otherwise",
        "A count is `at least`, `at most`, `exactly`, `more than`, `fewer than` or `between`, then a number and "
        "`times`, in front of the time.",
        "did purchase once ever",
        "did purchase exactly 1 time ever",
    ),
    CodePage(
        "E114",
        "`where` in the wrong place",
        "The filter stands in brackets right behind its event, in front of count and time.",
        "did purchase in last 30 days where (amount > 5 EUR)",
        "did purchase where (amount > 5 EUR) in last 30 days",
    ),
    CodePage(
        "E115",
        "`1.000` can mean two numbers",
        "A point with exactly three digits behind it is thousands to some readers, and so is a comma. Write `_` for "
        "thousands, a point for decimals, and another number of digits than three behind it.",
        "amount > 1.000 EUR",
        "amount > 1_000 EUR",
    ),
    CodePage(
        "E116",
        "capital letters",
        "Words of the language and names are lower case; capitals are for currencies and inside texts.",
        "did purchase IN LAST 30 DAYS",
        "did purchase in last 30 days",
    ),
    CodePage("E117", "a number too long", "A number has at most 18 digits."),
    CodePage(
        "E118",
        "a range or count that cannot be meant",
        "A span has a length, at most a thousand years; a range goes from low to high; a share is between 0% and 100%; "
        "a group asks for no more conditions than it has.",
        "did purchase between 5 and 3 times ever",
        "did purchase between 3 and 5 times ever",
    ),
    CodePage(
        "E119",
        "`did not` with a count",
        "Not having done something at least 3 times is having done it fewer than 3 times; that is what is written. The "
        "opposite of `exactly 3 times` stands in brackets: `not (did purchase exactly 3 times ever)`.",
        "did not purchase at least 3 times ever",
        "did purchase fewer than 3 times ever",
    ),
    CodePage(
        "E120",
        "`null`",
        "A value that is not there is tested with `is missing` and `is known`. An empty text is a value.",
        "plan is null",
        "plan is missing",
    ),
    CodePage(
        "E121",
        "`like`",
        "Say what the text does: `contains`, `starts with`, `ends with`, or `matches` with a pattern.",
        'name like "A%"',
        'name starts with "A"',
    ),
    CodePage(
        "E122",
        "quotes",
        "Data stands between straight double quotes; names that files declare stand without.",
        "country is 'DE'",
        'country is "DE"',
    ),
    CodePage(
        "E123",
        "a distance from now as a value",
        "Distances from now are `in last …`, `in next …`, `more than … ago`, `between … and … ago`. `<` and `>` "
        "compare numbers, never days.",
        "created_at < 30 days ago",
        "created_at is more than 30 days ago",
    ),
    CodePage("E124", "`&&`, `||`, `!`", "These are `and`, `or` and `not`.", "a is 1 && b is 2", "a is 1 and b is 2"),
    CodePage(
        "E125",
        "negation is a verb",
        "Say `is not`, `did not`, `does not`, `has no`. `not` stands in front of brackets, `in segment` and ranks.",
        'not country is "DE"',
        'country is not "DE"',
    ),
    CodePage(
        "E126",
        "another form of a text test",
        "The forms are `contains`, `starts with`, `ends with`, `matches`, and `does not contain` and so on.",
        'email not contains "test"',
        'email does not contain "test"',
    ),
    CodePage(
        "E127",
        "a word of the language as a name",
        "Some words cannot be names. An attribute of that name is written with its owner in front.",
        "left is true",
        "customer.left is true",
    ),
    CodePage(
        "E128",
        "a word reserved for later",
        "`was`, `while` and `unless` are kept for a later edition. What an attribute is now is `is`; that it became so "
        "is `changed to`, and for how long it has been so is `has been … for at least …`.",
        'plan was "pro"',
        'plan changed to "pro" ever',
    ),
    CodePage(
        "E129",
        "a condition is missing",
        "A segment without a condition would be everybody by accident; write `everyone` if you mean it.",
        "segment all_people",
        "segment all_people where everyone",
    ),
    CodePage(
        "E130",
        "a bare `between`",
        "A value `is between` two values; an event happens `from` one day `to` another.",
        "age between 18 and 30",
        "age is between 18 and 30",
    ),
    CodePage(
        "E131",
        "an aggregate of nothing",
        "`sum`, `avg`, `min` and `max` need the property that they add up or compare.",
        "sum of purchase ever > 500 EUR",
        "sum of purchase.amount ever > 500 EUR",
    ),
    CodePage(
        "E132", "too deep", "Brackets nest at most 64 deep, and a calculation has at most 64 signs. Name a part of it."
    ),
    CodePage("E133", "a file too large", "A file of segments has at most 2,000,000 characters. Split it."),
    CodePage(
        "E134",
        "something that is no condition",
        "A name alone, or a call in brackets, is no condition: compare it.",
        "is_vip",
        "is_vip is true",
    ),
    CodePage(
        "E135",
        "a unit of time is missing or cut short",
        "Units are written out: minutes, hours, days, weeks, months, quarters, years.",
        "did purchase in last 30d",
        "did purchase in last 30 days",
    ),
    CodePage("E136", "two owners", "A definition has one owner; use tags for more."),
    CodePage("E137", "two cells of one name", "The cells of a partition have different names."),
    CodePage(
        "E138",
        "several values behind one `is`",
        "Several values stand in a list.",
        'country is "DE" or "AT"',
        'country is one of ("DE", "AT")',
    ),
    CodePage("E139", "too many broken definitions", "After fifty broken definitions the rest of a file is not read."),
    CodePage(
        "E140",
        "money or a share, written otherwise",
        "Money is a number and the three letters of its currency; a share is a number and %.",
        "amount > 500€",
        "amount > 500 EUR",
    ),
    CodePage(
        "E141",
        "a verb is missing",
        "People `did` events; attributes `are` something.",
        "purchase in last 30 days",
        "did purchase in last 30 days",
    ),
    CodePage(
        "E142",
        "nothing between two conditions",
        "Join conditions with `and` or `or`.",
        "a is 1 b is 2",
        "a is 1 and b is 2",
    ),
    CodePage(
        "E143",
        "the parts of a definition in another order",
        "Name, description, `owner`, `tags`, then `where` and the condition, then what is expected.",
        "segment vip = ltv > 500 EUR",
        "segment vip where ltv > 500 EUR",
    ),
    CodePage(
        "E144",
        "another tool's comment",
        "A comment starts with # and ends with its line.",
        "everyone -- all",
        "everyone # all",
    ),
    CodePage(
        "E145",
        "a time between steps that the calendar would have to know",
        "The time between the steps of a sequence is elapsed time: a day is 24 hours, and months differ.",
        "did signup ever then purchase within 1 month",
        "did signup ever then purchase within 30 days",
    ),
    CodePage(
        "E146",
        "a count in a sequence",
        "A sequence asks for one event at each step. Count events with a condition of their own.",
        "did purchase at least 2 times ever then refund within 1 day",
        "(did purchase ever then refund within 1 day) and did purchase at least 2 times ever",
    ),
    CodePage(
        "E147",
        "a sequence, written otherwise",
        "The first event has the verb and the window. Each step is `then`, `then not … within …` or `then not yet`, "
        "the event, `with same …`, and `within` with the longest time since the step before.",
        "did signup ever and then purchase within 1 day",
        "did signup ever then purchase within 1 day",
    ),
    CodePage(
        "E148",
        "nothing that goes over people",
        "`across everyone` and `across segment …` work one number out over the events of many people: a sum, a mean, a "
        "median, the least or the greatest of a property. Counts, fractions and the time between events are each "
        "person's own.",
        "count of purchase ever across everyone > 3",
        "count of purchase ever > 3",
    ),
    CodePage(
        "E149",
        "the first or the last event where something of it is meant",
        "Behind `after`, `before` and `since` stands the event itself, which is its moment. What is compared is a "
        "property of it, such as `.happened_at`; what is asked with `has` has a name as a trait.",
        "last purchase is more than 30 days ago",
        "last purchase.happened_at is more than 30 days ago",
    ),
    CodePage(
        "E150",
        "a parameter passed on",
        "A segment is given values that are written out: a number, a text, a list. It cannot be given the parameter of "
        "the segment around it.",
        "segment many($k: int) where in segment some($n = $k)",
        "segment many($k: int) where in segment some($n = 4) and points > $k",
    ),
    CodePage(
        "E190",
        "comes later",
        "The edition has a place for this, and this version cannot run it yet. It is refused, never half understood.",
    ),
)

SEGMENT_CODES: Mapping[str, CodePage] = {page.code: page for page in _PAGES}
