"""Everything that an installation keeps, searched for a mark in lower case."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

from django.contrib.sessions.models import Session
from django.db import connection

from challenge.broker import redis_client

READERS: dict[str, Callable[[Any, bytes], Any]] = {
    "string": lambda client, key: client.get(key),
    "list": lambda client, key: client.lrange(key, 0, -1),
    "hash": lambda client, key: client.hgetall(key),
    "set": lambda client, key: client.smembers(key),
    "zset": lambda client, key: client.zrange(key, 0, -1),
}


def cells() -> Iterator[tuple[str, str]]:
    """Yield every value of every table of the database, as text; sessions also as what they mean."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for name, value in zip(names, row, strict=True):
                    text = bytes(value) if isinstance(value, memoryview) else value
                    yield f"{table}.{name}", str(text)
    for session in Session.objects.all():
        yield "django_session decoded", str(session.get_decoded())


def marked(mark: str, text: str) -> bool:
    return mark in unquote_plus(text).lower()


def marked_columns(mark: str) -> set[str]:
    return {place for place, text in cells() if marked(mark, text)}


def files(folders: list[Path]) -> Iterator[Path]:
    for folder in folders:
        yield from (path for path in ([folder] if folder.is_file() else folder.rglob("*")) if path.is_file())


def marked_files(mark: str, folders: list[Path]) -> list[str]:
    return [str(path) for path in files(folders) if mark.encode() in path.read_bytes().lower()]


def marked_in_redis(mark: str) -> list[str]:
    found = []
    with redis_client() as client:
        for key in client.keys("*"):
            value = READERS[client.type(key).decode()](client, key)
            if marked(mark, str(key)) or marked(mark, str(value)):
                found.append(str(key))
    return found
