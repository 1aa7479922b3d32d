"""Whoever wants no more mail gets none, by one click, and nobody can do it for somebody else."""

from __future__ import annotations

import builtins
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from orchestrator.model.errors import StateError, UsageError
from orchestrator.model.people import address_hash
from orchestrator.render import Tokens
from orchestrator.serve import build_app

fastapi = pytest.importorskip("fastapi")
KEY = "k1:a-secret-of-some-length"
HASH = address_hash("ada@example.com")


class Written:
    """Where the test reads what was suppressed."""

    def __init__(self) -> None:
        self.rows: list[tuple[Any, ...]] = []
        self.broken = False

    def suppress(
        self, channel: str, scope: str, address_hash: bytes, reason: str, source: str, message: uuid.UUID | None
    ) -> bool:
        assert source == f"link {message}"
        if self.broken:
            raise StateError("the state database is down")
        self.rows.append((channel, scope, address_hash, reason, source))
        return True


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def written() -> Written:
    return Written()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def client(written: Written, clock: Clock) -> Iterator[Any]:
    from fastapi.testclient import TestClient

    with TestClient(build_app(Tokens(KEY, "shop"), written, "shop", "tarn_and_timber", clock)) as client:
        yield client


def token(purpose: str = "unsubscribe", deployment: str = "shop", topic: str = "promotions") -> str:
    return Tokens(KEY, deployment).mint(purpose, uuid.UUID(int=7), HASH, "email", topic, "a…@example.com")


def test_the_page_asks_and_changes_nothing(client: Any, written: Written) -> None:
    """A mail scanner that opens every link unsubscribes nobody: GET and HEAD only show the page."""
    page = client.get(f"/u/{token()}")
    assert page.status_code == 200
    assert "a…@example.com" in page.text
    assert "promotions" in page.text
    assert '<form method="post">' in page.text
    assert client.head(f"/u/{token()}").status_code == 200
    for method in ("put", "delete", "patch", "options"):
        client.request(method, f"/u/{token()}")
    assert written.rows == []


def test_one_click_unsubscribes(client: Any, written: Written) -> None:
    """A POST as RFC 8058 has it, without cookies and without the page, unsubscribes this mailbox from this topic."""
    answer = client.post(
        f"/u/{token()}",
        content="List-Unsubscribe=One-Click",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
    assert written.rows == [("email", "promotions", HASH, "unsubscribed", f"link {uuid.UUID(int=7)}")]


def test_again_is_the_same(client: Any, written: Written) -> None:
    """Clicking twice, or the button after one-click, gives the same answer."""
    first, second = (client.post(f"/u/{token()}", data={"List-Unsubscribe": "One-Click"}) for _ in range(2))
    assert (first.status_code, first.text) == (second.status_code, second.text)


@pytest.mark.parametrize("method", ["get", "post"])
def test_wrong_tokens_all_look_the_same(client: Any, written: Written, method: str) -> None:
    """A changed, foreign, cut or invented token, and an address that does not exist, get one and the same answer."""
    good = token()
    wrong = [
        good[:-1],
        good[:-2] + "AA",
        "A" * len(good),
        "x",
        token("click"),
        token(deployment="staging"),
        good + "A",
        "é",
        "A" * 5000,
    ]
    answers = [client.request(method, f"/u/{text}") for text in wrong]
    answers.append(client.request(method, "/nowhere"))
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
    assert len({tuple(sorted(answer.headers.items())) for answer in answers}) == 1
    assert written.rows == []


def test_headers_keep_the_page_to_itself(client: Any) -> None:
    """No script, no frame, no cache, no referrer, nothing from another site, on good and on bad answers."""
    for answer in (client.get(f"/u/{token()}"), client.post(f"/u/{token()}"), client.get("/u/x")):
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cache-control"] == "no-store"
        assert "<script" not in answer.text
        assert "http" not in answer.text


def test_words_of_the_token_are_escaped(client: Any) -> None:
    """Even a topic with HTML in it is shown as text."""
    page = client.get(f"/u/{token(topic='<img src=x onerror=alert(1)>')}")
    assert "<img" not in page.text
    assert "&lt;img" in page.text


def test_too_many_requests_wait(client: Any, written: Written, clock: Clock) -> None:
    """One address cannot try tokens by the thousand; after a while it may ask again."""
    codes = [client.get("/u/x").status_code for _ in range(70)]
    assert codes == [404] * 60 + [429] * 10
    assert client.post(f"/u/{token()}").status_code == 200  # a genuine token is never turned away
    clock.now += 1
    assert client.post(f"/u/{token()}").status_code == 200


def test_a_database_that_is_down_is_not_a_success(client: Any, written: Written) -> None:
    """If it cannot be written down, the page says so and the mail program may try again."""
    written.broken = True
    answer = client.post(f"/u/{token()}")
    assert answer.status_code == 503
    assert "did not work" in answer.text


def test_a_large_body_is_not_read(client: Any, written: Written) -> None:
    """Nobody fills our memory with a form."""
    assert client.post(f"/u/{token()}", content=b"x" * 100_000).status_code == 413
    assert written.rows == []


def test_it_says_which_deployment_it_is(client: Any) -> None:
    """The sender asks here before any real mail leaves."""
    assert client.get("/.well-known/orc").json() == {"deployment": "shop"}
    assert client.get("/healthz").json() == {"ok": True}


def test_without_the_web_extra_the_command_is_named(monkeypatch: pytest.MonkeyPatch, written: Written) -> None:
    """Without FastAPI, `orc serve` says how to install it."""
    usual = builtins.__import__

    def refuse(name: str, *rest: Any, **more: Any) -> Any:
        if name.startswith("fastapi"):
            raise ImportError(name)
        return usual(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(UsageError) as error:
        build_app(Tokens(KEY, "shop"), written, "shop", "shop")
    assert "pip install" in error.value.remedy
    assert "[web]" in error.value.remedy
