"""A mail server's scripted answers, and what the ledger tells of them."""

from collections.abc import Callable

from challenge.models import Delivery

ALICE = "alice@example.com"


class Once:
    """A script that gives its answer once to each recipient, in one phase."""

    def __init__(self, phase: str, answer: str) -> None:
        self._phase, self._answer = phase, answer
        self.asked: list[str] = []

    def __call__(self, phase: str, recipient: str) -> str | None:
        if phase != self._phase or recipient in self.asked:
            return None
        self.asked.append(recipient)
        return self._answer


def always(phase: str, answer: str, recipient: str = ALICE) -> Callable[[str, str], str | None]:
    """A script that gives its answer each time, in one phase to one recipient."""
    return lambda asked, who: answer if (asked, who) == (phase, recipient) else None


def lesson_of(name: str) -> Delivery:
    return Delivery.objects.get(enrollment__runner__email=f"{name}@example.com")


def story(delivery: Delivery) -> list[tuple[str, str, int | None]]:
    return [(a["phase"], a["outcome"], a["code"]) for a in delivery.attempts]
