"""The web application: a page that asks, a post that unsubscribes, and the address where we say who we are.

A GET or HEAD changes nothing, because mail scanners open every link. A POST of the same URL unsubscribes, with or
without the page (RFC 8058), as often as it comes. A token that is wrong, foreign or changed gets the same answer.
"""

# FastAPI reads the annotations of a handler when it is defined, so they are not postponed in this file.
import asyncio
import time
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from orchestrator.model.errors import OrchestratorError, UsageError
from orchestrator.render import Tokens
from orchestrator.serve.limit import Limit
from orchestrator.serve.pages import broken_page, busy_page, done_page, page_headers, question_page, unknown_page

if TYPE_CHECKING:
    from fastapi import FastAPI

INSTALL = "pip install 'campaign-orchestrator[web]'"
LONGEST_TOKEN = 2048
LARGEST_BODY = 16_384


class Suppressions(Protocol):
    """Where it is written down who must not be written to; the ledger is one."""

    def suppress(
        self, channel: str, scope: str, address_hash: bytes, reason: str, source: str, message: uuid.UUID | None
    ) -> object:
        """Keep messages of a topic (``scope``) from a mailbox and from the person of ``message``, once."""


def build_app(
    tokens: Tokens,
    suppressions: Suppressions,
    deployment: str,
    project_name: str,
    clock: Callable[[], float] = time.monotonic,
) -> "FastAPI":
    """Give the application; raises UsageError with the install command when FastAPI is not there."""
    try:
        from fastapi import FastAPI, Request
        from fastapi.responses import HTMLResponse, JSONResponse
    except ImportError:
        raise UsageError("orc serve needs FastAPI, which is not installed", INSTALL) from None

    app = FastAPI(title="Campaign Orchestrator", docs_url=None, redoc_url=None, openapi_url=None)
    limit = Limit(clock)

    def answer(text: str, status: int = 200) -> Any:
        return HTMLResponse(text, status_code=status, headers=page_headers())

    def claim_of(token: str) -> Any:
        return tokens.read("unsubscribe", token) if len(token) <= LONGEST_TOKEN else tokens.read("unsubscribe", "")

    def turned_away(request: Request) -> Any:
        # Only wrong tokens are counted: a mail provider unsubscribes many people from one address.
        if not limit.take(request.client.host if request.client else ""):
            return answer(busy_page(project_name), 429)
        return answer(unknown_page(project_name), 404)

    @app.get("/u/{token}")
    @app.head("/u/{token}")
    async def ask(token: str, request: Request) -> Any:
        """Show the page that asks; change nothing."""
        claim = claim_of(token)
        if claim is None:
            return turned_away(request)
        return answer(question_page(project_name, claim.hint, claim.scope))

    @app.post("/u/{token}")
    async def unsubscribe(token: str, request: Request) -> Any:
        """Unsubscribe the mailbox of the token from its topic; the body does not matter."""
        size = 0
        async for chunk in request.stream():
            size += len(chunk)
            if size > LARGEST_BODY:
                return answer(unknown_page(project_name), 413)
        claim = claim_of(token)
        if claim is None:
            return turned_away(request)
        source = f"link {claim.message_id}"
        try:
            await asyncio.to_thread(
                suppressions.suppress,
                claim.channel,
                claim.scope,
                claim.address_hash,
                "unsubscribed",
                source,
                claim.message_id,
            )
        except OrchestratorError:
            return answer(broken_page(project_name), 503)
        return answer(done_page(project_name, claim.hint, claim.scope))

    @app.get("/.well-known/orc")
    async def who() -> Any:
        """Say which deployment this is, so that mail is only sent where unsubscribing works."""
        return JSONResponse({"deployment": deployment}, headers={"Cache-Control": "no-store"})

    @app.get("/healthz")
    async def healthy() -> Any:
        """Say that we are up."""
        return JSONResponse({"ok": True}, headers={"Cache-Control": "no-store"})

    @app.exception_handler(404)
    @app.exception_handler(405)
    async def nothing_here(_: Request, error: Any) -> Any:
        """Answer every other address like a token that nobody made."""
        return answer(unknown_page(project_name), 404)

    return app
