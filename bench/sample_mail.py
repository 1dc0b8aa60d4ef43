"""The one mail that every side sends: day 3 of the course, for one runner, and as Django templates."""

import json
import re
from pathlib import Path
from typing import Any

from django.utils import timezone

from bench import queued_lessons
from challenge.curriculum.slots import CLOSE, OPEN, SHOWN
from challenge.mail.compose import compose
from challenge.models import Delivery, Enrollment, Revision, Stretch

GREETING = "When you have stretched, a tap and a button tell your coach how it went."


def lesson() -> tuple[Delivery, Revision]:
    """Return a delivery of the lesson to the first runner, not saved, and its revision."""
    now = timezone.now()
    enrollment = Enrollment.objects.select_related("runner", "program").earliest("id")
    delivery = Delivery.objects.prepare(Delivery.Kind.LESSON, now, enrollment, day=queued_lessons.DAY)
    published = Revision.objects.filter(day__number=queued_lessons.DAY, published_at__isnull=False)
    return delivery, published.latest("number")


def with_less(count: int) -> tuple[list[Delivery], Revision]:
    """Return deliveries of the lesson to runners for each of whom other movements are left out, and its
    revision. Nothing is left out for the first."""
    found = [lesson()[0] for _ in range(count)]
    slugs = sorted(Stretch.objects.values_list("slug", flat=True))
    own = lesson()[1].content["day"]["stretches"]
    for number, delivery in enumerate(found):
        chosen = [slug for place, slug in enumerate([*own, *slugs]) if number >> place & 1]
        delivery.required_enrollment.left_out = list(dict.fromkeys(chosen))
    return found, lesson()[1]


def write(path: Path) -> int:
    delivery, revision = lesson()
    return path.write_bytes(compose(delivery, revision, timezone.now(), GREETING))


def templates(revision: Revision) -> tuple[str, str, str]:
    """Return text, HTML and subject as sources of Django templates, with the same places to fill."""
    text, html, subject = (_as_template(part) for part in (revision.text, revision.html, revision.subject))
    return f"{{% autoescape off %}}{text}{{% endautoescape %}}", html, subject


def _as_template(compiled: str) -> str:
    compiled = re.sub(f"{OPEN}\\?(\\w+){CLOSE}", r"{% if \1 %}", compiled)
    compiled = re.sub(f"{OPEN}/\\w+{CLOSE}", r"{% endif %}", compiled)
    return re.sub(f"{OPEN}(\\w+){CLOSE}", r"{{ \1 }}", compiled)


def context(delivery: Delivery, revision: Revision) -> dict[str, str]:
    """Return what fills those places, the links left out: each side signs its own."""
    enrollment = delivery.enrollment
    assert enrollment
    return {
        "day": str(delivery.day),
        "length": str(enrollment.program.length),
        "program_title": enrollment.program.title,
        "first_name": enrollment.runner.first_name,
        "coach_name": "Your coach",
        "postal_address": "1 Example Street, Exampletown",
        "greeting": GREETING,
        "coach_note": "",
        "send_at": "06:30",
        "time_zone": "Europe/Berlin",
        "exercise": "yes",
        **dict.fromkeys(re.findall(f"{OPEN}\\?({SHOWN}\\w+){CLOSE}", revision.text), "yes"),
        "site_url": "https://reset.example.org",
        "library_url": "https://reset.example.org/library/",
    }


def for_peers() -> dict[str, Any]:
    """Return the templates' sources and what fills them, for bench.peers."""
    delivery, revision = lesson()
    text, html, subject = templates(revision)
    return {"text": text, "html": html, "subject": subject, "context": context(delivery, revision)}


def write_for_peers(path: Path) -> Path:
    path.write_text(json.dumps(for_peers()))
    return path
