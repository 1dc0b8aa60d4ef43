"""What a report has led to: the state of alice, the holds, and the coaches' desk."""

from challenge.models import DeskItem, Enrollment, Hold


def state() -> str:
    return str(Enrollment.objects.get(runner__email="alice@example.com").state)


def holds() -> list[tuple[str, str, dict[str, str]]]:
    return list(Hold.objects.order_by("pk").values_list("reason", "level", "values"))


def on_the_desk() -> list[str]:
    return sorted(DeskItem.objects.filter(done_at=None).values_list("kind", flat=True))
