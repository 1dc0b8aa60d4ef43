"""The admin of people (coaches with a password, runners without one) and of consents."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.contrib.auth.models import Group
from django.db import models
from django.forms import ModelForm
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.fields import AddressField, TextField
from accounts.models import Consent, User
from accounts.search import CleanSearch

if TYPE_CHECKING:
    Form = ModelForm[User]
    CreationForm = AdminUserCreationForm[User]
    PersonBase = UserAdmin[User]
    ConsentBase = admin.ModelAdmin[Consent]
else:
    Form, CreationForm = ModelForm, AdminUserCreationForm
    PersonBase, ConsentBase = UserAdmin, admin.ModelAdmin

# A person is a coach or not; Django's groups would grant nothing.
admin.site.unregister(Group)


class CoachCreationForm(CreationForm):
    """A new coach, by address and password. Runners come by signing up."""

    class Meta:
        model = User
        fields = ("email", "first_name")


class PersonAdmin(CleanSearch, PersonBase):
    """Accounts are for administrators. Nobody is deleted here, because their records would be deleted too.
    challenge.coach registers it, with what an address means to enrollments."""

    add_form = CoachCreationForm
    formfield_overrides = {
        models.CharField: {"form_class": TextField},
        models.EmailField: {"form_class": AddressField},
    }
    list_display = ("email", "first_name", "is_staff", "is_active", "date_joined", "enrollments")
    list_filter = ("is_staff", "is_active")
    search_fields = ("email", "first_name")
    ordering = ("-is_staff", "email")
    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined", "enrollments")
    fieldsets = (
        (None, {"fields": ("email", "first_name", "password", "enrollments")}),
        (_("Access"), {"fields": ("is_active", "is_staff", "is_superuser")}),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"classes": ("wide",), "fields": ("email", "first_name", "password1", "password2")}),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return _is_administrator(request)

    def has_view_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return _is_administrator(request)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return _is_administrator(request)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: User, form: Form, change: bool) -> None:
        if not change:
            obj.is_staff = True
        super().save_model(request, obj, form, change)

    @admin.display(description=_("enrollments"))
    def enrollments(self, user: User) -> SafeString:
        address = reverse("admin:challenge_enrollment_changelist")
        return format_html('<a href="{}?runner__id__exact={}">{}</a>', address, user.pk, _("Show"))


@admin.register(Consent)
class ConsentAdmin(CleanSearch, ConsentBase):
    """The record of consents; only the person changes it."""

    change_form_template = "admin/record.html"

    list_display = ("user", "purpose", "version", "form", "asked_at", "given_at", "withdrawn_at")
    list_filter = ("purpose", "version", "form")
    list_select_related = ("user",)
    search_fields = ("user__email", "user__first_name")
    ordering = ("-asked_at",)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Consent | None = None) -> bool:
        return request.user.is_active and request.user.is_staff

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def _is_administrator(request: HttpRequest) -> bool:
    return request.user.is_active and request.user.is_superuser
