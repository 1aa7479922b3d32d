"""The render room: what a message says in, its subject, HTML and text out.

A template is compiled once per step and variant: files flattened, styles inlined, the text part derived, all of
it keeping its Jinja tags. Per message only compiled Jinja runs, in a sandbox with a budget. The room also signs
and reads the links of a message, and tells what a template reads before anything is sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.table import exports

if TYPE_CHECKING:
    from orchestrator.render.codes import CODES as CODES
    from orchestrator.render.errors import RenderError as RenderError
    from orchestrator.render.filters import FILTERS as FILTERS
    from orchestrator.render.letter import Letter as Letter
    from orchestrator.render.letter import Parts as Parts
    from orchestrator.render.letter import compile_letter as compile_letter
    from orchestrator.render.letter import links_left_alone as links_left_alone
    from orchestrator.render.links import Claim as Claim
    from orchestrator.render.links import Tokens as Tokens
    from orchestrator.render.links import message_links as message_links
    from orchestrator.render.links import unsubscribe_headers as unsubscribe_headers
    from orchestrator.render.reads import Read as Read
    from orchestrator.render.reads import Reads as Reads
    from orchestrator.render.reads import inspect as inspect
    from orchestrator.render.source import HTML_ENDINGS as HTML_ENDINGS

__getattr__ = exports(
    __name__,
    {
        "CODES": "codes",
        "Claim": "links",
        "FILTERS": "filters",
        "HTML_ENDINGS": "source",
        "Letter": "letter",
        "Parts": "letter",
        "Read": "reads",
        "Reads": "reads",
        "RenderError": "errors",
        "Tokens": "links",
        "compile_letter": "letter",
        "inspect": "reads",
        "links_left_alone": "letter",
        "message_links": "links",
        "unsubscribe_headers": "links",
    },
)
