"""People at the desk: a coach who corrects an address ends the links that were mailed to the wrong one."""

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from accounts.admin import Form, PersonAdmin
from accounts.models import User
from challenge.models import AddressChange, Enrollment


@admin.register(User)
class RunnerAdmin(PersonAdmin):
    """`accounts` lies under this package, so it cannot know of enrollments and their links."""

    def save_model(self, request: HttpRequest, obj: User, form: Form, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and "email" in form.changed_data:
            Enrollment.objects.end_links(obj)
            AddressChange.objects.end_all(obj, timezone.now())
