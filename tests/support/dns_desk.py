"""Run `manage.py check_dns` on a domain whose records a test makes up."""

from io import StringIO

from django.core.management import CommandError, call_command

from challenge.mail.dkim_key import Key, read_key
from tests.support.key_files import rsa_key
from tests.support.name_server import NameServer

DKIM, DMARC = "reset._domainkey.example.org", "_dmarc.example.org"


class Desk(NameServer):
    """A name server with every record as it should be, and the command that asks it."""

    def __init__(self) -> None:
        self.key: Key = read_key(rsa_key())
        super().__init__(
            {
                "example.org": {"TXT": ["v=spf1 a:mail.example.org -all"], "MX": ["10 mail.example.org."]},
                DKIM: {"TXT": [self.key.record]},
                DMARC: {"TXT": ["v=DMARC1; p=reject; rua=mailto:coach@example.org"]},
            }
        )

    def ask(self) -> tuple[str, str]:
        """Return the command's output and the message with which it fails, "" when all is well."""
        said = StringIO()
        try:
            call_command("check_dns", resolver=self.address, stdout=said, no_color=True)
        except CommandError as error:
            return said.getvalue(), str(error)
        return said.getvalue(), ""

    def failure(self) -> str:
        return self.ask()[1]

    def paragraph(self, about: str) -> str:
        [found] = [part for part in self.ask()[0].split("\n\n") if about in part.split("\n")[0]]
        return " ".join(found.split())
