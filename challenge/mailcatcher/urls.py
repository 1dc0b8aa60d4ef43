"""The inbox's URLs. They match only ids that the store could have made."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from challenge.mailcatcher import store, views

app_name = "inbox"


class MailIdConverter(StringConverter):
    regex = store.ID


register_converter(MailIdConverter, "mail_id")

urlpatterns = [
    path("", views.mails, name="list"),
    path("mails.json", views.mails_json, name="json"),
    path("next-lesson/", views.next_lesson, name="next-lesson"),
    path("clear/", views.clear, name="clear"),
    path("<mail_id:mail_id>.eml", views.raw, name="raw"),
    path("<mail_id:mail_id>/", views.page, {"shown": "html"}, name="mail"),
    path("<mail_id:mail_id>/text/", views.page, {"shown": "text"}, name="text"),
    path("<mail_id:mail_id>/source/", views.page, {"shown": "source"}, name="source"),
    path("<mail_id:mail_id>/html", views.html, name="html"),
]
