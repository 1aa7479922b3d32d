"""The pages of what the analysis says: legal sentences that cannot do what they say, or are often not meant."""

from __future__ import annotations

ANALYSIS: tuple[tuple[str, str, str, str, str], ...] = (
    ("W320", "A rule that can never match",
     "By the types, the closed lists and the times alone nobody can fulfil it, whatever the database holds: two "
     "conditions contradict each other, a range is empty, a number lies outside of what it can be, or a time lies in "
     "the future of events. A rule that matches nobody sends nothing, without a word.",
     "did purchase in last 30 days and did not purchase in last 60 days",
     "did purchase ever and did not purchase in last 60 days"),
    ("W321", "A case of a partition that nobody reaches",
     "The first case that fits takes the person. Everybody who would fit here is taken by the cases above, so this "
     "cell stays empty. Put the narrower case above the wider one.",
     "partition stage\n  case customer when did purchase ever\n"
     "  case regular when did purchase at least 5 times ever\n  otherwise prospect",
     "partition stage\n  case regular when did purchase at least 5 times ever\n"
     "  case customer when did purchase ever\n  otherwise prospect"),
    ("W323", "A condition that changes nothing",
     "Another condition beside it already says so, or it is true for everybody, or for everybody whose value is known: "
     "`points > 5 or points <= 5` says `points is known`, and says it better so. Take it out, or write what was meant. "
     "`is known`, `did x ever` and `in segment x` are never reported: they often stand there for the reader.",
     "points > 100 and points > 50", "points > 100"),
    ("W324", "Two names with the same members",
     "Both definitions say the same, in whatever order. Keep one of them and refer to it, so that a change is made "
     "in one place.",
     "segment golden where points > 100\nsegment best where points > 100",
     "segment golden where points > 100"),
    ("W325", "Who never did it is left out",
     "Without any event there is no last one, and an unknown number of days is more than nothing. Say whom you mean: "
     "everybody who has not done it lately, or only those who once did. Silent where `did …` of the same event stands "
     "beside it.",
     "days since last purchase > 60", "did not purchase in last 61 days"),
    ("W326", "Who did it not at all is taken along",
     "None is fewer than any number. Say whether those without any event are meant. Silent where another `did …` of "
     "the same event stands beside it.",
     "did purchase at most 3 times ever", "did purchase between 1 and 3 times ever"),
    ("W329", "A time that comes twice, or never",
     "When clocks are set back, an hour comes twice: the first one is taken. When they are set forward, an hour never "
     "comes: the moment moves to the end of the gap. An offset says which one is meant.",
     "created_at is before 2026-10-25T02:30", "created_at is before 2026-10-25T02:30+02:00"),
    ("W240", "A line that is said for every campaign anyway",
     "The category asks for its consent, and policies.yml takes people out of every audience, when a campaign is "
     "planned and again before each message. A repeated line only hides who is meant.",
     "audience: in segment vip and consents to email for promotions", "audience: in segment vip"),
    ("W241", "A definition that nobody uses",
     "No campaign, no policy, no test, no letter and no other definition names it. Definitions are cheap to write and "
     "dear to keep. Told where project.yml says `segments: {unused: true}`.", "", ""),
    ("W242", "Too few people",
     "`segments: {floor: 100}` in project.yml says how many people a segment or a cell should have. Fewer teach "
     "nothing in an experiment, and can be recognised. `orc doctor` counts.", "", ""),
    ("W243", "A cell that brings next to nothing",
     "`segments: {revenue: net_revenue_365}` in project.yml names the trait that says what people bring. A cell with "
     "less than 1 % of it is hardly worth a campaign of its own. `orc doctor` counts.", "", ""),
    ("W327", "A rank that reaches down to nothing",
     "The top 20 % of everybody may be the few buyers and then people with the value 0, all tied. Rank among those "
     "who have something; where these have 0 too, ask for the value: `… and revenue > 0 EUR`.",
     "in top 20% by revenue", "in top 20% by revenue among segment buyers"),
    ("W328", "A rank by a value that all have in common",
     "A rank puts people in an order. Where the value is the same for everybody all of them tie: a share takes them "
     "all, and of a number chance decides who is in. Rank by what differs from one to the other; `in sample` draws.",
     "in top 100 by 5", "in top 100 by points"),
    ("W330", "Ids that are no keys",
     "The first column of SQL in a segment is held against the key of whom the segment is about, as texts: 7 and '7' "
     "are the same person. An address, a word of a closed list, a date or an amount is nobody's key, and a text is "
     "hardly one where schema.yml says that the key is a number: such a segment is empty, or takes people by accident. "
     "Where the key is declared as an attribute, too, its type is looked at.",
     "sql (id: text) { select email as id from customers }", "sql (id: int) { select id from customers }"),
)  # fmt: skip
