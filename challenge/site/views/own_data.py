"""What is kept of a runner, on the runner's own page: what the runner told, and everything, to read or to
download."""

from typing import NamedTuple

from django.http import HttpResponse

from challenge.models import CheckIn, Enrollment, Question
from challenge.site.own_page import OwnPage


class RunTold(NamedTuple):
    """What a runner told in one run: check-ins by day, and the words of notes and questions."""

    run: Enrollment
    check_ins: list[CheckIn]
    questions: list[Question]

    @property
    def with_words(self) -> list[CheckIn]:
        return [check_in for check_in in self.check_ins if check_in.note or check_in.pain_where]


def told(page: OwnPage) -> HttpResponse:
    runs = Enrollment.objects.filter(runner=page.run.runner_id).select_related("program").order_by("-pk")
    found = [
        RunTold(
            run,
            list(run.check_ins.order_by("day")),
            list(run.questions.order_by("asked_at")),
        )
        for run in runs
    ]
    shown = [each for each in found if each.check_ins or each.questions]
    return page.render("own/told.html", told=shown)
