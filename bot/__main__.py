"""python -m bot [web|worker|migrate|copy-database|gpus|lab|audit|check]: reads the settings, and runs it."""

from __future__ import annotations

import argparse
import gc
import sys
from collections.abc import Callable

gc.disable()  # nothing of what is loaded becomes garbage: to look through it again and again took a fifth of the start

from bot import admin, check, copy, i18n, log, run, settings
from bot.settings import BadSettings, Settings
from core.errors import Busy

gc.enable()


def main(arguments: list[str] | None = None) -> int:
    """The exit code: 0 done, 1 failed, 2 not started for bad settings or arguments."""
    asked = _parser().parse_args(arguments)
    log.configure()
    try:
        given = Settings.load(talks=asked.talks, listens=asked.listens)
    except BadSettings as bad:
        print("These settings need a hand (environment or .env):", file=sys.stderr)
        print("\n".join(f"  {problem}" for problem in bad.problems), file=sys.stderr)
        return 2
    try:
        code: int = asked.run(given, asked)
    except run.CannotStart as reason:
        print(reason, file=sys.stderr)
        return 1
    except Busy:
        print("The database gave no turn; nothing was changed. Try again, or see who holds it.", file=sys.stderr)
        return 1
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot", description="Book a lab's GPUs from Slack.")
    parser.set_defaults(run=run.everything, talks=True, listens=True)
    commands = parser.add_subparsers(title="pieces, and tools for the admin", metavar="")

    def add(name: str, help_text: str, **defaults: object) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=help_text, description=help_text)
        command.set_defaults(**{"talks": False, "listens": False, **defaults})
        return command

    add("web", "hear and answer Slack", run=run.web, talks=True, listens=True)
    add("worker", "send reminders and other notices", run=run.worker, talks=True)
    add("migrate", "bring the database up to date", run=run.migrate)
    copying = add("copy-database", "copy a lab to another, empty database; stop the bot before", run=copy.run)
    copying.add_argument(
        "source",
        metavar="FROM",
        type=_checked(settings.check_database_url),
        help="the address of the one that holds it",
    )
    copying.add_argument(
        "target", metavar="TO", type=_checked(settings.check_database_url), help="the address of the new one"
    )
    _add_gpus(add("gpus", "the lab's GPUs"))
    add("audit", "everything that was changed, as CSV on standard output", run=admin.print_audit)
    _add_lab(add("lab", "the lab's own settings: shows them, and changes what is given", run=admin.settle))
    checking = add("check", "is everything set up? database, token, scopes, channel", run=check.run, talks=True)
    checking.add_argument("--message", action="store_true", help="also post a test message to the lab's channel")
    return parser


def _add_gpus(gpus: argparse.ArgumentParser) -> None:
    verbs = gpus.add_subparsers(required=True, metavar="add | import | list")
    adding = verbs.add_parser("add", help="add one, or correct it: gpus add lab-node-1 GPU0 'RTX 5090' 32")
    adding.set_defaults(run=admin.add)
    for name, text in (
        ("node", "its host name"),
        ("label", "its label on that node, like GPU0"),
        ("model", "its model"),
    ):
        adding.add_argument(name, help=text)
    adding.add_argument("memory", type=int, help="its memory in GB")
    importing = verbs.add_parser(
        "import",
        help="read them from nvidia-smi --query-gpu=index,name,memory.total --format=csv on standard input",
    )
    importing.set_defaults(run=admin.import_csv)
    importing.add_argument(
        "node", nargs="?", default=None, help="the node they are in; this machine's name if left out"
    )
    verbs.add_parser("list", help="show them").set_defaults(run=admin.show)


def _add_lab(lab: argparse.ArgumentParser) -> None:
    lab.add_argument("--zone", type=_checked(settings.check_zone), help="its time zone, like Asia/Tokyo")
    lab.add_argument("--language", choices=sorted(i18n.languages()), help="in which its channel is told")
    lab.add_argument("--channel", type=_checked(settings.check_channel), help="the id of its channel, like C0123ABCD")
    lab.add_argument("--summary", choices=("on", "off"), help="whether the week is summed up there on Mondays at 9:00")
    lab.add_argument(
        "--offer",
        type=_checked(settings.check_offer),
        metavar="MINUTES",
        help="for which what has come free is held for who waits",
    )
    lab.add_argument("--announce", choices=("on", "off"), help="whether bookings are told in the channel")


def _checked(check: Callable[[str], object]) -> Callable[[str], object]:
    """The same check that the setting of that name passes, in argparse's terms."""

    def checked(given: str) -> object:
        try:
            return check(given)
        except ValueError as problem:
            raise argparse.ArgumentTypeError(f"this {problem}") from None  # not the value: it may hold a password

    return checked


if __name__ == "__main__":
    sys.exit(main())
