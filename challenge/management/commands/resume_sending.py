"""Show what would leave after a backup was restored or with another key, and resume sending when the operator
confirms."""

from argparse import ArgumentParser, ArgumentTypeError
from collections import Counter
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from challenge.delivery.restore_guard.hash_key import adopt
from challenge.delivery.restore_guard.resume import ResumePreview, resume
from challenge.models import Delivery, RestoreStop

FORMER_KEY = (
    "Set ADDRESS_HASH_KEY to the former key, and start everything anew. An installation that never had one "
    "used the SECRET_KEY of that time."
)


def instant(text: str) -> datetime:
    """Parse an instant in ISO 8601 with its offset from UTC. Raises ArgumentTypeError."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is no instant; write it as 2026-11-22T06:00Z") from error
    if found.tzinfo is None:
        raise ArgumentTypeError(f"{text!r} says no time zone; write it as 2026-11-22T06:00Z")
    return found


def _listed(kinds: Counter[str]) -> str:
    names = dict(Delivery.Kind.choices)
    return ", ".join(f"{count} {names[kind]}" for kind, count in sorted(kinds.items())) or "nothing"


class Command(BaseCommand):
    help = (
        "Let sending go on after a backup was restored. Without --yes it only says what would leave. "
        "Mails that left after the backup was made are not in its ledger, and leave again unless "
        "--sent-until says until when they had left."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--yes", action="store_true", help="really resume")
        parser.add_argument(
            "--sent-until",
            type=instant,
            metavar="INSTANT",
            help="take what fell due until then as sent, as 2026-11-22T06:00Z",
        )
        parser.add_argument(
            "--new-hash-key",
            action="store_true",
            help="go on with another ADDRESS_HASH_KEY, because the former one is lost",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        now, sent_until, really = timezone.now(), options["sent_until"], options["yes"]
        stop = RestoreStop.current()
        if stop is None and not sent_until:
            self.stdout.write("Sending is not held back.")
            return
        if stop and stop.cause() == RestoreStop.Reason.KEY:
            self._change_key(stop, adopting=options["new_hash_key"], really=really)
            return
        if sent_until and sent_until > now:
            raise CommandError("--sent-until lies in the future; nothing can have been sent by then.")
        preview = resume(now, sent_until, really=really)
        if stop and not really:
            self._explain(stop)
        self._tell_of_erased(preview)
        if sent_until:
            self.stdout.write(f"Taken as sent: {_listed(preview.taken)}.")
        self.stdout.write(f"{'Leaves' if really else 'Would leave'} now: {_listed(preview.leaving)}.")
        if not really:
            self._advise(stop.ran_until if stop and not sent_until else None)

    def _tell_of_erased(self, preview: ResumePreview) -> None:
        if preview.erased:
            self.stdout.write(
                f"{preview.erased} erased runners came back with the backup; they are erased again."
            )
        if preview.asked_again:
            self.stdout.write(f"{preview.asked_again} had asked to be erased; they have a new day for it.")

    def _change_key(self, stop: RestoreStop, *, adopting: bool, really: bool) -> None:
        if really and not adopting:
            raise CommandError(f"Sending is held back: {stop}. {FORMER_KEY}")
        change = adopt(really=really)
        self.stdout.write(f"{change.kept} suppressed addresses are known and stay on the list.")
        self.stdout.write(f"{change.forgotten} are not known any more and may get mail.")
        if really:
            self.stdout.write("This key holds from now on.")
        else:
            self.stdout.write(f"Sending is held back: {stop}. {FORMER_KEY}")
            self.stdout.write("If it is lost: resume_sending --new-hash-key --yes. Nothing was changed.")

    def _explain(self, stop: RestoreStop) -> None:
        self.stdout.write(f"Sending is held back since {_utc(stop.stopped_since)}: {stop}.")
        self.stdout.write(f"This database was last in use at {_utc(stop.counted_at)}.")
        if stop.ran_until:
            self.stdout.write(f"The one before it still was at {_utc(stop.ran_until)}.")

    def _advise(self, ran_until: datetime | None) -> None:
        if ran_until:
            self.stdout.write(
                "What left in between is not in this ledger and would leave again. To go on after it:\n"
                f"    resume_sending --yes --sent-until {ran_until:%Y-%m-%dT%H:%M:%SZ}"
            )
        self.stdout.write("Nothing was changed. Say --yes to go on.")


def _utc(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC" if at else "an unknown time"
