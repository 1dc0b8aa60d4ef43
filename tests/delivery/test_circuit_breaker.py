"""A run of refusals suspends the domain, or the mail server, for a while, with the reason shown."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from challenge.delivery.plan import plan
from challenge.delivery.throttle.circuit_breaker import THRESHOLD, learn
from challenge.models import Delivery, Enrollment, Limit
from challenge.models.attempt import Answer, Outcome, Phase
from challenge.models.limit import ALL
from tests.support.smtp_script import Script, accept
from tests.support.smtp_server import SmtpServer

pytestmark = pytest.mark.django_db

Go = Callable[[datetime], None]
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
BLOCKED = "550 5.7.1 <{}>: blocked, see our policy"


@pytest.fixture
def strict(enroll: Any) -> list[Enrollment]:
    runners = [enroll(f"runner-{number}") for number in range(20)]
    for enrollment in runners:
        enrollment.runner.email = enrollment.runner.email.replace("example.com", "strict.example")
        enrollment.runner.save()
    return [*runners, enroll("alice")]


def refusing(domain: str, answer: str, phase: str = "recipient") -> Script:
    return lambda asked, to: answer.format(to) if asked == phase and to.endswith(domain) else None


def suspended(now: datetime) -> list[Limit]:
    return [limit for limit in Limit.objects.all() if limit.is_suspended(now)]


def states(domain: str = "") -> dict[str, int]:
    rows = Delivery.objects.filter(domain__endswith=domain).values_list("state", flat=True)
    return {state: list(rows).count(state) for state in set(rows)}


def test_a_domain_that_refuses_all_mail_is_left_alone(
    strict: list[Enrollment], sink: SmtpServer, go: Go, now: datetime
) -> None:
    sink.script = refusing("strict.example", BLOCKED)
    go(now)

    assert states("strict.example") == {"failed": THRESHOLD, "queued": 20 - THRESHOLD}
    assert states("example.com") == {"sent": 1}
    [limit] = suspended(now)
    assert (limit.domain, limit.suspended_until) == ("strict.example", now + 15 * MINUTE)
    assert limit.reason == Limit.Reason.REFUSED
    assert limit.reason_values == {"count": 12, "said": "550 5.7.1 ... blocked, see our policy"}


def test_the_suspension_ends_by_itself(
    strict: list[Enrollment], sink: SmtpServer, go: Go, now: datetime
) -> None:
    sink.script = refusing("strict.example", "451 4.7.1 slow down")
    go(now)
    assert states("strict.example") == {"retry": THRESHOLD, "queued": 20 - THRESHOLD}
    sink.script = accept
    go(now + 14 * MINUTE)
    assert states("strict.example") == {"retry": THRESHOLD, "queued": 20 - THRESHOLD}

    go(now + 15 * MINUTE)

    assert states() == {"sent": 21}
    assert not Limit.objects.exists()
    assert not Delivery.objects.filter(uncertain=True).exists()


def test_each_suspension_is_longer_until_a_mail_is_accepted(
    strict: list[Enrollment], sink: SmtpServer, go: Go, now: datetime
) -> None:
    sink.script = refusing("strict.example", "451 4.7.1 slow down")
    Limit.objects.create(domain="strict.example", connections=1)
    go(now)
    lengths = []
    moment = now
    for _ in range(6):
        limit = Limit.objects.get()
        assert limit.suspended_until
        lengths.append(limit.suspended_until - moment)
        moment = limit.suspended_until
        go(moment)
    assert lengths == [15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR, 4 * HOUR]

    sink.script = accept
    Limit.objects.update(suspended_until=None)  # as the coach does
    go(moment)
    limit = Limit.objects.get()
    assert (limit.suspensions, limit.reason, limit.suspended_until, limit.connections) == (0, "", None, 1)


def test_what_did_not_get_through_while_it_was_suspended_is_the_next_day_s(
    strict: list[Enrollment], sink: SmtpServer, go: Go, now: datetime
) -> None:
    plan(now)
    limit = Limit.objects.create(domain="strict.example", suspended_until=now + 4 * HOUR, suspensions=1)
    go(now)
    assert [mail["To"] for mail in sink.mails] == ["alice@example.com"]
    limit.suspended_until = now + DAY
    limit.save()

    go(now + 22 * HOUR)  # its window is closed; the suspension goes on
    assert len(sink.mails) == 1
    limit.suspended_until = now + DAY
    limit.save()
    go(now + DAY)

    assert sorted(mail["Subject"][:6] for mail in sink.mails) == ["Day 1:"] * 21 + ["Day 2:"]
    assert Delivery.objects.count() == 22


def test_one_mailbox_that_refuses_again_and_again_is_no_run(
    alice: Enrollment, bob: Enrollment, sink: SmtpServer, go: Go, now: datetime
) -> None:
    sink.script = refusing("alice@example.com", "451 greylisted")
    for minutes in range(0, 12 * 60, 20):
        go(now + minutes * MINUTE)

    assert len(Delivery.objects.get(enrollment=alice).attempts) > THRESHOLD
    assert not Limit.objects.exists()


def test_addresses_that_do_not_exist_are_no_run(
    strict: list[Enrollment], sink: SmtpServer, go: Go, now: datetime
) -> None:
    sink.script = refusing("strict.example", "550 5.1.1 no such user")
    go(now)

    assert states("strict.example") == {"withheld": 20}
    assert not Limit.objects.exists()


def test_a_server_that_says_no_to_everybody_without_a_reason_is_left_alone(
    strict: list[Enrollment], sink: SmtpServer, go: Go, now: datetime
) -> None:
    """Otherwise every recipient of this morning would count as a bad address."""
    sink.script = refusing("strict.example", "550 no")

    go(now)

    assert states("strict.example") == {"withheld": THRESHOLD, "queued": 20 - THRESHOLD}
    assert [limit.domain for limit in suspended(now)] == ["strict.example"]


@pytest.mark.parametrize(
    ("phase", "answer"), [("sender", "421 4.7.0 too many mails"), ("sender", "451 4.7.0 quota exceeded")]
)
def test_a_mail_server_that_refuses_to_talk_is_left_alone(
    phase: str, answer: str, strict: list[Enrollment], sink: SmtpServer, go: Go, now: datetime
) -> None:
    sink.script = refusing("", answer, phase)
    go(now)

    [limit] = suspended(now)
    assert (limit.domain, limit.suspended_until) == (ALL, now + 15 * MINUTE)
    assert answer[:9] in limit.reason_values["said"]
    tried = Delivery.objects.exclude(attempts=[]).count()
    assert tried == THRESHOLD
    sink.script = accept
    go(now + 15 * MINUTE)
    assert states() == {"sent": 21}


def test_refusals_of_many_domains_in_a_row_are_the_mail_server_s(
    strict: list[Enrollment], sink: SmtpServer, go: Go, now: datetime
) -> None:
    for number, enrollment in enumerate(strict):
        enrollment.runner.email = f"runner@domain-{number}.example"
        enrollment.runner.save()
    sink.script = refusing("", "451 4.7.1 daily quota exceeded")
    go(now)

    assert [limit.domain for limit in suspended(now)] == [ALL]
    assert Delivery.objects.exclude(attempts=[]).count() == THRESHOLD


def answer(verdict: Outcome, code: int | None, phase: Phase = Phase.RECIPIENT) -> Answer:
    return Answer(verdict, phase, code, "no")


def test_an_accepted_mail_ends_a_run(strict: list[Enrollment], now: datetime) -> None:
    plan(now)
    deliveries = list(Delivery.objects.filter(domain="strict.example"))
    refused, accepted = answer(Outcome.DEFERRED, 451), answer(Outcome.ACCEPTED, 250, Phase.ANSWER)
    broken = answer(Outcome.DEFERRED, None)
    said = [refused] * 11 + [accepted] + [refused, broken] * 11
    for delivery, heard in zip(deliveries * 3, said, strict=False):
        learn(delivery, heard, 0.1, now)

    assert not Limit.objects.exists()


def test_an_accepted_mail_costs_no_statement(
    strict: list[Enrollment], now: datetime, django_assert_num_queries: Any
) -> None:
    plan(now)
    delivery = Delivery.objects.filter(domain="strict.example").first()
    assert delivery
    with django_assert_num_queries(0):
        learn(delivery, answer(Outcome.ACCEPTED, 250, Phase.ANSWER), 0.1, now)
