"""Publishing a day or a stretch: numbered versions, kept; the files stay behind what the coach did."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest

from challenge.curriculum import drafts
from challenge.curriculum.course import CONTENT
from challenge.curriculum.lesson import Content, assemble, day_content
from challenge.curriculum.load import load
from challenge.curriculum.publish import Origin, Publication, PublishConflict, publish_day, publish_stretch
from challenge.curriculum.publish_checks import check_day, check_stretch
from challenge.models import Day, Revision, Stretch
from tests.support.first_edition import take_back_to_first_edition

pytestmark = pytest.mark.django_db
FOLDER = CONTENT / "reset-21"


@pytest.fixture
def day(program: Any) -> Day:
    return Day.objects.select_related("published", "program").get(number=9)


def words_of(day: Day, **changes: Any) -> Content:
    assert day.published is not None
    words = day_content(day.published.content)
    return {"day": {**words["day"], **changes}, "body": words["body"]}


def by_coach(now: datetime) -> Publication:
    return Publication(now, Origin.COACH)


def test_every_version_is_kept_with_all_that_it_said(day: Day, now: datetime) -> None:
    revision = publish_day(day, words_of(day, subject="A quieter way to stretch"), by_coach(now))

    assert revision is not None
    assert revision.number == 2
    assert "A quieter way to stretch" in revision.subject
    first = day.revisions.get(number=1)
    assert first.content["day"]["subject"] != "A quieter way to stretch"
    assert [stretch["slug"] for stretch in first.content["stretches"]] == first.content["day"]["stretches"]
    assert set(first.stretches.values_list("slug", flat=True)) == set(first.content["day"]["stretches"])


def test_publishing_the_same_words_changes_nothing(day: Day, now: datetime) -> None:
    assert publish_day(day, words_of(day), by_coach(now)) is None
    assert day.revisions.count() == 1


def test_the_same_words_may_still_be_published_for_all(day: Day, now: datetime) -> None:
    publish_day(day, words_of(day, subject="A quieter way to stretch"), by_coach(now))
    day.refresh_from_db()
    publish_day(day, words_of(day), Publication(now, Origin.COACH, for_all=True))

    assert list(day.revisions.values_list("number", "for_all")) == [(2, True), (1, False)]


def test_loading_for_all_reaches_nobody_for_whom_the_coach_did_not_publish(day: Day, now: datetime) -> None:
    publish_day(day, words_of(day, subject="A quieter way to stretch"), by_coach(now))
    load(FOLDER, now + timedelta(days=1), for_all=True)
    assert not Revision.objects.filter(for_all=True).exists()


def test_a_stretch_may_still_be_published_for_all(program: Any, now: datetime) -> None:
    stretch = Stretch.objects.get(slug="half-kneeling-hip-flexor")
    content = {**stretch.content, "hold": "35 seconds"}
    publish_stretch(stretch, content, by_coach(now))
    assert not publish_stretch(stretch, content, Publication(now, Origin.COACH, for_all=True))
    assert set(Revision.objects.filter(number=2).values_list("for_all", flat=True)) == {True}


def test_of_two_who_publish_from_the_same_version_the_second_is_told(day: Day, now: datetime) -> None:
    publish_day(day, words_of(day, subject="A quieter way to stretch"), by_coach(now), base=1)
    with pytest.raises(PublishConflict):
        publish_day(day, words_of(day, subject="Another way to stretch"), by_coach(now), base=1)
    assert day.revisions.count() == 2


def test_a_stretch_is_published_with_every_day_that_shows_it(program: Any, now: datetime) -> None:
    stretch = Stretch.objects.get(slug="half-kneeling-hip-flexor")
    showing = set(Day.objects.filter(published__stretches=stretch).values_list("number", flat=True))
    content = {**stretch.content, "title": "Half-kneeling, at a chair"}

    assert publish_stretch(stretch, content, by_coach(now), base=1)

    anew = set(Revision.objects.filter(number=2).values_list("day__number", flat=True))
    assert anew == showing
    assert all("HALF-KNEELING, AT A CHAIR" in revision.text for revision in Revision.objects.filter(number=2))
    assert list(stretch.versions.values_list("number", flat=True)) == [2, 1]


def test_the_files_follow_until_the_coach_publishes_and_then_keep_that_text(day: Day, now: datetime) -> None:
    publish_day(day, words_of(day, subject="A quieter way to stretch"), by_coach(now))
    loaded = load(FOLDER, now + timedelta(days=1))

    assert (loaded.published, loaded.stretches, loaded.kept) == ([], [], ["day-09"])
    day.refresh_from_db()
    assert day.published is not None
    assert "A quieter way to stretch" in day.published.subject


def test_a_draft_is_kept_whatever_is_wrong_with_it_and_outlives_a_load(day: Day, now: datetime) -> None:
    broken = {"day": {"subject": ""}, "body": "<script>alert(1)</script>"}
    drafts.save(day, broken, None, None, now)
    load(FOLDER, now)

    day.refresh_from_db()
    assert drafts.working_copy(day) == broken


def test_of_two_drafts_from_the_same_start_the_second_is_told(day: Day, now: datetime) -> None:
    drafts.save(day, {"body": "first draft"}, None, None, now)
    with pytest.raises(drafts.DraftConflict):
        drafts.save(day, {"body": "another"}, None, None, now + timedelta(minutes=1))
    day.refresh_from_db()
    assert day.draft == {"body": "first draft"}
    drafts.save(day, {"body": "second draft"}, now, None, now + timedelta(minutes=2))
    drafts.drop(day)
    day.refresh_from_db()
    assert drafts.working_copy(day) == words_of(day)


def test_a_draft_outlives_a_stretch_that_is_published(program: Any, now: datetime) -> None:
    stretch = Stretch.objects.get(slug="half-kneeling-hip-flexor")
    day = Day.objects.filter(published__stretches=stretch)[0]
    drafts.save(day, {"body": "half a thought"}, None, None, now)
    publish_stretch(stretch, {**stretch.content, "hold": "35 seconds"}, by_coach(now))

    day.refresh_from_db()
    assert day.draft == {"body": "half a thought"}


def places(day: Day, words: Content) -> set[str]:
    return {finding.place for finding in check_day(day, words)}


def test_what_ships_passes_the_review(program: Any) -> None:
    for day in Day.objects.select_related("published", "program"):
        assert check_day(day, words_of(day)) == []
    for stretch in Stretch.objects.all():
        assert check_stretch(stretch, stretch.content) == []


def test_what_blocks_publishing_a_day(day: Day) -> None:
    drawing = {"name": "no-such-drawing", "alt": "Somebody lying on the floor with one leg long"}
    assert places(day, words_of(day, figures=[drawing])) == {"figures"}
    assert "stretches" in places(day, words_of(day, stretches=["no-such-stretch"]))
    assert places(day, words_of(day, points=["E1"])) == {"points"}
    assert places(day, words_of(day, subject="A cure for your hips")) == {"subject"}


def test_a_language_that_is_not_whole_blocks_publishing_and_not_sending(
    day: Day, alice: Any, settings: Any, sink: Any, go: Any, now: datetime
) -> None:
    settings.LANGUAGES = [("en", "English"), ("de", "German")]
    [gap] = check_day(day, words_of(day))
    assert gap.place == "mail"
    assert re.search(r"not whole in German: \d\d+ pieces are not translated", gap.message)
    go(now)
    assert len(sink.lessons) == 1


def test_what_blocks_publishing_a_stretch(program: Any) -> None:
    stretch = Stretch.objects.get(slug="glute-bridge")
    without = {**stretch.content, "figures": [{**stretch.content["figures"][0], "alt": ""}]}
    assert {finding.place for finding in check_stretch(stretch, without)} == {"alt"}
    longer = {**stretch.content, "minutes": 12}
    assert check_stretch(stretch, longer) == []  # each day has a dose with minutes of its own
    take_back_to_first_edition(10)
    [finding] = check_stretch(stretch, longer)
    assert (finding.place, "Day 10 would take 16 minutes" in finding.message) == ("minutes", True)


def test_the_minutes_of_a_day_are_those_of_its_parts(day: Day) -> None:
    doses = words_of(day)["day"]["doses"]
    doses["supine-psoas-march"]["minutes"] = 5
    assert assemble(day, words_of(day, minutes=99, doses=doses))["day"]["minutes"] == 4 + 5
    assert assemble(day, words_of(day, doses={}))["day"]["minutes"] == 4 + 3
