"""A site whose domain has every record, for a test to spoil."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.dns_desk import Desk
from tests.support.key_files import rsa_key


@pytest.fixture
def names(settings: Any) -> Iterator[Desk]:
    """Set the site up as example.org's, with such a name server."""
    settings.MAIL_FROM_ADDRESS, settings.MAIL_DOMAIN = "coach@example.org", "example.org"
    settings.BOUNCE_ADDRESS = ""
    settings.EMAIL_HOST, settings.SITE_URL = "mail.example.org", "https://reset.example.org"
    settings.DKIM_KEY_FILE, settings.DKIM_SELECTOR = str(rsa_key()), "reset"
    opened = Desk()
    yield opened
    opened.stop()
