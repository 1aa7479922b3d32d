"""Text in, a workspace with every problem of every file out; and the canonical text of what was read.

``load_workspace`` reads a folder, ``parse_definitions`` and ``parse_expression`` one text; the ``print_`` and
``format_`` functions give the text back in the one form that everybody's files have.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.table import exports

if TYPE_CHECKING:
    from orchestrator.language.campaign_file import format_campaign
    from orchestrator.language.codes import CODES
    from orchestrator.language.drafts import draft_schema
    from orchestrator.language.format import (
        format_expression,
        format_segments,
        print_condition,
        print_definition,
        print_value,
    )
    from orchestrator.language.grammars import cache_folder
    from orchestrator.language.profile_file import read_profile
    from orchestrator.language.segment import (
        defined_names,
        parse_definitions,
        parse_expectation,
        parse_expression,
        parse_trigger_event,
        parse_value,
    )
    from orchestrator.language.workspace import Loaded, find_root, load_texts, load_workspace

__all__ = [
    "CODES",
    "Loaded",
    "cache_folder",
    "defined_names",
    "draft_schema",
    "find_root",
    "format_campaign",
    "format_expression",
    "format_segments",
    "load_texts",
    "load_workspace",
    "parse_definitions",
    "parse_expectation",
    "parse_expression",
    "parse_trigger_event",
    "parse_value",
    "print_condition",
    "print_definition",
    "print_value",
    "read_profile",
]

__getattr__ = exports(
    __name__,
    {
        "CODES": "codes",
        "Loaded": "workspace",
        "cache_folder": "grammars",
        "defined_names": "segment",
        "draft_schema": "drafts",
        "find_root": "workspace",
        "format_campaign": "campaign_file",
        "format_expression": "format",
        "format_segments": "format",
        "load_texts": "workspace",
        "load_workspace": "workspace",
        "parse_definitions": "segment",
        "parse_expectation": "segment",
        "parse_expression": "segment",
        "parse_trigger_event": "segment",
        "parse_value": "segment",
        "print_condition": "format",
        "print_definition": "format",
        "print_value": "format",
        "read_profile": "profile_file",
    },
)
