"""Sample values for the slots of a mail, for previews."""

from django.conf import settings
from django.utils.translation import gettext as _

from challenge.curriculum.slots import NAMES, keeps


class SampleValues(dict[str, str]):
    """The values of a runner who is shown every movement. KeyError for a slot without a value."""

    def __missing__(self, name: str) -> str:
        return "yes" if keeps(name, (), words_only=False) else ""


def sample_values(day: int = 9, **overrides: str) -> dict[str, str]:
    """Return a value for every slot and section. The links lead nowhere; there is no note of the coach, and
    the mail asks neither for the morning nor the ten questions."""
    links = {name: f"{settings.SITE_URL}/#{name}" for name in NAMES if name.endswith("_url")}
    texts = {
        "day": str(day),
        "length": "21",
        "program_title": _("The 21-Day Runner Reset"),
        "first_name": "Robin",
        "coach_name": settings.COACH_NAME,
        "postal_address": settings.POSTAL_ADDRESS,
        "greeting": _("Good to see you again. One small thing for today, at your own pace."),
        "coach_note": "",
        "exercise": "yes",
        "words_only": "",
        "morning": "",
        "screening_url": "",
        "unasked": "",
        "send_at": "06:30",
        "time_zone": "Europe/Berlin",
        "starts_on": _("Monday, 2 November"),
        "undo_until": _("Monday, 9 November, 06:30"),
        "changes": _("Your name is changed."),
        "what_next": _("Day 10 comes on Monday 2 November at 06:30 (Europe/Berlin)."),
        "address_undo_until": _("Monday, 9 November, 06:30"),
        "erase_at": _("Monday, 9 November, 06:30"),
        "opened_at": _("Monday, 9 November, 06:30"),
        "acknowledged_at": _("Monday, 9 November, 06:30"),
        "done_count": "17",
        "tightness_first": "6",
        "tightness_last": "3",
        "asked_name": "Kim",
        "answer": _("Yes, that is normal. Begin with the tighter side, and give it one breath more."),
        "asked_on": _("Monday, 2 November"),
        "second_address": "robin+two@example.com",
        "held_why": _("Your course was stopped on Monday, 2 November."),
        "held_now": _("Please speak to a doctor or an urgent-care line today."),
        "held_lessons": _("Your lessons wait until somebody who has examined you says that you may go on."),
        "paused_by": "",
        "site_url": settings.SITE_URL,
    }
    return SampleValues({**links, **texts, **overrides})
