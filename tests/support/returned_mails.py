"""Incoming mails: delivery reports of several servers, complaints, automatic answers."""

from typing import Any

from challenge.mail.links import return_path

NO_SUCH_USER = "smtp; 550 5.1.1 <alice@example.com>: Recipient address rejected: User unknown"
FULL = "smtp; 552 5.2.2 <alice@example.com>: Mailbox is full"


def dsn(
    delivery: Any,
    status: str = "5.1.1",
    diagnostic: str = NO_SUCH_USER,
    *,
    action: str = "failed",
    recipient: str = "alice@example.com",
    to: str | None = None,
    returned: str = "Subject: Day 1\n\nBreathe out.\n",
) -> bytes:
    """Return a report like Postfix's (RFC 3464), sent to the return path of a delivery."""
    return _crlf(f"""Return-Path: <>
Received: by mx.example.net (Postfix) id 4Fk2; Tue, 3 Mar 2026 08:00:10 +0000
Date: Tue, 3 Mar 2026 08:00:10 +0000
From: MAILER-DAEMON@mx.example.net (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: {to or return_path(delivery.pk)}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="4Fk2.1772524810/mx.example.net"
Message-Id: <20260303080010.4Fk2@mx.example.net>

This is a MIME-encapsulated message.

--4Fk2.1772524810/mx.example.net
Content-Description: Notification
Content-Type: text/plain; charset=utf-8

I'm sorry to have to inform you that your message could not be delivered.

--4Fk2.1772524810/mx.example.net
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net
Arrival-Date: Tue,  3 Mar 2026 08:00:09 +0000

Final-Recipient: rfc822; {recipient}
Original-Recipient: rfc822;{recipient}
Action: {action}
Status: {status}
Remote-MTA: dns; mx.example.com
Diagnostic-Code: {diagnostic}

--4Fk2.1772524810/mx.example.net
Content-Description: Undelivered Message
Content-Type: message/rfc822

{returned}
--4Fk2.1772524810/mx.example.net--
""")


def complaint(
    about: bytes, feedback: str = "abuse", *, to: str = "fbl@example.org", extra: str = ""
) -> bytes:
    """Return a complaint of a feedback loop (RFC 5965), with the mail that it is about."""
    mail = about.decode().replace("\r\n", "\n")
    return _crlf(f"""From: <feedback@loop.example.net>
Date: Tue, 3 Mar 2026 09:12:00 +0000
Subject: FW: Day 1
To: <{to}>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="part_13d.2e68ed54"

--part_13d.2e68ed54
Content-Type: text/plain; charset="US-ASCII"

This is an email abuse report for an email message received on Tue, 3 Mar 2026.

--part_13d.2e68ed54
Content-Type: message/feedback-report

Feedback-Type: {feedback}
User-Agent: SomeLoop/1.0
Version: 1
{extra}Arrival-Date: Tue, 3 Mar 2026 08:00:10 +0000
Source-IP: 192.0.2.1

--part_13d.2e68ed54
Content-Type: message/rfc822
Content-Disposition: inline

{mail}
--part_13d.2e68ed54--
""")


def qmail(delivery: Any, said: str = "550 5.1.1 no such user", recipient: str = "alice@example.com") -> bytes:
    """Return a report like qmail's, which has no machine-readable part."""
    return _crlf(f"""Return-Path: <>
Date: 3 Mar 2026 08:00:10 -0000
From: MAILER-DAEMON@mx.example.net
To: {return_path(delivery.pk)}
Subject: failure notice

Hi. This is the qmail-send program at mx.example.net.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<{recipient}>:
192.0.2.9 does not like recipient.
Remote host said: {said}
Giving up on 192.0.2.9.

--- Below this line is a copy of the message.

Subject: Day 1

Breathe out.
""")


def shift_jis(delivery: Any) -> bytes:
    """Return a Japanese server's report: in Shift-JIS, in its fields too, with 8 bits where 7 are allowed."""
    words = "宛先のメールボックスが存在しません".encode("shift_jis")
    raw = dsn(delivery, diagnostic="smtp; 550 5.1.1 WORDS")
    raw = raw.replace(b"charset=utf-8", b"charset=Shift_JIS\r\nContent-Transfer-Encoding: 8bit")
    return raw.replace(b"I'm sorry to have", words).replace(b"WORDS", words)


def out_of_office(delivery: Any) -> bytes:
    return _crlf(f"""Return-Path: <>
From: Alice <alice@example.com>
To: {return_path(delivery.pk)}
Subject: Out of office: Day 1
Auto-Submitted: auto-replied
X-Auto-Response-Suppress: All
Content-Type: text/plain; charset=utf-8

I am away. The user alice@example.com is not available; 550 5.1.1 no such user until Monday.
""")


def reply(delivery: Any) -> bytes:
    """Return a runner's own answer to the return path."""
    return _crlf(f"""From: Alice <alice@example.com>
To: {return_path(delivery.pk)}
Subject: Re: Day 1
Content-Type: text/plain; charset=utf-8

User unknown? No such user? That was a funny stretch! 550 5.1.1
""")


def nested(delivery: Any) -> bytes:
    """Return a report that is nested deeper than any real one."""
    opening = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (level, level)
        for level in range(100)
    )
    return b"To: " + return_path(delivery.pk).encode() + b"\r\n" + opening + dsn(delivery)


def divided(delivery: Any) -> bytes:
    """Return a report with more parts than any real one has."""
    first = b"--4Fk2.1772524810/mx.example.net\r\n"
    return dsn(delivery).replace(first, (first + b"\r\n") * 2000 + first, 1)


def late(delivery: Any) -> bytes:
    """Return a report whose fields come after more text than is parsed."""
    return dsn(delivery).replace(b"This is a MIME-", b"This is a long, long preamble.\r\n" * 10_000)


def with_headers(raw: bytes, **headers: str) -> bytes:
    """Return a mail with further headers before its own; underscores stand for hyphens."""
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return lines.encode() + raw


def _crlf(text: str) -> bytes:
    return text.replace("\n", "\r\n").encode()
