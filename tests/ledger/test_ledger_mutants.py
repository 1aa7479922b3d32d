"""Every safety rule is needed: with any one of them taken out, a test of ours fails."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import orchestrator

HERE = Path(__file__).parent
PACKAGE = Path(orchestrator.__file__).parent

#: What is taken out: (rule, file, text, text instead, the test that notices)
MUTANTS = [
    (
        "the epoch",
        "claims",
        "MESSAGE.c.epoch == wanted.c.epoch, in_state",
        "in_state",
        "sending.py::test_an_older_epoch_is_fenced",
    ),
    (
        "the state",
        "claims",
        "MESSAGE.c.epoch == wanted.c.epoch, in_state(MESSAGE.c.state, *source)",
        "MESSAGE.c.epoch == wanted.c.epoch",
        "sending.py::test_what_has_left_cannot_be_given_back",
    ),
    (
        "the owner",
        "claims",
        "    if owner is not None:\n",
        "    if False:\n",
        "sending.py::test_another_owner_is_fenced",
    ),
    ("the lease", "guard", "row.lease_until > now", "True", "sending.py::test_a_lost_lease_is_lost"),
    (
        "the expiry",
        "guard",
        "row.expires_at is not None and row.expires_at <= now",
        "False",
        "sending.py::test_an_expired_message_never_leaves",
    ),
    (
        "the kill switch",
        "guard",
        "row.stopped or row.held",
        "row.held",
        "control.py::test_the_kill_switch_stops_everything",
    ),
    (
        "the pause",
        "guard",
        "row.stopped or row.held",
        "row.stopped",
        "control.py::test_a_paused_campaign_waits_and_loses_nobody",
    ),
    (
        "the suppression",
        "guard",
        "elif row.suppressed:",
        "elif False:",
        "sending.py::test_nobody_suppressed_passes_the_guard",
    ),
    (
        "the withdrawal",
        "guard",
        "elif row.withdrawn:",
        "elif False:",
        "sending.py::test_a_withdrawn_consent_is_seen_by_the_guard",
    ),
    (
        "the cap",
        "guard",
        "        _leave_out_capped(connection, batch)\n",
        "",
        "sending.py::test_caps_count_over_campaigns_and_within_a_batch",
    ),
    (
        "the cap within a batch",
        "guard",
        "counts[claim.person, rule.category, cap] += 1",
        "pass",
        "sending.py::test_caps_count_over_campaigns_and_within_a_batch",
    ),
    (
        "the quiet hours",
        "guard",
        "        if until is None:\n",
        "        if True:\n",
        "sending.py::test_quiet_hours_wait_for_the_persons_morning",
    ),
    (
        "the attempt before the send",
        "guard",
        "(_attempting, spending) if capped else (_attempting,)",
        "(spending,) if capped else ()",
        "sending.py::test_a_message_goes_from_planned_to_accepted",
    ),
    (
        "the doubt of the reaper",
        "reaper",
        "[MessageState.ATTEMPTING], MessageState.UNKNOWN, doubt",
        "[MessageState.ATTEMPTING], MessageState.PENDING, doubt",
        "sending.py::test_attempts_of_a_dead_worker_become_unknown",
    ),
    (
        "forgetting",
        "attempts",
        "(forgetting,) if state in SETTLED else ()",
        "()",
        "sending.py::test_facts_are_forgotten_when_settled",
    ),
    (
        "the refund",
        "attempts",
        "                refund(connection, moved)\n",
        "                pass\n",
        "sending.py::test_a_capped_message_that_was_refused_costs_nothing",
    ),
    (
        "the snapshot's fence",
        "enqueue",
        "            if mine.rowcount != 1:\n",
        "            if False:\n",
        "snapshot.py::test_a_lease_that_ends_lets_another_daemon_begin_again",
    ),
    (
        "the cancellation",
        "guard",
        "row.occurrence != OccurrenceState.SENDING.value",
        "False",
        "control.py::test_the_guard_looks_at_the_occurrence_itself",
    ),
    (
        "one place in a batch",
        "guard",
        "if times[pair[0].id] == 1]",
        "]",
        "sending.py::test_a_message_twice_in_one_batch_does_not_leave",
    ),
    (
        "the bound of a batch",
        "guard",
        "if len(claims) > most:",
        "if False:",
        "sending.py::test_a_batch_in_flight_is_bounded",
    ),
    (
        "the kill switch before the claim",
        "claims",
        ", sa.not_(stopped()))",
        ")",
        "control.py::test_the_kill_switch_stops_everything",
    ),
    (
        "the pause before the claim",
        "claims",
        "where(SENDING, sa.not_(held()), ",
        "where(SENDING, ",
        "control.py::test_a_paused_campaign_waits_and_loses_nobody",
    ),
    (
        "the owner of a receipt",
        "attempts",
        " and row.owner == owner",
        "",
        "sending.py::test_another_owner_is_fenced",
    ),
    (
        "the end of tries",
        "attempts",
        "row.tries - row.spared >= MAX_TRIES",
        "False",
        "sending.py::test_tries_are_counted_and_used_up",
    ),
    (
        "no retry of what was cancelled",
        "attempts",
        "if row.occurrence == OccurrenceState.CANCELLED.value:",
        "if False:",
        "control.py::test_cancel_ends_what_has_not_left",
    ),
    (
        "no resend of what was cancelled",
        "reaper",
        '("sending", "done")',
        '("sending", "done", "cancelled")',
        "control.py::test_the_policy_resend_ends_with_a_cancellation",
    ),
    (
        "the mailbox",
        "enqueue",
        "            losers.add(i)\n",
        "            pass\n",
        "snapshot.py::test_a_mailbox_is_shared_over_zones",
    ),
    (
        "the deployment",
        "opening",
        "if found != deployment:",
        "if False:",
        "state.py::test_a_copy_of_the_state_is_refused",
    ),
    (
        "the closed snapshot",
        "claims",
        "ready = sa.select(OCCURRENCE.c.id).where(SENDING, ",
        "ready = sa.select(OCCURRENCE.c.id).where(",
        "snapshot.py::test_nothing_is_claimed_from_an_open_snapshot",
    ),
    (
        "the suspect alone",
        "claims",
        "([rows[0].id], True)",
        "([row.id for row in rows], False)",
        "sending.py::test_one_poisonous_message_takes_nobody_with_it",
    ),
    (
        "the end of the poisonous",
        "reaper",
        "row.crashes + 1 >= MAX_CRASHES",
        "False",
        "sending.py::test_one_poisonous_message_takes_nobody_with_it",
    ),
    (
        "the time for a testimony",
        "reaper",
        "m.lease_until <= now - TESTIMONY",
        "m.lease_until <= now",
        "sending.py::test_who_gives_up_in_order_is_no_crash",
    ),
    (
        "the claim whose reply is lost",
        "claims",
        "self.write(work, landed)\n        return self.read(",
        "self.write(work)\n        return self.read(",
        "races.py::test_a_claim_whose_reply_is_lost_is_not_made_twice[sqlite-True]",
    ),
]


@pytest.mark.parametrize(("rule", "file", "old", "new", "test"), MUTANTS, ids=[mutant[0] for mutant in MUTANTS])
def test_a_rule_that_is_missing_is_noticed(tmp_path: Path, rule: str, file: str, old: str, new: str, test: str) -> None:
    """A copy of the program without this one rule fails the test that promises it."""
    for room in ("model", "ledger"):
        shutil.copytree(PACKAGE / room, tmp_path / "orchestrator" / room)
    for path in ("__init__.py", "table.py"):
        shutil.copy(PACKAGE / path, tmp_path / "orchestrator" / path)
    target = tmp_path / "orchestrator" / "ledger" / f"{file}.py"
    text = target.read_text()
    assert text.count(old) >= 1, f"the text of {rule} is not where it was: correct this table"
    target.write_text(text.replace(old, new))
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-x",
        "-p",
        "no:cacheprovider",
        f"{HERE}/test_ledger_{test}{'' if test.endswith(']') else '[sqlite]'}",
    ]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, env=environment)
    assert done.returncode == 1, f"without {rule} the test still passes, or could not run:\n{done.stdout}{done.stderr}"
