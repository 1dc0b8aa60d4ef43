"""What coaches did, in Django's log of the admin: a code and its values, worded when somebody reads."""

import json
from collections.abc import Sequence

from django.contrib.admin.models import CHANGE, LogEntry
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class LoggedAction(models.TextChoices):
    """An action of a coach on a row, where Django does not name the fields; values fill the words."""

    DRAFT_SAVED = "draft_saved", _("Saved a draft.")
    DRAFT_DROPPED = "draft_dropped", _("Dropped the draft.")
    VERSION_TAKEN = "version_taken", _("Took version %(number)d as the draft.")
    TEST_SENT = "test_sent", _("Sent a test to their own address.")
    PUBLISHED = "published", _("Published version %(number)d.")
    PUBLISHED_FOR_ALL = "published_for_all", _("Published version %(number)d for all.")
    RECALLED = "recalled", _("Recalled.")
    PAUSED = "paused", _("Paused")
    RESUMED = "resumed", _("Resumed")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    QUEUED_AGAIN = "queued_again", _("Queued once more")
    HEALTH_TAKEN_BACK = "health_taken_back", _("Consent to health data taken back")
    HELD = "held", _("Held.")
    CLEARED = "cleared", _("Cleared the hold.")
    ACKNOWLEDGED = "acknowledged", _("Takes care of it.")
    RESOLVED = "resolved", _("Resolved.")
    SNOOZED = "snoozed", _("Put something off on the desk.")
    DESK_DONE = "desk_done", _("Took something off the desk.")
    ANSWERED = "answered", _("Answered a message.")
    WROTE = "wrote", _("Wrote to the runner.")
    MESSAGE_CLOSED = "message_closed", _("Closed a message without an answer.")
    ANSWER_PUBLISHED = "answer_published", _("Published an answer.")
    ANSWER_WITHDRAWN = "answer_withdrawn", _("Withdrew a published answer.")
    NOTED = "noted", _("Wrote a note into the next lesson.")
    MEMO_WRITTEN = "memo_written", _("Wrote a memo.")
    GIVEN_BACK = "given_back", _("Showed movements again that were left out.")
    SIGNED = "signed", _("Signed the list of red words and numbers.")
    LANE_OPENED = "lane_opened", _("Sends again.")


def log(request: HttpRequest, items: Sequence[models.Model], action: LoggedAction, **values: int) -> None:
    """Write an entry for each item: `{"action": code, "values": {...}}`. Django's own are JSON lists."""
    message = json.dumps({"action": action.value, "values": values})
    LogEntry.objects.log_actions(str(request.user.pk), items, CHANGE, change_message=message)


def in_words(change_message: str) -> str:
    """Word an action in the reader's language. An entry of Django's, or a sentence from before there were
    codes, stays as it is."""
    if not change_message.startswith('{"action"'):
        return change_message
    entry = json.loads(change_message)
    values: dict[str, int] = entry["values"]
    return str(LoggedAction(entry["action"]).label) % values
