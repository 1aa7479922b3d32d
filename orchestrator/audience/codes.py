"""The pages of what a doctor finds in a database: one row a code."""

from __future__ import annotations

from collections.abc import Mapping

from orchestrator.model.diagnostic import CodePage

_ROWS: tuple[tuple[str, str, str, str, str], ...] = (
    ("D100", "A table that is not there", "schema.yml names a table that the database does not have, or that this role "
     "may not see.", "table: order", "table: orders"),
    ("D101", "An index is missing",
     "Segments read events of one person by time, people by their key, and the latest consent of a person. Without an "
     "index that begins with these columns the database reads the whole table for it. The statement is printed; who "
     "owns the table runs it. DuckDB and ClickHouse need none (D110).", "",
     "CREATE INDEX ix_orders_customer_id_ordered_at ON orders (customer_id, ordered_at);"),
    ("D102", "Keys of two types", "The column that points at a person has another type than the person's key "
     "(or, on MySQL and MariaDB, another collation), so that the database converts every value and uses no index, or "
     "refuses, or takes `3x` for 3 and counts an event for "
     "somebody else.", "customer_id text -> id integer",
     "customer_id integer -> id integer"),
    ("D103", "Zones that nobody knows", "These people are counted on the project's clock. IANA names such as "
     "Europe/Berlin are known; `CEST` and `GMT+2` are not.", "Germany/Berlin", "Europe/Berlin"),
    ("D104", "Events in the future", "What has not happened does not count. Many such rows mean that the column's zone "
     "is another one than schema.yml says, or that it holds appointments.", "", ""),
    ("D105", "Seconds or milliseconds", "The numbers of a time column lie where they would be seconds (or "
     "milliseconds), and schema.yml says the other thing: every window would be empty or take everybody.",
     "format: epoch", "format: epoch_ms"),
    ("D106", "Events at the very same moment", "More than 1 % of a person's neighbouring events carry the same moment, "
     "as a nightly load writes it. `first`, `last` and sequences cannot tell which came first: strictly later is "
     "demanded.", "", ""),
    ("D107", "The state database", "It does not answer, or is of another release: `orc migrate` brings it to this one.",
     "", ""),
    ("D108", "An experimental engine", "The dialect of this engine prints statements that our tests have parsed, but "
     "never run. Compare `orc show` with counts of your own before you send anything.", "", ""),
    ("D109", "A DKIM key that cannot be used", "The key of a sender's domain cannot be read here; nothing would be "
     "sent. The variable holds a private key in PEM, or the path of its file.", "", ""),
    ("D110", "Rows in no order of time", "DuckDB and ClickHouse read columns in blocks, and pass over a block whose "
     "least and greatest time lie outside of a window; an index helps neither. Where the rows lie in no order of time "
     "every window reads all blocks: measured on twenty million rows of DuckDB, three days took thirteen times longer. "
     "The statement lays the rows down anew: on DuckDB the table loses its constraints and indexes, on ClickHouse a "
     "projection takes as much room as the table. Loading in order of time, and `ORDER BY (name, at)` of the table, do "
     "the same.", "",
     "CREATE OR REPLACE TABLE events AS SELECT * FROM events ORDER BY at;"),
)  # fmt: skip

DOCTOR: Mapping[str, CodePage] = {row[0]: CodePage(*row) for row in _ROWS}
