"""The hazards of sending that this release answers: the rule in the code, and the test that brings the hazard about.

A row is number, hazard, rule in words, ``module:name`` of the code that keeps it, and the tests.
``tests/test_hazards.py`` checks that everything named is there.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hazard:
    """One row; ``tests`` are ``file::function`` below ``tests/``."""

    number: int
    hazard: str
    rule: str
    code: str
    tests: tuple[str, ...]


HAZARDS = (
    Hazard(
        1,
        "several daemons find the same slot",
        "one row for each campaign and slot, whoever writes it",
        "orchestrator.ledger.occurrences:Occurrences.plan_occurrence",
        ("ledger/test_ledger_races.py::test_eight_daemons_plan_each_slot_once",),
    ),
    Hazard(
        2,
        "the audience moves while it is sent to",
        "the audience is read once, in one transaction, into rows of the ledger",
        "orchestrator.run.snapshot:audience",
        ("run/test_frozen.py::test_hazard_2_an_audience_that_moves_is_the_one_that_was_read",),
    ),
    Hazard(
        3,
        "a worker is killed at any instruction",
        "an attempt is written before anything leaves; what has no answer becomes unknown, never pending",
        "orchestrator.ledger.guard:Guard.guard_in",
        (
            "crash/test_points.py::test_every_point_can_be_the_last",
            "long/test_crash_short.py::test_killed_workers_send_nobody_twice_and_lose_nobody",
        ),
    ),
    Hazard(
        4,
        "a worker stands still past its lease and wakes up",
        "every transition compares state, epoch and owner; nothing is handed over past the deadline of its guard",
        "orchestrator.ledger.claims:move",
        (
            "long/test_crash_short.py::test_hazard_4_a_worker_that_wakes_up_too_late",
            "run/test_walk.py::test_a_worker_that_stood_still_hands_nothing_over",
            "run/test_faults.py::test_hazard_4_a_slow_server_costs_nobody_a_claim",
        ),
    ),
    Hazard(
        5,
        "a message is tried again",
        "only after a definite no; full jitter from 30 s to an hour, six tries, never past its end, never before "
        "Retry-After",
        "orchestrator.ledger.attempts:backoff",
        (
            "run/test_outage.py::test_refusals_for_now_are_tried_six_times_and_spread",
            "run/test_outage.py::test_the_pause_is_bounded_and_jittered",
        ),
    ),
    Hazard(
        7,
        "a provider is down",
        "a breaker in the state database, shared by all workers; one probe a minute; tries are not spent",
        "orchestrator.ledger.breaker:Breaker",
        (
            "run/test_outage.py::test_half_an_hour_without_the_provider_costs_nothing",
            "run/test_outage.py::test_two_workers_share_one_breaker",
        ),
    ),
    Hazard(
        8,
        "everything must stop at once",
        "the kill switch is looked at in the commit that lets a batch out",
        "orchestrator.ledger.control:Control.stop",
        (
            "run/test_kill_switch.py::test_stop_ends_it_before_the_next_batch",
            "ledger/test_ledger_races.py::test_a_decision_waits_for_guards_under_way",
        ),
    ),
    Hazard(
        9,
        "a campaign is paused, resumed, cancelled in mid-run",
        "the guard looks at the hold and at the occurrence itself; cancelling marks the rows",
        "orchestrator.ledger.control:Control.cancel",
        (
            "run/test_frozen.py::test_hazard_9_holds_that_come_and_go_double_nobody",
            "ledger/test_ledger_control.py::test_the_guard_looks_at_the_occurrence_itself",
        ),
    ),
    Hazard(
        10,
        "a daemon was away (of this, only that `late` is kept)",
        "what `trigger.late` says decides; what is too late is a row `missed`",
        "orchestrator.schedule.catch_up:plan_due",
        ("schedule/test_catch_up.py::test_late_says_which_passed_slots_are_sent",),
    ),
    Hazard(
        11,
        "somebody unsubscribes between snapshot and message",
        "the guard asks suppression and withdrawals in its own commit",
        "orchestrator.ledger.guard:Guard.guard_in",
        (
            "run/test_walk.py::test_somebody_who_unsubscribed_after_the_snapshot_gets_nothing",
            "run/test_walk.py::test_one_click_is_seen_by_every_later_guard",
        ),
    ),
    Hazard(
        12,
        "many campaigns write to one person (of this, only the cap clause)",
        "uses are counted over a sliding window under one lock a person; a definite no gives its use back",
        "orchestrator.ledger.caps:lock_people",
        ("ledger/test_ledger_races.py::test_a_cap_holds_against_guards_at_the_same_moment",),
    ),
    Hazard(
        15,
        "clocks jump or disagree",
        "due times and leases go by the database's clock, waiting by a monotonic one; 30 s apart are refused",
        "orchestrator.ledger.store:database_clock",
        (
            "run/test_faults.py::test_hazard_15_clocks_that_jump",
            "cli/test_cli_send.py::test_a_machine_whose_clock_is_wrong_sends_nothing",
        ),
    ),
    Hazard(
        16,
        "a recipient breaks the worker",
        "each is written by itself; after two deaths a message is claimed alone, after three it has failed",
        "orchestrator.ledger.reaper:Reaper.reap",
        (
            "run/test_preflight.py::test_one_in_a_hundred_is_named_and_the_rest_is_sent",
            "ledger/test_ledger_sending.py::test_one_poisonous_message_takes_nobody_with_it",
            "ledger/test_ledger_sending.py::test_who_gives_up_in_order_is_no_crash",
        ),
    ),
    Hazard(
        17,
        "a template is broken for many",
        "real and generated people are rendered first; more than 2 % of the first 200 hold the campaign",
        "orchestrator.run.preflight:*",
        (
            "run/test_preflight.py::test_nothing_leaves_when_nobody_can_be_written_to",
            "run/test_preflight.py::test_too_many_failures_hold_the_campaign",
        ),
    ),
    Hazard(
        18,
        "the database is restarted or cut off",
        "timeouts, a new connection, after a lost reply a look whether the commit arrived; giving up is no death",
        "orchestrator.ledger.store:Store.write",
        (
            "run/test_faults.py::test_hazard_18_connections_cut_at_a_commit",
            "run/test_faults.py::test_hazard_18_outages_make_nobody_poison",
            "ledger/test_ledger_races.py::test_a_guard_whose_reply_is_lost_knows_what_it_did",
        ),
    ),
    Hazard(
        19,
        "the database forgets what it had confirmed",
        "each machine keeps the last attempt that was confirmed to it; a state that does not know it is refused",
        "orchestrator.run.trust:trust",
        (
            "run/test_older_state.py::test_hazard_19_an_older_copy_is_refused_and_then_decided",
            "cli/test_cli_backup.py::test_a_lost_state_comes_back_and_sends_nothing_by_itself",
        ),
    ),
    Hazard(
        20,
        "a disk is full",
        "no record, no sending: answers wait in the journal, and nothing more leaves",
        "orchestrator.run.journal:Journal.keep",
        (
            "run/test_faults.py::test_hazard_20_a_full_disk_stops_the_sending",
            "run/test_faults.py::test_hazard_20_no_room_for_the_mark_hands_nothing_over",
        ),
    ),
    Hazard(
        21,
        "transactions wait for each other",
        "one order of locks; deadlocks and lock timeouts are tried again",
        "orchestrator.ledger.store:Store.write",
        ("ledger/test_ledger_races.py::test_workers_together_send_everything_once",),
    ),
    Hazard(
        22,
        "the ledger grows",
        "indexes over open messages only; what is long over becomes numbers",
        "orchestrator.ledger.pruning:Pruning.prune",
        ("ledger/test_ledger_pruning.py::test_hazard_22_claims_look_at_open_messages_only",),
    ),
    Hazard(
        23,
        "files are applied in mid-run",
        "an occurrence names the version it was planned from",
        "orchestrator.run.house:House.workspace",
        ("run/test_frozen.py::test_hazard_23_a_version_that_is_applied_in_mid_run_waits_for_the_next_slot",),
    ),
    Hazard(
        24,
        "an arm flips (of this, only that it never does)",
        "the arm is a hash of salt and person, frozen in the row",
        "orchestrator.experiment.assign:arm",
        ("run/test_frozen.py::test_hazard_24_an_arm_never_flips",),
    ),
)
