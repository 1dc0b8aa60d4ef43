"""Links that do not work: altered, expired, forged or for another purpose; each page gives the reason."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.capabilities import Altered, read
from challenge.checkins.open_days import LATE_DAYS
from challenge.enrollment import pending
from challenge.mail.links import Purpose, lifetime, token, url
from challenge.models import EarlierCheckIn, Enrollment
from tests.support.smtp_server import SmtpServer
from tests.support.visitor import confirm, form, link, whole_database

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# The links of a change of address and of an escalation name that, and no run.
OF_A_RUN = [purpose for purpose in Purpose if not purpose.startswith(("address", "take-care"))]
Go = Callable[[datetime], None]


def paths(enrollment: Enrollment, issued: datetime) -> dict[Purpose, str]:
    days = {Purpose.CHECK_IN: [1], Purpose.DAY: [1]}
    return {p: place(p, token(p, issued, enrollment, *days.get(p, []))) for p in OF_A_RUN}


def place(purpose: Purpose, text: str) -> str:
    """Return the path of a link, with whatever text in it."""
    return f"/{'me' if purpose is Purpose.OWN_PAGE else purpose}/{text}/"


def assert_refused(client: Client, path: str, status: int, said: bytes) -> None:
    for answer in (client.get(path), client.post(path, {"status": "done", "unit": "km"})):
        assert answer.status_code == status, path
        assert said in answer.content
        offer = b"You can sign up again" if status == 410 and b"behind this link" in said else b"fresh link"
        assert offer in answer.content
        assert "max-age=0" in answer["Cache-Control"]
    assert client.head(path).status_code == status


@pytest.mark.parametrize("purpose", OF_A_RUN)
def test_a_link_with_any_character_changed_or_lost_is_refused(
    client: Client, alice: Any, go: Go, clock: Any, now: datetime, purpose: Purpose
) -> None:
    go(now)
    text = paths(alice, now)[purpose].split("/")[2]
    assert client.get(place(purpose, text)).status_code == 200
    before = whole_database()

    flipped = [text[:n] + ("A" if text[n] != "A" else "B") + text[n + 1 :] for n in range(len(text))]
    cut = [text[:n] for n in range(1, len(text))] + [text[n:] for n in range(1, len(text))]
    for altered in (*flipped, *cut):
        with pytest.raises(Altered):
            read(purpose, altered)
    for altered in (*flipped[::25], *cut[::25], text + "A", text.swapcase(), text.replace("~", "")):
        assert_refused(client, place(purpose, altered), 404, b"This link is not complete")

    assert whole_database() == before


def test_a_link_opens_nothing_but_its_own_page(
    client: Client, alice: Any, go: Go, clock: Any, now: datetime
) -> None:
    go(now)
    before = whole_database()
    for purpose, path in paths(alice, now).items():
        text = path.split("/")[2]
        for other in set(Purpose) - {purpose}:
            assert_refused(client, place(other, text), 404, b"This link is not complete")
    assert whole_database() == before


@pytest.mark.parametrize("purpose", OF_A_RUN)
def test_forged_huge_and_foreign_tokens(
    client: Client, alice: Any, go: Go, clock: Any, now: datetime, settings: Any, purpose: Purpose
) -> None:
    go(now)
    ours = settings.SECRET_KEY
    settings.SECRET_KEY = "a key that somebody guessed"
    forged = paths(alice, now)[purpose].split("/")[2]
    settings.SECRET_KEY = ours
    texts = (
        *(
            forged,
            "x" * 20_000,
            "9" * 5_000,
            f"{'9' * 5_000}.{'9' * 5_000}~{'A' * 43}",
            "~",
            ".",
            "1.2.3~",
            "-1",
        ),
        *("ключ~é", "☃" * 500, "%00", "%0d%0aX-Evil:1", "%ff%fe", "<script>", "⟦leave_url⟧", "' OR 1=1 --"),
    )

    for text in texts:
        assert_refused(client, place(purpose, text), 404, b"This link is not complete")
    alice.refresh_from_db()
    assert alice.state == "active"


def test_a_key_that_was_replaced_still_opens_what_it_signed(
    client: Client, alice: Any, go: Go, clock: Any, now: datetime, settings: Any
) -> None:
    go(now)
    old = paths(alice, now)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "the new key"

    assert {client.get(path).status_code for path in old.values()} == {200}


def test_an_expired_link_has_a_button_that_mails_a_fresh_one(
    client: Client, alice: Any, sink: SmtpServer, go: Go, clock: Any, now: datetime
) -> None:
    for days in range(13):
        go(now + days * DAY)
    path = link(sink.mails[0], "check-in", "done")
    later = now + 12 * DAY
    clock.move_to(later)
    before = whole_database()
    assert_refused(client, path, 410, b"This link has expired")
    assert whole_database() == before

    page = client.get(path).content.decode()
    button = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]+)">', page))
    answer = client.post("/links/", button)
    go(later)

    assert (answer.status_code, answer["Location"]) == (302, "/sent/")
    assert sink.mails[-1]["Subject"] == "Your fresh links"
    fresh = client.get(link(sink.mails[-1], "check-in", "done"))
    assert b"How was day 13, <bdi>Alice</bdi>?" in fresh.content


def test_an_expired_confirm_link_leads_to_a_fresh_one(
    client: Client, program: Any, sink: SmtpServer, go: Go, clock: Any, now: datetime
) -> None:
    client.post("/", form(starts_on="2026-03-20"))
    go(now)
    path = link(sink.mails[0], "confirm")
    # The runner signs up once more, so that the sign-up itself is not dropped when the first link ends.
    clock.move_to(now + 2 * DAY)
    client.post("/", form(starts_on="2026-03-21"))
    go(now + 2 * DAY)
    clock.move_to(now + 7 * DAY)
    pending.delete_unconfirmed(now + 7 * DAY)
    assert_refused(client, path, 410, b"This link has expired")

    client.post("/links/", {"purpose": "confirm", "token": path.split("/")[2]})
    go(now + 7 * DAY)

    assert len(sink.mails) == 3
    assert confirm(client, link(sink.mails[2], "confirm")).status_code == 302
    assert Enrollment.objects.get().state == "active"


@pytest.mark.parametrize("purpose", OF_A_RUN)
def test_a_link_ends_to_the_second(
    client: Client, alice: Any, go: Go, clock: Any, now: datetime, purpose: Purpose
) -> None:
    go(now)
    path = paths(alice, now)[purpose]
    clock.move_to(now + lifetime(purpose, alice) - timedelta(seconds=1))
    assert b"expired" not in client.get(path).content
    clock.move_to(now + lifetime(purpose, alice))
    assert_refused(client, path, 410, b"This link has expired")


def test_a_day_is_there_for_the_whole_course_and_60_days(alice: Any, now: datetime) -> None:
    for length in (5, 21):
        alice.program.length = length
        assert read(Purpose.DAY, token(Purpose.DAY, now, alice, 1)).expires_at == now + (length + 60) * DAY


def test_a_check_in_can_be_put_back_for_a_week_after_its_last_moment(alice: Any, now: datetime) -> None:
    last_moment = LATE_DAYS * DAY + DAY
    assert lifetime(Purpose.CHECK_IN, alice) >= last_moment + EarlierCheckIn.UNDO_FOR


def test_an_expired_link_does_not_tell_whose_it_was(
    client: Client, alice: Any, clock: Any, now: datetime, settings: Any
) -> None:
    settings.SIGN_UPS_PER_IP = 0
    text = paths(alice, now - 20 * DAY)[Purpose.CHECK_IN].split("/")[2]
    fields = {"purpose": "check-in", "token": text}
    for posted in (fields, {**fields, "email": "mallory@example.com"}):
        answer = client.post("/links/", posted)

        assert answer.status_code == 429
        assert b"alice" not in answer.content


@pytest.mark.parametrize(
    "fields",
    [
        {"purpose": "check-in", "token": "x"},
        {"purpose": "no-such", "token": "x"},
        {"token": "☃\x00"},
        {"purpose": "\x00", "token": "9" * 9_999},
    ],
)
def test_the_button_with_a_forged_token_is_a_kind_page(client: Client, fields: dict[str, str]) -> None:
    answer = client.post("/links/", fields)

    assert answer.status_code == 404
    assert b"There is no page here" in answer.content


def test_links_for_an_address(
    client: Client, alice: Any, sink: SmtpServer, go: Go, clock: Any, now: datetime
) -> None:
    assert client.get("/links/").status_code == 200
    answers = [
        client.post("/links/", {"email": f"{name}@example.com"}) for name in ("alice", "nobody", "ALICE")
    ]
    assert len({(a.status_code, a["Location"], a.content) for a in answers}) == 1
    go(now)

    [mail] = [mail for mail in sink.mails if mail["Subject"] == "Your fresh links"]
    assert mail["To"] == "alice@example.com"
    refused = client.post("/links/", {"email": "jörg"})
    assert refused.status_code == 422
    assert 'value="jörg"' in refused.content.decode()
    assert client.post("/links/", {}).status_code == 422


def test_a_link_to_what_was_deleted(client: Client, alice: Any, clock: Any, now: datetime) -> None:
    links = paths(alice, now)
    alice.delete()

    for path in links.values():
        assert_refused(client, path, 410, b"nothing behind this link any more")


def test_links_lead_to_the_sites_own_address(alice: Any, settings: Any, now: datetime) -> None:
    settings.SITE_URL = "https://reset.example.org"

    assert url(Purpose.HOUR, now, alice).startswith("https://reset.example.org/hour/")
