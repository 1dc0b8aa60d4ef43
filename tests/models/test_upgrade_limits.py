"""What strangers asked for before the upgrade still counts after it."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.apps.registry import Apps

from accounts.addresses import keyed_hash
from challenge.enrollment.request_limits import may_mail
from challenge.models import MailRequest
from tests.models.conftest import migrate

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


@pytest.fixture
def before() -> Iterator[Apps]:
    yield migrate("0025_address_hash_key")
    migrate(None)


def test_a_mail_of_before_counts_for_its_mailbox(before: Apps, now: datetime) -> None:
    requests = before.get_model("challenge", "MailRequest").objects
    address = "maya@example.com"
    for days in (1, 2, 3):
        requests.create(address_hash=keyed_hash(address), created_at=now - timedelta(days=days), mailed=True)

    migrate(None)

    assert not may_mail(address, MailRequest.Mail.CONFIRMATION, now)
    assert may_mail(address, MailRequest.Mail.LINKS, now)
