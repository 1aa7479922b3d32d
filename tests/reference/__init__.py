"""What segments mean, worked out slowly in plain Python from the specification alone.

``Reference`` takes a workspace, rows of tables as dictionaries, and a frozen moment; it gives members, cells and
values of traits. It shares no code with ``orchestrator/compile`` and never will: two readings of one text are
compared by ``tests/differential``.
"""

from reference.evaluate import Reference

__all__ = ["Reference"]
