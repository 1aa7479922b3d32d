"""The experiment room: a person in, an arm out, the same one for ever. Pure: no state, no clock.

Being held out and the choice of a variant use two salts, so that a changed weight never moves the holdout.
"""

from orchestrator.experiment.assign import arm, held_out, shares

__all__ = ["arm", "held_out", "shares"]
