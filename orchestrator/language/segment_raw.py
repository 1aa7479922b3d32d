"""Parse tree to a condition in SQL; what the SQL says is ``compile/``'s to check."""

from __future__ import annotations

from lark import Token

from orchestrator.language.segment_time import Times
from orchestrator.language.segment_tree import Branch, branches
from orchestrator.model import condition as c
from orchestrator.model.diagnostic import Span


class RawSqls(Times):
    """Reads them."""

    def on_raw_sql(self, at: Branch) -> c.RawSql:
        """Read ``sql (id: int) { select customer_id as id from orders }``."""
        columns = tuple(self._column(child) for child in branches(at))
        body = next(word for word in at.children if isinstance(word, Token) and word.type == "SQLBODY")
        return c.RawSql(columns, self._body(body), span=self.span(at))

    def _column(self, at: Branch) -> c.RawColumn:
        return c.RawColumn(str(at.children[0]), self.quote(branches(at)[0]), span=self.span(at))

    def _body(self, at: Token) -> c.RawText:
        inner = str(at)[1:-1]
        whole, text = self.span(at), inner.strip()
        start = whole.start + 1 + len(inner) - len(inner.lstrip())
        end = start + len(text)
        if not text:
            return c.RawText("", span=whole)
        (line, column), (end_line, end_column) = (self._at(offset) for offset in (start, end))
        return c.RawText(text, span=Span(whole.path, line, column, end_line, end_column, start, end))

    def _at(self, offset: int) -> tuple[int, int]:
        return self.text.count("\n", 0, offset) + 1, offset - self.text.rfind("\n", 0, offset)
