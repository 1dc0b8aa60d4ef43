"""Any text of a coach is refused at its field with the line, or harmless wherever it is shown."""

import re
import time
from typing import Any

import pytest
from django.test import Client

from challenge.coach.course.day_form import DayForm
from challenge.coach.course.stretch_form import StretchForm
from challenge.curriculum.slots import OPEN
from challenge.models import Article, Day, Program, Revision, Stretch
from tests.support.desk import DeskItem, said
from tests.support.payloads import FINE, REFUSED
from tests.support.smtp_server import SmtpServer
from tests.support.visitor import body

pytestmark = pytest.mark.django_db

TEXTS_OF_A_DAY = [name for name, field in DayForm.base_fields.items() if hasattr(field, "most")]
TEXTS_OF_A_STRETCH = [name for name, field in StretchForm.base_fields.items() if hasattr(field, "most")]
EXECUTABLE = re.compile(
    r"<(script|svg|iframe|object|embed|form|base|link|meta http)|<[^>]*\son\w+=|javascript:", re.IGNORECASE
)


def desk_item(client: Client, program: Program, kind: str) -> DeskItem:
    if kind == "day":
        return DeskItem(client, Day.objects.get(program=program, number=9))
    return DeskItem(client, Stretch.objects.get(program=program, slug="glute-bridge"))


def every_field() -> list[tuple[str, str]]:
    days = [("day", name) for name in [*TEXTS_OF_A_DAY, "alt_1"]]
    return [*days, *(("stretch", name) for name in [*TEXTS_OF_A_STRETCH, "alt_1"])]


def filled(desk: DeskItem, field: str, text: str) -> dict[str, Any]:
    """Put a text into a field of the form: as one of the steps, or before the rest of a lesson."""
    before = str(desk.form().get(field, ""))
    if field == "steps":
        return {field: f"1. {' '.join(text.split())}\n{before}"}
    if field == "sources":
        return {field: f"{before}\n{text}"}
    if field == "alt_1":
        return {field: text, "figure_1": "glute-bridge-1"}
    return {field: f"{text}\n\n{before}" if field == "lesson" else text}


def nothing_runs(html: str) -> None:
    body_alone = html.split("<body", 1)[1]
    # Outside of tags everything is text.
    tags = "".join(re.findall(r"<[^>]*>", body_alone))
    assert not EXECUTABLE.search(re.sub(r'"[^"]*"', '""', tags))
    assert not re.search(r'(href|src)="\s*(javascript|data|vbscript):', tags, re.IGNORECASE)


@pytest.mark.parametrize(
    ("kind", "name"), [*(("day", name) for name in REFUSED), ("stretch", "html"), ("stretch", "slot")]
)
def test_what_could_harm_is_refused_at_each_field_and_harmless_in_the_preview(
    coach: Client, program: Program, kind: str, name: str
) -> None:
    desk, fields = desk_item(coach, program, kind), [field for of, field in every_field() if of == kind]
    typed: dict[str, Any] = {}
    for field in fields:
        typed |= filled(desk, field, REFUSED[name])

    preview = coach.post(desk.item.address("preview"), desk.form(**typed))
    nothing_runs(preview.content.decode())
    assert OPEN not in preview.content.decode()
    assert "everybody@example.com" not in str(preview.headers)

    page = desk.save(**typed)
    remarks = page.context["form"].remarks
    assert [field for field in fields if not remarks.get(field)] == []
    refused = coach.post(desk.item.address("publish"), desk.answer())
    assert refused.status_code == 422
    assert desk.item.newest_number == 1
    for answer in (page, refused):
        shown = answer.content.decode()
        for mark in ("<script>alert", "<img src=x", "<svg/onload", "<b onclick", "<p>A body"):
            assert mark not in shown


@pytest.mark.parametrize("name", FINE)
def test_what_is_fine_is_published_as_it_was_written(coach: Client, program: Program, name: str) -> None:
    desk = desk_item(coach, program, "day")
    texts = {"subject": f"{FINE[name][:55]} now", **dict.fromkeys(["preview", "run", "sources"], FINE[name])}
    typed: dict[str, Any] = {}
    for field, text in texts.items():
        typed |= filled(desk, field, text)

    page = desk.save(**typed)
    assert page.context["form"].remarks == {}, page.context["form"].remarks
    desk.publish()

    revision = desk.instance.published
    assert revision.number == 2
    for field, text in texts.items():
        kept = revision.content["day"][field]
        assert text.strip() in (kept if field == "sources" else [kept])
    nothing_runs(revision.html)


def test_a_test_mail_has_no_more_headers_than_another(
    coach: Client, program: Program, sink: SmtpServer
) -> None:
    desk = desk_item(coach, program, "day")
    desk.save(do="test")
    form = desk.form(as_runner="", do="test")
    for text in REFUSED.values():
        hostile = dict.fromkeys(["subject", "title", "preview", "run", "lesson"], text)
        coach.post(
            desk.item.address("change"), {**form, **hostile, "seen": desk.item.draft_stamp}, follow=True
        )

    plain, *others = sink.mails
    assert len(others) == len(REFUSED)
    assert sink.recipients == ["coach@example.com"] * (1 + len(REFUSED))
    for name, mail in zip(REFUSED, others, strict=True):
        assert sorted(plain.keys()) == sorted(mail.keys()), name
        assert "\n" not in mail["Subject"]
        nothing_runs(body(mail, "html"))
        assert "/leave/" not in mail.as_string()


@pytest.mark.parametrize(("kind", "field"), [*every_field(), ("article", "body"), ("recall", "message")])
def test_two_megabytes_are_refused_with_their_count_and_not_sent_back(
    coach: Client, program: Program, kind: str, field: str
) -> None:
    paste = "a paste of many words " * 95_000  # 2 MB and more
    if kind == "article":
        article = Article.objects.get(slug="faq")
        address = f"/coach/challenge/article/{article.pk}/change/"
        form = {"title": article.title, "summary": article.summary, field: paste}
    else:
        desk = desk_item(coach, program, "stretch" if kind == "recall" else kind)
        address = desk.item.address("recall" if kind == "recall" else "change")
        form = {**desk.form(), field: paste}
    begun = time.monotonic()

    page = coach.post(address, form)

    assert time.monotonic() - begun < 3
    assert page.status_code in (200, 422)
    assert "2,089,999 characters" in said(page)
    assert "Nothing was saved." in said(page)
    assert len(page.content) < 300_000
    assert not Day.objects.filter(draft__isnull=False).exists()
    assert not Stretch.objects.filter(draft__isnull=False).exists()


def test_a_draft_before_stays_and_the_other_fields_are_as_typed(coach: Client, program: Program) -> None:
    desk = desk_item(coach, program, "day")
    desk.save(title="Kept", lesson="The lesson as it was saved.")

    page = desk.client.post(desk.item.address("change"), desk.form(title="Typed", lesson="x" * 200_001))

    form = page.context["form"]
    assert form["lesson"].value() == "The lesson as it was saved."
    assert "the field is as it was last saved" in said(page)
    assert form["title"].value() == "Typed"
    assert desk.instance.draft["day"]["title"] == "Kept"


@pytest.mark.parametrize(
    ("kind", "field"), [("day", "lesson"), ("day", "title"), ("stretch", "feel"), ("recall", "message")]
)
def test_what_is_too_long_to_be_saved_is_given_back(
    coach: Client, program: Program, kind: str, field: str
) -> None:
    desk = desk_item(coach, program, "stretch" if kind == "recall" else kind)
    address = desk.item.address("recall" if kind == "recall" else "change")
    paste = "Words of an hour. " * 2_000

    page = coach.post(address, {**desk.form(), field: paste})

    assert page.status_code == 422
    assert "Too long: 35,999 characters" in said(page)
    assert page.context["form"][field].value() == paste


def test_a_message_too_long_to_be_given_back_is_said_to_be_gone(coach: Client, program: Program) -> None:
    desk = desk_item(coach, program, "stretch")

    page = coach.post(desk.item.address("recall"), {"message": "x" * 200_001})

    assert "too long to be shown again, so the field is empty" in said(page)
    assert "as it was last saved" not in said(page)


def test_what_is_too_much_to_read_gets_a_kind_page(coach: Client, program: Program) -> None:
    desk = desk_item(coach, program, "day")

    page = coach.post(desk.item.address("change"), desk.form(lesson="🏃" * 800_000))

    assert page.status_code == 400
    assert "Nothing was saved, and what was there before is as it was." in said(page)


@pytest.mark.parametrize("field", ["title", "lesson", "sources"])
def test_a_null_byte_is_refused_at_its_field(coach: Client, program: Program, field: str) -> None:
    desk = desk_item(coach, program, "day")

    page = desk.save(**{field: "a\x00b"})

    assert page.status_code == 422
    assert "A character that can't be kept (NUL) is in here." in said(page)
    assert desk.instance.draft is None


@pytest.mark.parametrize(
    "changes",
    [
        {"stretch_1": "../../etc/passwd"},
        {"stretch_1": "<script>"},
        {"points": ["E1", "Z9"]},
        {"figure_1": "../settings"},
        {"seen": "yesterday"},
        {"seen": "2026-03-03"},
        {"view": "<b>"},
        {"as_runner": "x" * 500},
        {"do": "erase"},
    ],
)
def test_fields_that_were_tampered_with_break_nothing(
    coach: Client, program: Program, changes: dict[str, Any]
) -> None:
    desk = desk_item(coach, program, "day")

    for address in (desk.item.address("change"), desk.item.address("preview")):
        page = coach.post(address, desk.form(title="Tampered", **changes))
        assert page.status_code in (200, 302, 409, 422)
        assert "<script>" not in page.content.decode()


def test_every_version_that_ships_is_harmless(program: Program) -> None:
    for revision in Revision.objects.all():
        nothing_runs(revision.html)
