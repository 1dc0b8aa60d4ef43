"""Every setting of the environment is documented, and a wrong one is reported."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks

from tests.support import ROOT

pytestmark = pytest.mark.pure


def in_code() -> set[str]:
    source = (ROOT / "challenge" / "settings.py").read_text()
    return set(re.findall(r"env\.\w+\(\s*\"([A-Z_]+)\"", source))


def in_docs() -> set[str]:
    return set(re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "docs" / "settings.md").read_text(), re.MULTILINE))


def test_every_setting_is_documented_and_nothing_else() -> None:
    assert in_code() == in_docs()
    assert len(in_code()) > 15


def test_without_a_key_nothing_starts_and_the_message_says_what_to_do(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "SECRET_KEY"}
    done = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "SECRET_KEY is not set. Give it 50 random characters" in done.stderr


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("MAIL_FROM_ADDRESS", "nobody", "challenge.E001"),
        ("SITE_URL", "reset.example.org", "challenge.E002"),
        ("SITE_URL", "https://example.org/path", "challenge.E002"),
        ("COACH_TIME_ZONE", "Mars/Olympus", "challenge.E003"),
        ("BATCH_SIZE", 0, "challenge.E004"),
        ("SMTP_TIMEOUT", 40, "challenge.W001"),
        ("ALARM_WEBHOOK_URL", "ftp://alarms.example.org", "challenge.E030"),
        ("ALARM_WEBHOOK_SECRET", "whsec_not base64", "challenge.E031"),
    ],
)
def test_what_is_set_wrong_is_said(settings: Any, name: str, value: object, expected: str) -> None:
    assert expected not in {found.id for found in run_checks()}
    setattr(settings, name, value)
    assert expected in {found.id for found in run_checks()}


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("SITE_URL", "http://reset.example.org", "challenge.W002"),
        ("MAIL_DOMAIN", "localhost", "challenge.W003"),
        ("INBOX_DIR", "var/inbox", "challenge.W004"),
        ("PROXY_COUNT", 0, "challenge.W005"),
        ("OPERATOR_EMAIL", "", "challenge.W030"),
        ("HAS_ADDRESS_HASH_KEY", False, "challenge.W040"),
    ],
)
def test_what_would_hurt_in_production_is_said_before_a_deployment(
    settings: Any, name: str, value: object, expected: str
) -> None:
    settings.SITE_URL, settings.MAIL_DOMAIN = "https://reset.example.org", "example.org"
    settings.PROXY_COUNT, settings.OPERATOR_EMAIL = 1, "operator@example.org"
    settings.HAS_ADDRESS_HASH_KEY = True
    assert expected not in {found.id for found in run_checks(include_deployment_checks=True)}
    setattr(settings, name, value)
    assert expected in {found.id for found in run_checks(include_deployment_checks=True)}
