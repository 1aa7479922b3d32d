"""What was applied, whole; plans that were saved; and who decided what, when."""

from __future__ import annotations

import datetime as dt
import hashlib
import json

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from orchestrator.ledger.store import Store
from orchestrator.ledger.tables import ACTION, PLAN, TEXT, VERSION, VERSION_FILE
from orchestrator.ledger.values import Action, NewVersion, SavedPlan, Version
from orchestrator.model.errors import StaleError, UsageError


def insert_new(connection: Connection, table: sa.Table, *key: str) -> sqlite.Insert | postgresql.Insert:
    """Give an INSERT for the database at hand that leaves rows alone whose ``key`` (default: any) is there already."""
    make = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    return make(table).on_conflict_do_nothing(index_elements=key or None)


def write_action(connection: Connection, at: dt.datetime, by: str, action: str, subject: str, detail: str = "") -> None:
    """Write down a decision in the transaction that carries it out."""
    connection.execute(sa.insert(ACTION).values(at=at, by=by, action=action, subject=subject, detail=detail))


class Versions(Store):
    """The applied versions, the saved plans, the log of decisions."""

    def publish(self, version: NewVersion, expect_current: int | None) -> int:
        """Make ``version`` the current one and give its number.

        ``expect_current`` is the number of the version that the plan was made against, None for no version at
        all; raises StaleError when another one is current.
        """

        def work(connection: Connection) -> int:
            now = self._clock(connection)
            current = connection.scalar(sa.select(sa.func.max(VERSION.c.number)))
            if current != expect_current:
                applied, planned = current or "none", expect_current or "none"
                raise StaleError(
                    f"version {applied} is applied by now, the plan was made against {planned}", "run `orc plan` again"
                )
            number = (current or 0) + 1
            texts = {path: hashlib.sha256(text.encode()).hexdigest() for path, text in version.files.items()}
            connection.execute(
                sa.insert(VERSION).values(
                    number=number,
                    digest=version.digest,
                    at=now,
                    by=version.by,
                    commit=version.commit,
                    plan_digest=version.plan_digest,
                    sizes=json.dumps(dict(version.sizes), sort_keys=True),
                )
            )
            for path, digest in sorted(texts.items()):
                connection.execute(insert_new(connection, TEXT).values(digest=digest, body=version.files[path]))
                connection.execute(sa.insert(VERSION_FILE).values(version=number, path=path, digest=digest))
            write_action(connection, now, version.by, "apply", f"version {number}", version.digest)
            return number

        def landed(connection: Connection, number: int) -> bool:
            return connection.scalar(sa.select(VERSION.c.digest).where(VERSION.c.number == number)) == version.digest

        try:
            return self.write(work, landed)
        except IntegrityError as error:
            raise StaleError("another version was applied at this moment", "run `orc plan` again") from error

    def current_version(self) -> Version | None:
        """Give the version that is applied, None before the first ``apply``."""

        def work(connection: Connection) -> Version | None:
            number = connection.scalar(sa.select(sa.func.max(VERSION.c.number)))
            return None if number is None else _version(connection, number)

        return self.read(work)

    def current_number(self) -> int | None:
        """Give the number of the applied version, None before the first ``apply``; cheap, reads no files."""

        def work(connection: Connection) -> int | None:
            number: int | None = connection.scalar(sa.select(sa.func.max(VERSION.c.number)))
            return number

        return self.read(work)

    def applied_at(self) -> dict[int, dt.datetime]:
        """Give when each version was applied (UTC), by its number; reads no files."""
        query = sa.select(VERSION.c.number, VERSION.c.at)
        return self.read(lambda connection: {row.number: row.at for row in connection.execute(query)})

    def version(self, number: int) -> Version:
        """Give that version; raises UsageError when there is none."""
        return self.read(lambda connection: _version(connection, number))

    def save_plan(self, plan_id: str, digest: str, body: str) -> None:
        """Keep a plan; the same id and digest again change nothing."""

        def work(connection: Connection) -> None:
            now = self._clock(connection)
            connection.execute(insert_new(connection, PLAN).values(id=plan_id, digest=digest, body=body, at=now))

        self.write(work)

    def load_plan(self, plan_id: str) -> SavedPlan | None:
        """Give the plan of that id, or the only one whose id or digest begins so; None when there is none."""
        like = sa.or_(*(column.startswith(plan_id, autoescape=True) for column in (PLAN.c.id, PLAN.c.digest)))

        def work(connection: Connection) -> SavedPlan | None:
            rows = connection.execute(sa.select(PLAN).where(like).limit(2)).all()
            exact = [row for row in rows if row.id == plan_id]
            found = exact or (rows if len(rows) == 1 else [])
            return SavedPlan(found[0].id, found[0].digest, found[0].body, found[0].at) if found else None

        return self.read(work) if plan_id else None

    def plans(self, limit: int = 20) -> list[SavedPlan]:
        """Give the saved plans, newest first."""
        query = sa.select(PLAN).order_by(PLAN.c.at.desc(), PLAN.c.id).limit(limit)
        return self.read(lambda c: [SavedPlan(row.id, row.digest, row.body, row.at) for row in c.execute(query)])

    def actions(self, limit: int = 50) -> list[Action]:
        """Give the decisions, newest first."""
        query = sa.select(ACTION).order_by(ACTION.c.id.desc()).limit(limit)
        return self.read(lambda c: [Action(r.at, r.by, r.action, r.subject, r.detail) for r in c.execute(query)])


def _version(connection: Connection, number: int) -> Version:
    row = connection.execute(sa.select(VERSION).where(VERSION.c.number == number)).one_or_none()
    if row is None:
        raise UsageError(f"there is no version {number}", "`orc status` names the applied one")
    files = connection.execute(
        sa.select(VERSION_FILE.c.path, TEXT.c.body)
        .join(TEXT, TEXT.c.digest == VERSION_FILE.c.digest)
        .where(VERSION_FILE.c.version == number)
        .order_by(VERSION_FILE.c.path)
    )
    texts = {file.path: file.body for file in files}
    return Version(row.number, row.digest, texts, row.at, row.by, row.commit, row.plan_digest, json.loads(row.sizes))
