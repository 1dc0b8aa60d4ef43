"""M1: every mail as an SMTP server got it, the 21 lessons in four states and the small mails: the two
parts agree, nothing is missing, nothing is too big, nothing names the runner."""

import re
from urllib.parse import unquote, urlsplit

import pytest

from tests.gallery.build import SETTINGS, SITE
from tests.gallery.cast import CAST, OTHER_MAILS, WAITING
from tests.gallery.mails import GalleryMail, sent_mails
from tests.gallery.reporting import print_result
from tests.mail.test_mail_parts import Reader, words

pytestmark = pytest.mark.pure

DAYS = range(1, 22)
# RFC 5322, RFC 2919, RFC 2369 and RFC 8058, RFC 3834, Gmail's feedback loop.
HEADERS = {
    "Message-ID": r"<[0-9a-f-]{36}@reset\.example\.org>",
    "List-ID": r"The 21-Day Runner Reset <reset-21\.reset\.example\.org>",
    "List-Unsubscribe": rf"<{re.escape(SITE)}/leave/[\w.~-]+/>",
    "List-Unsubscribe-Post": r"List-Unsubscribe=One-Click",
    "Auto-Submitted": r"auto-generated",
    "Feedback-ID": r"\d+:reset-21:[a-z_]+:runner-reset",
    "Subject": r".{10,78}",
    "From": re.escape(SETTINGS["MAIL_FROM"]),
    "Date": r".+",
}
# Mails to an address that is not, or no longer, that of a runner's course: there is nothing to leave.
TO_STRANGERS = ("address", "address-old", "address-used")
# Mails to coaches are of no list.
TO_COACHES = ("escalation", "escalation-second-contact")
MOST_BYTES = 80_000
MOST_OCTETS_A_LINE = 998  # RFC 5322, 2.1.1


@pytest.fixture(scope="module")
def sent() -> list[GalleryMail]:
    return sent_mails()


def test_there_is_every_day_in_every_state_and_every_small_mail(sent: list[GalleryMail]) -> None:
    lessons = {f"day-{day:02}-{someone.state}" for day in DAYS for someone in CAST}
    assert {mail.name for mail in sent} == lessons | set(OTHER_MAILS.values())


def test_the_states_differ_in_their_first_words(sent: list[GalleryMail]) -> None:
    said = {mail.name: mail.text for mail in sent}
    for day in range(4, 8):
        assert "When you have stretched" not in said[f"day-{day:02}-first-week"]
    # Of seven days the gallery's runner does six.
    told = [day for day in DAYS if "days so far." in said[f"day-{day:02}-mid"]]
    assert told == [9, 17]
    for day in range(2, 22):
        assert "Good to have you back." in said[f"day-{day:02}-after-a-pause"]
    missed = [day for day in DAYS if "We have not heard from you" in said[f"day-{day:02}-quiet"]]
    assert missed == [4, 8, 15]
    assert all("Here is your first lesson." in said[f"day-01-{someone.state}"] for someone in CAST)


def test_text_and_html_say_the_same(sent: list[GalleryMail]) -> None:
    for mail in sent:
        html = Reader.of(mail.html)
        # Only the text part has addresses, the strip of days and horizontal lines.
        said = re.sub(r"https?://\S+|^\[[#O -]+\]$|^-+$", " ", mail.text, flags=re.MULTILINE)
        assert words(said) == words(" ".join(html.said)), mail.name
        assert addresses(mail) == html.links, mail.name


def addresses(mail: GalleryMail) -> set[str]:
    return set(re.findall(r"https?://\S+", mail.text))


def test_every_header_is_there_once(sent: list[GalleryMail]) -> None:
    for mail in sent:
        for name, pattern in HEADERS.items():
            is_of_a_list = name.startswith("List-") or name == "Feedback-ID"
            if (mail.name in TO_STRANGERS and name.startswith("List-Unsubscribe")) or (
                mail.name in TO_COACHES and is_of_a_list
            ):
                assert name not in mail.message
                continue
            [value] = mail.message.get_all(name)
            assert re.fullmatch(pattern, str(value)), (mail.name, name, value)
    assert len({mail.message["Message-ID"] for mail in sent}) == len(sent)


def test_html_is_small(sent: list[GalleryMail], capsys: pytest.CaptureFixture[str]) -> None:
    sizes = sorted((len(mail.html.encode()), mail.name) for mail in sent)
    (least, lightest), (most, heaviest) = sizes[0], sizes[-1]
    span = f"{least / 1000:.1f} kB ({lightest}) to {most / 1000:.1f} kB ({heaviest})"
    print_result(capsys, f"M1 every mail in every state: {len(sent)}, HTML of {span}, at most 80")
    assert most <= MOST_BYTES


def test_every_picture_has_words_and_a_size_and_is_no_attachment(sent: list[GalleryMail]) -> None:
    pictures = 0
    for mail in sent:
        for image in re.findall(r"<img\b[^>]*>", mail.html):
            pictures += 1
            assert re.search(r'\balt="[^"]{30,240}"', image), (mail.name, image)
            assert re.search(r'\bwidth="\d+"', image), (mail.name, image)
            assert re.search(r'\bheight="\d+"', image), (mail.name, image)
            assert re.search(rf'\bsrc="{SITE}/figures/[a-z0-9.-]+\.png"', image), (mail.name, image)
        for embedded in ("data:", "cid:", "<script", "<form", "<iframe", "url("):
            assert embedded not in mail.html, (mail.name, embedded)
    assert pictures >= 4 * len(DAYS)


def test_no_slot_is_left_and_no_line_is_too_long(sent: list[GalleryMail]) -> None:
    for mail in sent:
        assert not re.search("[\u27e6\u27e7]|{[{%#]|[%#}]}", mail.text + mail.html + mail.message["Subject"])
        assert max(map(len, mail.raw.split(b"\r\n"))) <= MOST_OCTETS_A_LINE, mail.name
        assert b"\n" not in mail.raw.replace(b"\r\n", b""), mail.name
        assert mail.raw.isascii(), mail.name


def test_every_address_is_ours_and_says_nothing_of_the_runner(sent: list[GalleryMail]) -> None:
    who = [name.lower() for someone in (*CAST, WAITING) for name in (someone.name, someone.email)]
    for mail in sent:
        found = re.findall(r'\b(?:href|src|srcset)="([^"]*)"', mail.html)
        leave = mail.message.get("List-Unsubscribe", SITE).strip("<>")
        for address in [*found, *addresses(mail), leave]:
            parts = urlsplit(address)
            assert f"{parts.scheme}://{parts.netloc}" == SITE, (mail.name, address)
            assert not parts.query, (mail.name, address)
            # Among thousands of random signatures some hold a short name by chance.
            words = re.sub(r"~[\w-]{22}(?=/)", "", unquote(address)).lower()
            assert not any(word in words for word in who), (mail.name, address)
