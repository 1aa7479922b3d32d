"""The door: help, suggestions, exit statuses, and what is never shown."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestrator import __version__
from orchestrator.cli import main
from orchestrator.cli.verbs import HELP, VERBS
from tests.cli.conftest import Desk, Said

MODULES = "import sys, json; before = set(sys.modules); {code}; print(json.dumps(sorted(set(sys.modules) - before)))"


def imported(code: str, cwd: Path) -> set[str]:
    """Give the names of the top-level modules outside the standard library that some code imports."""
    text = MODULES.format(code=code)
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, cwd=cwd, check=True)
    names = {name.partition(".")[0] for name in json.loads(done.stdout.splitlines()[-1])}
    return {name for name in names if name not in sys.stdlib_module_names and not name.startswith("_")}


def test_help_imports_click_and_nothing_else(tmp_path: Path) -> None:
    """Asking for help is quick: of all libraries only click is imported, and of ours only the door."""
    code = "from orchestrator.cli import main; main(['--help'])"
    assert imported(code, tmp_path) == {"click", "orchestrator"}
    text = MODULES.format(code=code)
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, cwd=tmp_path, check=True)
    ours = {name for name in json.loads(done.stdout.splitlines()[-1]) if name.startswith("orchestrator.")}
    assert ours == {
        "orchestrator.cli",
        "orchestrator.cli.door",
        "orchestrator.cli.verbs",
        "orchestrator.model",
        "orchestrator.model.errors",
        "orchestrator.table",
    }


def test_check_of_an_unchanged_workspace_imports_no_library(desk: Desk) -> None:
    """A workspace that was checked before is checked again without parsing: only click is imported."""
    code = f"from orchestrator.cli import main; main(['-C', {str(desk.root)!r}, 'check'])"
    first = imported(code, desk.root)
    assert "lark" in first
    assert imported(code, desk.root) <= {"click", "orchestrator"}


def test_every_verb_has_help_and_a_command(call: Callable[..., Said]) -> None:
    """Each verb of the table can be asked for its help, which begins with a sentence."""
    for name in VERBS.names():
        said = call(name, "--help")
        assert said.status == 0, name
        assert f"Usage: orc {name}" in said.out
        assert HELP[name][0].isupper()
        assert HELP[name].endswith(".")


def test_help_lists_every_verb(call: Callable[..., Said]) -> None:
    """`orc --help` names all verbs with their line, and `orc` alone says the same."""
    said = call("--help")
    assert all(line in said.out for line in HELP.values())
    assert call().out == said.out


@pytest.mark.parametrize(("word", "meant"), [("chekc", "check"), ("aplly", "apply"), ("statsu", "status")])
def test_an_unknown_verb_is_answered_with_the_closest(call: Callable[..., Said], word: str, meant: str) -> None:
    """A typing error costs one look at the answer, and status 2."""
    said = call(word)
    assert said.status == 2
    assert said.err == f"error: there is no verb `{word}`\nhelp: did you mean `orc {meant}`?\n"


def test_an_unknown_option_is_answered_with_the_closest(call: Callable[..., Said]) -> None:
    """The same for options; the place is the verb's own help when nothing is close."""
    assert "did you mean '--format'" in call("version", "--fromat", "x").err
    assert "`orc version --help` lists what there is" in call("version", "--zzz").err


def test_outside_a_workspace_a_verb_says_where_to_go(call: Callable[..., Said], tmp_path: Path) -> None:
    """Somebody in the wrong folder is told how to get into the right one."""
    said = call("-C", str(tmp_path), "status")
    assert said.status == 2
    assert "is not inside a workspace" in said.err
    assert "orc init" in said.err


def test_the_workspace_is_found_from_a_folder_inside_it(desk: Desk) -> None:
    """A verb works from any folder of the workspace."""
    said = desk.call("-C", str(desk.root / "campaigns" / "segments"), "fmt", "--check")
    assert said.status == 0, said.err


def test_a_defect_shows_its_place_and_nobody_s_data(call: Callable[..., Said], monkeypatch: pytest.MonkeyPatch) -> None:
    """A crash prints files and lines, but neither local values nor the error's own words."""
    secret = "ada@example.com"

    def broken(*_: object) -> None:
        address = secret
        raise RuntimeError(f"cannot write to {address}")

    monkeypatch.setattr("orchestrator.cli.version.facts", broken)
    said = call("version", "--format", "json")
    assert said.status == 2
    assert "orc has a defect: RuntimeError" in said.err
    assert "orchestrator/cli/version.py" in said.err
    assert secret not in said.err + said.out


def test_ctrl_c_is_quiet_and_says_130(call: Callable[..., Said], monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever interrupts gets no traceback."""

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("orchestrator.cli.version.facts", interrupted)
    said = call("version", "--format", "json")
    assert (said.status, said.out) == (130, "")
    assert "Traceback" not in said.err


def test_a_closed_pipe_is_quiet(desk: Desk) -> None:
    """`orc … | head -1` prints its line and no complaint."""
    command = f"{sys.executable} -m orchestrator --help | head -1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, env={**os.environ}, check=True)
    assert done.stdout.startswith("Usage: orc")
    assert done.stderr == ""


def test_python_m_orchestrator_is_orc() -> None:
    """The package can be run where no script was installed."""
    words = [sys.executable, "-m", "orchestrator", "--version"]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert done.stdout == f"orc {__version__}\n"


def terminal(words: str, cwd: Path, **more: str) -> str:
    """Give what a verb writes to a terminal."""
    command = f"{sys.executable} -m orchestrator {words}"
    env = {**{k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "TERM")}, "TERM": "xterm", **more}
    return subprocess.run(
        ["script", "-qec", command, "/dev/null"], capture_output=True, text=True, env=env, cwd=cwd
    ).stdout


@pytest.mark.skipif(shutil.which("script") is None, reason="needs script(1) for a terminal")
def test_colours_are_for_terminals_that_want_them(desk: Desk) -> None:
    """A terminal gets colours, in sentences and in errors; NO_COLOR and a dumb terminal do not."""
    for words in ("explain nothing_like_it", "version"):
        assert ("\x1b[" in terminal(words, desk.root)) is (words != "version")
        assert "\x1b[" not in terminal(words, desk.root, NO_COLOR="1")
        assert "\x1b[" not in terminal(words, desk.root, TERM="dumb")


def test_main_gives_the_status_of_the_verb() -> None:
    """Whoever calls ``main`` gets a number, never an exit."""
    assert main(["version"]) == 0
