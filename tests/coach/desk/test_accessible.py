"""axe finds nothing on the coach's pages about runners who need her, nor on their forms with mistakes."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from tests.gallery.desk import COACH, WRONG, desk_pages
from tests.gallery.pages import cast
from tests.support.desk import enter

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SEND = "button => button.form.requestSubmit()"


def test_every_page_about_a_runner_is_accessible(
    program: Any, site: str, go: Callable[[datetime], None], open_page: Callable[..., Any], client: Client
) -> None:
    from tests.support.axe import Looks

    now = timezone.now()
    pages = desk_pages(cast(program, go, now), now)
    client.force_login(User.objects.get(email=COACH))
    page = open_page()
    enter(page, site, client)
    looks = Looks(page, iframes=False, preload=False)

    for name, path in pages.items():
        assert page.goto(site + path).status == 200, name
        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(wide) <= 0, name
        looks.at(name)
    for name in WRONG:
        page.goto(site + pages[name])
        page.fill("main textarea, #content textarea", "")
        with page.expect_navigation():
            page.eval_on_selector("#content form [type=submit]", SEND)
        assert page.locator(".errorlist").is_visible(), name
        looks.at(f"{name} sent wrongly")

    assert not looks.found, "\n".join(looks.found)
