"""The door itself: finds the verb, runs it, and turns whatever happens into a sentence and an exit status."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from orchestrator import __version__
from orchestrator.cli.verbs import HELP, SECTIONS, VERBS
from orchestrator.model.errors import OrchestratorError

FAILED = 2
INTERRUPTED = 130
SETTINGS: dict[str, Any] = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class LazyGroup(click.Group):
    """A group that knows its verbs by name and imports the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Give all names, in the order of the table."""
        return VERBS.names()

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and give one verb, None when there is none of that name."""
        return VERBS.get(cmd_name) if cmd_name in VERBS else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the verb; raises a usage error that names the closest verbs."""
        if args and not args[0].startswith("-") and args[0] not in VERBS:
            from orchestrator.model.suggest import closest

            near = closest(args[0], VERBS.names(), 2)
            hint = f" Did you mean {' or '.join(f'`orc {name}`' for name in near)}?" if near else ""
            raise click.UsageError(f"There is no verb `{args[0]}`.{hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the table of verbs by section; nothing is imported for it."""
        widest = max(map(len, HELP))
        for title, verbs in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl([(verb.name.ljust(widest), verb.help) for verb in verbs])


@click.group(cls=LazyGroup, context_settings=SETTINGS, invoke_without_command=True, subcommand_metavar="VERB …")
@click.option(
    "-C",
    "folder",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Work in this folder instead of the current one.",
)
@click.version_option(__version__, prog_name="orc", message="%(prog)s %(version)s")
@click.pass_context
def orc(ctx: click.Context, folder: Path | None) -> int:
    """Marketing decisions as text: segments and campaigns that are checked, tested, reviewed and sent.

    `orc demo` shows the whole way in a minute. `orc VERB --help` explains one verb.
    """
    from orchestrator.cli.here import Here

    ctx.obj = Here(folder or Path.cwd())
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())
    return 0


def run(args: Sequence[str] | None = None) -> int:
    """Run ``orc`` and give its exit status; nothing but an exit of the interpreter gets past here."""
    try:
        words = None if args is None else list(args)
        result = orc.main(args=words, prog_name="orc", standalone_mode=False, color=colour())
        sys.stdout.flush()
    except click.UsageError as error:
        return _usage(error)
    except click.ClickException as error:
        return _say(error.format_message(), "")
    except OrchestratorError as error:
        _say(str(error), error.remedy)
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("stopped", err=True)
        return INTERRUPTED
    except BrokenPipeError:
        _close_stdout()
        return 1
    except Exception as error:
        return _bug(error)
    return result if isinstance(result, int) else 0


def colour() -> bool | None:
    """Give False where nobody wants colours, None where click decides by the terminal."""
    return False if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" else None


def _say(message: str, remedy: str) -> int:
    click.echo(f"{click.style('error', fg='red', bold=True)}: {message}", err=True, color=colour())
    for line in remedy.splitlines():
        click.echo(f"{click.style('help', fg='cyan', bold=True)}: {line}", err=True, color=colour())
    return FAILED


def _usage(error: click.UsageError) -> int:
    message = error.format_message()
    if not message:  # a group without its verb has printed its help
        return FAILED
    message, _, hint = message.partition(" Did you mean ")
    text = message[:1].lower() + message[1:].rstrip(".") if message[1:2].islower() else message.rstrip(".")
    path = error.ctx.command_path if error.ctx else "orc"
    remedy = f"did you mean {hint.rstrip()}" if hint else f"`{path} --help` lists what there is"
    return _say(text, remedy)


def _bug(error: Exception) -> int:
    """Say where it broke. Neither local values nor the error's own words are shown: they may be about a person."""
    import traceback

    if os.environ.get("ORC_DEBUG"):
        traceback.print_exception(error)
        return FAILED
    click.echo("Where it happened (innermost last):", err=True)
    frames = traceback.extract_tb(error.__traceback__)
    for frame in [f for f in frames if "click" not in Path(f.filename).parts] or frames:
        name = frame.filename.replace("\\", "/")
        short = name[name.rfind("/orchestrator/") + 1 :] if "/orchestrator/" in name else name.rpartition("/")[2]
        click.echo(f"  {short}:{frame.lineno} in {frame.name}", err=True)
    remedy = "run it again with ORC_DEBUG=1 to see the full message, which may contain data of persons"
    return _say(f"orc has a defect: {type(error).__name__}", remedy)


def _close_stdout() -> None:
    """Point standard output at nothing, so that the interpreter does not complain about the closed pipe at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
