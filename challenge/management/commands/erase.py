"""Erase a runner at once, on the runner's word."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.addresses import AddressError, normalise
from accounts.models import User
from challenge.enrollment.erasing import erase


class Command(BaseCommand):
    help = "Erase a runner and all that is kept of the runner: enrollments, mails, check-ins, consents."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("address")
        parser.add_argument(
            "--yes", action="store_true", help="do it; without this it only says what is there"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            address = normalise(options["address"])
        except AddressError as error:
            raise CommandError(str(error)) from error
        person = User.objects.filter(email=address, is_staff=False).first()
        if person is None:
            raise CommandError("There is no runner with this address.")
        if not options["yes"]:
            self.stdout.write(f"{person.enrollments.count()} enrollments. To erase it all, add --yes.")
            return
        for name, count in sorted(erase(person.pk, timezone.now()).items()):
            self.stdout.write(f"{name}: {count} erased")
