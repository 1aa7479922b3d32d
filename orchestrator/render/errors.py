"""Why one message could not be written: the sentence and the place in the template."""

from __future__ import annotations

from orchestrator.model.diagnostic import NOWHERE, Span


class RenderError(Exception):
    """Raised when a message cannot be written; ``str()`` is ``path:line: sentence``, without anybody's data.

    It concerns one message only: the corridor records ``failed(render_error)`` and goes on.
    """

    def __init__(self, message: str, span: Span = NOWHERE) -> None:
        """Keep the sentence and the place."""
        self.message = message
        self.span = span
        super().__init__(message if span is NOWHERE else f"{span.path}:{span.line}: {message}")
