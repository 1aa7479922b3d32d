"""The acceptance segments of the language, in our words: each is grammatical, and most of them run already."""

from __future__ import annotations

import pytest

from orchestrator.language import parse_definitions

RUNS = {
    "demography": """
        list dach = ("DE", "AT", "CH")
        segment young_dach where years since birth_date is between 18 and 34
          and country is one of dach and language is "de"
    """,
    "geography and season": """
        list north_east = ("NY", "MA", "CT")
        partition winter
          case north when state is one of north_east and month of now is one of (11, 12, 1, 2)
          case south when state is "FL" and month of now is one of (11, 12, 1, 2)
          otherwise rest
    """,
    "customer value": """
        trait net_365 of customer: money
          = sum of purchase.amount in last 365 days - sum of refund.amount in last 365 days
        segment buyers where did purchase in last 365 days
        segment vip where in top 20% by net_365 among segment buyers and did purchase at least 3 times in last 365 days
    """,
    "one and done": "segment one_time where did purchase exactly 1 time ever and did purchase more than 60 days ago",
    "prospects": """
        segment prospects
        where did not purchase ever and created_at is more than 14 days ago
          and did click_message where (channel is "email") in last 30 days
    """,
    "engagement": """
        partition engagement of customer
          case e30 when did click_message in last 30 days or did visit in last 30 days
          case e60 when did click_message in last 60 days or did visit in last 60 days
          otherwise dormant
    """,
    "named event": """
        event store_order = purchase where (store is "Funan" and currency is "EUR")
        segment store_fans
        where did store_order more than 3 times in last 90 days and sum of store_order.amount in last 90 days > 500 EUR
    """,
    "birthday": "segment birthday where anniversary of birth_date is in next 7 local days",
    "fatigue": """
        segment fatigued
        where did receive_message where (category is "promotional") at least 4 times in last 14 days
          and did not receive_message where (category is "promotional" and clicked is true) in last 14 days
    """,
    "variant without order": """
        segment b where did receive_message where (campaign is "spring_launch" and variant is "B") ever
          and did not convert where (campaign is "spring_launch") ever
    """,
    "dead numbers": """
        segment dead
        where did bounce_message where (channel is "sms" and code is "30003") at least 3 times in last 90 days
          and did not deliver_message where (channel is "sms") in last 90 days
    """,
    "skill": """
        partition skill
          case beginner when did workout fewer than 5 times since created_at
          case advanced when did workout at least 20 times since created_at and did use_tracking ever
          otherwise middle
    """,
    "held": 'segment a where renews_at is between 30 and 37 days from now or plan has been "Pro" for at least 6 months',
    "distance": 'segment lyon where location is within 25 km of place lyon_store or postal_code starts with "69"',
    "place": "segment a where location is not inside place berlin",
    "consent": """
        list eu = ("AT", "BE", "BG")
        segment deny where does not consent to email for promotions and (country is one of eu or country is missing)
    """,
    "fraction": 'segment mobile where fraction of session where (device is "phone") in last 90 days >= 70%',
    "distinct days": "segment n where did view where (local hour of moment < 5) on at least 3 local days ever",
    "own rhythm": "segment a where days since last purchase > 2 * median days between purchase ever",
    "every quarter": "segment a where did purchase in each of previous 4 quarters",
    "parameters": "segment a ($min: money = 900 EUR) where ltv > $min",
    "pareto": "segment makers where in smallest group with 80% of lifetime_value",
    "above average": """
        segment kl_vip
        where did purchase in last 4 months
          and did purchase at least 3 times ever
          and avg of purchase.amount ever > avg of purchase.amount ever across everyone
    """,
    "scores": """
        trait r: int = bucket 5 by recency highest first default 1
        trait f: int = bucket 5 by frequency
        trait m: int = bucket 5 by lifetime_value
        segment champions where r is 5 and f is 5 and m >= 4
    """,
    "bad data": """
        segment bad_data
        where email does not match "[^@ ]+@[^@ ]+\\\\.[a-z]+" or email is not unique
          or birth_date is before 1900-01-01
    """,
    "moved": "segment a where entered segment vip in last 7 days or left segment b ever",
    "sample": 'segment holdout_2026h2 where in sample 5% salt "2026H2"',
    "abandoned": "segment a where did add_to_cart where (value >= 40 EUR) in last 24 hours then not yet purchase",
    "funnel": "segment a where did see in last 9 days then cart with same sku within 1 day then not pay within 3 days",
    "interests": 'segment eco where interests has any of ("outdoor") and survey.eco_importance >= 4',
    "related rows": 'segment o where has device where (os is "ios" and os_version >= "17" and app_version < "4.2")',
    "items": 'segment a where did purchase where (items has item where (modifiers has "Bacon")) ever',
    "accounts": 'segment a of user where role is "admin" and account is in segment busy_accounts',
    "parents": 'segment a of account where has at least 3 user where (status is "active")',
    "raw": "segment a where sql (id: int) { select 1 }",
    "periods": "segment a where did purchase during sale_periods and did not purchase outside sale_periods",
}


@pytest.mark.parametrize("name", sorted(RUNS))
def test_an_acceptance_segment_is_read(name: str) -> None:
    """It is grammatical and becomes definitions without a finding."""
    made, findings = parse_definitions(RUNS[name])
    assert made
    assert not findings
