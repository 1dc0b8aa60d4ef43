"""People at the desk: what follows when a coach corrects an address."""

from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.admin import Form, PersonAdmin
from accounts.models import User
from challenge.enrollment.address_change import correct
from challenge.models import Enrollment


@admin.register(User)
class RunnerAdmin(PersonAdmin):
    """`accounts` lies under this package, so it cannot know of enrollments."""

    def save_model(self, request: HttpRequest, obj: User, form: Form, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and "email" in form.changed_data:
            correct(obj, timezone.now())
            if obj.enrollments.filter(state=Enrollment.State.PAUSED).exists():
                messages.warning(request, _("The course is still paused. Resume it on the runner's page."))
