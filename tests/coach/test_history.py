"""The history page of a row: what coaches did, from codes, beside what Django writes itself."""

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.test import Client

from challenge.coach.history import Deed, in_words
from challenge.models import Day
from tests.support.desk import DeskItem, deeds, draft, said

WORDS = {
    Deed.DRAFT_SAVED: "Saved a draft.",
    Deed.DRAFT_DROPPED: "Dropped the draft.",
    Deed.VERSION_TAKEN: "Took version 3 as the draft.",
    Deed.TEST_SENT: "Sent a test to their own address.",
    Deed.PUBLISHED: "Published version 3.",
    Deed.PUBLISHED_FOR_ALL: "Published version 3 for all.",
    Deed.RECALLED: "Recalled.",
    Deed.PAUSED: "Paused",
    Deed.RESUMED: "Resumed",
    Deed.WITHDRAWN: "Withdrawn",
    Deed.QUEUED_AGAIN: "Queued once more",
    Deed.LANE_OPENED: "Sends again.",
}


@pytest.mark.pure
@pytest.mark.parametrize("deed", Deed)
def test_each_code_has_its_words(deed: Deed) -> None:
    assert in_words(f'{{"deed": "{deed}", "values": {{"number": 3}}}}') == WORDS[deed]


@pytest.mark.django_db
def test_the_page_words_codes_and_keeps_what_was_written_before(coach: Client, program: object) -> None:
    day = DeskItem(coach, Day.objects.get(number=9))
    draft(day)
    by, items = LogEntry.objects.get().user_id, [day.instance]
    assert deeds() == [("draft_saved", {})]
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
