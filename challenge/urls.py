"""Every address of the site."""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

import challenge.coach.admin  # noqa: F401  registers the coach's tables
from challenge.coach.desk import routes as desk
from challenge.site.views import (
    address,
    check_in,
    confirm,
    day,
    health,
    keep,
    library,
    own_page,
    pages,
    runner,
    screening,
    sign_up,
    take_care,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", sign_up.sign_up_page, name="sign-up"),
    path("join/<slug:cohort>/", sign_up.sign_up_page, name="join"),
    path("sent/", pages.sent_page, name="sent"),
    path("links/", sign_up.links_page, name="links"),
    path("confirm/<str:token>/", confirm.confirm_page, name="confirm"),
    path("screening/<str:token>/", screening.screening_page, name="screening"),
    path("check-in/<str:token>/", check_in.check_in_page, name="check-in"),
    path("check-in/<str:token>/<slug:choice>/", check_in.check_in_page, name="check-in"),
    path("hour/<str:token>/", runner.hour_page, name="hour"),
    path("leave/<str:token>/", runner.leave_page, name="leave"),
    path("keep/<str:token>/", keep.keep_page, name="keep"),
    path("day/<str:token>/", day.day_page, name="day"),
    path("pause/<str:token>/", runner.pause_page, name="pause"),
    path("me/<str:token>/", own_page.own_page, name="own-page"),
    path("me/<str:token>/<slug:part>/", own_page.own_page, name="own-page"),
    path("address/<str:token>/", address.address_page, name="address"),
    path("address-undo/<str:token>/", address.address_undo_page, name="address-undo"),
    path("take-care/<str:token>/", take_care.take_care_page, name="take-care"),
    path("library/", library.library_page, name="library"),
    path("library/<slug:slug>/", library.stretch_page, name="stretch"),
    path("figures/<str:file_name>", pages.drawing, name="figure"),
    path("faq/", pages.faq_page, name="faq"),
    path("about/", pages.about_page, name="about"),
    path("sample/", pages.sample_page, name="sample-day"),
    path("privacy/", pages.privacy_page, name="privacy"),
    path("favicon.ico", pages.favicon, name="favicon"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("webhooks/", include("challenge.site.webhooks")),
    path("coach/", desk.urls(admin.site)),
]
if settings.INBOX_DIR:
    urlpatterns.append(path("inbox/", include("challenge.mailcatcher.urls")))
