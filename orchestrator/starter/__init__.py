"""What a newcomer starts with: the small workspace that ``orc init`` copies, and the simulated shop of the demo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.table import exports

if TYPE_CHECKING:
    from orchestrator.starter.shop import create_tables, generate, shop_rows
    from orchestrator.starter.workspace import workspace_files

__all__ = ["create_tables", "generate", "shop_rows", "workspace_files"]
__getattr__ = exports(
    __name__,
    {"create_tables": "shop", "generate": "shop", "shop_rows": "shop", "workspace_files": "workspace"},
)
