"""Which mail rests because its server refused too much of it (challenge.models.limit)."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from challenge.models import Limit

PREFIX = "rest:"


def rests(now: datetime) -> dict[str, str]:
    """A sentence for each rest, by the kind of its alarm."""
    limits = Limit.objects.filter(resting_until__gt=now)
    return {PREFIX + limit.domain: _sentence(limit) for limit in limits if limit.is_resting(now)}


def still_trouble() -> set[str]:
    """The kinds for which nothing was accepted since the last rest, whether it is over or not."""
    return {PREFIX + domain for domain in Limit.objects.filter(rests__gt=0).values_list("domain", flat=True)}


def goes_again(kind: str) -> str:
    """That a rest is over, in a sentence."""
    domain = kind.removeprefix(PREFIX)
    return _("Mail to %(domain)s goes again.") % {"domain": domain} if domain else _("All mail goes again.")


def _sentence(limit: Limit) -> str:
    assert limit.resting_until is not None
    until = date_format(timezone.localtime(limit.resting_until), "D j M, H:i T")
    told = {"domain": limit.domain, "until": until, "reason": limit.reason}
    if limit.domain:
        return _("Mail to %(domain)s rests until %(until)s: %(reason)s") % told
    return _("All mail rests until %(until)s: %(reason)s") % told
