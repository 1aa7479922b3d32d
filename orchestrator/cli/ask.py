"""Asking before something that cannot be taken back."""

from __future__ import annotations

import sys

import click

from orchestrator.model.errors import UsageError


def sure(question: str, yes: bool) -> None:
    """Go on only after a yes: given as ``--yes``, or typed. Raises UsageError where nobody can be asked."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError(f"nobody is here to answer: {question}", "add --yes to say it beforehand")
    click.confirm(question, abort=True, err=True)
