"""The audience room: a ``Select`` in, people out.

It opens the company's database for reading only, streams members once and in order, counts, takes masked
samples, and tells which tables there are. It never writes to the warehouse, not even a temporary table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.table import exports

if TYPE_CHECKING:
    from orchestrator.audience.address import check_address as check_address
    from orchestrator.audience.codes import DOCTOR as DOCTOR
    from orchestrator.audience.health import examine as examine
    from orchestrator.audience.layout import COLUMNAR as COLUMNAR
    from orchestrator.audience.people import cells as cells
    from orchestrator.audience.people import count as count
    from orchestrator.audience.people import groups as groups
    from orchestrator.audience.people import ids as ids
    from orchestrator.audience.people import people as people
    from orchestrator.audience.people import zones as zones
    from orchestrator.audience.reflect import reflect as reflect
    from orchestrator.audience.sample import masked as masked
    from orchestrator.audience.sample import sample as sample
    from orchestrator.audience.unknowns import amounts as amounts
    from orchestrator.audience.unknowns import unknowns as unknowns
    from orchestrator.audience.warehouse import Warehouse as Warehouse
    from orchestrator.audience.warehouse import open_warehouse as open_warehouse

__getattr__ = exports(
    __name__,
    {
        "COLUMNAR": "layout",
        "DOCTOR": "codes",
        "Warehouse": "warehouse",
        "amounts": "unknowns",
        "examine": "health",
        "unknowns": "unknowns",
        "check_address": "address",
        "cells": "people",
        "count": "people",
        "groups": "people",
        "ids": "people",
        "masked": "sample",
        "open_warehouse": "warehouse",
        "people": "people",
        "reflect": "reflect",
        "sample": "sample",
        "zones": "people",
    },
)
