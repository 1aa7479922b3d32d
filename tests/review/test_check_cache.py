"""What is kept of a check is what a fresh one would say, whatever happened to the files in between."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from orchestrator.model.diagnostic import Diagnostic, Fix, Related, Severity, Span
from orchestrator.review import check, kept, unchanged
from orchestrator.review.unchanged import keep_path
from tests.language.shop import CAMPAIGN, FILES


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """Give the small shop as a folder."""
    root = tmp_path / "shop"
    for path, text in FILES.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


def test_the_second_answer_is_kept(shop: Path, tmp_path: Path) -> None:
    """Nothing changed: the same answer, without reading anything again."""
    first = check(shop, cache=tmp_path / "cache")
    second = check(shop, cache=tmp_path / "cache")
    assert (first.cached, second.cached) == (False, True)
    assert first.diagnostics == second.diagnostics == ()
    assert (second.definitions, second.campaigns, second.files) == (1, 1, 5)


def test_a_change_of_equal_length_at_the_same_time_is_seen(shop: Path, tmp_path: Path) -> None:
    """Even a file with its old size and its old time on it is read again when its content is another."""
    path = shop / "campaigns/autumn.yml"
    stat = path.stat()
    check(shop, cache=tmp_path / "cache")
    path.write_text(CAMPAIGN.replace("owner: crm", "owner: crn"))
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    result = check(shop, cache=tmp_path / "cache")
    assert [f.code for f in result.diagnostics] == ["E220"]


def test_touching_a_file_changes_nothing(shop: Path, tmp_path: Path) -> None:
    """A fresh checkout with new times on the same files is answered from what is kept."""
    check(shop, cache=tmp_path / "cache")
    for path in FILES:
        os.utime(shop / path, (1, 1))
    assert check(shop, cache=tmp_path / "cache").cached


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"form": 2}', b"\xff\xfe", b'{"form": 2, "findings": [[1]]}'])
def test_a_damaged_cache_is_no_problem(shop: Path, tmp_path: Path, damage: bytes) -> None:
    """Whatever is in the cache folder, the answer is right."""
    cache = tmp_path / "cache"
    check(shop, cache=cache)
    Path(keep_path(str(cache), str(shop))).write_bytes(damage)
    assert check(shop, cache=cache).diagnostics == ()
    stored = json.loads(Path(keep_path(str(cache), str(shop))).read_text())
    stored["findings"] = [["nonsense"]]
    Path(keep_path(str(cache), str(shop))).write_text(json.dumps(stored))
    assert check(shop, cache=cache).diagnostics == ()


def test_a_folder_that_cannot_be_written_is_no_problem(shop: Path, tmp_path: Path) -> None:
    """Without a place to keep anything, every check is a fresh one."""
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    assert check(shop, cache=blocked).diagnostics == ()
    assert not check(shop, cache=blocked).cached


def test_two_workspaces_do_not_share_an_answer(shop: Path, tmp_path: Path) -> None:
    """What is kept belongs to one folder."""
    import shutil

    other = tmp_path / "other"
    shutil.copytree(shop, other)
    check(shop, cache=tmp_path / "cache")
    (other / "campaigns/autumn.yml").write_text(CAMPAIGN.replace("owner: crm", "owner: crn"))
    assert [f.code for f in check(other, cache=tmp_path / "cache").diagnostics] == ["E220"]
    assert check(shop, cache=tmp_path / "cache").diagnostics == ()


def test_a_finding_survives_being_kept() -> None:
    """Every part of a finding comes back."""
    span = Span("a.yml", 1, 2, 3, 4, 5, 6)
    finding = Diagnostic(
        span, "W012", "said", ("a", "b\nc"), "label", ("note",), Severity.WARNING, Fix(span, "x", False),
        (Related(span, "there"),),
    )  # fmt: skip
    assert kept.from_json(json.loads(json.dumps(kept.to_json(finding)))) == finding
    plain = Diagnostic(span, "E001", "said")
    assert kept.from_json(json.loads(json.dumps(kept.to_json(plain)))) == plain


EDITS = (
    ("campaigns/autumn.yml", "owner: crm", "owner: crn"),
    ("campaigns/autumn.yml", "in segment vip", "in segment vop"),
    ("campaigns/autumn.yml", "in segment vip", 'country is "DE" and ('),
    ("campaigns/autumn.yml", "template: autumn/body", "template: autumn/bdy"),
    ("campaigns/segments/all.seg", '"DE"', '"DX"'),
    ("campaigns/segments/all.seg", "segment vip", "segment vup"),
    ("campaigns/schema.yml", "first_name: text", "frist_name: text"),
    ("campaigns/schema.yml", "status: text", "status: txt"),
    ("campaigns/project.yml", "  crm: [ada]", "  cxm: [ada]"),
    ("campaigns/project.yml", "edition: 1", "edition: 2"),
    ("templates/autumn/body.html.j2", "first_name", "last_name"),
    ("templates/autumn/body.html.j2", "links.unsubscribe", "links.nothing"),
)


@pytest.mark.parametrize("seed", range(4))
def test_kept_and_fresh_agree_whatever_happens(shop: Path, tmp_path: Path, seed: int) -> None:
    """Random edits, new files, renamed and removed ones: the kept answer equals a cold one, each time."""
    rng = random.Random(seed)
    cache = tmp_path / "cache"
    for _ in range(12):
        move = rng.random()
        path, old, new = rng.choice(EDITS)
        target = shop / path
        if move < 0.6 and target.exists():
            text = target.read_text()
            target.write_text(text.replace(old, new) if old in text else text.replace(new, old))
        elif move < 0.75:
            target.unlink(missing_ok=True)
        elif move < 0.9:
            target.write_text(FILES[path])
        else:
            extra = shop / f"campaigns/c{rng.randrange(3)}.yml"
            if extra.exists():
                extra.unlink()
            else:
                extra.write_text(CAMPAIGN.replace("name: autumn", f"name: {extra.stem}"))
        warm = check(shop, cache=cache)
        cold = check(shop, cache=None)
        assert warm.diagnostics == cold.diagnostics
        assert (warm.definitions, warm.campaigns, warm.files) == (cold.definitions, cold.campaigns, cold.files)
        again = check(shop, cache=cache)
        assert again.diagnostics == cold.diagnostics


def test_an_unchanged_workspace_loads_nothing_heavy(shop: Path, tmp_path: Path) -> None:
    """The second `orc check` imports click and the standard library, and nothing that parses."""
    program = (
        "import sys\n"
        "from orchestrator.cli import main\n"
        "status = main(['-C', sys.argv[1], 'check'])\n"
        "heavy = {'lark', 'yaml', 'pydantic', 'jinja2', 'sqlalchemy', 'rich', 'apscheduler', 'httpx', 'cronsim'}\n"
        "print(status, sorted(heavy & {name.split('.')[0] for name in sys.modules}))\n"
    )
    environment = {**os.environ, "ORC_CACHE_DIR": str(tmp_path / "cache")}
    for expected in (None, "0 []"):
        done = subprocess.run(
            [sys.executable, "-c", program, str(shop)], capture_output=True, text=True, env=environment, check=True
        )
        lines = done.stdout.splitlines()
        assert lines[0] == "no problems in 1 definition, 1 campaign, 5 files"
        if expected is not None:
            assert lines[1] == expected


def test_exit_statuses_and_formats(shop: Path, tmp_path: Path) -> None:
    """0 without errors, 1 with them, in every format; 2 outside of a workspace."""
    from click.testing import CliRunner

    from orchestrator.cli.door import orc

    def run(*args: str) -> tuple[int, str]:
        environment = {"ORC_CACHE_DIR": str(tmp_path / "cache")}
        result = CliRunner().invoke(orc, list(args), standalone_mode=False, env=environment)
        return (result.return_value if result.exception is None else 2), result.output

    assert run("-C", str(shop), "check") == (0, "no problems in 1 definition, 1 campaign, 5 files\n")
    assert run("-C", str(shop), "check", "--format", "json") == (0, "[]\n")
    (shop / "campaigns/autumn.yml").write_text(CAMPAIGN.replace("owner: crm", "owner: crn"))
    status, out = run("-C", str(shop), "check")
    assert status == 1
    assert "error[E220]: there is no team `crn`" in out
    assert " 2 | owner: crn" in out
    assert "\n1 error in 1 file, checked 1 definition, 1 campaign, 5 files\n" in out
    assert out.endswith("`orc fix` puts 1 of them right\n")
    status, out = run("-C", str(shop), "check", "--format", "json")
    assert (status, [record["code"] for record in json.loads(out)]) == (1, ["E220"])
    assert run("-C", str(shop), "check", "--format", "concise")[1].startswith("campaigns/autumn.yml:2:8: E220 ")
    assert run("-C", str(shop), "check", "--format", "github")[1].startswith("::error file=campaigns/autumn.yml,line=2")
    assert run("-C", str(tmp_path), "check")[0] == 2


CHANGES = {
    "a file edited": lambda shop: (shop / "campaigns/autumn.yml").write_text(CAMPAIGN + "\n"),
    "a file added": lambda shop: (shop / "campaigns/segments/more.seg").write_text('list a = ("x")\n'),
    "a file taken away": lambda shop: (shop / "campaigns/autumn.yml").unlink(),
    "a file renamed": lambda shop: (shop / "campaigns/autumn.yml").rename(shop / "campaigns/spring.yml"),
    "a folder added": lambda shop: (shop / "templates/new").mkdir(),
    "old times on a new file": lambda shop: os.utime(shop / "campaigns/autumn.yml", (1, 1)),
}


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_the_quick_answer_is_given_up_at_every_change(
    shop: Path, tmp_path: Path, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is answered before anything is loaded is answered only where nothing at all was touched."""
    monkeypatch.setattr(sys.modules["orchestrator.review.unchanged"], "RECENT", -(10**18))
    cache = tmp_path / "cache"
    assert unchanged(str(shop), str(cache)) is None
    check(shop, cache=cache)
    assert unchanged(str(shop), str(cache)) == (1, 1, 5)
    CHANGES[change](shop)
    assert unchanged(str(shop), str(cache)) is None


def test_findings_are_never_answered_quickly(shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has a finding gets it drawn, however little has changed."""
    monkeypatch.setattr(sys.modules["orchestrator.review.unchanged"], "RECENT", -(10**18))
    (shop / "campaigns/autumn.yml").write_text(CAMPAIGN.replace("owner: crm", "owner: crn"))
    check(shop, cache=tmp_path / "cache")
    assert unchanged(str(shop), str(tmp_path / "cache")) is None


def test_what_was_saved_a_moment_ago_is_not_trusted(shop: Path, tmp_path: Path) -> None:
    """A file may change twice within one tick of the clock: it must be older than that to be believed by its time."""
    check(shop, cache=tmp_path / "cache")
    assert unchanged(str(shop), str(tmp_path / "cache")) is None
