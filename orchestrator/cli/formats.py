"""Findings for the machines of others: GitLab's code quality report, SARIF 2.1.0, and JUnit XML.

Each takes the findings and gives one text. Paths are relative to the workspace, as in the findings.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from orchestrator.model.diagnostic import CodePage, Diagnostic, Span

Source = Callable[[str], str | None]
SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
HOME = "WORKSPACE"
"""The name that SARIF gives the folder which all paths are relative to."""


def gitlab(findings: Sequence[Diagnostic], source: Source) -> str:
    """Give GitLab's code quality report: a JSON array. A fingerprint outlives moves of the line within the file."""
    rows = []
    for finding, mark in zip(findings, fingerprints(findings, source), strict=True):
        rows.append(
            {
                "description": "\n".join([finding.message, *(f"help: {text}" for text in finding.help)]),
                "check_name": finding.code,
                "fingerprint": mark,
                "severity": "major" if finding.is_error else "minor",
                "location": {
                    "path": finding.span.path,
                    "lines": {"begin": finding.span.line, "end": finding.span.end_line},
                },
            }
        )
    return json.dumps(rows, ensure_ascii=False, indent=2) + "\n"


def fingerprints(findings: Sequence[Diagnostic], source: Source) -> list[str]:
    """Give one text of 64 hexadecimal digits for each finding: by file, code, words and the line, not its number."""
    seen: Counter[str] = Counter()
    texts: dict[str, list[str]] = {}
    made = []
    for finding in findings:
        path = finding.span.path
        if path not in texts:
            texts[path] = (source(path) or "").split("\n")
        lines = texts[path]
        line = lines[finding.span.line - 1].strip() if finding.span.line <= len(lines) else ""
        said = "\0".join((path, finding.code, finding.message, line))
        made.append(hashlib.sha256(f"{said}\0{seen[said]}".encode()).hexdigest())
        seen[said] += 1
    return made


def sarif(findings: Sequence[Diagnostic], source: Source, pages: Mapping[str, CodePage], version: str) -> str:
    """Give a SARIF 2.1.0 log of one run; every rule that was broken brings its page as help."""
    codes = sorted({finding.code for finding in findings})
    marks = fingerprints(findings, source)
    run = {
        "tool": {"driver": {"name": "orc", "version": version, "rules": [_rule(c, pages.get(c)) for c in codes]}},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {HOME: {"description": {"text": "the folder that holds campaigns/"}}},
        "results": [_result(f, codes.index(f.code), mark) for f, mark in zip(findings, marks, strict=True)],
    }
    log = {"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, ensure_ascii=False, indent=2) + "\n"


def _rule(code: str, page: CodePage | None) -> dict[str, Any]:
    made: dict[str, Any] = {"id": code, "defaultConfiguration": {"level": "error" if code[0] == "E" else "warning"}}
    if page is None:
        return made
    parts = [page.explanation]
    parts += [f"{word}:\n\n```\n{text}\n```" for word, text in (("Not", page.bad), ("But", page.good)) if text]
    plain = " ".join(part for part in (page.explanation, page.good and f"Write: {page.good}") if part)
    return {
        **made,
        "shortDescription": {"text": page.title},
        "fullDescription": {"text": page.explanation},
        "help": {"text": plain, "markdown": "\n\n".join(parts)},
    }


def _result(finding: Diagnostic, rule: int, mark: str) -> dict[str, Any]:
    words = [finding.message, *(f"help: {text}" for text in finding.help), *finding.notes]
    made: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": rule,
        "level": finding.severity.value,
        "message": {"text": "\n".join(words)},
        "locations": [_location(finding.span)],
        "partialFingerprints": {"line/v1": mark},
    }
    if finding.related:
        made["relatedLocations"] = [
            {"id": n, **_location(other.span), "message": {"text": other.message}}
            for n, other in enumerate(finding.related, 1)
        ]
    if finding.fix is not None:
        replaced = {"deletedRegion": _region(finding.fix.span), "insertedContent": {"text": finding.fix.text}}
        change = {"artifactLocation": _artifact(finding.fix.span), "replacements": [replaced]}
        made["fixes"] = [{"description": {"text": f"write {finding.fix.text}"}, "artifactChanges": [change]}]
    return made


def _location(span: Span) -> dict[str, Any]:
    return {"physicalLocation": {"artifactLocation": _artifact(span), "region": _region(span)}}


def _artifact(span: Span) -> dict[str, str]:
    from urllib.parse import quote

    return {"uri": quote(span.path), "uriBaseId": HOME}


def _region(span: Span) -> dict[str, int]:
    return {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": max(span.end_column, span.column if span.end_line == span.line else 1),
    }


def junit(findings: Sequence[Diagnostic]) -> str:
    """Give JUnit XML: one suite a file, one case a finding; an error is a failure, a warning is only told.

    Without any finding there is one case that passed, because tools call a report without cases broken.
    """
    by_file: dict[str, list[Diagnostic]] = {}
    for finding in findings:
        by_file.setdefault(finding.span.path, []).append(finding)
    failed = sum(finding.is_error for finding in findings)
    lines = ['<?xml version="1.0" encoding="utf-8"?>']
    lines.append(f'<testsuites name="orc check" tests="{max(len(findings), 1)}" failures="{failed}" errors="0">')
    for path, found in by_file.items():
        errors = sum(finding.is_error for finding in found)
        name = quoteattr(_clean(path))
        lines.append(f'  <testsuite name={name} tests="{len(found)}" failures="{errors}" errors="0">')
        lines += [line for finding in found for line in _case(finding)]
        lines.append("  </testsuite>")
    if not findings:
        lines.append('  <testsuite name="orc check" tests="1" failures="0" errors="0">')
        lines.append('    <testcase classname="campaigns" name="no problems"/>')
        lines.append("  </testsuite>")
    return "\n".join([*lines, "</testsuites>"]) + "\n"


def _case(finding: Diagnostic) -> Iterable[str]:
    span = finding.span
    name = quoteattr(_clean(f"{finding.code} {span.line}:{span.column}"))
    body = escape(_clean("\n".join([str(span), *(f"help: {text}" for text in finding.help), *finding.notes])))
    message = _clean(finding.message)
    yield f"    <testcase classname={quoteattr(_clean(span.path))} name={name} file={quoteattr(_clean(span.path))} " + (
        f'line="{span.line}">'
    )
    if finding.is_error:
        yield f"      <failure type={quoteattr(finding.code)} message={quoteattr(message)}>{body}</failure>"
    else:
        yield f"      <system-out>{escape(f'warning: {message}')}\n{body}</system-out>"
    yield "    </testcase>"


def _clean(value: str) -> str:
    """Give a text without the signs that XML cannot hold at all."""
    return "".join(
        c
        if c in "\t\n\r" or (ord(c) >= 32 and not 0xD800 <= ord(c) <= 0xDFFF and c not in "\ufffe\uffff")
        else "\ufffd"
        for c in value
    )
