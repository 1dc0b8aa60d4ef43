"""Mails as files `<id>.eml`; an id sorts by the time of arrival and is safe in a URL."""

import os
import re
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

ID = r"\d{8}T\d{12}-[0-9a-f]{8}"
TIME_FORMAT = "%Y%m%dT%H%M%S%f"
FINISHED = re.compile(rf"({ID})\.eml")


class Inbox:
    """A directory of mails. Other processes may add to it and empty it at any time."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def add(self, message: bytes, sender: str, recipients: list[str], now: datetime) -> str:
        """Write the whole mail or nothing, and return its id.

        The envelope goes on top in the fields that a last mail server adds: Return-Path (RFC 5321, 4.4) and a
        Delivered-To for each recipient. The mail follows, byte for byte.
        """
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        mail_id = f"{now.astimezone(UTC).strftime(TIME_FORMAT)}-{secrets.token_hex(4)}"
        envelope = [f"Return-Path: <{sender}>", *(f"Delivered-To: {address}" for address in recipients)]
        head = "".join(f"{line}\r\n" for line in envelope).encode("utf-8", "surrogateescape")
        unfinished = self._directory / f"{mail_id}.part"
        with unfinished.open("wb") as file:
            file.write(head + message)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(self._directory / f"{mail_id}.eml")
        return mail_id

    def ids(self) -> list[str]:
        """Return all ids, newest first."""
        return sorted(self._found(), reverse=True)

    def read(self, mail_id: str) -> bytes:
        """Return one mail's bytes. Raises KeyError when there is no mail of this id."""
        if not re.fullmatch(ID, mail_id):
            raise KeyError(mail_id)
        try:
            return (self._directory / f"{mail_id}.eml").read_bytes()
        except FileNotFoundError as error:
            raise KeyError(mail_id) from error

    def clear(self) -> None:
        for mail_id in self._found():
            (self._directory / f"{mail_id}.eml").unlink(missing_ok=True)

    def _found(self) -> Iterator[str]:
        try:
            names = os.listdir(self._directory)
        except FileNotFoundError:
            return
        for name in names:
            if match := FINISHED.fullmatch(name):
                yield match[1]


def arrival_time(mail_id: str) -> datetime:
    return datetime.strptime(mail_id.partition("-")[0], TIME_FORMAT).replace(tzinfo=UTC)
