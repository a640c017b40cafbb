"""Starting: wrong settings are named, secrets are private, the demonstration fills once."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.support.people import Person
from tests.support.server import ROOT, Server, environment, flask, free_port


def _serve(data_dir: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """`bin/serve`, up to where it would start listening."""
    given = {"DATA_DIR": str(data_dir), "PORT": str(free_port()), **settings}
    return subprocess.run(
        [str(ROOT / "bin" / "serve"), *arguments],
        env=environment(**given),
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


WRONG = {
    "PORT": "eighty",
    "JWT_ACCESS_TOKEN_EXPIRES": "0",
    "JWT_REFRESH_TOKEN_EXPIRES": "-1",
    "RATELIMIT_ENABLED": "perhaps",
    "TRANSPORT": "carrier pigeons",
    "LOG_LEVEL": "LOUD",
    "CORS_ORIGINS": "*",
    "TRUSTED_PROXIES": "the one next door",
    "DATABASE_URL": "mysql://localhost/palabre",
    "REDIS_URL": "localhost:6379",
    "WEB_CONCURRENCY": "many",
    "JWT_SECRET_KEY": "short",
    "DATA_DIR": "/proc/palabre",
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_setting_stops_the_start_with_a_sentence_that_names_it(
    name: str, tmp_path: Path
) -> None:
    done = _serve(tmp_path, "--prepare", **{name: WRONG[name]})
    assert done.returncode != 0
    assert name in done.stderr + done.stdout
    assert "Traceback" not in done.stderr + done.stdout


def test_every_setting_that_can_be_wrong_is_tried() -> None:
    listed = {line.strip("#").split("=")[0] for line in _example_lines()}
    assert listed - set(WRONG) == {"HOST", "SECRET_KEY"}  # any text may be a host; keys are alike


def _example_lines() -> list[str]:
    lines = (ROOT / ".env.example").read_text().splitlines()
    return [line for line in lines if line.startswith("#") and line[1:2].isupper() and "=" in line]


@pytest.mark.parametrize(
    ("settings", "missing"),
    [
        ({}, ["REDIS_URL", "DATABASE_URL"]),
        ({"REDIS_URL": "redis://127.0.0.1:1"}, ["DATABASE_URL"]),
        ({"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/x"}, ["REDIS_URL"]),
    ],
)
def test_several_workers_without_what_connects_them_are_refused(
    settings: dict[str, str], missing: list[str], tmp_path: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "wsgi:app"],
        cwd=ROOT,
        env=environment(
            DATA_DIR=str(tmp_path), PORT=str(free_port()), WEB_CONCURRENCY="2", **settings
        ),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode != 0
    assert all(name in done.stderr for name in missing)
    assert "Traceback" not in done.stderr


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with Server(tmp_path / "first") as running:
        done = _serve(tmp_path / "second", PORT=str(running.port))
    assert done.returncode != 0
    assert str(running.port) in done.stderr + done.stdout


def test_a_second_start_installs_and_builds_nothing(tmp_path: Path) -> None:
    assert _serve(tmp_path, "--prepare").returncode == 0
    again = _serve(tmp_path, "--prepare")
    assert again.returncode == 0
    assert again.stdout.count("·") == 1, again.stdout  # the migrations, which find nothing to do


def test_secrets_are_made_once_and_are_private(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    flask("db", "upgrade", DATA_DIR=str(folder))
    secrets = folder / "secrets.json"
    first = secrets.read_text()
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    flask("db", "current", DATA_DIR=str(folder))
    assert secrets.read_text() == first


def test_the_demonstration_fills_an_empty_database_and_no_other(tmp_path: Path) -> None:
    first = _serve(tmp_path, "--prepare", "--demo")
    assert first.returncode == 0, first.stdout + first.stderr
    assert "awa@demo.example" in first.stdout
    with Server(tmp_path) as server:
        body = {"email": "awa@demo.example", "password": "palabre-demo"}
        signed_in = requests.post(f"{server.url}/api/v1/auth/login", json=body, timeout=20).json()
        headers = {"Authorization": f"Bearer {signed_in['access_token']}"}
        listed = requests.get(f"{server.url}/api/v1/conversations", headers=headers, timeout=20)
        found = listed.json()["items"]
        assert sum(item["unread_count"] for item in found) >= 3
        pictures = {item["product"]["image_url"] for item in found if item["product"]}
        assert all(requests.get(server.url + path, timeout=20).ok for path in pictures)
    again = _serve(tmp_path, "--prepare", "--demo")
    assert again.returncode == 0
    assert "awa@demo.example" not in again.stdout


def test_a_backup_of_a_running_server_can_be_restored(tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    with Server(tmp_path / "live", RATELIMIT_ENABLED="false") as server:
        alice, bob = Person(server, "Alice"), Person(server, "Bob")
        kept = bob.post("/messages", {"recipient_id": alice.id, "text": "kept"})
        flask("backup", str(copy), DATA_DIR=str(tmp_path / "live"))
        cursor = bob.post("/messages", {"recipient_id": alice.id, "text": "lost"})["message"][
            "revision"
        ]
    restored = tmp_path / "restored"
    restored.mkdir()
    os.rename(copy, restored / "palabre.db")
    (restored / "secrets.json").write_bytes((tmp_path / "live" / "secrets.json").read_bytes())
    with Server(restored, RATELIMIT_ENABLED="false") as server:
        bob.server = server
        texts = [
            m["text"]
            for m in bob.get(f"/conversations/{kept['conversation_id']}/messages")["items"]
        ]
        assert texts == ["kept"]
        assert bob.get("/changes", after=cursor)["reset"] is True
    bob.close()
    alice.close()


def test_a_backup_never_overwrites(tmp_path: Path) -> None:
    flask("db", "upgrade", DATA_DIR=str(tmp_path))
    there = tmp_path / "there.db"
    there.write_text("precious")
    with pytest.raises(AssertionError, match="already exists"):
        flask("backup", str(there), DATA_DIR=str(tmp_path))
    assert there.read_text() == "precious"


def test_the_doctor_finds_a_healthy_server_healthy_and_a_broken_one_broken(tmp_path: Path) -> None:
    with Server(tmp_path) as server:
        settings = {"DATA_DIR": str(tmp_path), "PORT": str(server.port)}
        assert "NO" not in flask("doctor", **settings)
    with pytest.raises(AssertionError, match="No server listens"):
        flask("doctor", **settings)
    with sqlite3.connect(tmp_path / "palabre.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
    with pytest.raises(AssertionError, match="out of date"):
        flask("doctor", **settings)


def test_people_are_made_and_given_roles_on_the_command_line(tmp_path: Path) -> None:
    flask("db", "upgrade", DATA_DIR=str(tmp_path))
    given = ("user", "create", "mod@example.org", "Mo Derator", "--password", "a long password")
    assert "Mo Derator" in flask(*given, DATA_DIR=str(tmp_path))
    assert "moderator" in flask(
        "user", "role", "mod@example.org", "moderator", DATA_DIR=str(tmp_path)
    )
    with pytest.raises(AssertionError, match="already has an account"):
        flask(*given, DATA_DIR=str(tmp_path))


def test_the_lint_reads_a_clone_that_belongs_to_another_user() -> None:
    """A mounted folder, or a build server's checkout: git refuses it unless it is named."""
    environ = {**environment(), "GIT_TEST_ASSUME_DIFFERENT_OWNER": "1"}  # git's own tests use it
    options: dict[str, Any] = {"cwd": ROOT, "env": environ, "capture_output": True, "text": True}
    assert subprocess.run(["git", "ls-files"], check=False, **options).returncode != 0
    program = "import sys; sys.path[:0] = ['bin/lib']; import files; print(*files.listed())"
    listed = subprocess.run([sys.executable, "-c", program], check=False, **options)
    assert "README.md" in listed.stdout.split(), listed.stderr
