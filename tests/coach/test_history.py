"""The history page of a row: what coaches did, from codes, beside what Django writes itself."""

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.test import Client

from challenge.coach.history import LoggedAction, in_words
from challenge.models import Day
from tests.support.desk import DeskItem, draft, logged, said

WORDS = {
    LoggedAction.DRAFT_SAVED: "Saved a draft.",
    LoggedAction.DRAFT_DROPPED: "Dropped the draft.",
    LoggedAction.VERSION_TAKEN: "Took version 3 as the draft.",
    LoggedAction.TEST_SENT: "Sent a test to their own address.",
    LoggedAction.PUBLISHED: "Published version 3.",
    LoggedAction.PUBLISHED_FOR_ALL: "Published version 3 for all.",
    LoggedAction.RECALLED: "Recalled.",
    LoggedAction.PAUSED: "Paused",
    LoggedAction.HEALTH_TAKEN_BACK: "Consent to health data taken back",
    LoggedAction.RESUMED: "Resumed",
    LoggedAction.WITHDRAWN: "Withdrawn",
    LoggedAction.QUEUED_AGAIN: "Queued once more",
    LoggedAction.HELD: "Held.",
    LoggedAction.CLEARED: "Cleared the hold.",
    LoggedAction.ACKNOWLEDGED: "Takes care of it.",
    LoggedAction.RESOLVED: "Resolved.",
    LoggedAction.SNOOZED: "Put something off on the desk.",
    LoggedAction.DESK_DONE: "Took something off the desk.",
    LoggedAction.ANSWERED: "Answered a message.",
    LoggedAction.WROTE: "Wrote to the runner.",
    LoggedAction.MESSAGE_CLOSED: "Closed a message without an answer.",
    LoggedAction.ANSWER_PUBLISHED: "Published an answer.",
    LoggedAction.ANSWER_WITHDRAWN: "Withdrew a published answer.",
    LoggedAction.NOTED: "Wrote a note into the next lesson.",
    LoggedAction.MEMO_WRITTEN: "Wrote a memo.",
    LoggedAction.GIVEN_BACK: "Showed movements again that were left out.",
    LoggedAction.SIGNED: "Signed the list of red words and numbers.",
    LoggedAction.LANE_OPENED: "Sends again.",
}


@pytest.mark.pure
@pytest.mark.parametrize("action", LoggedAction)
def test_each_code_has_its_words(action: LoggedAction) -> None:
    assert in_words(f'{{"action": "{action}", "values": {{"number": 3}}}}') == WORDS[action]


@pytest.mark.django_db
def test_the_page_words_codes_and_keeps_what_was_written_before(coach: Client, program: object) -> None:
    day = DeskItem(coach, Day.objects.get(number=9))
    draft(day)
    by, items = LogEntry.objects.get().user_id, [day.instance]
    assert logged() == [("draft_saved", {})]
    LogEntry.objects.log_actions(by, items, CHANGE, change_message="Published version 1.")
    LogEntry.objects.log_actions(by, items, CHANGE, change_message=[{"changed": {"fields": ["Title"]}}])
    day.publish()
    before = list(LogEntry.objects.values())

    text = said(day.get("history"))

    told = ["Saved a draft.", "Published version 1.", "Changed Title.", "Published version 2."]
    places = [text.index(f"coach@example.com {each}") for each in told]
    assert places == sorted(places)
    assert "{" not in text
    assert list(LogEntry.objects.values()) == before
