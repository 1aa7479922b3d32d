"""What a daemon has done and what stands in its way, as Prometheus measures and as the answer to "are you ready?".

Nothing here names a person. Counters are those of this process since it started; what is the whole deployment's
(open messages, breakers, the kill switch) is read from the ledger at the end of every beat, but large slots are counted
less often.
"""

from __future__ import annotations

import platform
import time
from collections import Counter as Count
from dataclasses import fields

from prometheus_client import CollectorRegistry, Counter, Gauge, Info, generate_latest

from orchestrator import __version__
from orchestrator.ledger import Ledger
from orchestrator.run import Walked

OUTCOMES = ("accepted", "retry", "failed", "expired", "cancelled", "unknown", "fenced", "held", "broken")
MOST_CAMPAIGNS = 500
"""Campaigns that a process counts by name; those that it meets later count together, under an empty name."""
SELDOM = 20
"""Counting the rows of the latest slots takes at most one part in so many of a daemon's time."""


class Measures:
    """The measures of one daemon. ``missing`` says why it cannot work; it is empty when it can."""

    def __init__(self) -> None:
        """Begin with nothing done, and with a first beat still to come."""
        self.missing: list[str] = ["the first beat has not ended yet"]
        self.registry = CollectorRegistry()
        here = self.registry
        self._messages = Counter("orc_messages", "Messages by what became of them", ["outcome"], registry=here)
        labels = ["campaign", "provider", "outcome"]
        self._answers = Counter("orc_answers", "What providers said to messages", labels, registry=here)
        self._campaigns: set[str] = set()
        self._count_from = 0.0
        self._slots = Counter("orc_slots", "Slots queued, halted or held by this process", ["what"], registry=here)
        self._errors = Counter("orc_errors", "Beats that could not do all their work", registry=here)
        self._beat = Gauge("orc_last_beat_timestamp_seconds", "When the last whole beat ended", registry=here)
        self._rows = Gauge("orc_campaign_messages", "Messages of latest slots", ["campaign", "state"], registry=here)
        self._open = Gauge("orc_open_messages", "Messages that are planned and not settled", registry=here)
        self._unknown = Gauge("orc_unknown_messages", "Messages that may or may not have arrived", registry=here)
        self._stopped = Gauge("orc_stopped", "1 while the kill switch is on", registry=here)
        self._held = Gauge("orc_campaigns_held", "Campaigns on hold", registry=here)
        self._breakers = Gauge("orc_breaker_open", "1 for a provider that is left alone", ["provider"], registry=here)
        Info("orc_build", "The release", registry=here).info(
            {"version": __version__, "python": platform.python_version()}
        )
        for outcome in OUTCOMES:
            self._messages.labels(outcome)

    def text(self) -> bytes:
        """Give the page that Prometheus reads."""
        return generate_latest(self.registry)

    def failed(self, why: str) -> None:
        """Count a beat that could not work."""
        self._errors.inc()
        self.missing = [why]

    def worked(self, ledger: Ledger, walked: Walked) -> None:
        """Count what a beat did, and read what the ledger says now; raises StateError."""
        for one in fields(walked.sent):
            if one.name in OUTCOMES:
                self._messages.labels(one.name).inc(getattr(walked.sent, one.name))
        for (campaign, provider, outcome), n in walked.sent.answers.items():
            self._answers.labels(self._named(campaign), provider, outcome).inc(n)
        self._slots.labels("queued").inc(len(walked.frozen))
        self._slots.labels("halted").inc(len(walked.halted))
        self._errors.inc(len(walked.errors))
        begun = time.monotonic()
        if begun >= self._count_from:
            self._count(ledger)
            ended = time.monotonic()
            self._count_from = ended + (ended - begun) * SELDOM
        self._open.set(ledger.open_messages())
        self._stopped.set(ledger.stopped())
        self._held.set(len(ledger.paused()))
        self._breakers.clear()
        for breaker in ledger.open_breakers():
            self._breakers.labels(breaker.provider).set(1)
        self._beat.set_to_current_time()
        self.missing = [] if ledger.current_number() is not None else ["nothing is applied yet: orc plan, orc apply"]

    def _count(self, ledger: Ledger) -> None:
        """Count the messages of the latest slots, and those whose fate nobody knows."""
        rows: Count[tuple[str, str]] = Count()
        for status in ledger.status(limit=50):
            for count in status.counts:
                rows[status.occurrence.campaign, count.state.value] += count.n
        self._rows.clear()
        for (campaign, state), n in rows.items():
            self._rows.labels(campaign, state).set(n)
        self._unknown.set(len(ledger.unknown()))

    def _named(self, campaign: str) -> str:
        """Give the label of a campaign: its name, or nothing when there are too many names already."""
        if len(self._campaigns) < MOST_CAMPAIGNS:
            self._campaigns.add(campaign)
        return campaign if campaign in self._campaigns else ""
