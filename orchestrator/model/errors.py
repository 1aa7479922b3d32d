"""What may go wrong that is not an author's mistake.

::

    OrchestratorError            anything below; ``remedy`` says what to do; ``exit_code`` is the door's status
    ├── UsageError               a name or a flag that does not exist (2)
    ├── SettingsError            a URL, key or variable is missing or senseless (2)
    ├── WarehouseError           the company's database is down, refuses, or lacks a table or column (2)
    ├── StateError               our own database is down, too old, too new, or somebody else's copy (2)
    ├── DeliveryError            a provider cannot be used at all (2)
    ├── GateError                a rule forbids to go on: expectation failed, kill switch, halted (3)
    └── StaleError               a saved plan no longer fits what is there (4)

An author's mistake is a :class:`~orchestrator.model.diagnostic.Diagnostic`. A bug is neither: it raises.
"""

from __future__ import annotations


class OrchestratorError(Exception):
    """The root: ``str()`` is one sentence for a person, ``remedy`` the next thing to try."""

    exit_code = 2

    def __init__(self, message: str, remedy: str = "") -> None:
        """Keep the sentence and the remedy."""
        super().__init__(message)
        self.remedy = remedy


class UsageError(OrchestratorError):
    """Raised when somebody asks for something that does not exist."""


class SettingsError(OrchestratorError):
    """Raised when a setting is missing or cannot be understood."""


class WarehouseError(OrchestratorError):
    """Raised when the company's database cannot answer."""


class StateError(OrchestratorError):
    """Raised when our own database cannot be used."""


class DeliveryError(OrchestratorError):
    """Raised when a provider cannot be used at all, before any message was handed over."""


class GateError(OrchestratorError):
    """Raised when a rule says no."""

    exit_code = 3


class StaleError(OrchestratorError):
    """Raised when a saved plan no longer fits."""

    exit_code = 4
