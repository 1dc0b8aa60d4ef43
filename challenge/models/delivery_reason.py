"""The reasons that a delivery did not leave as it should, as codes that are worded when somebody reads."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from challenge.models.attempt import OwnAnswer
from challenge.models.enrollment import Enrollment


class Reason(models.TextChoices):
    """The reason that a mail is withheld, failed or taken as sent; `reason_values` fill the words."""

    SUPPRESSED = "suppressed", _("The address is suppressed.")
    NOT_PENDING = "not_pending", _("The sign-up is not waiting to be confirmed.")
    LEFT = "left", _("The runner has left.")
    WRONG_STATE = "wrong_state", _("The enrollment was %(state)s.")
    BEGUN_AGAIN = "begun_again", _("The runner has begun again.")
    ERASING = "erasing", _("The runner has asked to be erased.")
    KEPT = "kept", _("The runner is not to be erased any more.")
    HEEDED = "heeded", _("Somebody had taken care of it.")
    NO_CONSENT = "no_consent", _("There is no consent to mail.")
    PAUSED = "paused", _("The enrollment was paused.")
    HELD = "held", _("The course was held for safety.")
    CLEARED = "cleared", _("The hold was cleared.")
    NEW_HOUR = "new_hour", _("It waits for the new hour.")
    NOT_COMPOSED = "not_composed", _("It could not be composed: %(error)s")
    UNCONFIRMED = "unconfirmed", _("The server never confirmed it.")
    REFUSED = "refused", _("The mail server refused it: %(code)s %(text)s")
    TOO_LATE = "too_late", _("It did not get through in time.")
    SENDER_STOPPED = "sender_stopped", _("Its sender stopped without a word each time.")
    TAKEN_AS_SENT = "taken_as_sent", _("Taken as sent: it was due before a backup was restored.")
    AS_WRITTEN = "as_written", "%(text)s"

    @classmethod
    def in_words(cls, code: str, values: dict[str, Any]) -> str:
        """Word a reason in the reader's language; an empty text for no reason."""
        values = dict(values)
        if state := values.get("state"):
            values["state"] = Enrollment.State(state).label
        if text := values.get("text"):
            values["text"] = OwnAnswer.in_words(text)
        return str(cls(code).label) % values if code else ""
