"""Work out once in a test run what each test would work out again."""

import json
from collections.abc import Iterator
from functools import wraps
from typing import Any

import pytest


@pytest.fixture(autouse=True, scope="session")
def static_files_found_once() -> Iterator[None]:
    """Each client of a test has middleware of its own, which would look for the same files again."""
    from whitenoise.middleware import WhiteNoiseMiddleware

    find, found = WhiteNoiseMiddleware.add_files_from_finders, dict[str, Any]()

    def find_once(middleware: Any) -> None:
        if not found:
            find(middleware)
            found.update(middleware.files)
        middleware.files.update(found)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", find_once)
        yield


@pytest.fixture(autouse=True, scope="session")
def equal_mails_compiled_once() -> Iterator[None]:
    """Compiling depends on the words alone, and is most of what publishing in a test costs."""
    from django.utils.translation import get_language

    from challenge.curriculum import compile as compiler
    from challenge.curriculum import compile_lesson as lesson_compiler

    compiled: dict[str, Any] = {}

    @wraps(compiler.render)
    def compile_once(name: str, context: dict[str, Any]) -> Any:
        key = json.dumps([name, context, get_language()], sort_keys=True, default=str)
        if key not in compiled:
            compiled[key] = compile_once.__wrapped__(name, context)
        return compiled[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiler, "render", compile_once)
        patch.setattr(lesson_compiler, "render", compile_once)
        yield


@pytest.fixture(autouse=True, scope="session")
def no_permissions_listed() -> None:
    """Whoever enters the desk is a superuser."""
    from django.db.models.signals import post_migrate

    post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")
