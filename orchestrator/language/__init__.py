"""Text in, a workspace with every problem of every file out; and the canonical text of what was read.

``load_workspace`` reads a folder, ``parse_definitions`` and ``parse_expression`` one text; the ``print_`` and
``format_`` functions give the text back in the one form that everybody's files have.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.table import exports

if TYPE_CHECKING:
    from orchestrator.language.cache import cache_place as cache_place
    from orchestrator.language.codes import CODES
    from orchestrator.language.drafts import draft_schema
    from orchestrator.language.echoes import without_echoes
    from orchestrator.language.files import list_files, read_files
    from orchestrator.language.format import (
        format_expression,
        format_segments,
        print_condition,
        print_definition,
        print_value,
    )
    from orchestrator.language.format_yaml import format_campaign
    from orchestrator.language.json_schema import json_schemas
    from orchestrator.language.profile_file import read_profile
    from orchestrator.language.root import cache_folder, find_root
    from orchestrator.language.segment import (
        defined_names,
        parse_definitions,
        parse_expectation,
        parse_expression,
        parse_ref,
        parse_trigger_event,
        parse_value,
    )
    from orchestrator.language.workspace import Loaded, load_texts, load_workspace

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
    "json_schemas",
    "list_files",
    "load_texts",
    "load_workspace",
    "parse_definitions",
    "parse_expectation",
    "parse_expression",
    "parse_ref",
    "parse_trigger_event",
    "parse_value",
    "print_condition",
    "print_definition",
    "print_value",
    "read_files",
    "read_profile",
    "without_echoes",
]

__getattr__ = exports(
    __name__,
    {
        "cache_place": "cache",
        "CODES": "codes",
        "Loaded": "workspace",
        "cache_folder": "root",
        "defined_names": "segment",
        "draft_schema": "drafts",
        "find_root": "root",
        "format_campaign": "format_yaml",
        "format_expression": "format",
        "format_segments": "format",
        "json_schemas": "json_schema",
        "list_files": "files",
        "load_texts": "workspace",
        "load_workspace": "workspace",
        "parse_definitions": "segment",
        "parse_expectation": "segment",
        "parse_expression": "segment",
        "parse_ref": "segment",
        "parse_trigger_event": "segment",
        "parse_value": "segment",
        "print_condition": "format",
        "print_definition": "format",
        "print_value": "format",
        "read_files": "files",
        "read_profile": "profile_file",
        "without_echoes": "echoes",
    },
)
