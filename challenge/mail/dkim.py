"""Sign each mail with DKIM, where no provider signs (RFC 6376, RFC 8463)."""

import dkim
from django.conf import settings

from challenge.mail.dkim_key import cached_key

RELAXED = (b"relaxed", b"relaxed")
# From stands here once more than in the mail: a second From that somebody adds on the way breaks the
# signature (RFC 6376, 8.15). Reply-To and Cc, which we do not set, stand here for the same reason. RFC 8058,
# 4 demands both List-Unsubscribe headers.
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
    """Return the message with a DKIM-Signature in front, or as it is where DKIM_KEY_FILE is empty.

    `message` has CRLF line ends; its dots are not doubled yet. Raises UnusableKeyError when the key cannot be
    used and DKIMException when the message cannot be parsed: nothing leaves unsigned that should be signed.
    """
    if not settings.DKIM_KEY_FILE:
        return message
    key = cached_key(settings.DKIM_KEY_FILE)
    signer = dkim.DKIM(message, signature_algorithm=key.algorithm)
    selector, domain = settings.DKIM_SELECTOR.encode(), settings.MAIL_DOMAIN.lower().encode()
    header = signer.sign(selector, domain, key.private, canonicalize=RELAXED, include_headers=SIGNED)
    return bytes(header) + message
