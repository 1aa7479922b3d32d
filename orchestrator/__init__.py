"""Campaign Orchestrator: marketing decisions as text in git.

The map. A room takes one kind of value and gives another; rooms meet in ``model`` only. The corridor calls
them in order; the floors above decide when to walk and what a change would do; the doors let people in.

::

    doors     cli  serve
    floors    schedule  review
    corridor  run
    rooms     language  compile  audience  experiment  ledger  render  deliver
    ground    model  table

Beside the rooms lies ``starter``: the small workspace that ``orc init`` copies, and the simulated shop of the demo.

Read this, then ``run/walk.py``: that is the whole way of a campaign from a file to an inbox.
"""

__version__ = "0.1.0"
