"""The 69 rows of the specification's section 3: each is a test, or belongs to a construct that is refused by name."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

from orchestrator.language.campaign_keys import LATER as KEYS
from orchestrator.language.schema_keys import LATER as SCHEMA_KEYS
from orchestrator.language.segment_later import LATER

PEERS = "meaning/test_meaning_peers.py::"
TESTS = Path(__file__).parent.parent
UNKNOWN, TIME, NUMBERS = (f"meaning/test_meaning_{name}.py::" for name in ("unknown", "time", "numbers"))
STEPS = "meaning/test_meaning_steps.py::"

# Behind a row stands its test, or the key of the table that refuses its construct.
ROWS = {
    1: UNKNOWN + "test_a1_is_not_is_the_complement_of_is",
    2: UNKNOWN + "test_a2_a_filter_follows_the_same_rule",
    3: "meaning/test_meaning_related.py::test_a3_a_missing_list_is_an_empty_one",
    4: UNKNOWN + "test_a4_days_since_nothing_is_unknown",
    5: UNKNOWN + "test_a5_a_missing_anchor_gives_an_empty_window",
    6: UNKNOWN + "test_a6_the_first_event_is_the_first_not_the_first_known",
    7: UNKNOWN + "test_a7_at_most_counts_people_with_none",
    8: "meaning/test_meaning_related.py::test_a8_some_row_is_always_meant",
    9: UNKNOWN + "test_a9_a_partition_has_a_population",
    10: TIME + "test_a10_both_days_of_a_span_are_inside",
    11: TIME + "test_a11_since_after_before_and_on_a_day",
    12: TIME + "test_a12_an_event_is_an_instant_and_since_it_is_strictly_later",
    13: TIME + "test_a13_days_since_and_in_last_meet_on_the_wall_clock",
    14: TIME + "test_a14_a_leap_day_is_kept_on_the_first_of_march",
    15: TIME + "test_a15_some_anniversary_lies_in_the_window",
    16: TIME + "test_a16_dates_count_days_and_today_is_day_0",
    17: TIME + "test_a17_is_today_is_membership_in_the_day",
    18: TIME + "test_a18_this_month_of_an_attribute_reaches_into_the_future",
    19: "later: events.*.loaded_at",
    20: TIME + "test_a20_the_hour_that_comes_twice_and_the_one_that_never_comes",
    21: "run/test_walk.py::test_each_zone_has_its_own_slot_and_nobody_is_in_two",
    22: STEPS + "test_a22_maturity_counts_from_the_step_that_the_negative_one_hangs_on",
    23: STEPS + "test_a23_a_negative_step_is_ripe_when_its_time_is_over",
    24: STEPS + "test_a24_steps_are_elapsed_time",
    25: STEPS + "test_a25_a_step_is_strictly_later",
    26: STEPS + "test_a26_the_next_step_counts_from_the_last_positive_one",
    27: STEPS + "test_a27_a_sequence_counts_nothing",
    28: STEPS + "test_a28_any_object_unless_it_says_the_same",
    29: "meaning/test_meaning_elsewhere.py::test_a29_any_entry_in_the_window_counts",
    30: NUMBERS + "test_a30_percent_takes_everyone_tied_at_the_edge",
    31: NUMBERS + "test_a31_the_population_are_people_with_a_known_value",
    32: NUMBERS + "test_a32_unknown_is_in_neither_top_nor_bottom",
    33: NUMBERS + "test_a33_a_rank_in_a_case_is_of_the_partitions_population",
    34: NUMBERS + "test_a34_an_unknown_group_is_not_ranked",
    35: PEERS + "test_a35_buckets_are_over_known_values_only",
    36: PEERS + "test_a36_equal_values_share_a_bucket",
    37: PEERS + "test_a37_scores_are_tested_one_by_one",
    38: NUMBERS + "test_a38_money_of_a_column_is_compared_in_its_currency",
    39: NUMBERS + "test_a39_division_is_decimal_and_by_zero_unknown",
    40: "language/test_segment_reading.py::test_a40_three_digits_behind_a_point_are_no_decimal",
    41: NUMBERS + "test_a41_an_average_is_not_rounded",
    42: NUMBERS + "test_a42_consent_is_the_latest_word_on_channel_and_topic",
    43: "later: exit_when",
    44: "later: goal",
    45: "later: goal",
    46: "later: reentry",
    47: "run/test_walk.py::test_everybody_is_a_row_with_a_message_or_a_reason",
    48: "schedule/test_catch_up.py::test_late_says_which_passed_slots_are_sent",
    49: "experiment/test_assign.py::test_changed_weights_never_move_the_holdout",
    50: "language/test_yaml.py::test_each_trap_has_its_code_and_place",
    51: "meaning/test_meaning_sources.py::test_a51_a_moment_is_read_as_the_schema_says",
    52: TIME + "test_a52_a_month_back_from_the_31st_clamps",
    53: "meaning/test_meaning_measures.py::test_a53_in_each_of_the_complete_calendar_units",
    54: NUMBERS + "test_a54_every_letter_of_the_table_folds_on_every_engine",
    55: NUMBERS + "test_a55_sums_of_money_are_exact",
    56: "meaning/test_meaning_related.py::test_a56_an_unknown_property_fails_every",
    57: UNKNOWN + "test_a57_did_not_is_the_complement_of_the_whole_clause",
    58: STEPS + "test_a58_not_yet_is_true_while_the_time_runs",
    59: "meaning/test_meaning_elsewhere.py::test_a59_a_sample_is_the_published_formula",
    60: TIME + "test_a60_at_least_n_units_ago_is_the_same_in_every_unit",
    61: "run/test_walk.py::test_a_failed_expectation_halts_before_the_first_message",
    62: "meaning/test_meaning_histories.py::test_a62_a_history_that_starts_later_is_unknown",
    63: "render/test_letter.py::test_unknown_takes_the_default",
    64: "render/test_letter.py::test_data_is_escaped_in_html_only",
    65: "meaning/test_meaning_related.py::test_a65_a_row_that_leads_to_an_entity_asks_it",
    66: TIME + "test_a66_nth_counts_before_the_filter_over_all_time",
    67: "meaning/test_meaning_spans.py::test_a67_first_days_after_an_event_are_strictly_later",
    68: NUMBERS + "test_a68_a_pattern_is_anchored_and_knows_capitals",
    69: PEERS + "test_a69_the_fewest_who_have_most",
}


@cache
def names_in(file: str) -> frozenset[str]:
    """Give the names of the tests of a file."""
    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


ELSEWHERE = {19, 21, *range(43, 51), 61, 63, 64}
"""Rows about loading, campaigns and letters: no question that a segment asks."""
MISTAKES = {40}
"""A row about a mistake of spelling, which is told before anything is asked."""


def test_every_row_is_here() -> None:
    """No row of the specification is forgotten."""
    assert list(ROWS) == list(range(1, 70))


@pytest.mark.parametrize("row", sorted(set(ROWS) - ELSEWHERE), ids="A{}".format)
def test_a_row_of_the_segments_is_asked_here(row: int) -> None:
    """A row's test carries its number; what a segment means is asked of the reference and of every engine, here."""
    assert ROWS[row].startswith("language/" if row in MISTAKES else "meaning/")
    assert f"::test_a{row}_" in ROWS[row]


@pytest.mark.parametrize("row", ROWS, ids="A{}".format)
def test_a_row_is_proved_or_refused(row: int) -> None:
    """A row has a test that exists, or its construct is refused by name."""
    kind, _, name = ROWS[row].partition("later: ")
    if name:
        assert row in ELSEWHERE
        assert name in LATER or name in KEYS or name in SCHEMA_KEYS
    else:
        file, _, test = kind.partition("::")
        assert test in names_in(file)
