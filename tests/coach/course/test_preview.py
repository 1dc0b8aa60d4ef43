"""The preview and the test mail show a draft as any runner would see it, and no link in them works."""

import re
from collections.abc import Callable
from datetime import datetime
from html import unescape
from typing import Any

import pytest
from django.test import Client

from challenge.models import CheckIn, Day, Delivery, Enrollment, Program, Stretch
from tests.support import free_port
from tests.support.desk import DeskItem, enter, logged, said
from tests.support.smtp_server import SmtpServer
from tests.support.visitor import body, whole_database

pytestmark = pytest.mark.django_db
Open = Callable[..., Any]


def shown(desk: DeskItem, **changes: Any) -> Any:
    return desk.client.post(desk.item.address("preview"), desk.form(**changes))


def html(response: Any) -> str:
    assert response.status_code == 200
    return str(response.content.decode())


def test_a_draft_is_shown_as_it_is_typed_and_not_saved(day: DeskItem) -> None:
    day.save(title="Saved")
    before = whole_database()

    page = shown(day, title="Typed just now", lesson="Hello {first_name}.\n\n## Part\n\nOpen **mark")

    assert "<h1" in html(page)
    assert "Typed just now" in html(page)
    assert "Hello <bdi>Robin</bdi>." in html(page)
    assert "Open **mark" in html(page)
    assert whole_database() == before
    assert "Saved" in said(day.get("preview"))


def test_as_any_runner_by_address_or_number(
    day: DeskItem, alice: Enrollment, bob: Enrollment, now: datetime
) -> None:
    CheckIn.objects.create(enrollment=alice, day=5, status="done", created_at=now, updated_at=now)
    for number in range(2, 9):
        CheckIn.objects.create(enrollment=bob, day=number, status="done", created_at=now, updated_at=now)

    assert "Hello <bdi>Alice</bdi>," in html(shown(day, as_runner="ALICE@example.com"))
    assert "We have not heard from you" in html(shown(day, as_runner=" alice@example.com "))
    as_bob = html(shown(day, as_runner=str(bob.pk)))
    assert "Hello <bdi>Bob</bdi>," in as_bob
    assert "You have done 7 days so far." in as_bob
    assert "Hello <bdi>Bob</bdi>," in html(day.get("preview", as_runner=str(bob.pk)))
    assert "Hello <bdi>Robin</bdi>," in html(shown(day))


@pytest.mark.parametrize("typed", ["nobody@example.com", "<script>x", "9" * 30, "0", "x" * 254])
def test_a_runner_who_is_not_there_is_said_kindly(day: DeskItem, typed: str) -> None:
    page = html(shown(day, as_runner=typed))

    assert "Nobody here has this address or number" in page
    assert "<script" not in page


def test_no_link_of_a_preview_or_a_test_is_live(day: DeskItem, alice: Enrollment, sink: SmtpServer) -> None:
    page = html(shown(day, as_runner=str(alice.pk)))
    text = html(shown(day, as_runner=str(alice.pk), view="text"))
    day.save(title="T", do="test", as_runner=str(alice.pk))
    [mail] = sink.mails

    for each in (page, text, body(mail), body(mail, "html"), str(mail)):
        assert not re.search(r"/(check-in|day|leave|pause|hour|confirm)/", each)
    assert "/#done_url" in page
    assert "/#leave_url" in body(mail)


def test_the_frame_may_bring_its_styles_and_nothing_else(day: DeskItem) -> None:
    for answer in (day.get("preview"), shown(day), day.get("version_mail", 1), shown(day, view="text")):
        policy = dict(([*part.split(), ""])[:2] for part in answer["Content-Security-Policy"].split(";"))
        assert policy["default-src"] == "'none'"
        assert policy["style-src"] == "'unsafe-inline'"
        assert policy["frame-ancestors"] == "'self'"
        assert policy["sandbox"] == ""
        assert "script-src" not in policy
        assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert '<iframe name="preview" sandbox src="' in day.get().content.decode()


def test_dark_light_and_images_off_whatever_the_coachs_browser_prefers(day: DeskItem) -> None:
    light, dark = html(shown(day, view="phone")), html(shown(day, view="dark"))
    off = html(shown(day, view="no-images"))

    assert "prefers-color-scheme" not in light + dark
    assert "@media all" in dark
    assert 'media="all"' in dark
    assert "@media not all" in light
    assert 'src="http://testserver/figures/' in light
    assert not re.search(r'(src|srcset)="[^"]', off)
    assert re.findall('alt="[^"]+"', off) == re.findall('alt="[^"]+"', light) != []


def test_the_text_part_as_it_is(day: DeskItem) -> None:
    page = html(shown(day, view="text", title="Words <b>"))

    assert "WORDS &lt;B&gt;" in page
    assert "Day 9 of 21" in page
    assert f"Subject: Day 9: {day.instance.published.content['day']['subject']}" in unescape(page)


def test_no_address_of_the_page_holds_a_runners_address(day: DeskItem, alice: Enrollment) -> None:
    page = day.client.post(
        day.item.address("change"), day.form(as_runner="alice@example.com", lesson="x" * 20_001)
    )

    assert page.status_code == 422
    assert f'src="{day.item.address("preview")}?as_runner={alice.pk}"' in page.content.decode()
    assert not re.search(r"(src|href|action)=\"[^\"]*(alice|%40)", page.content.decode())
    assert 'value="alice@example.com"' in page.content.decode()


def test_what_cannot_be_shown_says_why(day: DeskItem) -> None:
    assert "This can&#x27;t be shown yet." in html(shown(day, lesson="x" * 20_001))
    assert "20,001 characters" in html(shown(day, lesson="x" * 20_001))


def test_a_day_without_stretches_a_stretch_and_the_self_check_are_shown(day: DeskItem) -> None:
    assert "Typed" in html(shown(day, title="Typed", stretch_1="", stretch_2=""))
    for stretch in (Stretch.objects.get(slug="glute-bridge"), Stretch.objects.get(kind="self_check")):
        desk = DeskItem(day.client, stretch)
        assert "Purpose, as typed." in html(shown(desk, purpose="Purpose, as typed."))
    content = {**Stretch.objects.get(slug="leg-swings").content, "slug": "new"}
    program = stretch.program
    alone = Stretch.objects.create(program=program, slug="new", title="New", minutes=3, content=content)
    assert "Alone, as typed." in html(shown(DeskItem(day.client, alone), purpose="Alone, as typed."))


def test_send_me_a_test(day: DeskItem, alice: Enrollment, sink: SmtpServer) -> None:
    page = day.save(
        title="A test title", subject="A test of a subject", do="test", as_runner="alice@example.com"
    )

    [mail] = sink.mails
    assert mail["Subject"] == "[Test] Day 9: A test of a subject"
    assert mail["To"] == "coach@example.com"
    assert sink.recipients == ["coach@example.com"]
    assert "List-Unsubscribe" not in mail
    assert "Hello \u2068Alice\u2069," in body(mail)
    assert "A test title" in body(mail, "html")
    assert "A test is on its way to coach@example.com. The mail server said: 250 kept" in said(page)
    assert day.instance.draft["day"]["title"] == "A test title"
    assert not Delivery.objects.exists()
    assert logged() == [("draft_saved", {}), ("test_sent", {})]


def test_a_test_of_what_is_published_makes_no_draft(day: DeskItem, sink: SmtpServer) -> None:
    day.save(do="test")

    assert len(sink.mails) == 1
    assert day.instance.draft is None


def test_a_test_that_does_not_get_through_says_why(day: DeskItem, sink: SmtpServer, settings: Any) -> None:
    sink.script = lambda phase, recipient: "550 5.1.1 no such user" if phase == "recipient" else None
    assert "did not get through. Outcome: refused, at: naming the recipient. 5.1.1 no such user" in said(
        day.save(title="x", do="test")
    )

    settings.EMAIL_PORT = free_port()
    assert "did not get through. Outcome: server away, at: reaching the server." in said(day.save(do="test"))
    assert "nobody has this address or number: y@z" in said(day.save(do="test", as_runner="y@z"))


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("script", [True, False])
def test_the_preview_in_a_browser(
    program: Program, site: str, open_page: Open, coach: Client, script: bool
) -> None:
    page = open_page(width=1280, java_script_enabled=script)
    enter(page, site, coach)
    day = Day.objects.get(number=9)
    page.goto(f"{site}/coach/challenge/day/{day.pk}/change/")

    page.fill("[name=title]", "As I type")
    page.check("[name=view][value=dark]")
    if not script:
        page.get_by_role("button", name="Show").click()

    page.frame_locator(".preview-frame iframe:not(.next)").get_by_role("heading", name="As I type").wait_for()
    assert page.input_value("[name=title]") == "As I type"
    day.refresh_from_db()
    assert day.draft is None


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_every_page_of_the_course_is_accessible(
    program: Program, site: str, open_page: Open, coach: Client, now: datetime
) -> None:
    from tests.support.axe import Looks

    day, stretch = (
        DeskItem(coach, Day.objects.get(number=9)),
        DeskItem(coach, Stretch.objects.get(slug="leg-swings")),
    )
    day.save(title="Second")
    day.publish()
    day.save(lesson="Open **mark", preview="short")
    addresses = [
        *(day.item.address(view) for view in ("change", "publish", "versions")),
        day.item.address("version", 1),
        f"{day.item.address('compare')}?a=1&b=2",
        *(stretch.item.address(view) for view in ("change", "recall")),
        "/coach/challenge/article/",
        "/coach/challenge/message/",
    ]
    page = open_page(width=1280)
    enter(page, site, coach)
    looks = Looks(page, iframes=False, preload=False)
    for address in addresses:
        page.goto(site + address)
        looks.at(address)
    assert not looks.found, "\n".join(looks.found)
