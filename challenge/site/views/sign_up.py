"""Sign-up and fresh links."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.capabilities import Altered
from accounts.typos import suggestion
from accounts.words import one_line
from challenge import tasks
from challenge.enrollment.request_limits import TooManyRequests, last_place
from challenge.enrollment.sign_up import SignUpData, send_links, sign_up
from challenge.mail import links
from challenge.mail.links import LinkEnded, LinkExpired, Purpose
from challenge.models import Cohort, Program
from challenge.site.capability import ended_link
from challenge.site.forms import LinksForm, SignUpForm
from challenge.site.landing import landing_context
from challenge.site.public import Visit, client_ip, current_visit, even_time


# Visitors have no cookie, so there is no session that a foreign page could use.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up_page(request: HttpRequest, cohort: str = "") -> HttpResponse:
    now = timezone.now()
    group = get_object_or_404(Cohort.objects.select_related("program"), slug=cohort) if cohort else None
    program = group.program if group else Program.objects.filter(is_open=True).order_by("pk").first()
    if program is None or not program.is_open:
        return render(request, "pages/closed.html", {"visit": current_visit(request)})
    visit = Visit(program, group)
    form = SignUpForm(request.POST if request.method == "POST" else None, now=now, cohort=group)
    if request.method == "POST":
        if form.is_valid() and "change" in request.POST:
            form.focus("email")
            return _form_again(request, form, program, visit, status=200)
        if form.is_valid():
            return _sign_up(request, form, program, visit)
        return _form_again(request, form, program, visit, status=422)
    context = {
        "visit": visit,
        "form": form,
        "program": program,
        "cohort": form.cohort,
        **landing_context(program),
    }
    return render(request, "pages/sign_up.html", context)


def _form_again(
    request: HttpRequest, form: SignUpForm, program: Program, visit: Visit, status: int, **more: Any
) -> HttpResponse:
    context = {"visit": visit, "form": form, "program": program, "cohort": form.cohort, **more}
    return render(request, "pages/sign_up_again.html", context, status=status)


def _sign_up(request: HttpRequest, form: SignUpForm, program: Program, visit: Visit) -> HttpResponse:
    if form.is_from_a_bot:
        return _sent(request, form, visit)
    fields: dict[str, Any] = {
        name: form.cleaned_data[name] for name in ("email", "first_name", "starts_on", "send_at", "time_zone")
    }
    data = SignUpData(**fields, program=program, cohort=visit.cohort)
    try:
        with even_time():
            sign_up(data, client_ip(request), timezone.now())
    except TooManyRequests as error:
        return _form_again(request, form, program, visit, status=429, too_many=error.advice)
    tasks.nudge(tasks.send)
    return _sent(request, form, visit)


def _sent(request: HttpRequest, form: SignUpForm, visit: Visit) -> HttpResponse:
    """Answer with the typed address and nothing that depends on who has it. The address stands in this answer
    alone: not in an address, a cookie or a store."""
    names = [name for name in form.fields if name not in ("email", "website")]
    sent = {name: form.data[name] for name in names if form.data.get(name)}
    context = {
        "visit": visit,
        "typed": one_line(form.data["email"]),
        "meant": suggestion(form.cleaned_data["email"]),
        "sent": sent,
        "inbox": bool(settings.INBOX_DIR),
        "waits": last_place(timezone.now()) is not None,
    }
    return render(request, "pages/sent.html", context)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def links_page(request: HttpRequest) -> HttpResponse:
    """Send fresh links by mail, to an address or to the holder of a link that has expired."""
    try:
        form = LinksForm(_with_address(request) if request.method == "POST" else None)
    except LinkEnded as ended:
        return ended_link(request, request.POST["purpose"], ended)
    too_many: Promise | None = None
    if request.method == "POST" and form.is_valid():
        try:
            with even_time():
                send_links(form.cleaned_data["email"], client_ip(request), timezone.now())
        except TooManyRequests as error:
            too_many = error.advice
            if request.POST.get("token"):
                # The holder of an expired link must not learn the address behind it.
                form = LinksForm()
        else:
            tasks.nudge(tasks.send)
            return redirect("sent")
    status = 429 if too_many else 422 if form.is_bound else 200
    context = {"visit": current_visit(request), "form": form, "too_many": too_many}
    return render(request, "pages/links.html", context, status=status)


def _with_address(request: HttpRequest) -> dict[str, str]:
    """Return the posted form; an expired link is replaced by the address that it was sent to. Raises
    LinkEnded."""
    token, purpose = request.POST.get("token", ""), request.POST.get("purpose", "")
    if not token:
        return request.POST.dict()
    try:
        enrollment = links.open(Purpose(purpose), token, timezone.now()).enrollment
    except LinkExpired as expired:
        enrollment = expired.enrollment
    except (Altered, ValueError):
        raise Http404 from None
    return {"email": enrollment.runner.email}
