"""The site's answers, byte for byte, to a GET of each page and to forms with mistakes in them."""

import logging
import re
import warnings
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import time_machine
from django.conf import settings
from django.test import Client

from accounts.models import User
from challenge.mail.links import Purpose, url
from challenge.safety.screening_list import QUESTIONS
from challenge.site.doubt import served
from tests.gallery.cast import DAY, LENA, MAYA, THEO
from tests.gallery.desk import COACH as DESK_COACH
from tests.gallery.desk import desk_pages
from tests.gallery.pages import Cast, Page, cast, every_page
from tests.gallery.walk import Walk
from tests.support.visitor import form

HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')
RECALLED_ON = 17  # the day of the couch stretch

WRONG = {
    "sign-up": {"email": "maya@", "first_name": "", "time_zone": ""},
    "join": {"email": "maya@", "first_name": "", "time_zone": ""},
    "links": {"email": "maya@"},
    "confirm": {"first_name": "", "send_at": ""},
    "check-in": {"distance": "far", "tightness": "11"},
    "screening": {"answer": "save", "saddle": "no", "fever": "fever"},
    "screening-list": {},
    "hour": {"send_at": "", "time_zone": "Mars/Base"},
    "day": {"text": ""},
}
# A form as it should be; the page after it is the one that its browser alone is shown.
SAVED = {"status": "partly", "unit": "km", "tightness": "4", "pain": "6", "pain_where": "Left calf"}
NOES = {"answer": "save"} | {question.code: "no" for question in QUESTIONS}
# Answers to a form that no page shows on its own: the page with the form, its part, and what is posted.
POSTED: dict[str, tuple[str, str, dict[str, Any]]] = {
    "address-asked": ("own-page", "address/", {"email": "new@example.net"}),
    "links-ended": ("own-page-erasing", "links/", {}),
    "screened-clear": ("screening", "", NOES | {"nothing": "on"}),
    "screened-left-out": ("screening", "", NOES | {"movements": ["hernia", "energy"]}),
    "screened-ask-first": ("screening", "", NOES | {"ask": ["heart", "under_18"]}),
    "screened-within-days": ("screening", "", NOES | {"nothing": "on", "bone_stress": "bone_stress"}),
    "screened-today": ("screening", "", NOES | {"nothing": "on", "calf": "calf"}),
    "screened-emergency": ("screening", "", NOES | {"nothing": "on", "chest": "chest_now"}),
    "screened-one-of-the-list": ("screening-list", "", {"answer": "some"}),
    "day-thanks": ("day", "", {"text": "Thank you!"}),
    "day-ask-first": ("day", "", {"text": "I had a baby in March. May I do this?"}),
    "day-red-words": ("day", "", {"text": "It feels numb between my legs. Should I go to hospital?"}),
    "day-left-asked": ("day-left", "", {"text": "And on Sundays?"}),
    "own-page-wrote": ("own-page-paused", "write/", {"text": "May I swim?"}),
    "own-page-red-words": ("own-page-on-hold", "write/", {"text": "My foot drops now when I walk."}),
}


def answers(walk: Walk) -> dict[str, bytes]:
    """Return each page by its name; the names of forms with mistakes end in "-wrong"."""
    logging.getLogger("django.request").setLevel(logging.ERROR)  # the mistakes are meant
    warnings.filterwarnings("ignore", "No directory at.*static-built")
    found = {}
    noon = (walk.now + DAY).replace(hour=12)
    client = Client()
    with time_machine.travel(noon, tick=False):
        people = cast(walk.program, walk.go, noon)
        pages = every_page(people, noon)
        pages["day-recalled"] = Page(url(Purpose.DAY, noon, MAYA.enrollment, RECALLED_ON))
        pages["day-with-less"] = Page(url(Purpose.DAY, noon, LENA.enrollment, 15))
        pages["day-words-only"] = Page(url(Purpose.DAY, noon, THEO.enrollment, 15))
        for name, page in pages.items():
            host = urlsplit(page.address).netloc
            path, headers = page.address.partition(host)[2], {"host": host}
            client.cookies.clear()
            answer = client.get(path, secure=True, headers=headers)
            assert answer.status_code == page.status, (name, answer.status_code)
            found[name] = answer.content
            if name in WRONG:
                hidden = dict(HIDDEN.findall(answer.content.decode()))
                answer = client.post(
                    path, hidden | {"served": served(noon - DAY)} | WRONG[name], secure=True, headers=headers
                )
                assert answer.status_code == 422, (name, answer.status_code)
                found[f"{name}-wrong"] = answer.content
            if name == "check-in":
                answer = client.post(path, SAVED, secure=True, headers=headers, follow=True)
                found[f"{name}-own"] = answer.content
        for name, (whose, part, fields) in POSTED.items():
            path = urlsplit(pages[whose].address).path + part
            fields = {"served": served(noon - DAY), **fields}
            answer = client.post(path, fields, secure=True, headers=headers, follow=True)
            assert answer.status_code == 200, (name, answer.status_code)
            found[name] = answer.content
        found |= _desk(people, noon, headers)
        found |= _after_sign_up(client, f"{noon + 9 * DAY:%Y-%m-%d}")
    return found


def _desk(people: Cast, now: datetime, headers: dict[str, str]) -> dict[str, bytes]:
    """Return the coach's pages about these runners."""
    client = Client()
    client.force_login(User.objects.get(email=DESK_COACH))
    answers = {
        name: client.get(path, secure=True, headers=headers) for name, path in desk_pages(people, now).items()
    }
    assert {answer.status_code for answer in answers.values()} == {200}
    return {name: answer.content for name, answer in answers.items()}


def _after_sign_up(client: Client, starts_on: str) -> dict[str, bytes]:
    """Return the page after a sign-up with a slip in the address, and the form that it leads back to."""
    fields = form(email="maya@gmial.com", starts_on=starts_on)
    sent = {"sent-with-a-slip": fields, "sign-up-changed": {**fields, "change": "yes"}}
    host = urlsplit(settings.SITE_URL).netloc
    return {
        name: client.post("/", posted, secure=True, headers={"host": host}).content
        for name, posted in sent.items()
    }
