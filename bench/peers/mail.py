"""The mail made by Django's own parts: two templates, eight signed links, EmailMultiAlternatives."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.template import Context, Template

SITE = "https://reset.example.org"
DAY = 3
LINKS = ("done_url", "partly_url", "not_today_url", "day_url", "hour_url", "pause_url", "leave_url")


@lru_cache
def template(source: str) -> Template:
    return Template(source)


def read_sample(path: Path) -> dict[str, Any]:
    """Read the templates' sources and what fills them, as bench.sample_mail wrote them."""
    sample: dict[str, Any] = json.loads(path.read_text())
    return sample


def signed_link(name: str, number: int) -> str:
    return f"{SITE}/{name}/{signing.dumps([number, DAY], salt=name)}/"


def links(number: int) -> dict[str, str]:
    """Return seven of the links; the eighth is the header's."""
    return {name: signed_link(name, number) for name in LINKS}


def headers(number: int) -> dict[str, str]:
    """The headers that the product's mails have too."""
    return {
        "List-ID": "The 21-Day Runner Reset <reset-21.example.org>",
        "List-Unsubscribe": f"<{signed_link('unsubscribe', number)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
        "Feedback-ID": f"{DAY}:reset-21:lesson:runner-reset",
    }


def make_message(sample: dict[str, Any], number: int, recipient: str) -> EmailMultiAlternatives:
    context = Context({**sample["context"], **links(number)})
    message = EmailMultiAlternatives(
        subject=template(sample["subject"]).render(context),
        body=template(sample["text"]).render(context),
        to=[recipient],
        headers=headers(number),
    )
    message.attach_alternative(template(sample["html"]).render(context), "text/html")
    return message
