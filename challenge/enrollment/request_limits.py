"""Limits on how often a stranger may make this site write to an address, and on requests at all."""

import ipaddress
from datetime import datetime, timedelta

from django.conf import settings

from accounts.addresses import keyed_hash
from challenge.models import MailRequest

DAY = timedelta(days=1)
KEPT = timedelta(days=90)
STRANGER_MAILS = 3


class TooManyRequests(Exception):
    """This connection has asked too often within the hour."""


def admit(ip: str, now: datetime) -> str:
    """Return the keyed hash of a connection that may ask. Raises TooManyRequests."""
    ip_hash = keyed_hash(_network(ip))
    recent = MailRequest.objects.filter(ip_hash=ip_hash, created_at__gt=now - timedelta(hours=1))
    if recent.count() >= settings.SIGN_UPS_PER_IP:
        raise TooManyRequests
    return ip_hash


def _network(ip: str) -> str:
    """Return an IPv4 address, or the /64 that an IPv6 provider gives to one customer."""
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return ip
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return str(ipaddress.ip_network((address, 64), strict=False)) if address.version == 6 else str(address)


def may_mail(address_hash: str, now: datetime, *, stranger: bool) -> bool:
    """Return whether an address may get another mail: one in 24 hours; three in all if unconfirmed."""
    mailed = MailRequest.objects.filter(address_hash=address_hash, mailed=True)
    if mailed.filter(created_at__gt=now - DAY).exists():
        return False
    return not stranger or mailed.count() < STRANGER_MAILS


def remember(address_hash: str, ip_hash: str, now: datetime, *, mailed: bool) -> None:
    MailRequest.objects.create(address_hash=address_hash, ip_hash=ip_hash, created_at=now, mailed=mailed)


def forget(now: datetime) -> int:
    """Delete the requests that no limit counts any more, and count them."""
    return MailRequest.objects.filter(created_at__lt=now - KEPT).delete()[0]
