"""The sentence of an alarm, from its code and values, in the reader's language."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from challenge.models import Alarm, Limit, RestoreStop
from challenge.models.limit import ALL
from challenge.monitoring.logs import hide

Code = Alarm.Code


class AlarmText(NamedTuple):
    """A code and its values in JSON: instants in ISO 8601, other codes as such. str() makes the sentence."""

    code: str
    values: Mapping[str, Any] = {}

    def __str__(self) -> str:
        words, template = dict(self.values), str(Code(self.code).label)
        for name in {"since", "until"} & words.keys():
            words[name] = date_format(timezone.localtime(datetime.fromisoformat(words[name])), "D j M, H:i T")
        match self.code:
            case Code.STALL:
                template = ngettext(
                    "One mail has been due since %(since)s, and none has been sent for %(minutes)d minutes.",
                    "%(count)d mails have been due since %(since)s, and none has been sent for %(minutes)d"
                    " minutes.",
                    words["count"],
                )
            case Code.STOP:
                words["reason"] = RestoreStop.Reason(words["reason"]).label
            case Code.SUSPENSION:
                limit = Limit(reason=words["reason"], reason_values=words["reason_values"])
                words["reason"] = limit.why
                if words["domain"] == ALL:
                    template = _("All mail rests until %(until)s: %(reason)s")
            case Code.SUSPENSION_OVER if words["domain"] == ALL:
                template = _("All mail goes again.")
        return hide(template % words)
