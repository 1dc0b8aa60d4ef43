"""Composing: the bytes of a mail are what EmailMessage would have built, whatever its slots hold."""

import email
import email.policy
import re
from copy import copy
from datetime import datetime
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from challenge.curriculum.sample import sample_values
from challenge.curriculum.slots import CLOSE, NAMES, OPEN, Compiled, fill, without_slots, wrap
from challenge.mail.compose import message, written
from challenge.mail.prepared import WIDTH, quoted
from tests.support.mails import other_mails

HEADERS = {"From": "Runner Reset <coach@example.org>", "To": "alice@example.com"}
WRAPPED = ("greeting", "coach_note", "answer")
# Line breaks, dots, equals signs, trailing blanks, long words, other scripts: whatever somebody types.


def ended_by_lf(text: str) -> str:
    """Make one character of a line break: a CR at the end of a value and a LF behind its slot are one break
    for the standard library, and two for the product."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


awkward = st.text(st.sampled_from(" .=\t\r\n-_<&'\"\u00e9\u4e2d\U0001f3c3aZ"), max_size=120)
words = (st.text(max_size=200) | awkward | st.text("abc.", min_size=WIDTH, max_size=400)).map(without_slots)
# In one line: the lines of a subject are joined before it is compiled.
lines = words.map(lambda text: " ".join(text.split()))
names = st.sampled_from(sorted(NAMES))
slot = names.map(lambda name: f"{OPEN}{name}{CLOSE}")
section = st.tuples(names, words.map(ended_by_lf)).map(
    lambda made: f"{OPEN}?{made[0]}{CLOSE}{made[1]}{OPEN}/{made[0]}{CLOSE}"
)
mails = st.lists(words.map(ended_by_lf) | slot | section, max_size=6).map("".join)
values = st.fixed_dictionaries({name: lines | awkward.map(ended_by_lf) for name in sorted(NAMES)})


def encodable(text: str) -> bool:
    """Half a surrogate pair has no UTF-8; a form or a database never holds one."""
    return all(not 0xD800 <= ord(letter) <= 0xDFFF for letter in text)


def built(compiled: Compiled, given_values: dict[str, str]) -> EmailMessage:
    """Build the same mail by the standard library."""
    mail = EmailMessage(policy=email.policy.SMTP)
    for name, text in HEADERS.items():
        mail[name] = text
    mail["Subject"] = fill(compiled.subject, given_values)
    wrapped = copy(given_values)
    wrapped.update({name: wrap(given_values[name]) for name in WRAPPED})
    mail.set_content(fill(compiled.text, wrapped), cte="quoted-printable")
    mail.add_alternative(fill(compiled.html, given_values, html=True), subtype="html", cte="quoted-printable")
    return email.message_from_bytes(mail.as_bytes(), policy=email.policy.default)


def check_the_same(ours: bytes, theirs: EmailMessage) -> None:
    mail = email.message_from_bytes(ours, policy=email.policy.default)
    assert not mail.defects
    assert mail.keys() == [*HEADERS, "Subject", "MIME-Version", "Content-Type"]
    for name in (*HEADERS, "Subject"):
        assert mail[name] == theirs[name]
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    for part, meant in zip(mail.iter_parts(), theirs.iter_parts(), strict=True):
        assert isinstance(part, EmailMessage)
        assert isinstance(meant, EmailMessage)
        assert not part.defects
        assert part.get_content() == meant.get_content()


def check_fit_for_the_wire(raw: bytes) -> None:
    """Check for CRLF alone, body lines of at most 76 octets, none that begins with a dot, and ASCII."""
    body = raw.partition(b"\r\n\r\n")[2]
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", raw)
    assert max(map(len, body.split(b"\r\n"))) <= 76
    assert not re.search(rb"^\.", raw, re.MULTILINE)
    assert raw.isascii()


@pytest.mark.pure
@given(mails.filter(encodable), mails.filter(encodable), values)
@example("a.\n.b\n..", ".", {**sample_values(), "greeting": ".", "first_name": "=" * 200})
def test_a_mail_is_what_the_standard_library_would_have_built(
    text: str, html: str, given_values: dict[str, str]
) -> None:
    compiled = Compiled(f"Hello, {OPEN}length{CLOSE}", text + "\n", html + "\n")
    # No form keeps words that are nothing but space.
    words_of_people = {name: given_values[name].strip() for name in WRAPPED}
    given_values = {**given_values, **words_of_people, "length": "21"}
    raw = message(compiled, given_values, written(HEADERS))
    check_fit_for_the_wire(raw)
    check_the_same(raw, built(compiled, given_values))


@pytest.mark.pure
@given(words.filter(encodable))
def test_quoted_printable_comes_back_as_it_was(text: str) -> None:
    import quopri

    back = quopri.decodestring(quoted(text)).replace(b"\r\n", b"\n").decode()
    assert back == text.replace("\r\n", "\n").replace("\r", "\n")


@pytest.mark.pure
@pytest.mark.parametrize("name", sorted(other_mails()))
def test_every_other_mail(name: str) -> None:
    compiled, given_values = (
        other_mails()[name],
        sample_values(first_name="Zo\u00eb & Co.", coach_note="x " * 90),
    )
    raw = message(compiled, given_values, written(HEADERS))
    check_fit_for_the_wire(raw)
    check_the_same(raw, built(compiled, given_values))


def test_every_lesson(program: Any, now: datetime) -> None:
    from challenge.models import Revision

    for revision in Revision.objects.all():
        compiled = Compiled(revision.subject, revision.text, revision.html)
        given_values = sample_values(first_name="\u5f20\u4e09")
        raw = message(compiled, given_values, written(HEADERS))
        check_fit_for_the_wire(raw)
        check_the_same(raw, built(compiled, given_values))


@pytest.mark.pure
@pytest.mark.parametrize(
    "address", ["a b@example.com", '"a b"@example.com', "o'neil+x@example.com", "a@b\r\nBcc: c@d"]
)
def test_an_odd_address_is_written_right_or_refused(address: str) -> None:
    compiled = Compiled("Hello", "Text", "<p>Text</p>")
    if "\n" in address:
        with pytest.raises(ValueError):
            message(compiled, sample_values(), written({"To": address}))
        return
    mail = email.message_from_bytes(
        message(compiled, sample_values(), written({"To": address})), policy=email.policy.default
    )
    theirs = EmailMessage(policy=email.policy.default)
    theirs["To"] = address
    assert mail["To"].addresses == theirs["To"].addresses


@pytest.mark.pure
def test_a_hole_is_never_sent() -> None:
    with pytest.raises(KeyError):
        message(Compiled("Hello", f"{OPEN}first_name{CLOSE}", ""), {}, written(HEADERS))
    with pytest.raises(KeyError):
        message(Compiled("Hello", f"{OPEN}unknown{CLOSE}", ""), sample_values(), written(HEADERS))
