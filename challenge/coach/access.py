"""The permissions of the admin: every coach may do everything, and nobody edits the program's own records."""

from typing import TYPE_CHECKING, Any, Generic, TypeVar

from django import forms
from django.contrib import admin
from django.db import models
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.text import capfirst

from accounts.fields import DayField, TextField
from accounts.models import User
from accounts.search import CleanSearch
from challenge.coach.history import in_words

M = TypeVar("M", bound=Model)

if TYPE_CHECKING:
    Base = admin.ModelAdmin[M]
    ModelForm = forms.ModelForm[M]
else:

    class Base(admin.ModelAdmin, Generic[M]):
        """Django's class is generic only in its type stubs."""

    class ModelForm(forms.ModelForm, Generic[M]):
        """This class is generic only in its type stubs, too."""


def is_coach(request: HttpRequest) -> bool:
    user = request.user
    return user.is_active and user.is_staff


def coach_of(request: HttpRequest) -> User:
    """Return the coach who sent the request; the admin site has checked the permission."""
    assert isinstance(request.user, User)
    return request.user


class CoachAdmin(CleanSearch, Base[M]):
    """Open to every coach; the permissions of single tables are not used."""

    formfield_overrides = {
        models.CharField: {"form_class": TextField},
        models.SlugField: {},
        models.DateField: {"form_class": DayField},
    }

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show Django's page with our entries in words; the entries are not saved."""
        response = super().history_view(request, object_id, extra_context)
        if isinstance(response, TemplateResponse) and response.context_data:
            for entry in response.context_data["action_list"]:
                entry.change_message = in_words(entry.change_message)
        return response

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_coach(request)

    def has_view_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return is_coach(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return is_coach(request)

    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return is_coach(request)

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return is_coach(request)


class RecordAdmin(CoachAdmin[M]):
    """A table that the program writes and a coach only reads."""

    change_form_template = "admin/record.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False
