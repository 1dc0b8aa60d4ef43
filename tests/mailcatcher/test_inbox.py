"""The development inbox: what arrives by SMTP is kept whole and shown, and looking changes nothing."""

import smtplib
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import include, path

from challenge import urls as site
from challenge.mailcatcher.server import controller
from challenge.mailcatcher.store import Inbox
from challenge.models import Delivery, Enrollment
from tests.support import free_port

pytestmark = [pytest.mark.urls("tests.mailcatcher.test_inbox"), pytest.mark.django_db]
urlpatterns = [*site.urlpatterns, path("inbox/", include("challenge.mailcatcher.urls"))]

ARRIVED = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)
HTML = '<!doctype html><html><head><title>x</title></head><body><p style="color:red">Hallo</p></body></html>'


@pytest.fixture
def inbox(tmp_path: Path, settings: Any) -> Inbox:
    settings.INBOX_DIR = str(tmp_path / "inbox")
    return Inbox(tmp_path / "inbox")


@pytest.fixture
def server(inbox: Inbox) -> Iterator[smtplib.SMTP]:
    running = controller(inbox, "127.0.0.1", free_port())
    running.start()
    try:
        with smtplib.SMTP("127.0.0.1", running.port, timeout=5) as connection:
            yield connection
    finally:
        running.stop()


def mail(subject: str = "Day 1", text: str = "Hello <you>\n", html: str | None = HTML) -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Coach <coach@localhost>"
    message["To"] = "Somebody Else <shown@example.com>"
    message["Subject"] = subject
    message["Message-ID"] = "<one@localhost>"
    message.set_content(text)
    if html is not None:
        message.add_alternative(html, subtype="html")
    return message


def kept(inbox: Inbox, message: EmailMessage | bytes, *recipients: str) -> str:
    content = message if isinstance(message, bytes) else message.as_bytes()
    return inbox.add(content, "coach@localhost", list(recipients) or ["alice@example.com"], ARRIVED)


def test_a_mail_by_smtp_is_kept_byte_for_byte_with_its_envelope(server: smtplib.SMTP, inbox: Inbox) -> None:
    sent = b"From: a@localhost\r\nSubject: Dots\r\n\r\n.one\r\n..two\r\n\xff\xfe\r\n"
    server.sendmail("a@localhost", ["alice@example.com", "bob@example.com"], sent)
    (mail_id,) = inbox.ids()
    envelope = (
        b"Return-Path: <a@localhost>\r\nDelivered-To: alice@example.com\r\nDelivered-To: bob@example.com\r\n"
    )
    assert inbox.read(mail_id) == envelope + sent


def test_a_huge_mail_is_refused_and_the_next_one_taken(server: smtplib.SMTP, inbox: Inbox) -> None:
    with pytest.raises(smtplib.SMTPResponseException) as refused:
        server.sendmail("a@localhost", ["alice@example.com"], b"\r\n" + b"x" * 70 * 400_000)
    assert refused.value.smtp_code == 552
    server.sendmail("a@localhost", ["alice@example.com"], b"Subject: small\r\n\r\nx\r\n")
    assert len(inbox.ids()) == 1


def test_a_mail_that_cannot_be_written_is_not_answered_yes(server: smtplib.SMTP, inbox: Inbox) -> None:
    inbox._directory.parent.joinpath("inbox").write_text("a file where the folder should be")
    with pytest.raises(smtplib.SMTPDataError) as answer:
        server.sendmail("a@localhost", ["alice@example.com"], b"\r\nx\r\n")
    assert answer.value.smtp_code == 451


def test_the_empty_inbox_says_how_to_get_mail(client: Client, inbox: Inbox) -> None:
    page = client.get("/inbox/").content.decode()
    assert "No mail yet" in page
    assert 'href="/"' in page


def test_the_list_shows_the_newest_first(client: Client, inbox: Inbox) -> None:
    for minute, subject in enumerate(["older", "newer"]):
        inbox.add(mail(subject).as_bytes(), "", ["alice@example.com"], ARRIVED.replace(minute=minute))
    page = client.get("/inbox/").content.decode()
    assert page.index("newer") < page.index("older")
    assert "shown@example.com" not in page, "the envelope counts, not the To field"
    assert "Refresh" not in client.get("/inbox/").headers
    assert client.get("/inbox/?refresh").headers["Refresh"] == "5"


def test_one_mail_as_json_html_text_source_and_raw(client: Client, inbox: Inbox) -> None:
    mail_id = kept(inbox, mail("Grüße"))
    (entry,) = client.get("/inbox/mails.json").json()["mails"]
    assert (entry["id"], entry["to"], entry["subject"]) == (mail_id, ["alice@example.com"], "Grüße")
    assert (entry["message_id"], entry["date"]) == ("<one@localhost>", ARRIVED.isoformat())
    pages = {name: client.get(url) for name, url in entry["urls"].items()}
    assert {name: answer.status_code for name, answer in pages.items()} == dict.fromkeys(pages, 200)
    assert "Hello &lt;you&gt;" in pages["text"].content.decode()
    assert "Message-ID: &lt;one@localhost&gt;" in pages["source"].content.decode()
    assert pages["raw"].content == inbox.read(mail_id)
    assert pages["raw"].headers["Content-Type"] == "message/rfc822"
    assert f'src="{entry["urls"]["html"]}"' in pages["mail"].content.decode()


def test_only_the_mail_itself_may_be_styled_inline(client: Client, inbox: Inbox) -> None:
    mail_id = kept(inbox, mail())
    page, alone = client.get(f"/inbox/{mail_id}/"), client.get(f"/inbox/{mail_id}/html")
    assert "unsafe-inline" not in page.headers["Content-Security-Policy"]
    policy = dict(
        part.strip().partition(" ")[::2] for part in alone.headers["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == policy["form-action"] == policy["base-uri"] == "'none'"
    assert policy["style-src"] == "'unsafe-inline'"
    assert "script-src" not in policy
    assert policy["sandbox"] == "allow-popups allow-popups-to-escape-sandbox"
    assert alone.content.decode().startswith('<!doctype html><base target="_blank"><html>')


ODD = {
    "nothing at all": b"",
    "no head": b"\r\n\r\njust text",
    "unknown charset": b"Subject: =?klingon?b?AAAA?=\r\nContent-Type: text/plain; charset=klingon\r\n\r\nx",
    "broken base64": b"Subject: =?utf-8?b?!?=\r\nContent-Transfer-Encoding: base64\r\n\r\n@",
    "broken multipart": b"Content-Type: multipart/mixed\r\n\r\n--x\r\nContent-Type: text/html\r\n",
    "script": b"Subject: <script>alert(1)</script>\r\n\r\n<script>alert(1)</script>",
    "raw bytes": b"Subject: \xff\xfe\x00\r\nFrom: \xf0\r\n\r\n\xff\x00",
}


@pytest.mark.parametrize("content", ODD.values(), ids=ODD.keys())
def test_an_odd_mail_is_shown(client: Client, inbox: Inbox, content: bytes) -> None:
    mail_id = kept(inbox, content)
    for view in ("", "text/", "source/"):
        page = client.get(f"/inbox/{mail_id}/{view}")
        assert page.status_code == 200
        assert b"<script>alert" not in page.content
    assert mail_id in client.get("/inbox/").content.decode()


@pytest.mark.parametrize(
    "address",
    ["../../settings.py", "..%2f..%2fx.eml", "20260303T080000000000-abcdef00/html", "x.eml", "20260303.eml"],
)
def test_what_is_no_mail_is_not_found(client: Client, inbox: Inbox, address: str) -> None:
    kept(inbox, mail())
    assert client.get(f"/inbox/{address}").status_code == 404


def test_the_store_reads_nothing_outside_of_it(inbox: Inbox, tmp_path: Path) -> None:
    (tmp_path / "secret.eml").write_text("secret")
    for mail_id in ("../secret", "/etc/passwd", "", "20260303T080000000000-abcdef0\n"):
        with pytest.raises(KeyError):
            inbox.read(mail_id)


def test_next_lesson_now_queues_the_next_lesson(client: Client, inbox: Inbox, alice: Any) -> None:
    mail_id = kept(inbox, mail(), "alice@example.com")
    button = f'name="enrollment" value="{alice.pk}"'
    assert button in client.get("/inbox/").content.decode()
    assert button in client.get(f"/inbox/{mail_id}/").content.decode()
    answer = client.post("/inbox/next-lesson/", {"enrollment": alice.pk}, follow=True)
    assert "on its way" in answer.content.decode()
    lesson = Delivery.objects.get(enrollment=alice, kind="lesson")
    assert (lesson.day, lesson.state) == (1, "queued")


def test_there_is_no_button_for_one_who_left(client: Client, inbox: Inbox, enroll: Any) -> None:
    gone = enroll("bob", state=Enrollment.State.WITHDRAWN)
    kept(inbox, mail(), "bob@example.com")
    assert b"next-lesson" not in client.get("/inbox/").content
    answer = client.post("/inbox/next-lesson/", {"enrollment": gone.pk}, follow=True)
    assert "no lesson to send" in answer.content.decode()
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("number", ["", "x", "-1", "0", "9" * 40, "1; drop"])
def test_a_made_up_enrollment_is_not_found(client: Client, inbox: Inbox, number: str) -> None:
    assert client.post("/inbox/next-lesson/", {"enrollment": number}).status_code == 404


def test_looking_changes_nothing_and_the_buttons_need_a_token(
    client: Client, inbox: Inbox, alice: Any
) -> None:
    kept(inbox, mail())
    assert client.get("/inbox/next-lesson/", {"enrollment": alice.pk}).status_code == 405
    assert client.get("/inbox/clear/").status_code == 405
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/inbox/next-lesson/", {"enrollment": alice.pk}).status_code == 403
    assert strict.post("/inbox/clear/").status_code == 403
    assert len(inbox.ids()) == 1
    assert not Delivery.objects.exists()


def test_delete_all_deletes_the_mails_alone(client: Client, inbox: Inbox) -> None:
    kept(inbox, mail())
    note = inbox._directory / "note.txt"
    note.write_text("not a mail")
    assert "No mail yet" in client.post("/inbox/clear/", follow=True).content.decode()
    assert inbox.ids() == []
    assert note.exists()
