"""The commands of ``flask --app wsgi …``: sentences for operators, exit codes for scripts."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask import Flask, current_app
from sqlalchemy.engine import make_url

from app.accounts import commands as accounts
from app.accounts.passwords import hash_password
from app.accounts.schemas import Register
from app.demo.people import PASSWORD, PEOPLE
from app.demo.world import World, is_empty
from app.errors import PalabreError
from app.operations.serving import writing
from app.store import files, store
from app.store.copies.backup import DamagedCopyError, copy_database
from app.store.copies.files import beside, copy_files
from app.store.copies.restore import RestoreError
from config import Settings


def init(app: Flask) -> None:
    """Registers the commands."""
    for command in (demo, user, backup, restore, examine):
        app.cli.add_command(command)


@click.command("demo")
def demo() -> None:
    """Fill an empty database with demonstration users, products and conversations."""
    with _writing():
        if not is_empty():
            click.echo("The database is not empty; no demonstration data added.")
            return
        World(_settings()).fill()
    click.echo("\n  Accounts, all with the password " + click.style(PASSWORD, bold=True) + ":")
    for person in PEOPLE.values():
        click.echo(f"    {person.email:<24} {person.name}")


@click.group("user")
def user() -> None:
    """Accounts."""


@user.command("create")
@click.argument("email")
@click.argument("name")
@click.password_option()
def create_user(email: str, name: str, password: str) -> None:
    """Create an account."""
    given = Register(email=email, name=name, password=password)
    hashed = hash_password(given.password)
    with _writing():
        made = store.write(
            accounts.register, _settings(), given.email, hashed, given.name, given.locale
        )
        store.write(accounts.sign_out, made.actor)
    click.echo(f"Account created: {made.user['name']}, id {made.user['id']}.")


@user.command("role")
@click.argument("email")
@click.argument("role", type=click.Choice(["member", "moderator", "admin"]))
def set_role(email: str, role: str) -> None:
    """Set the role of an account."""
    with _writing():
        changed = store.write(accounts.set_role, email, role)
    click.echo(f"{changed['name']} now has the role {role}.")


@click.command("backup")
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
def backup(target: Path) -> None:
    """Copy the database. The server may keep running."""
    url = make_url(_settings().database_url)
    if url.get_backend_name() != "sqlite" or url.database is None:
        raise click.ClickException("This is a PostgreSQL database. Use pg_dump.")
    if target.exists():
        raise click.ClickException(f"{target} already exists. Choose another file.")
    try:
        copy_database(Path(url.database), target)
    except DamagedCopyError as error:
        raise click.ClickException(f"The copy was damaged and has been removed: {error}") from error
    count = copy_files(target, files)  # after the database: every file that it names was there
    click.echo(f"{target}: {target.stat().st_size:,} bytes, checked.")
    if count:
        click.echo(f"{beside(target)} holds its files: {count:,}.")


@click.command("restore")
@click.argument("copy", required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--in-place", is_flag=True, help="The copy is in place already, by pg_restore or by hand."
)
def restore(copy: Path | None, in_place: bool) -> None:
    """Restore a backup. Clients then read everything again.

    The server must be stopped. The present database is kept beside it.
    """
    if (copy is None) != in_place:
        raise click.UsageError("Name the copy, or use --in-place if it is there already.")
    from app.operations import (
        restore,  # imports Alembic, which would delay the start of a server
    )

    try:
        for sentence in restore.restore(_settings(), copy):
            click.echo(sentence)
    except RestoreError as error:
        raise click.ClickException(str(error)) from error


@click.command("doctor")
def examine() -> None:
    """Check everything the server needs."""
    from app.operations import doctor  # as above

    findings = doctor.examine(_settings())
    for finding in findings:
        mark = click.style("ok", fg="green") if finding.well else click.style("NO", fg="red")
        click.echo(f"  {mark}  {finding.sentence}")
    if not all(finding.well for finding in findings):
        sys.exit(1)


@contextmanager
def _writing() -> Iterator[None]:
    """Runs the writer for one command; a refusal becomes an error message."""
    try:
        with writing(current_app._get_current_object()):  # type: ignore[attr-defined]
            yield
    except PalabreError as error:
        raise click.ClickException(error.message) from error


def _settings() -> Settings:
    found: Settings = current_app.config["SETTINGS"]
    return found
