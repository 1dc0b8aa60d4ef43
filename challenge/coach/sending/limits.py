"""The rate limits of all mail and of single domains, and the suspended domains."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.addresses import AddressError, domain_of, normalise
from challenge.coach.access import CoachAdmin, ModelForm
from challenge.coach.history import LoggedAction, log
from challenge.coach.wording import NOTHING, when
from challenge.delivery.throttle.circuit_breaker import send_again
from challenge.models import Limit
from challenge.models.limit import ALL
from challenge.tasks import nudge, send


class LimitForm(ModelForm[Limit]):
    def clean_domain(self) -> str:
        domain = self.cleaned_data["domain"].strip().removeprefix("@").rstrip(".")
        try:
            domain = domain_of(normalise(f"runner@{domain}")) if domain else ALL
        except AddressError as error:
            raise forms.ValidationError(_("Write the part of an address after the @: example.com")) from error
        if Limit.objects.filter(domain=domain).exists():
            raise forms.ValidationError(_("It has a limit already; change that one."))
        return domain

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        begins, first_day = self.cleaned_data.get("warm_up_from"), self.cleaned_data.get("first_day")
        if not self.errors and (begins is None) != (first_day is None):
            missing = "warm_up_from" if begins is None else "first_day"
            self.add_error(missing, _("A warm-up needs both its first day and a number."))
        return cleaned


@admin.register(Limit)
class LimitAdmin(CoachAdmin[Limit]):
    """The senders add rows for the domains that they suspend; the coach may end a suspension."""

    form = LimitForm
    list_display = ("domain_cell", "per_second", "connections", "today_cell", "status_cell")
    list_display_links = ("domain_cell",)
    search_fields = ("domain",)
    fields = ("domain", "per_second", "connections", "warm_up_from", "first_day", "today_cell", "status_cell")
    readonly_fields = ("today_cell", "status_cell")
    actions = ("send_again",)

    def get_readonly_fields(self, request: HttpRequest, obj: Limit | None = None) -> tuple[str, ...]:
        return ("domain_cell", *self.readonly_fields) if obj else ()

    def get_fields(self, request: HttpRequest, obj: Limit | None = None) -> tuple[str, ...]:
        return ("domain_cell", *self.fields[1:]) if obj else self.fields[:-2]

    def save_model(self, request: HttpRequest, obj: Limit, form: ModelForm[Limit], change: bool) -> None:
        # Do not overwrite the columns that the senders write meanwhile.
        obj.save(update_fields=form.changed_data if change else None)
        nudge(send)

    def delete_model(self, request: HttpRequest, obj: Limit) -> None:
        super().delete_model(request, obj)
        nudge(send)

    @admin.display(description=gettext_lazy("Domain"), ordering="domain")
    def domain_cell(self, limit: Limit) -> str:
        return str(limit)

    @admin.display(description=gettext_lazy("Today's part of the warm-up"))
    def today_cell(self, limit: Limit) -> str:
        now = timezone.now()
        quota = limit.quota(now)
        if quota is None:
            return NOTHING
        return _("%(sent)s of %(quota)s") % {"sent": limit.counted_today(now), "quota": quota}

    @admin.display(description=gettext_lazy("How it stands"))
    def status_cell(self, limit: Limit) -> str:
        now = timezone.now()
        if limit.is_suspended(now):
            until = {"until": when(limit.suspended_until), "reason": limit.why}
            return _("Left alone until %(until)s. %(reason)s") % until
        if limit.suspensions:
            return _("It was left alone, and is tried with a few mails. %(reason)s") % {"reason": limit.why}
        if limit.is_slow(now):
            until = {"until": when(limit.slow_until)}
            return _("It answers slowly: its mail goes apart, one at a time, until %(until)s.") % until
        return _("Mail flows.")

    @admin.action(description=gettext_lazy("Send again now"))
    def send_again(self, request: HttpRequest, chosen: QuerySet[Limit]) -> None:
        limits = list(chosen)
        for limit in limits:
            send_again(limit)
        log(request, limits, LoggedAction.LANE_OPENED)
        nudge(send)
        count = len(limits)
        text = ngettext(
            "Mail to %(count)s lane is sent again.", "Mail to %(count)s lanes is sent again.", count
        )
        messages.success(request, text % {"count": count})
