"""The same small house as the walk's tests."""

from tests.run.conftest import build, clock, state_url, wire

__all__ = ["build", "clock", "state_url", "wire"]
