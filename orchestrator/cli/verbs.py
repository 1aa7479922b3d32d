"""All verbs: where each one lives and the line that ``orc --help`` prints for it, so that help imports none.

A new verb is a file beside this one with a click command in it, and a row here.
"""

from __future__ import annotations

from dataclasses import dataclass

from orchestrator.table import Table


@dataclass(frozen=True, slots=True)
class Verb:
    """One row: the name, ``module:attribute`` of its click command, its line of help."""

    name: str
    target: str
    help: str


SECTIONS: dict[str, tuple[Verb, ...]] = {
    "Begin": (
        Verb("demo", "orchestrator.cli.demo:demo", "See it work: seed a shop, plan, apply, send into a local outbox."),
        Verb("init", "orchestrator.cli.init:init", "Write a new workspace into a folder."),
        Verb("schema", "orchestrator.cli.schema:schema", "Draft schema.yml from your database; schemas for editors."),
    ),
    "Write": (
        Verb("check", "orchestrator.cli.check:check", "Find every problem in every file, without a database."),
        Verb("fix", "orchestrator.cli.fix:fix", "Put right what can only mean one thing."),
        Verb("fmt", "orchestrator.cli.fmt:fmt", "Bring segments and expressions into the one form."),
        Verb("test", "orchestrator.cli.test:test", "Run the workspace's own tests, without a database."),
        Verb("explain", "orchestrator.cli.explain:explain", "Explain a code, or a segment in English beside its SQL."),
    ),
    "Look": (
        Verb("compile", "orchestrator.cli.compile:compile_", "Print the SQL of segments and its values."),
        Verb("show", "orchestrator.cli.show:show", "Count a segment and show a masked sample."),
        Verb("members", "orchestrator.cli.members:members", "Print the ids of everybody in a segment."),
        Verb("preview", "orchestrator.cli.preview:preview", "Render a campaign's messages as files to look at."),
        Verb("send-test", "orchestrator.cli.send_test:send_test", "Send one test message to one address."),
    ),
    "Review": (
        Verb("plan", "orchestrator.cli.plan:plan", "Show what the files would change: who, how many, when."),
        Verb("apply", "orchestrator.cli.apply:apply", "Make a saved plan the version that is sent."),
    ),
    "Send": (
        Verb("run", "orchestrator.cli.run:run", "Send what is due, at its time; once or for ever."),
        Verb("serve", "orchestrator.cli.serve:serve", "Answer the links in messages: the unsubscribe page."),
        Verb("status", "orchestrator.cli.status:status", "Tell what is applied, due, on its way and done."),
        Verb("pause", "orchestrator.cli.hold:pause", "Hold one campaign, at once."),
        Verb("resume", "orchestrator.cli.hold:resume", "Let one campaign, or everything, go on."),
        Verb("cancel", "orchestrator.cli.hold:cancel", "Give up what a campaign has not sent yet."),
        Verb("stop", "orchestrator.cli.hold:stop", "Stop every message of this deployment, at once."),
        Verb("retry", "orchestrator.cli.retry:retry", "Try again with those whose messages failed."),
        Verb("unknown", "orchestrator.cli.unknown:unknown", "List and settle messages whose fate nobody knows."),
    ),
    "Keep": (
        Verb("doctor", "orchestrator.cli.doctor:doctor", "Examine the databases, and count for `orc check`."),
        Verb("audit", "orchestrator.cli.audit:audit", "Check that the ledger adds up."),
        Verb("refresh", "orchestrator.cli.refresh:refresh", "Store who is in segments, and who entered or left."),
        Verb("backup", "orchestrator.cli.backup:backup", "Write the state database into one file."),
        Verb("restore", "orchestrator.cli.backup:restore", "Read a backup into an empty state database."),
        Verb("prune", "orchestrator.cli.prune:prune", "Turn messages that are long over into numbers."),
        Verb("migrate", "orchestrator.cli.migrate:migrate", "Bring the state database to this release."),
        Verb("version", "orchestrator.cli.version:version", "Print the release and what it runs on."),
    ),
}

HELP: dict[str, str] = {verb.name: verb.help for verbs in SECTIONS.values() for verb in verbs}

VERBS = Table("verb", {verb.name: verb.target for verbs in SECTIONS.values() for verb in verbs})
