"""MAILBOX_URL: where the mailbox for returned mail is."""

import pytest

from challenge.inbound.imap import MailboxUrlError, parse_url

pytestmark = pytest.mark.pure


def test_the_url_says_where_the_mailbox_is() -> None:
    found = parse_url("imaps://reset%40example.org:p%2Fw%3A@mail.example.org/Re%20turns?move=Old/Done")
    assert (found.is_safe, found.host, found.port) == (True, "mail.example.org", 993)
    assert (found.user, found.password) == ("reset@example.org", "p/w:")
    assert (found.folder, found.move_to) == ("Re turns", "Old/Done")
    assert parse_url("imap://a:b@localhost:10143").folder == "INBOX"


@pytest.mark.parametrize(
    "wrong",
    ["", "mail.example.org", "imaps://", "imaps://mail.example.org", "imaps://a@b", "imaps://a:b@c:x"],
)
def test_a_url_without_sense_is_said_to_be_one(wrong: str) -> None:
    with pytest.raises(MailboxUrlError):
        parse_url(wrong)
