"""Make a DKIM key, and show the DNS record of its public half."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from challenge.mail.dkim_key import UnusableKeyError, make_key


class Command(BaseCommand):
    help = "Write a new DKIM key to a file that its owner alone can read, and say which record to set."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="the file to write; one that is there is left alone")
        parser.add_argument(
            "--ed25519", action="store_true", help="quicker to sign with, but not checked by every receiver"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["path"].absolute()
        try:
            key = make_key(path, ed25519=options["ed25519"])
        except FileExistsError as error:
            raise CommandError(f"{path} is there already. It is left as it is; name another file.") from error
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
        except UnusableKeyError as error:
            raise CommandError(f"{error} Try --ed25519, which needs nothing else.") from error
        name = f"{settings.DKIM_SELECTOR}._domainkey.{settings.MAIL_DOMAIN}"
        self.stdout.write(
            f"{path} holds a new {key.kind} key. Set this TXT record at {name}:\n\n    {key.record}\n\n"
            f"`DKIM_KEY_FILE={path} manage.py check_dns` says when it is there. Then put that setting "
            "into .env and restart."
        )
