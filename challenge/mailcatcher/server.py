"""The mail server of the inbox: it accepts every mail and forwards none."""

import logging

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.utils import timezone

from challenge.mailcatcher.store import Inbox

# Gmail's limit (25 MB), announced by SIZE (RFC 1870).
MAX_BYTES = 25 * 1024 * 1024

logger = logging.getLogger(__name__)


class InboxHandler:
    """aiosmtpd's handler: a mail that was answered 250 is on disk."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        recipients = [str(address) for address in envelope.rcpt_tos]
        try:
            mail_id = self._inbox.add(content, envelope.mail_from or "", recipients, timezone.now())
        except OSError:
            logger.exception("A mail was not kept.")
            return "451 4.3.0 The inbox cannot write; try again later"
        return f"250 2.0.0 Kept as {mail_id}"


def controller(inbox: Inbox, host: str, port: int) -> Controller:
    """Return the server, ready to start; it runs in a thread of its own."""
    return Controller(
        InboxHandler(inbox), hostname=host, port=port, data_size_limit=MAX_BYTES, enable_SMTPUTF8=True
    )
