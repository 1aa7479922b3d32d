"""Secrets and addresses stay out of everything that is printed or logged, whatever fails beneath a verb.

Every verb runs with a password in the URL of a database that does not answer, cannot be read or refuses; the verbs
that send, with a server that repeats the recipient in each of its answers; the unsubscribe page, with a ledger that
breaks with the address in its error.
"""

from __future__ import annotations

import contextlib
import io
import logging
import sqlite3
import uuid
from pathlib import Path

import pytest

from orchestrator.cli.verbs import VERBS
from orchestrator.ledger import migrate, open_ledger
from orchestrator.model.delivery import Outcome, Receipt
from orchestrator.model.people import address_hash
from orchestrator.render import Tokens
from orchestrator.serve import build_app
from tests.cli.conftest import Desk
from tests.cli.test_cli_send import LAUNCH, applied
from tests.run.conftest import Wire

CANARY = "s3cretcanary"
HOST = "127.0.0.1:1"
OUTCOMES = (Outcome.ACCEPTED, Outcome.FAILED, Outcome.RETRY, Outcome.UNKNOWN)
WORDS: dict[str, tuple[tuple[str, ...], ...]] = {
    "demo": (("demo", "--help"),),
    "init": (("init", "elsewhere"),),
    "schema": (("schema",),),
    "check": (("check",),),
    "fix": (("fix",),),
    "fmt": (("fmt",),),
    "test": (("test",),),
    "explain": (("explain", "buyers"), ("explain", "E001")),
    "compile": (("compile", "buyers"),),
    "show": (("show", "buyers"),),
    "members": (("members", "buyers"),),
    "preview": (("preview", "winter_launch"),),
    "send-test": (("send-test", "winter_launch", "--to", "ada@example.com"),),
    "plan": (("plan",),),
    "apply": (("apply", "abcdef"),),
    "run": (("run", "--once"),),
    "serve": (("serve", "--port", "1"),),
    "status": (("status",), ("status", "--format", "json")),
    "pause": (("pause", "winback"),),
    "resume": (("resume", "winback"), ("resume", "--after-restore", "--yes")),
    "cancel": (("cancel", "winback", "--yes"),),
    "stop": (("stop",),),
    "retry": (("retry", "winback", "--yes"),),
    "unknown": (("unknown", "list"),),
    "doctor": (("doctor",),),
    "audit": (("audit", "--ledger"),),
    "refresh": (("refresh",),),
    "backup": (("backup", "kept.jsonl.gz"),),
    "restore": (("restore", "kept.jsonl.gz"),),
    "prune": (("prune", "--yes"), ("prune", "--older-than", "400d")),
    "migrate": (("migrate",),),
    "version": (("version",),),
}
"""How each verb is called; most of these calls fail."""
URLS = {
    "nobody answers": f"postgresql+psycopg://orc:{CANARY}@{HOST}/state",
    "nobody answers, with parameters": f"postgresql+psycopg://orc:{CANARY}@{HOST}/state?options={CANARY}",
    "no port": f"postgresql+psycopg://orc:{CANARY}@127.0.0.1:{CANARY}/state",
    "a password with signs": f"postgresql+psycopg://orc:{CANARY}%40@/[{HOST}/state",
    "no such driver": f"oracle+{CANARY}://orc:{CANARY}@{HOST}/state",
    "no such parameter": f"mysql+pymysql://orc:{CANARY}@{HOST}/state?nonsense={CANARY}",
    "no URL": f"orc:{CANARY}@{HOST}",
}


def test_every_verb_is_called() -> None:
    """A new verb needs a line here."""
    assert set(WORDS) == set(VERBS.names())


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody wait before a database is asked again."""
    monkeypatch.setattr("orchestrator.ledger.store.time.sleep", lambda _: None)


@pytest.fixture
def broken(desk: Desk, quick: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> Desk:
    """Give a workspace whose key is the canary, and which logs everything."""
    monkeypatch.chdir(desk.root)
    monkeypatch.setenv("ORC_TOKEN_KEY", CANARY * 4)
    monkeypatch.setenv("ORC_DEPLOYMENT", "test")
    caplog.set_level(logging.DEBUG)
    return desk


@pytest.mark.parametrize("which", ["STATE", "WAREHOUSE"])
def test_no_verb_prints_a_password(
    broken: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, which: str
) -> None:
    """With a database that does not answer, its password and the key are in no output of any verb and in no log."""
    monkeypatch.setenv(f"ORC_{which}_URL", URLS["nobody answers"])
    failures = 0
    for words in (words for calls in WORDS.values() for words in calls):
        if words[0] == "serve" and which == "WAREHOUSE":
            continue  # it asks no warehouse, and would serve
        said = broken(*words)
        failures += said.status != 0
        assert CANARY not in said.out + said.err, words
        assert "has a defect" not in said.err, (words, said.err)
    assert CANARY not in caplog.text
    assert failures >= 5


@pytest.mark.parametrize("kind", URLS)
def test_no_url_is_printed_whatever_is_wrong_with_it(
    broken: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    """A URL that cannot be read, a port that is no number, parameters that nobody knows: said without the URL."""
    for which, verb in (("WAREHOUSE", ("show", "buyers")), ("WAREHOUSE", ("doctor",)), ("STATE", ("status",))):
        with monkeypatch.context() as patch:
            patch.setenv(f"ORC_{which}_URL", URLS[kind])
            said = broken(*verb)
        assert said.status != 0, verb
        assert "has a defect" not in said.err, (verb, said.err)
        assert CANARY not in said.out + said.err, verb
    assert CANARY not in caplog.text


def test_no_address_is_printed_when_a_provider_repeats_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A server that names the recipient in every answer: neither the run nor what is asked afterwards prints it."""
    applied(desk)
    wire = Wire(lambda m: Receipt(m.id, OUTCOMES[int(m.id) % 4], "550", f"no mailbox <{m.to}>; was {CANARY}?"))
    monkeypatch.setattr("orchestrator.run.send.open_channel", lambda *_: wire)
    monkeypatch.setenv("ORC_REHEARSAL", LAUNCH)
    caplog.set_level(logging.DEBUG)
    with sqlite3.connect(desk.root / ".orc" / "warehouse.sqlite") as db:
        addresses = [row[0] for row in db.execute("select email from customers where email like '%@%'")]
    calls = (("run", "--once"), ("status",), ("unknown", "list"), ("audit", "--ledger"), ("status", "--format", "json"))
    for words in calls:
        said = desk(*words)
        assert "has a defect" not in said.err, (words, said.err)
        shown = said.out + said.err + caplog.text
        assert [one for one in addresses if one in shown] == [], words
    assert wire.taken


def test_the_unsubscribe_page_logs_nobody(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A ledger that breaks, in a way that it knows or by a constraint, leaves neither token nor address in a log."""
    testclient = pytest.importorskip("fastapi.testclient")
    url = f"sqlite:///{tmp_path / 'state.db'}"
    migrate(url, "test")
    ledger = open_ledger(url, deployment="test")
    tokens = Tokens("k" * 32, "test")
    ada = address_hash("ada@example.com")
    token = tokens.mint("unsubscribe", uuid.uuid4(), ada, "email", "promotions", "a…@example.com")
    damages = (
        "create trigger no before insert on orc_suppression begin select raise(abort, 'no'); end",
        "drop table orc_suppression",
    )
    caplog.set_level(logging.DEBUG)
    app = build_app(tokens, ledger, "test", "shop")
    with testclient.TestClient(app, raise_server_exceptions=False) as client:
        for damage in damages:
            with sqlite3.connect(tmp_path / "state.db") as db:
                db.execute(damage)
            with contextlib.redirect_stderr(io.StringIO()) as printed:
                answer = client.post(f"/u/{token}")
            assert answer.status_code >= 500
            for secret in ("ada@", ada.hex(), repr(ada), "a…@"):
                assert secret not in printed.getvalue() + caplog.text, (damage, secret)
            assert "promotions" not in answer.text
    ledger.close()
