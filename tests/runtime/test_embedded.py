"""The parts of bin/dev: the embedded Redis, the secrets, the coach and the environment."""

import re
import stat
import subprocess
from pathlib import Path
from typing import Any

import kombu
import pytest

from accounts.models import User
from challenge.runtime import coach, container, redis
from challenge.runtime.beat import Scheduler
from challenge.runtime.environment import StartError, accepts, choose_setup
from challenge.runtime.keys import random_key, read_or_create
from tests.support import ROOT, free_port

BASE = ROOT


def asks(url: str) -> bool:
    with kombu.Connection(url, transport_options={"socket_connect_timeout": 1, "max_retries": 0}) as broker:
        return bool(broker.default_channel.client.ping())


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.pure
def test_redis_serves_on_a_socket_only_its_owner_reaches(tmp_path: Path) -> None:
    with redis.serve(tmp_path / "with space" / "100%") as url:
        assert asks(url)
        assert mode(tmp_path / "with space" / "100%") == 0o700
    assert not list((tmp_path / "with space" / "100%").iterdir()), "it writes nothing and cleans up"


@pytest.mark.pure
def test_redis_starts_again_over_the_socket_of_a_killed_one(tmp_path: Path) -> None:
    server = redis.Server(tmp_path)
    try:
        server.start()
        server.kill()
        assert server.path.exists()
        assert not redis.answers(server.path)
        server.start()
        assert asks(server.url)
    finally:
        server.close()


@pytest.mark.pure
def test_a_path_too_long_for_a_socket_is_gone_round(tmp_path: Path) -> None:
    server = redis.Server(tmp_path / ("x" * 100))
    try:
        server.start()
        assert asks(server.url)
        assert mode(server.path.parent) == 0o700
    finally:
        server.close()
    assert not server.path.parent.exists()


@pytest.mark.pure
def test_a_redis_that_does_not_run_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "redis-server"
    broken.write_text("#!/bin/sh\nexit 127\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert redis.find_server() != str(broken)
    monkeypatch.setattr(redis, "IN_WHEELS", {})
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(redis.RedisError, match="Install redis-server"):
        redis.find_server()


@pytest.mark.pure
def test_a_key_is_made_once_and_kept_private(tmp_path: Path) -> None:
    key = read_or_create(tmp_path / "new" / "key", random_key)
    assert read_or_create(tmp_path / "new" / "key", random_key) == key
    assert len(key) == 64
    assert mode(tmp_path / "new" / "key") == 0o600
    assert mode(tmp_path / "new") == 0o700


@pytest.mark.django_db
def test_the_coach_is_made_once_and_shown_until_the_password_is_changed(tmp_path: Path) -> None:
    first = coach.ensure_coach(tmp_path / "login")
    assert coach.ensure_coach(tmp_path / "login") == first
    user = User.objects.get()
    assert first.password
    assert user.is_superuser
    assert user.check_password(first.password)
    user.set_password("another one")
    user.save()
    assert str(coach.ensure_coach(tmp_path / "login")) == "coach@example.com  password: your own"


@pytest.mark.django_db
def test_no_coach_is_made_where_there_is_one(tmp_path: Path) -> None:
    User.objects.create_superuser("me@example.org", "one of my own")
    assert coach.ensure_coach(tmp_path / "login") == coach.Login("me@example.org", None)
    assert User.objects.count() == 1
    assert not (tmp_path / "login").exists()


def arranged(tmp_path: Path, lines: str = "", **environ: str) -> Any:
    (tmp_path / ".env").write_text(lines)
    return choose_setup({"VAR_DIR": str(tmp_path / "var"), **environ}, tmp_path / ".env")


@pytest.mark.pure
def test_everything_is_embedded_by_default(tmp_path: Path) -> None:
    found = arranged(tmp_path, PORT="8123")
    completed = found.environ
    assert (completed["DEBUG"], completed["SITE_URL"]) == ("1", "http://localhost:8123")
    assert completed["REDIS_URL"] == f"redis+socket://{found.redis_socket}"
    assert completed["EMAIL_URL"] == f"smtp://127.0.0.1:{found.inbox_port}"
    assert completed["INBOX_DIR"] == str(tmp_path / "var" / "inbox")
    again = arranged(tmp_path).environ
    for name in ("SECRET_KEY", "ADDRESS_HASH_KEY"):
        assert len(completed[name]) == 64
        assert completed[name] == again[name]
    assert completed["ADDRESS_HASH_KEY"] != completed["SECRET_KEY"]


@pytest.mark.pure
def test_an_installation_of_before_goes_on_with_the_key_of_its_hashes(tmp_path: Path) -> None:
    """They were made with SECRET_KEY."""
    first = read_or_create(tmp_path / "var" / "secret-key", random_key)
    assert arranged(tmp_path).environ["ADDRESS_HASH_KEY"] == first
    assert arranged(tmp_path, SECRET_KEY="another").environ["ADDRESS_HASH_KEY"] == first
    other = tmp_path / "other"
    (other / "var").mkdir(parents=True)
    (other / "var" / "runner-reset.sqlite3").touch()
    assert arranged(other, SECRET_KEY="given").environ["ADDRESS_HASH_KEY"] == "given"
    assert arranged(other, ADDRESS_HASH_KEY="own").environ["ADDRESS_HASH_KEY"] == "own"


@pytest.mark.pure
def test_what_is_given_goes_first(tmp_path: Path) -> None:
    lines = "EMAIL_URL=smtp://mail.example.org\nDEBUG=0\nSITE_URL=https://reset.example.org\nCOACH_NAME=Kim\n"
    found = arranged(tmp_path, lines, REDIS_URL="redis://cache", EMAIL_URL="", COACH_NAME="Ida", LANG="C")
    assert (found.redis_socket, found.environ["REDIS_URL"]) == (None, "redis://cache")
    assert found.environ["COACH_NAME"] == "Ida", "the environment goes before the .env file"
    assert (found.environ["DEBUG"], found.environ["SITE_URL"]) == ("1", "http://localhost:8000")
    assert found.environ["LANG"] == "C"
    real = arranged(tmp_path, lines)
    assert (real.inbox_port, real.environ["EMAIL_URL"]) == (None, "smtp://mail.example.org")
    assert "INBOX_DIR" not in real.environ, "no page shows what went out for real"


@pytest.mark.pure
@pytest.mark.parametrize("port", ["0", "65536", "web", "-1", "80 80"])
def test_a_port_that_is_none_is_said(tmp_path: Path, port: str) -> None:
    with pytest.raises(StartError, match=re.escape(repr(port))):
        arranged(tmp_path, PORT=port)


@pytest.mark.pure
def test_beat_leaves_a_sign_of_life(tmp_path: Path) -> None:
    from challenge.celery import app

    scheduler = Scheduler(app=app, schedule_filename=str(tmp_path / "beat"), lazy=True)
    assert not (tmp_path / "beat").exists()
    scheduler.tick()
    assert (tmp_path / "beat").exists()


@pytest.mark.pure
def test_the_containers_share_keys_that_are_made_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEYS_DIR", str(tmp_path))
    container.main(["keys"])
    before = {path.name: path.read_text() for path in tmp_path.iterdir()}
    container.main(["keys"])
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == before
    assert before["pgpass"] == f"*:*:*:runner_reset:{before['database-password']}"
    assert {mode(path) for path in tmp_path.iterdir()} == {0o600}
    environ = {"KEYS_DIR": str(tmp_path), "SECRET_KEY": "", "INBOX_DIR": "/inbox", "COACH_NAME": ""}
    completed = container.complete_environment(environ)
    assert completed["SECRET_KEY"] == before["secret-key"].strip()
    assert completed["ADDRESS_HASH_KEY"] == before["address-hash-key"].strip() != completed["SECRET_KEY"]
    assert (completed["EMAIL_URL"], completed["INBOX_DIR"]) == ("smtp://inbox:8025", "/inbox")
    assert "COACH_NAME" not in completed, "an empty line of the compose file is no setting"


@pytest.mark.pure
@pytest.mark.parametrize("secret", ["", "given in .env"])
def test_containers_of_before_keep_the_key_of_their_hashes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, secret: str
) -> None:
    stored = read_or_create(tmp_path / "secret-key", random_key)
    monkeypatch.setenv("KEYS_DIR", str(tmp_path))
    monkeypatch.setenv("SECRET_KEY", secret)
    container.main(["keys"])
    environ = {"KEYS_DIR": str(tmp_path), "SECRET_KEY": "a new one"}
    assert container.complete_environment(environ)["ADDRESS_HASH_KEY"] == (secret or stored)


@pytest.mark.pure
def test_the_compose_file_tells_the_service_of_the_keys_what_is_given() -> None:
    text = (BASE / "docker-compose.yml").read_text()
    service = text.partition("\n  keys:\n")[2].partition("\n\n")[0]
    assert {"ADDRESS_HASH_KEY:", "SECRET_KEY:"} <= {line.strip() for line in service.splitlines()}


@pytest.mark.pure
def test_the_inbox_closes_where_mail_goes_out_for_real(tmp_path: Path) -> None:
    keys = {"KEYS_DIR": str(tmp_path), "SECRET_KEY": "x", "ADDRESS_HASH_KEY": "y"}
    environ = {**keys, "EMAIL_URL": "smtp://mail.example.org", "INBOX_DIR": "/inbox"}
    assert container.complete_environment(environ) == {**keys, "EMAIL_URL": "smtp://mail.example.org"}


@pytest.mark.pure
def test_the_compose_file_hands_on_every_setting() -> None:
    read = re.findall(r'\benv\.\w+\(\s*"([A-Z_]+)"', (BASE / "challenge" / "settings.py").read_text())
    handed_on = set(re.findall(r"^    ([A-Z_]+):", (BASE / "docker-compose.yml").read_text(), re.MULTILINE))
    of_the_image = {"DEBUG", "VAR_DIR"}
    assert set(read) - of_the_image <= handed_on


@pytest.mark.processes
@pytest.mark.pure
def test_the_inbox_ends_on_sigterm(tmp_path: Path) -> None:
    import os
    import sys

    port = free_port()
    environ = {**os.environ, "INBOX_DIR": str(tmp_path), "SECRET_KEY": "x", "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "manage.py", "inbox", "--port", str(port)]
    with subprocess.Popen(command, cwd=BASE, env=environ, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert str(port) in process.stdout.readline()
        assert accepts(port)
        process.terminate()
        assert process.wait(timeout=10) == 0
