"""The cast's addresses, and the ledger's record of their lessons."""

from challenge.models import Delivery

COACH = "coach@localhost"
ALICE, BOB, CHARLIE, DORA = (f"{name}@example.com" for name in ("alice", "bob", "charlie", "dora"))
MESSAGE = b"Subject: x\r\n\r\nx\r\n"


def lesson_of(name: str) -> Delivery:
    return Delivery.objects.get(enrollment__runner__email=f"{name}@example.com")


def story(delivery: Delivery) -> list[tuple[str, str, int | None]]:
    return [(a["phase"], a["outcome"], a["code"]) for a in delivery.attempts]
