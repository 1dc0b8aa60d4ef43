"""The coach's page that shows a runner the movements again that the ten questions left out."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.fields import NoteField
from challenge.coach.access import coach_of
from challenge.coach.desk.links import back
from challenge.coach.history import LoggedAction, log
from challenge.coach.runners.answering import frame
from challenge.coach.runners.message_forms import ROWS
from challenge.models import Enrollment, Stretch
from challenge.safety.answering import give_back


class GiveBackForm(forms.Form):
    movements = forms.MultipleChoiceField(
        label=gettext_lazy("Show again"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one.")},
    )
    because = NoteField(
        label=gettext_lazy("Who agreed, and to what (kept as a memo)"),
        max_length=2000,
        widget=forms.Textarea(attrs=ROWS),
        error_messages={"required": gettext_lazy("Write who examined the runner, and what was agreed.")},
    )


def give_back_view(request: HttpRequest, enrollment_id: int) -> HttpResponse:
    enrollment = get_object_or_404(Enrollment.objects.select_related("runner", "program"), pk=enrollment_id)
    form = GiveBackForm(request.POST or None)
    form.fields["movements"].choices = titles_of(enrollment)  # type: ignore[attr-defined]
    if form.is_valid():
        data, now = form.cleaned_data, timezone.now()
        if give_back(enrollment.pk, data["movements"], coach_of(request), data["because"], now):
            log(request, [enrollment], LoggedAction.GIVEN_BACK)
            messages.success(request, _("They are shown again, from the next lesson on."))
        return HttpResponseRedirect(back(request, enrollment.pk))
    context = {**frame(request, enrollment, _("Show again what was left out")), "form": form}
    return TemplateResponse(request, "admin/challenge/enrollment/give_back.html", context)


def titles_of(enrollment: Enrollment) -> list[tuple[str, str]]:
    """Return the movements that are left out, each with its title."""
    found = Stretch.objects.filter(program=enrollment.program_id, slug__in=enrollment.left_out)
    return list(found.order_by("title").values_list("slug", "title"))
