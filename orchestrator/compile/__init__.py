"""The compile room: a condition and the schema in, a ``Select`` out; and what an author's words mean.

``check`` finds every mistake of meaning with its place. The ``…_query`` functions turn a segment, a partition,
a trait or a campaign's audience into one statement for one dialect, with all values bound and all times
computed here from ``as_of`` (UTC, whole seconds). ``english`` says the same in plain words. Nothing here opens
a database; ``prepare`` is handed a connection and registers the few functions that a dialect lacks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.table import exports

if TYPE_CHECKING:
    from orchestrator.compile.arguments import with_values as with_values
    from orchestrator.compile.asides import Aside as Aside
    from orchestrator.compile.asides import asides as asides
    from orchestrator.compile.asides import tied_query as tied_query
    from orchestrator.compile.asides import too_late_query as too_late_query
    from orchestrator.compile.asking import Query as Query
    from orchestrator.compile.check import check as check
    from orchestrator.compile.check import check_one as check_one
    from orchestrator.compile.codes import CODES as CODES
    from orchestrator.compile.dependencies import dependencies as dependencies
    from orchestrator.compile.dialects import DIALECTS as DIALECTS
    from orchestrator.compile.dialects import EXPERIMENTAL as EXPERIMENTAL
    from orchestrator.compile.dialects import prepare as prepare
    from orchestrator.compile.english import english as english
    from orchestrator.compile.english_where import where as where
    from orchestrator.compile.membership import stored_segments as stored_segments
    from orchestrator.compile.memory import load_rows as load_rows
    from orchestrator.compile.memory import memory as memory
    from orchestrator.compile.memory import memory_tables as memory_tables
    from orchestrator.compile.query import audience_query as audience_query
    from orchestrator.compile.query import cell_counts_query as cell_counts_query
    from orchestrator.compile.query import cells_query as cells_query
    from orchestrator.compile.query import consenting_query as consenting_query
    from orchestrator.compile.query import count_query as count_query
    from orchestrator.compile.query import fact_fields as fact_fields
    from orchestrator.compile.query import members_query as members_query
    from orchestrator.compile.query import sample_query as sample_query
    from orchestrator.compile.query import trait_query as trait_query

__getattr__ = exports(
    __name__,
    {
        "Aside": "asides",
        "CODES": "codes",
        "DIALECTS": "dialects",
        "EXPERIMENTAL": "dialects",
        "Query": "asking",
        "asides": "asides",
        "audience_query": "query",
        "cell_counts_query": "query",
        "cells_query": "query",
        "check": "check",
        "check_one": "check",
        "consenting_query": "query",
        "count_query": "query",
        "dependencies": "dependencies",
        "english": "english",
        "where": "english_where",
        "fact_fields": "query",
        "load_rows": "memory",
        "members_query": "query",
        "memory": "memory",
        "memory_tables": "memory",
        "prepare": "dialects",
        "sample_query": "query",
        "stored_segments": "membership",
        "tied_query": "asides",
        "too_late_query": "asides",
        "trait_query": "query",
        "with_values": "arguments",
    },
)
