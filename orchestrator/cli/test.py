"""``orc test``: the workspace's own tests, in memory."""

from __future__ import annotations

import click

from orchestrator.cli.here import FOUND, Here, pass_here
from orchestrator.cli.options import format_option
from orchestrator.cli.say import counted, facts


@click.command()
@click.argument("words", nargs=-1, metavar="[WORD]…")
@format_option("text", "json")
@pass_here
def test(here: Here, words: tuple[str, ...], format_: str) -> int:
    """Run the tests of campaigns/tests: given people and events, who is in a segment. No database is asked.

    WORD keeps the tests whose name, segment or file contains one of the words.
    """
    from orchestrator.review import run_tests

    workspace = here.loaded.workspace
    here.refuse([d for d in here.loaded.diagnostics if d.is_error and d.span.path.startswith("campaigns/tests/")])
    cases = [c for c in workspace.tests if not words or any(w in f"{c.name} {c.segment} {c.path}" for w in words)]
    here.usable(dict.fromkeys(case.segment for case in cases))
    results = run_tests(workspace, cases)
    passed = sum(result.passed for result in results)
    if format_ == "json":
        facts({"passed": passed, "failed": len(results) - passed, "tests": [result.facts() for result in results]})
    else:
        for result in results:
            mark = click.style("✓", fg="green") if result.passed else click.style("✗", fg="red", bold=True)
            click.echo(f"{mark} {result.case.name}  {click.style(str(result.case.span), dim=True)}")
            for sentence in result.sentences():
                click.echo(f"    {sentence}")
        if not results:
            what = f"no test speaks of {', '.join(words)}" if words else "there is no test"
            click.echo(f"{what}: write one in campaigns/tests/, for nothing was proved", err=True)
        else:
            colour = "green" if passed == len(results) else "red"
            click.echo(click.style(f"{passed} of {counted(len(results), 'test')} passed", fg=colour))
    return 0 if results and passed == len(results) else FOUND
