"""Check the SPF, DKIM, DMARC and MX records of the mail that leaves here, and propose what to set."""

from argparse import ArgumentParser
from typing import Any

import dns.resolver
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from challenge.dns.audit import audit
from challenge.dns.finding import RecordFinding, quoted_strings
from challenge.dns.lookup import Lookup, UnansweredError
from challenge.mail.dkim_key import UnusableKeyError

STRING = 255  # octets in one string of a TXT record


class Command(BaseCommand):
    help = "Say which SPF, DKIM, DMARC and MX records to set, and which are missing or wrong."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--resolver", default="", help="the name server to ask, such as 9.9.9.9 or 127.0.0.1:5353"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if "." not in settings.MAIL_DOMAIN:
            raise CommandError(
                f"MAIL_FROM is at {settings.MAIL_DOMAIN or 'no domain'}: set it to an address of yours."
            )
        lookup = _lookup(options["resolver"])
        self.stdout.write(f"Mail from {settings.MAIL_FROM_ADDRESS}, asking {lookup.servers}\n\n")
        bad = 0
        try:
            for finding in audit(lookup):
                self._report(finding)
                bad += not finding.is_good
        except UnansweredError as error:
            raise CommandError(
                f"{error} The name server ({lookup.servers}) seems to be away. Look at this machine's "
                "network, or ask another one: --resolver 9.9.9.9"
            ) from error
        except UnusableKeyError as error:
            raise CommandError(f"{error} See DKIM_KEY_FILE in docs/settings.md.") from error
        if bad:
            raise CommandError("One record needs you." if bad == 1 else f"{bad} records need you.")
        self.stdout.write("All is set.")

    def _report(self, finding: RecordFinding) -> None:
        verdict = f"{finding.verdict:<8}"
        paint = self.style.SUCCESS if finding.is_good else self.style.ERROR
        lines = [f"{paint(verdict)} {finding.about}", finding.says]
        if finding.record:
            lines += [f"Set at {finding.name} as {finding.kind}:", f"    {finding.record}"]
            if len(finding.record) > STRING:
                lines += ["or, where a field takes no more than 255 characters:"]
                lines += [f"    {' '.join(quoted_strings(finding.record))}"]
        lines += [f"Note: {hint}" for hint in finding.hints]
        self.stdout.write("\n         ".join(lines) + "\n\n")


def _lookup(server: str) -> Lookup:
    try:
        return Lookup(server)
    except ValueError as error:
        raise CommandError(f"{server} is no name server. Write it as 9.9.9.9 or 127.0.0.1:5353") from error
    except dns.resolver.NoResolverConfiguration as error:
        raise CommandError("This machine knows no name server. Name one: --resolver 9.9.9.9") from error
