"""A29, A59: what does not lie in the company's database: samples, messages, stored membership. Each test is one row."""

from __future__ import annotations

import hashlib
from decimal import Decimal

import pytest

from orchestrator.model.people import share_of


def blank(names):
    """Give people of whom nothing is known."""
    return {name: {} for name in names}


CROWD = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def test_a59_a_sample_is_the_published_formula(ask):
    """The first 64 bits of sha256(salt:id) over 2^64 are below the share: anybody can say who is in."""
    for salt, share in (("2026H2", "0.05"), ("2026H2", "0.5"), ("ö", "0.3")):
        place = {name: int.from_bytes(hashlib.sha256(f"{salt}:{name}".encode()).digest()[:8], "big") for name in CROWD}
        drawn = "".join(name for name in CROWD if place[name] < Decimal(share) * 2**64)
        percent = f"{Decimal(share) * 100:f}%"
        assert ask(f'in sample {percent} salt "{salt}"', blank(CROWD)) == drawn
        assert ask(f'not in sample {percent} salt "{salt}"', blank(CROWD)) == "".join(sorted(set(CROWD) - set(drawn)))


def test_a59_a_larger_sample_holds_the_smaller_one(ask):
    """One salt, a larger share: nobody who was in leaves; everybody is in 100 %."""
    small, large = (set(ask(f'in sample {share} salt "x"', blank(CROWD))) for share in ("20%", "60%"))
    assert small < large < set(CROWD)
    assert ask('in sample 100% salt "x"', blank(CROWD)) == CROWD


def test_a59_a_sample_stands_beside_other_tests(ask):
    """It is one test among others, in any place of a sentence, and through definitions."""
    people = {name: {"points": n} for n, name in enumerate(CROWD)}
    inside = {name for name in CROWD if share_of("x", name) < 0.5}
    old = {name for n, name in enumerate(CROWD) if n >= 13}
    whole = set(CROWD)

    def text(found):
        return "".join(sorted(found))

    draw = 'in sample 50% salt "x"'
    assert ask(f"{draw} and points >= 13", people) == text(inside & old)
    assert ask(f"{draw} or points >= 13", people) == text(inside | old)
    assert ask(f"none of ({draw}, points >= 13)", people) == text(whole - inside - old)
    assert ask(f"not ({draw} and points >= 13)", people) == text(whole - (inside & old))
    buyers = {"purchase": [("A", "2026-11-20 10:00"), ("Z", "2026-11-20 10:00")]}
    three = f"at least 2 of ({draw}, points >= 13, did purchase in last 7 days)"
    assert ask(three, people, buyers) == text((inside & old) | (inside & {"A"}) | {"Z"})
    assert ask("not in segment half", people, definitions=f"segment half where {draw}\n") == text(whole - inside)


def test_a59_a_sample_divides_a_partition(ask):
    """A cell may be drawn: the first case that fits."""
    people = {name: {"points": n} for n, name in enumerate(CROWD)}
    text = 'partition stage case old when points >= 20 case half when in sample 50% salt "x" otherwise rest\n'
    found = ask("stage", people, definitions=text, cells=True)
    for n, name in enumerate(CROWD):
        assert found[name] == ("old" if n >= 20 else "half" if share_of("x", name) < 0.5 else "rest")
    half = {name for name in CROWD if found[name] == "half"}
    assert ask("in segment stage.half", people, definitions=text) == "".join(sorted(half))


def test_a59_no_rank_is_made_of_a_sample(judges):
    """A statement cannot draw, so it cannot rank among those drawn: said with its place, never a wrong audience."""
    from orchestrator.compile import check
    from orchestrator.model.project import Project

    text = 'segment half where in sample 50% salt "x"\nsegment a where in top 10% by points among segment half\n'
    found = [d for d in check(judges.workspace(text, Project(1, "test", zone="UTC"))) if d.is_error]
    assert [(d.code, d.span.line) for d in found] == [("E320", 2)]
    with pytest.raises(Exception, match="E320"):
        judges.ask("in top 10% by points among segment half", blank("A"), definitions=text.splitlines()[0] + "\n")


def test_a29_any_entry_in_the_window_counts(ask):
    """P entered and left again, Q entered 8 days ago and yesterday: both; who entered only before is not in."""
    people = blank("PQRS")
    moved = {
        "entered segment": [
            ("P", "2026-11-18 10:00", {"segment": "vip"}),
            ("Q", "2026-11-14 10:00", {"segment": "vip"}),
            ("Q", "2026-11-21 10:00", {"segment": "vip"}),
            ("R", "2026-11-01 10:00", {"segment": "vip"}),
            ("S", "2026-11-21 10:00", {"segment": "other"}),
        ],
        "left segment": [("P", "2026-11-20 10:00", {"segment": "vip"})],
    }
    vip = "segment vip where points > 10\n"
    assert ask("entered segment vip in last 7 days", people, moved, definitions=vip) == "PQ"
    assert ask("not entered segment vip in last 7 days", people, moved, definitions=vip) == "RS"
    assert ask("left segment vip in last 7 days", people, moved, definitions=vip) == "P"
    assert ask("entered segment vip ever and not left segment vip ever", people, moved, definitions=vip) == "QR"
    now = {"P": {"points": 1}, "Q": {"points": 11}, "R": {"points": 11}, "S": {}}
    both = "entered segment vip in last 7 days and in segment vip"
    assert ask(both, now, moved, definitions=vip) == "Q"


def test_a29_a_cell_is_entered_and_left_like_a_segment(ask):
    """The cell of a partition is its own stored membership; never refreshed is nobody."""
    text = "partition stage case risk when points > 10 otherwise fine\n"
    moved = {"entered segment": [("P", "2026-11-18 10:00", {"segment": "stage.risk"})]}
    assert ask("entered segment stage.risk in last 7 days", blank("PQ"), moved, definitions=text) == "P"
    assert ask("entered segment stage in last 7 days", blank("PQ"), moved, definitions=text) == ""
    assert ask("not left segment stage.risk ever", blank("PQ"), moved, definitions=text) == "PQ"


def test_a29_what_happens_at_the_moment_of_the_question_is_not_seen(ask):
    """A refresh at ``as_of`` is no part of the past, like every event."""
    moved = {"entered segment": [("P", "2026-11-22 09:00", {"segment": "vip"})]}
    assert ask("entered segment vip ever", blank("P"), moved, definitions="segment vip where everyone\n") == ""


SENT = {"campaign": "spring", "category": "promotional", "channel": "email", "variant": "A", "step": "offer"}


def test_s26_many_messages_and_no_click(ask):
    """Four promotional messages in 14 days and none of them clicked; a click after the question is not known yet."""
    days = [f"2026-11-{day} 10:00" for day in (12, 14, 16, 18)]
    sent = [(who, day, SENT) for who in "PQRT" for day in days] + [("S", day, SENT) for day in days[:3]]
    sent += [("Q", "2026-11-19 10:00", SENT | {"clicked_at": "2026-11-19 11:00"})]
    sent += [("T", "2026-11-19 10:00", SENT | {"clicked_at": "2026-11-22 11:00"})]
    sent += [("S", "2026-11-19 10:00", SENT | {"category": "transactional"})]
    sentence = (
        'did receive_message where (category is "promotional") at least 4 times in last 14 days and '
        'did not receive_message where (category is "promotional" and clicked is true) in last 14 days'
    )
    assert ask(sentence, blank("PQRST"), {"receive_message": sent}) == "PRT"


def test_s13_prospects_who_read_but_never_bought(ask):
    """Messages of ours beside orders of the shop, in one sentence."""
    people = {key: {"created_at": "2026-10-01 10:00"} for key in "PQRS"} | {"T": {"created_at": "2026-11-20 10:00"}}
    clicks = [(who, "2026-11-10 10:00", SENT) for who in "PQT"] + [("R", "2026-11-10 10:00", SENT | {"channel": "sms"})]
    events = {"click_message": clicks, "purchase": [("Q", "2026-05-01 10:00")]}
    sentence = (
        "did not purchase ever and created_at is more than 14 days ago "
        'and did click_message where (channel is "email") in last 30 days'
    )
    assert ask(sentence, people, events) == "P"


def test_s14_a_partition_by_clicks_and_visits(ask):
    """Each case asks both databases; the first that holds is the cell."""
    text = "partition engagement of customer\n" + "".join(
        f"  case e{n} when did click_message in last {n} days or did visit in last {n} days\n" for n in (30, 60, 90)
    )
    events = {
        "click_message": [("P", "2026-11-10 10:00"), ("Q", "2026-10-10 10:00"), ("R", "2026-09-10 10:00")],
        "visit": [("Q", "2026-11-15 10:00"), ("S", "2026-10-01 10:00")],
    }
    found = ask("engagement", blank("PQRST"), events, definitions=text + "  otherwise dormant\n", cells=True)
    assert found == {"P": "e30", "Q": "e30", "R": "e90", "S": "e60", "T": "dormant"}


def test_s27_an_arm_that_did_not_convert(ask):
    """Received arm B of a campaign and did not convert in it; holdouts entered without receiving."""
    events = {
        "receive_message": [(who, "2026-11-10 10:00", SENT | {"variant": arm}) for who, arm in ("PB", "QB", "RA")],
        "convert": [("Q", "2026-11-12 10:00", {"campaign": "spring"}), ("P", "2026-11-12 10:00", {"campaign": "old"})],
        "enter_campaign": [("S", "2026-11-10 10:00", {"campaign": "spring", "arm": "holdout"})],
    }
    sentence = (
        'did receive_message where (campaign is "spring" and variant is "B") ever '
        'and did not convert where (campaign is "spring") ever'
    )
    assert ask(sentence, blank("PQRS"), events) == "P"
    assert ask('did enter_campaign where (arm is "holdout") ever', blank("PQRS"), events) == "S"


def test_s28_bounces_by_code(ask):
    """Three bounces with one code and nothing delivered."""
    bounce = {"channel": "sms", "code": "30003"}
    events = {
        "bounce_message": [(who, f"2026-11-{day} 10:00", bounce) for who in "PQ" for day in (10, 11, 12)]
        + [("R", f"2026-11-{day} 10:00", bounce | {"code": "30005"}) for day in (10, 11, 12)],
        "deliver_message": [("Q", "2026-11-13 10:00", {"channel": "sms"})],
    }
    sentence = (
        'did bounce_message where (channel is "sms" and code is "30003") at least 3 times in last 90 days '
        'and did not deliver_message where (channel is "sms") in last 90 days'
    )
    assert ask(sentence, blank("PQR"), events) == "P"


def test_messages_take_every_form_that_events_take(ask):
    """Counts, first and last, time since, values, named events, order: the grammar of events without exception."""
    events = {
        "receive_message": [
            ("P", "2026-11-01 09:00", SENT | {"campaign": "old"}), ("P", "2026-11-20 09:00", SENT),
            ("Q", "2026-11-10 09:00", SENT | {"campaign": "old"}),
        ],
        "purchase": [("Q", "2026-11-21 10:00")],
    }  # fmt: skip
    for sentence, who in (
        ("count of receive_message ever > 1", "P"),
        ("count of receive_message ever < 2", "QR"),
        ("days since last receive_message >= 5", "Q"),
        ("days since first receive_message >= 20", "P"),
        ('last receive_message.campaign is "old"', "Q"),
        ("last receive_message.campaign is missing", "R"),
        ('first receive_message.campaign is not "old"', "R"),
        ("count distinct of receive_message.campaign ever is 2", "P"),
        ("did receive_message where (nth is 2) ever", "P"),
        ("did receive_message where (days_since_previous > 10) ever", "P"),
        ("did receive_message at most 1 time ever", "QR"),
        ("did not receive_message in last 5 days or did purchase in last 5 days", "QR"),
        ("at least 2 of (did receive_message ever, did purchase ever, count of receive_message ever is 1)", "Q"),
        ("did late ever and not (did purchase ever)", "P"),
    ):
        named = "event late = receive_message where (happened_at is in last 5 days)\n"
        assert ask(sentence, blank("PQR"), events, definitions=named) == who, sentence


def test_a_trait_of_our_own_records_is_a_value(ask):
    """A value for everybody, with what a count of nothing and a default say about people without a row."""
    text = (
        'trait heard: int = count of receive_message ever\n'
        'trait last_word: text = last receive_message.campaign default "none"\n'
    )  # fmt: skip
    events = {"receive_message": [("P", "2026-11-01 09:00", SENT), ("P", "2026-11-02 09:00", SENT)]}
    assert ask("heard", blank("PQ"), events, definitions=text, trait=True) == {"P": 2, "Q": 0}
    assert ask("last_word", blank("PQ"), events, definitions=text, trait=True) == {"P": "spring", "Q": "none"}
    assert ask('heard > 1 or last_word is "none"', blank("PQ"), events, definitions=text) == "PQ"


def test_messages_on_the_persons_own_clocks(ask):
    """It is 22 November 10:00 in Berlin, 04:00 in New York and 18:00 in Tokyo: today begins at another instant."""
    zones = {"P": "Europe/Berlin", "Q": "America/New_York", "R": "Asia/Tokyo", "S": None}
    people = {who: {"timezone": zone} for who, zone in zones.items()}
    events = {"receive_message": [(who, "2026-11-22 01:00", SENT) for who in "PQRS"]}
    events["purchase"] = [("P", "2026-11-21 17:00")]
    events["click_message"] = [(who, "2026-11-21 17:00") for who in "PQRS"]
    assert ask("did receive_message local today", people, events) == "PRS"
    assert ask("did not receive_message local today", people, events) == "Q"
    assert ask("did click_message local today and points is missing", people, events) == "R"
    assert ask("count of receive_message local yesterday is 1", people, events) == "Q"
    assert ask("did receive_message at least 1 time local today or did purchase ever", people, events) == "PRS"


def test_messages_have_an_order_like_all_events(ask):
    """Received, and then clicked or not, within a time; the steps are all our own records."""
    events = {
        "receive_message": [("P", "2026-11-10 10:00", SENT), ("Q", "2026-11-10 10:00", SENT)],
        "click_message": [("P", "2026-11-10 12:00", SENT)],
    }
    assert ask("did receive_message in last 30 days then click_message within 1 day", blank("PQR"), events) == "P"
    assert ask("did receive_message in last 30 days then not click_message within 1 day", blank("PQR"), events) == "Q"
    assert ask("did receive_message on at least 1 day ever", blank("PQR"), events) == "PQ"
