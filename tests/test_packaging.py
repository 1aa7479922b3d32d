"""The wheel carries everything: built, installed into an empty environment, used far away from the checkout."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import sysconfig
import time
import venv
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def orc(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel alone; what it needs is borrowed from this environment, so that no network is asked."""
    home = tmp_path_factory.mktemp("installed")
    venv.create(home, with_pip=True)
    python = home / "bin" / "python"
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    site = home / "lib" / version / "site-packages"
    command = [str(python), "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    done = subprocess.run([*command, str(wheel)], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return home / "bin" / "orc"


def call(orc: Path, folder: Path, *words: str) -> str:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("ORC_", "PYTHON"))}
    done = subprocess.run([str(orc), *words], cwd=folder, capture_output=True, text=True, timeout=120, env=environment)
    assert done.returncode == 0, f"orc {' '.join(words)}: {done.stdout}{done.stderr}"
    return done.stdout


def test_the_wheel_holds_grammar_starter_and_migrations(wheel: Path) -> None:
    """What the package reads at run time travels with it, and nothing of the checkout that it does not need."""
    names = ZipFile(wheel).namelist()
    assert "orchestrator/_grammar/segment.lark" in names
    assert "orchestrator/starter/files/campaigns/project.yml" in names
    assert "orchestrator/starter/files/templates/layout/base.html.j2" in names
    assert any(name.startswith("orchestrator/ledger/migrations/versions/") for name in names)
    assert "orchestrator/py.typed" in names
    found = {str(p.relative_to(ROOT)) for p in (ROOT / "orchestrator").rglob("*") if p.is_file()}
    assert not {p for p in found if "/." not in p and "__pycache__" not in p} - set(names), "not in the wheel"
    assert not [name for name in names if name.startswith(("tests/", "campaigns/", "docs/"))]
    assert not [name for name in names if "__pycache__" in name]


def test_it_works_far_away_from_the_checkout(orc: Path, tmp_path: Path) -> None:
    """Somebody who only installed the package can begin: version, init, check, test, fmt."""
    assert "0.1.0" in call(orc, tmp_path, "version")
    place = subprocess.run(
        [str(orc.parent / "python"), "-c", "import orchestrator; print(orchestrator.__file__)"],
        capture_output=True, text=True, cwd=tmp_path, check=True,
    ).stdout  # fmt: skip
    assert str(orc.parent.parent) in place, "the checkout was imported, not the wheel"
    call(orc, tmp_path, "init", "shop")
    shop = tmp_path / "shop"
    assert (shop / "campaigns" / "project.yml").exists()
    call(orc, shop, "check")
    call(orc, shop, "test")
    call(orc, shop, "fmt", "--check")


def test_demo_and_pages_work_far_away_from_the_checkout(orc: Path, tmp_path: Path) -> None:
    """The gallery, the migrations and the unsubscribe page are files of the package, and they are there."""
    call(orc, tmp_path, "demo", "--customers", "60")
    outbox = tmp_path / "orc-demo" / ".orc" / "outbox"
    assert (outbox / "index.html").stat().st_size > 1000
    letter = next(outbox.glob("*.eml")).read_text(encoding="utf-8").replace("\n ", "")
    link = letter.split("List-Unsubscribe: <", 1)[1].split(">", 1)[0]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [str(orc), "serve", "--port", str(port)], cwd=tmp_path / "orc-demo", stderr=subprocess.DEVNULL
    )
    try:
        page = f"http://127.0.0.1:{port}/u/" + link.rsplit("/", 1)[1]
        for _ in range(100):
            try:
                with urlopen(page, timeout=5) as answer:
                    assert "<style" in answer.read().decode()
                break
            except URLError:
                time.sleep(0.2)
        else:
            raise AssertionError("the server did not come up")
    finally:
        server.terminate()
        server.wait(10)
