"""A mail is compiled when it is published, never when it is sent."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import mrml
import pytest

from challenge.curriculum import compile as compiler
from challenge.curriculum import compile_lesson
from challenge.curriculum.lesson import day_content
from challenge.curriculum.publish import Origin, Publication, publish_day
from challenge.models import Day
from tests.support.smtp_server import SmtpServer

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
Go = Callable[[datetime], None]


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The lengths of the compiled sources; the compiler is the real one."""
    sizes: list[int] = []
    real = mrml.to_html

    def counted(source: str, **options: Any) -> Any:
        sizes.append(len(source))
        return real(source, **options)

    monkeypatch.setattr(mrml, "to_html", counted)
    render = compiler.render.__wrapped__
    for module in (compiler, compile_lesson):
        monkeypatch.setattr(module, "render", render)
    return sizes


def test_publishing_compiles_once_and_sending_never(
    enroll: Any, sink: SmtpServer, go: Go, now: datetime, compiled: list[int]
) -> None:
    runners = [enroll(f"runner-{number}") for number in range(12)]
    day = Day.objects.select_related("published").get(number=1)
    assert day.published is not None
    words = day_content(day.published.content)
    words["day"] = {**words["day"], "subject": "Another first morning"}

    assert publish_day(day, words, Publication(now, Origin.COACH, for_all=True))
    assert len(compiled) == 1

    go(now)
    assert len(sink.mails) == len(runners)
    assert {mail["Subject"] for mail in sink.mails} == {"Day 1: Another first morning"}
    assert len(compiled) == 1


def test_a_mail_without_a_lesson_is_compiled_once_for_the_process(
    enroll: Any, sink: SmtpServer, go: Go, now: datetime, compiled: list[int]
) -> None:
    from challenge.mail.compose import _mail
    from challenge.models import Delivery

    _mail.cache_clear()
    for number in range(5):
        Delivery.objects.queue(Delivery.Kind.WELCOME, now, enroll(f"runner-{number}"))
    go(now)

    welcomes = [mail for mail in sink.mails if not mail["Subject"].startswith("Day ")]
    assert len(welcomes) == 5
    assert len(compiled) == 1
