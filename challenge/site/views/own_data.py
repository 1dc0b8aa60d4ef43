"""What is kept of a runner, on the runner's own page: what the runner told, and everything, to read or to
download."""

from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import DateTimeField, Field, Prefetch
from django.http import HttpResponse, JsonResponse
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from challenge.conversation.thread import Said, thread
from challenge.models import CheckIn, Enrollment
from challenge.models.privacy import model_of
from challenge.privacy.export import export
from challenge.site.own_page import OwnPage

FILE_NAME = "runner-reset.json"
NOTHING = "\u2013"


class RunTold(NamedTuple):
    """What a runner told in one run: check-ins by day, the words of notes, and what was written to and by the
    coach."""

    run: Enrollment
    check_ins: list[CheckIn]
    thread: list[Said]

    @property
    def with_words(self) -> list[CheckIn]:
        return [check_in for check_in in self.check_ins if check_in.note or check_in.pain_where]


def told(page: OwnPage) -> HttpResponse:
    runs = Enrollment.objects.filter(runner=page.run.runner_id).select_related("program").order_by("-pk")
    check_ins = Prefetch("check_ins", CheckIn.objects.order_by("day"))
    found = [
        RunTold(run, list(run.check_ins.all()), thread(run))
        for run in runs.prefetch_related(check_ins, "messages", "notes")
    ]
    shown = [each for each in found if each.check_ins or each.thread]
    return page.render("pages/own/told.html", told=shown)


class Table(NamedTuple):
    """The rows of one table, each as pairs of a field's name and its value."""

    title: str
    rows: list[list[tuple[str, str]]]


def everything(page: OwnPage) -> HttpResponse:
    """Show what `download` holds, in words and on the runner's own clock."""
    exported = export(page.run.runner, page.now)["tables"]
    tables = [_table(name, rows, page.run.zone) for name, rows in exported.items() if rows]
    return page.render("pages/own/everything.html", tables=tables)


def _table(name: str, rows: list[dict[str, Any]], zone: ZoneInfo) -> Table:
    meta = model_of(name)._meta
    fields = {field.name: field for field in meta.fields}
    shown = [
        [
            (capfirst(str(fields[key].verbose_name)), _value(fields[key], value, zone))
            for key, value in row.items()
        ]
        for row in rows
    ]
    return Table(capfirst(str(meta.verbose_name_plural)), shown)


def _value(field: "Field[Any, Any]", value: Any, zone: ZoneInfo) -> str:
    if value in (None, "", [], {}):
        return NOTHING
    if isinstance(field, DateTimeField):
        return date_format(datetime.fromisoformat(value).astimezone(zone), "j F Y, H:i")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(next((label for choice, label in field.flatchoices if choice == value), value))


def download(page: OwnPage) -> HttpResponse:
    written = {"indent": 2, "ensure_ascii": False}
    answer = JsonResponse(export(page.run.runner, page.now), json_dumps_params=written)
    answer["Content-Disposition"] = f'attachment; filename="{FILE_NAME}"'
    return answer
