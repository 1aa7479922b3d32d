"""The web server: uvicorn around the application, until somebody stops it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.model.errors import UsageError
from orchestrator.serve.app import INSTALL

if TYPE_CHECKING:
    from fastapi import FastAPI


def run_server(app: FastAPI, host: str = "127.0.0.1", port: int = 8025, behind_proxy: bool = False) -> None:
    """Serve until interrupted; raises UsageError when uvicorn is not installed or the port is taken.

    No access log is written: addresses of the pages are secrets of their readers. ``behind_proxy`` believes the
    forwarded address of a proxy on this machine.
    """
    try:
        import uvicorn
    except ImportError:
        raise UsageError("orc serve needs uvicorn, which is not installed", INSTALL) from None
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        access_log=False,
        log_level="warning",
        server_header=False,
        proxy_headers=behind_proxy,
        forwarded_allow_ips="127.0.0.1" if behind_proxy else None,
        limit_concurrency=200,
        timeout_keep_alive=5,
        h11_max_incomplete_event_size=16_384,
    )
    try:
        uvicorn.Server(config).run()
    except SystemExit:
        raise UsageError(f"port {port} of {host} cannot be used", "choose another one: orc serve --port 8026") from None
