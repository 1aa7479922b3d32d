"""From a plan to an outbox, and what an operator does in between."""

from __future__ import annotations

import datetime as dt
import json
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Desk, Said

BEFORE = "2026-11-30T09:00:00Z"
LAUNCH = "2026-12-01T09:05Z"
FILE = "campaigns/segments/customers.seg"


def planned(desk: Desk) -> str:
    """Make a plan and give its id."""
    return str(json.loads(desk("plan", "--format", "json").out)["id"])


def applied(desk: Desk) -> None:
    """Plan and apply what the files say."""
    said = desk("apply", planned(desk))
    assert said.status == 0, said.err


def test_a_plan_right_after_apply_is_empty_twice(desk: Desk) -> None:
    """Nobody is asked to approve what is already so."""
    first = desk("plan", "--detailed-exitcode")
    assert first.status == 5
    assert "campaign winter_launch" in first.out
    applied(desk)
    for _ in range(2):
        said = desk("plan", "--detailed-exitcode")
        assert said.status == 0
        assert "No changes" in said.out


def test_a_plan_says_who_enters_and_leaves(desk: Desk) -> None:
    """The numbers are those of the same people at the same moment, by the old words and by the new ones."""
    before = set(desk("members", "engaged", "--as-of", BEFORE).out.splitlines())
    applied(desk)
    desk.edit(FILE, "did visit in last 90 days", "did visit in last 20 days")
    after = set(desk("members", "engaged", "--as-of", BEFORE).out.splitlines())
    plan = json.loads(desk("plan", "--as-of", BEFORE, "--format", "json").out)
    (size,) = [row for row in plan["sizes"] if row["what"] == "segment engaged"]
    assert (size["before"], size["after"]) == (len(before), len(after))
    assert (size["entered"], size["left"]) == (len(after - before), len(before - after))
    assert {row["what"]: row["how"] for row in plan["changes"]} == {
        "segment engaged": "changed",
        "campaign winter_launch": "affected",
    }


def test_a_plan_counts_messages_by_variant_and_reason(desk: Desk) -> None:
    """The forecast adds up: everybody in the audience gets a variant or a reason."""
    plan = json.loads(desk("plan", "--format", "json").out)
    for run in plan["runs"]:
        assert sum(run["variants"].values()) + sum(run["skipped"].values()) == run["audience"]
    (launch,) = [run for run in plan["runs"] if run["campaign"] == "winter_launch"]
    assert set(launch["variants"]) == {"launch/plain", "launch/curious"}
    assert launch["times"] == ["Tue 1 Dec 2026 10:00 on each person's clock"]
    (winback,) = [run for run in plan["runs"] if run["campaign"] == "winback"]
    assert len(winback["times"]) == 5


def test_an_expectation_that_fails_refuses_the_plan(desk: Desk) -> None:
    """Status 3, and apply refuses it too."""
    whole = "segment buyers\nwhere did purchase in last 365 days"
    desk.edit(FILE, whole, f"{whole}\nexpect size between 100_000 and 200_000")
    said = desk("plan")
    assert said.status == 3
    assert "expected between 100,000 and 200,000" in said.out
    refused = desk("apply", planned(desk))
    assert refused.status == 3
    assert desk("status", "--format", "json").out.count('"version": null') == 1


def test_errors_in_the_files_refuse_the_plan(desk: Desk) -> None:
    """Nothing is planned from files that do not check."""
    desk.edit(FILE, "did visit", "did vist")
    said = desk("plan")
    assert said.status == 1
    assert "vist" in said.err


def test_apply_takes_only_what_was_planned(desk: Desk) -> None:
    """A change after the plan, another version, and a plan that is a day old are stale: status 4."""
    plan = planned(desk)
    desk.edit(FILE, "did visit in last 90 days", "did visit in last 20 days")
    said = desk("apply", plan)
    assert said.status == 4
    assert "the files changed" in said.err
    desk.edit(FILE, "did visit in last 20 days", "did visit in last 90 days")
    other = planned(desk)
    assert desk("apply", plan).status == 0
    assert desk("apply", other).status == 4


def test_a_comment_in_a_file_does_not_make_a_plan_stale(desk: Desk) -> None:
    """What means the same is the same."""
    plan = planned(desk)
    desk.edit(FILE, "segment buyers\nwhere", "# everybody who bought\nsegment buyers\nwhere")
    assert desk("apply", plan).status == 0


def test_a_plan_grows_old(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """People come and go: after a day somebody looks again."""
    plan = planned(desk)
    monkeypatch.setenv("ORC_REHEARSAL", "2026-12-01T10:00:00Z")
    said = desk("apply", plan)
    assert said.status == 4
    assert "older than 24 hours" in said.err


def test_a_plan_in_a_file_is_applied(desk: Desk) -> None:
    """Whoever reviewed a file applies that file, by its commit and name; an edited one is refused."""
    file = desk.root / "plan.json"
    assert desk("plan", "--out", str(file)).status == 0
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('"warnings": 0', '"warnings": 1'), encoding="utf-8")
    assert "was edited" in desk("apply", str(file)).err
    file.write_text(text, encoding="utf-8")
    found = json.loads(desk("apply", str(file), "--format", "json").out)
    assert (found["version"], found["by"]) == (1, "ada")


def test_the_comment_has_no_small_number_and_no_address(desk: Desk) -> None:
    """What is posted on a pull request finds nobody."""
    said = desk("plan", "--format", "markdown")
    assert said.status == 0
    assert said.out.startswith("### orc plan")
    assert not re.search(r"\| [1-9] \|", said.out)
    assert "@" not in said.out


def test_run_sends_once_and_only_what_is_applied(desk: Desk) -> None:
    """The launch reaches everybody planned, one message each; running again sends nothing."""
    assert desk("run", "--once").status == 2
    applied(desk)
    assert json.loads(desk("run", "--once", "--format", "json").out)["sent"] == {}
    said = desk("run", "--once", "--as-of", LAUNCH, "--format", "json")
    assert said.status == 0, said.err
    found = json.loads(said.out)
    letters = list((desk.root / ".orc" / "outbox").glob("*.eml"))
    assert found["sent"]["accepted"] == len(letters) > 10
    assert {row["campaign"] for row in found["queued"]} == {"winter_launch", "winback"}
    again = json.loads(desk("run", "--once", "--as-of", LAUNCH, "--format", "json").out)
    assert again["sent"] == {}
    assert len(list((desk.root / ".orc" / "outbox").glob("*.eml"))) == len(letters)
    audit = json.loads(desk("audit", "--ledger", "--format", "json").out)
    assert audit["findings"] == []
    assert audit["messages"] >= len(letters)
    terms = ("accepted", "failed", "skipped", "expired", "cancelled", "unknown", "open")
    assert all(one["planned"] == sum(one[term] for term in terms) for one in [*audit["sums"], audit["total"]])
    assert f"in total: {audit['total']['planned']:,} planned = {audit['total']['accepted']:,} accepted + " in (
        desk("audit", "--ledger").out
    )
    state = sqlite3.connect(desk.root / ".orc" / "state.sqlite")
    with state:
        state.execute(
            "delete from orc_message where id = (select id from orc_message where state = 'accepted' limit 1)"
        )
    state.close()
    said = desk("audit", "--ledger")
    assert said.status == 1
    assert ": 1 missing" in said.out
    assert "planned is not" in said.out


def test_pause_stop_cancel_and_resume(desk: Desk) -> None:
    """What an operator holds stays held until somebody lets go; what is cancelled is never sent."""
    applied(desk)
    assert desk("pause", "winter_launch").status == 0
    assert "on hold already" in desk("pause", "winter_launch").out
    found = json.loads(desk("run", "--once", "--as-of", LAUNCH, "--format", "json").out)
    assert "winter_launch" not in {row["campaign"] for row in found["queued"]}
    assert found["paused"] == ["winter_launch"]
    assert desk("stop").status == 0
    assert desk("resume", "winter_launch").status == 0
    found = json.loads(desk("run", "--once", "--as-of", LAUNCH, "--format", "json").out)
    assert (found["stopped"], found["sent"]) == (True, {})
    assert desk("resume", "--all").status == 0
    assert desk("cancel", "winter_launch", "--yes").status == 0
    found = json.loads(desk("run", "--once", "--as-of", LAUNCH, "--format", "json").out)
    assert found["sent"] == {}
    status = json.loads(desk("status", "winter_launch", "--format", "json").out)
    assert {slot["state"] for slot in status["slots"]} <= {"cancelled", "missed"}
    assert desk("pause", "nobody").status == 2
    assert "was not on hold" in desk("resume", "winter_launch").out
    assert "did you mean winter_launch?" in desk("resume", "winter_lunch").err


def test_cancel_asks_first(desk: Desk) -> None:
    """Without --yes and with nobody to ask, nothing is given up."""
    applied(desk)
    said = desk("cancel", "winter_launch")
    assert said.status == 2
    assert "--yes" in said.err
    assert said.out == ""


def test_unknown_has_nothing_to_settle(desk: Desk) -> None:
    """The verb says so, in every form."""
    assert desk("unknown", "list").out == "no message is unknown\n"
    assert json.loads(desk("unknown", "list", "--format", "json").out) == []
    assert desk("unknown", "resolve", "winback", "--as", "failed").status == 2
    assert desk("unknown", "resolve", "winback").status == 2


def test_status_says_what_lies_ahead(desk: Desk) -> None:
    """Version, next slots, and that nothing leaves a rehearsal."""
    assert "nothing is applied yet" in desk("status").out
    applied(desk)
    found = json.loads(desk("status", "--format", "json").out)
    assert found["version"]["number"] == 1
    assert found["version"]["by"] == "ada"
    assert [row["campaign"] for row in found["ahead"]] == ["winback", "winter_launch"]
    assert "nothing leaves the outbox" in desk("status").out


def test_migrate_needs_an_id_and_can_be_repeated(desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A named state database is only touched by its own verb, and only for a copy that says who it is."""
    monkeypatch.setenv("ORC_STATE_URL", f"sqlite:///{tmp_path / 'mine.sqlite'}")
    assert desk("migrate").status == 2
    monkeypatch.setenv("ORC_DEPLOYMENT", "mine")
    assert desk("status").status == 2
    assert desk("migrate").status == 0
    assert desk("migrate").status == 0
    assert desk("status").status == 0
    monkeypatch.setenv("ORC_DEPLOYMENT", "a-clone")
    said = desk("run", "--once")
    assert said.status == 2
    assert "belongs to the deployment 'mine'" in said.err


def test_init_writes_a_workspace_that_checks(call: Callable[..., Said], tmp_path: Path) -> None:
    """A newcomer begins with files without a problem; nothing is overwritten."""
    root = tmp_path / "new"
    said = call("-C", str(tmp_path), "init", "new")
    assert said.status == 0, said.err
    assert call("-C", str(root), "check").status == 0
    assert "profiles.yml" in (root / ".gitignore").read_text(encoding="utf-8")
    profile = (root / "profiles.yml").read_text(encoding="utf-8")
    project = root / "campaigns" / "project.yml"
    project.write_text(project.read_text(encoding="utf-8") + "# mine\n", encoding="utf-8")
    assert "stay as they are" in call("-C", str(root), "init").out
    assert project.read_text(encoding="utf-8").endswith("# mine\n")
    assert (root / "profiles.yml").read_text(encoding="utf-8") == profile
    (tmp_path / "half" / "campaigns").mkdir(parents=True)
    (tmp_path / "half" / "campaigns" / "schema.yml").write_text("mine", encoding="utf-8")
    assert call("-C", str(tmp_path), "init", "half").status == 2
    assert (tmp_path / "half" / "campaigns" / "schema.yml").read_text(encoding="utf-8") == "mine"


def test_demo_goes_the_whole_way(call: Callable[..., Said], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In an empty folder it ends with letters, a gallery, and a table that adds up; the second time nothing is sent."""
    monkeypatch.delenv("ORC_REHEARSAL")
    said = call("-C", str(tmp_path), "demo", "--customers", "300")
    assert said.status == 0, said.err
    outbox = tmp_path / "orc-demo" / ".orc" / "outbox"
    letters = len(list(outbox.glob("*.eml")))
    assert letters > 10
    assert (outbox / "index.html").exists()
    rows = [(kind, int(n)) for kind, n in re.findall(r"^(accepted|held out|skipped) +(\d+) ", said.out, re.MULTILINE)]
    people = int(re.findall(r"what became of (\d+) people", said.out)[0])
    assert sum(n for _, n in rows) == people
    assert sum(n for kind, n in rows if kind == "accepted") == letters
    again = call("-C", str(tmp_path), "demo")
    assert "nobody gets a message twice" in again.out
    assert len(list(outbox.glob("*.eml"))) == letters
    fresh = call("-C", str(tmp_path), "demo", "--fresh")
    assert fresh.status == 0
    assert len(list(outbox.glob("*.eml"))) == letters


def test_demo_leaves_real_databases_alone(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A workspace that is wired to a company's data is not filled with a simulated shop."""
    monkeypatch.setenv("ORC_WAREHOUSE_URL", "postgresql://reader@db/shop")
    said = desk("demo")
    assert said.status == 2
    assert "leaves those alone" in said.err


def test_a_demo_that_is_refused_writes_nothing(
    call: Callable[..., Said], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the environment names a database, the answer names the variable, and no folder is left behind."""
    monkeypatch.setenv("ORC_STATE_URL", "postgresql://orc@db/orc")
    said = call("-C", str(tmp_path), "demo")
    assert said.status == 2
    assert "unset ORC_STATE_URL" in said.err
    assert list(tmp_path.iterdir()) == []


def test_two_demos_are_the_same(call: Callable[..., Said], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The simulated shop and the arms are the same everywhere, so everybody talks about the same numbers."""
    monkeypatch.delenv("ORC_REHEARSAL")
    found = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        said = call("-C", str(tmp_path / name), "demo", "--customers", "300")
        found.append(re.findall(r"^(?:accepted|held out|skipped) .*$", said.out, re.MULTILINE))
    assert found[0] == found[1] != []


def test_what_nobody_knows_is_listed_and_settled_by_a_person(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages whose answer was lost are not sent again by themselves; somebody says what became of them."""
    from orchestrator.deliver.providers.outbox import Outbox
    from orchestrator.model.delivery import Message, Outcome, Receipt

    def lost(self: Outbox, batch: list[Message]) -> list[Receipt]:
        return [Receipt(message.id, Outcome.UNKNOWN, "timeout", f"lost <{message.to}>\x1b[2J\x9b") for message in batch]

    applied(desk)
    assert desk("pause", "winback").status == 0
    monkeypatch.setattr(Outbox, "_write", lost)
    said = desk("run", "--once", "--as-of", LAUNCH)
    monkeypatch.undo()
    monkeypatch.setenv("ORC_REHEARSAL", LAUNCH)
    monkeypatch.setenv("ORC_USER", "ada")
    assert "may or may not have arrived: orc unknown list" in said.out
    listed = desk("unknown", "list").out
    assert "timeout, lost <…>" in listed
    assert max(map(len, listed.splitlines())) <= 100
    (first, *_) = json.loads(desk("unknown", "list", "--format", "json").out)
    assert (first["code"], first["evidence"].rstrip()) == ("timeout", "lost <…> [2J")
    ids = desk("unknown", "list", "--format", "ids").out.split()
    assert len(ids) > 10
    assert desk("run", "--once", "--as-of", LAUNCH, "--format", "json").out.count('"accepted"') == 0
    assert "settled as accepted, by ada" in desk("unknown", "resolve", ids[0], "--as", "accepted").out
    assert (
        desk("unknown", "resolve", ids[0], ids[1], "--as", "failed", "--format", "json").out.count('"decided": 1') == 1
    )
    asked = desk("unknown", "resolve", "winter_launch", "--as", "resend")
    assert asked.status == 2
    assert "gets it twice" in asked.err
    assert desk("unknown", "resolve", "winter_launch", "--as", "resend", "--yes").status == 0
    assert desk("unknown", "list").out == "no message is unknown\n"
    later = LAUNCH.replace("09:05", "09:20")  # the provider was left alone after so much silence, for a minute,
    # and what had waited for it meanwhile goes out as well
    found = json.loads(desk("run", "--once", "--as-of", later, "--format", "json").out)
    assert found["sent"]["accepted"] >= len(ids) - 2
    assert desk("unknown", "list").out == "no message is unknown\n"
    assert json.loads(desk("audit", "--ledger", "--format", "json").out)["findings"] == []


@pytest.mark.postgres
def test_the_whole_way_with_the_state_on_postgresql(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, fresh_database: Callable[[], str]
) -> None:
    """Plan, apply, run and audit are the same on the database for more than one machine."""
    monkeypatch.setenv("ORC_STATE_URL", fresh_database())
    monkeypatch.setenv("ORC_DEPLOYMENT", "pg")
    assert desk("plan").status == 2
    assert desk("migrate").status == 0
    applied(desk)
    found = json.loads(desk("run", "--once", "--as-of", LAUNCH, "--format", "json").out)
    assert found["sent"]["accepted"] == len(list((desk.root / ".orc" / "outbox").glob("*.eml"))) > 10
    assert json.loads(desk("run", "--once", "--as-of", LAUNCH, "--format", "json").out)["sent"] == {}
    assert json.loads(desk("audit", "--ledger", "--format", "json").out)["findings"] == []


@pytest.mark.parametrize("off", [-40, 40])
def test_a_machine_whose_clock_is_wrong_sends_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch, off: int) -> None:
    """Both times are in the message; looking is allowed, and with the clock set right the run goes on."""
    applied(desk)
    monkeypatch.delenv("ORC_REHEARSAL")
    with monkeypatch.context() as patch:
        wrong = dt.timedelta(seconds=off)
        patch.setattr("orchestrator.cli.here.Here.machine", lambda _: dt.datetime.now(dt.UTC) + wrong)
        said = desk("run", "--once")
        assert said.status == 2
        assert re.search(
            r"disagree by (39|40) s: this machine says [-0-9]+ [:0-9]+ UTC, the state database [-0-9]+ [:0-9]+ UTC",
            said.err,
        )
        assert "set-ntp" in said.err
        assert desk("status").status == 0
    assert "clocks disagree" not in desk("run", "--once").err
