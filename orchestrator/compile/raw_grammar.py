"""What SQL in a segment may be made of: a list of what is allowed, by the names of sqlglot's nodes.

Whatever is not named here is refused, so a new kind of node of a new sqlglot is refused, too.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


PARTS = _words(
    """
    Select Union Intersect Except Subquery With CTE TableAlias From Join Table Where Group Having Order Ordered
    Distinct Window Column Identifier Alias Star Literal Null Boolean Paren And Or Not EQ NEQ GT GTE LT LTE Is In
    Between Like Add Sub Mul Div Neg Case If Cast DataType Exists Var
    """
)
"""Kinds of nodes that are no function calls."""

FUNCTIONS = _words(
    """
    Count Sum Avg Min Max Abs Round Floor Ceil Sign Sqrt Coalesce Nullif Lower Upper Trim Length Substring Replace
    Concat Extract Year Month Day Date RowNumber Rank DenseRank Lag Lead
    """
)
"""Kinds of nodes that are functions: aggregates, numbers, texts, dates, and places in an order."""

TYPES = _words(
    """
    INT BIGINT SMALLINT DECIMAL DOUBLE FLOAT TEXT VARCHAR CHAR DATE TIMESTAMP DATETIME BOOLEAN
    """
)
"""What a value may be cast to."""

FORBIDDEN = {
    "Anonymous": "",
    "Limit": "`limit` takes rows in an order that nobody stated: use `in top 100 by …`",
    "Offset": "`offset` takes rows in an order that nobody stated",
    "Into": "`into` writes",
    "Lock": "`for update` and `for share` lock rows",
    "Placeholder": "there are no parameters here: write the value",
    "Parameter": "there are no parameters here: write the value",
    "SessionParameter": "there are no variables here: write the value",
    "CurrentDate": "the moment is `as_of`, and SQL in a segment cannot ask for it: test times in words beside it",
    "CurrentTimestamp": "the moment is `as_of`, and SQL in a segment cannot ask for it: test times in words beside it",
    "CurrentTime": "the moment is `as_of`, and SQL in a segment cannot ask for it: test times in words beside it",
    "Interval": "engines differ in what an interval is: test times in words beside it",
    "DPipe": "`||` is `or` on some engines: use `concat(a, b)`",
    "Mod": "`%` differs between engines",
}
"""Why a kind of node is not allowed, where more can be said than that it is not."""

READ = ("", "postgres", "sqlite", "duckdb", "mysql")
"""The dialects in which a text is read: the first that can read it."""

PRINTED = {"postgresql": "postgres", "mariadb": "mysql"}
"""How sqlglot calls an engine, where it calls it otherwise."""
