"""Limits on how often a stranger may make this site write to a mailbox, on requests of a connection, and on
confirmations of the whole site.

A connection is judged by its requests of the last hour that nobody has answered: a club that signs up over
one Wi-Fi confirms, and goes on. The site's confirmations have so many places an hour, and wait for one. Each
sign-up takes a place, whether mail follows or not, so that the wait tells nothing of an address.
"""

import ipaddress
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.addresses import keyed_hash, mailbox
from challenge.models import MailRequest, Suppression

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
KEPT = timedelta(days=90)
STRANGER_MAILS = 3
# A provider gives a /64 of IPv6 to one home; a /48 may be a company, or one customer with 65,536 of them.
HOME, SITE = 64, 48
SITE_FACTOR = 10
LONGEST_WAIT = timedelta(hours=6)
# Of PostgreSQL's advisory locks; no other code takes one of two numbers.
LOCK = (7, 1)


class TooManyRequests(Exception):
    """This connection has left too many requests unanswered within the hour."""

    advice: Promise = _(
        "Too many requests came from this connection. Nothing is lost: please try again in an hour."
    )


class SiteIsBusy(TooManyRequests):
    """Confirmations would have to wait too long."""

    advice = _("Very many people are signing up just now. Nothing is lost: please try again in an hour.")


class Origin(NamedTuple):
    """Keyed hashes of a connection and of the network around it; empty where there is none."""

    ip_hash: str = ""
    network_hash: str = ""


def one_at_a_time() -> None:
    """Let one request after the other count and write, until the transaction ends. SQLite has one writer."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", LOCK)


def admit(ip: str, now: datetime, *, cohort: bool = False) -> Origin:
    """Return the origin of a request that may ask; a cohort's page admits more. Call it first in a
    transaction: it lets no other request count until the end. Raises TooManyRequests."""
    origin = _origin(ip)
    one_at_a_time()
    most = settings.COHORT_SIGN_UPS_PER_IP if cohort else settings.SIGN_UPS_PER_IP
    recent = MailRequest.objects.filter(created_at__gt=now - HOUR, answered=False)
    if recent.filter(ip_hash=origin.ip_hash).count() >= most:
        raise TooManyRequests
    if origin.network_hash:
        around = recent.filter(network_hash=origin.network_hash)
        if around.count() >= most * SITE_FACTOR:
            raise TooManyRequests
    return origin


def next_place(now: datetime) -> datetime:
    """Return when the site's next confirmation may leave. Raises SiteIsBusy."""
    most = settings.CONFIRMATIONS_PER_HOUR
    places = MailRequest.objects.filter(leaves_at__isnull=False).order_by("-leaves_at")
    before = places.values_list("leaves_at", flat=True)[most - 1 : most].first() if most else None
    place = max(now, before + HOUR) if before else now
    if place > now + LONGEST_WAIT:
        raise SiteIsBusy
    return place


def last_place(now: datetime) -> datetime | None:
    """Return until when confirmations wait; None while they leave at once."""
    waiting = MailRequest.objects.filter(leaves_at__gt=now).order_by("-leaves_at")
    return waiting.values_list("leaves_at", flat=True).first()


def may_mail(address: str, mail: MailRequest.Mail, now: datetime) -> bool:
    """Return whether a mailbox may get one more of a mail: one in 24 hours, and three confirmations in all.
    A mailbox of which nobody has confirmed gets nothing but these, a suppressed address nothing."""
    if Suppression.objects.filter(address_hash=keyed_hash(address)).exists():
        return False
    mailed = MailRequest.objects.filter(mailbox_hash=keyed_hash(mailbox(address)), mail=mail, mailed=True)
    if mailed.filter(created_at__gt=now - DAY).exists():
        return False
    return mail != MailRequest.Mail.CONFIRMATION or mailed.count() < STRANGER_MAILS


def remember(
    mailbox_hash: str,
    origin: Origin,
    now: datetime,
    *,
    mail: MailRequest.Mail,
    mailed: bool,
    leaves_at: datetime | None = None,
) -> None:
    fields = {"created_at": now, "mail": mail, "mailed": mailed, "leaves_at": leaves_at}
    MailRequest.objects.create(mailbox_hash=mailbox_hash, **fields, **origin._asdict())


def answered(mailbox_hash: str) -> None:
    """Record that the owner of a mailbox has confirmed: it no longer belongs to a stranger, and its requests
    no longer count against the connections that they came from."""
    MailRequest.objects.filter(mailbox_hash=mailbox_hash).update(mailed=False, answered=True)


def forget(now: datetime) -> int:
    """Delete the requests that no limit counts any more, and count them."""
    return MailRequest.objects.filter(created_at__lt=now - KEPT).delete()[0]


def _origin(ip: str) -> Origin:
    address = _address(ip)
    if isinstance(address, ipaddress.IPv6Address):
        home, site = (ipaddress.ip_network((address, prefix), strict=False) for prefix in (HOME, SITE))
        return Origin(keyed_hash(str(home)), keyed_hash(str(site)))
    return Origin(keyed_hash(str(address or "unknown")))


def _address(ip: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Return the address in a text that may have a port (192.0.2.1:5000, [2001:db8::1]:5000) or a zone."""
    text = ip.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
