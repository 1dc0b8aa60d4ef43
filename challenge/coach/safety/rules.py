"""The page of the safety rules: one row, which every coach may change and sign."""

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from challenge.checkins.told_pain import THRESHOLDS
from challenge.coach.access import CoachAdmin, ModelForm, coach_of
from challenge.coach.history import LoggedAction, log
from challenge.coach.safety.rules_form import PREFIX, WORDS, SafetyRulesForm
from challenge.coach.wording import when
from challenge.models import SafetyRules

SIGN = "_sign"
SIGNED_FIELDS = {*THRESHOLDS, "words_only", *(PREFIX + key for key in WORDS)}


@admin.register(SafetyRules)
class SafetyRulesAdmin(CoachAdmin[SafetyRules]):
    """A change of a number or a word ends the signature: what was signed is another list."""

    form = SafetyRulesForm
    readonly_fields = ("signed",)
    fieldsets = (
        (gettext_lazy("Signature"), {"fields": ("signed",)}),
        (gettext_lazy("Pain, from 0 to 10"), {"fields": (*THRESHOLDS, "words_only")}),
        (
            gettext_lazy("Red words that you add, one rule a line"),
            {
                "fields": tuple(PREFIX + key for key in WORDS),
                "description": gettext_lazy(
                    "A comma parts words that mean the same; a + asks for all of its sides within six words;"
                    " a / parts the spellings of one word; a - takes any ending; what stands in ( ) may be"
                    " left out. Example: burning + shin, calf"
                ),
            },
        ),
        (
            gettext_lazy("Who is told when"),
            {"fields": ("remind_after", "second_contact", "second_after")},
        ),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: SafetyRules | None = None) -> bool:
        return False

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> SafetyRules | None:
        return SafetyRules.current() if object_id == "1" else None

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:challenge_safetyrules_change", args=[1]))

    def save_model(
        self, request: HttpRequest, obj: SafetyRules, form: ModelForm[SafetyRules], change: bool
    ) -> None:
        if SIGN in request.POST:
            obj.signed_by, obj.signed_at = coach_of(request), timezone.now()
        elif obj.signed_at and SIGNED_FIELDS.intersection(form.changed_data):
            obj.signed_by, obj.signed_at = None, None
            messages.warning(request, _("The list has changed, so it is to be signed anew."))
        obj.save()
        if SIGN in request.POST:
            log(request, [obj], LoggedAction.SIGNED)

    @admin.display(description=gettext_lazy("List"))
    def signed(self, rules: SafetyRules) -> str:
        if rules.signed_at is None:
            return _("Nobody has signed it yet.")
        who = rules.signed_by.get_short_name() if rules.signed_by else _("a coach who has gone")
        return _("Signed by %(who)s, %(time)s.") % {"who": who, "time": when(rules.signed_at)}
