"""DKIM: our own signature on each mail, where no provider signs (RFC 6376, RFC 8463)."""

import dkim
from django.conf import settings

from challenge.mail.dkim_key import kept_key

RELAXED = (b"relaxed", b"relaxed")
# One more From than there is: a second one that is put in on the way breaks the signature (RFC 6376,
# 8.15). Reply-To and Cc are named for the same reason: we set neither. RFC 8058, 4 wants both of the
# List-Unsubscribe headers.
SIGNED = (
    b"from",
    b"from",
    b"to",
    b"cc",
    b"reply-to",
    b"subject",
    b"date",
    b"message-id",
    b"mime-version",
    b"content-type",
    b"list-id",
    b"list-unsubscribe",
    b"list-unsubscribe-post",
    b"auto-submitted",
    b"feedback-id",
)


def sign(message: bytes) -> bytes:
    """The message with a DKIM-Signature in front, or as it is where DKIM_KEY_FILE is empty.

    `message` is what goes on the wire but for its dots: CRLF line ends, dots not doubled. Raises
    UnusableKeyError when the key cannot be used and DKIMException when the message cannot be read:
    nothing leaves unsigned where it should be signed.
    """
    if not settings.DKIM_KEY_FILE:
        return message
    key = kept_key(settings.DKIM_KEY_FILE)
    signer = dkim.DKIM(message, signature_algorithm=key.algorithm)
    selector, domain = settings.DKIM_SELECTOR.encode(), settings.MAIL_DOMAIN.lower().encode()
    header = signer.sign(selector, domain, key.private, canonicalize=RELAXED, include_headers=SIGNED)
    return bytes(header) + message
