"""Pages: sign in and up, sign out, the account, blocked users."""

from __future__ import annotations

from typing import Any

from flask import g, redirect, render_template, request, session, url_for
from flask_babel import lazy_gettext as _l
from wtforms import EmailField, HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length, Regexp

from app.accounts import commands, queries, signing_in
from app.accounts.commands import SignInResult
from app.accounts.cookies import clear_cookies, set_cookies
from app.accounts.preferences import pages as preferences
from app.accounts.schemas import Register, SignIn
from app.errors import PalabreError
from app.store import store
from app.web.blueprint import back, local_address, page_blueprint
from app.web.forms import PageForm, call, parse, submit
from app.web.i18n import language
from app.web.reader import reader, signed_in_reader

pages = page_blueprint("accounts", __name__, public=True)

__all__ = ["pages", "preferences"]  # the blueprints that app/features.py registers


class SignInForm(PageForm):
    """Address and password."""

    email = EmailField(_l("E-mail address"), [InputRequired(_l("Enter your e-mail address."))])
    password = PasswordField(_l("Password"), [InputRequired(_l("Enter your password."))])
    next = HiddenField()


class SignUpForm(PageForm):
    """Name, address and password of a new account."""

    name = StringField(
        _l("Name"),
        [
            InputRequired(_l("Enter your name.")),
            Regexp(r"\s*\S", message=_l("Enter your name.")),
            Length(max=80, message=_l("Use at most 80 characters.")),
        ],
    )
    email = EmailField(
        _l("E-mail address"),
        [
            InputRequired(_l("Enter your e-mail address.")),
            Length(max=254, message=_l("Use at most 254 characters.")),
            Regexp(
                r"^\s*[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)*\s*$",
                message=_l("Enter an e-mail address, like name@example.com."),
            ),
        ],
    )
    password = PasswordField(
        _l("Password"),
        [
            InputRequired(_l("Choose a password.")),
            Length(min=8, message=_l("Use at least 8 characters.")),
            Length(max=128, message=_l("Use at most 128 characters.")),
        ],
    )
    next = HiddenField()


@pages.get("/sign-in")
def sign_in() -> Any:
    """Shows the form; redirects a user who is already signed in."""
    if reader() is not None:
        return redirect(_destination())
    return _ask("accounts/sign_in.html", SignInForm(next=request.args.get("next")))


@pages.post("/sign-in", command=signing_in.sign_in)
def submit_sign_in() -> Any:
    """Signs in with the form's values."""
    form = SignInForm()
    if not form.validate():
        return _ask("accounts/sign_in.html", form, 422)
    try:
        given = parse(SignIn, email=form.email.data, password=form.password.data)
        return _enter(call(signing_in.sign_in, given))
    except PalabreError as error:
        return _ask("accounts/sign_in.html", form, form.refuse(error), error)


@pages.get("/sign-up")
def sign_up() -> Any:
    """Shows the form; redirects a user who is already signed in."""
    if reader() is not None:
        return redirect(_destination())
    return _ask("accounts/sign_up.html", SignUpForm(next=request.args.get("next")))


@pages.post("/sign-up", command=signing_in.sign_up)
def submit_sign_up() -> Any:
    """Creates an account in the language of the form, and signs in."""
    form = SignUpForm()
    if not form.validate():
        return _ask("accounts/sign_up.html", form, 422)
    fields = {name: form[name].data for name in ("name", "email", "password")}
    try:
        given = parse(Register, **fields, locale=language())
        return _enter(call(signing_in.sign_up, given))
    except PalabreError as error:
        return _ask("accounts/sign_up.html", form, form.refuse(error), error)


@pages.post("/sign-out", command=commands.sign_out)
def sign_out() -> Any:
    """Ends the session and closes its live connections, in every tab."""
    actor = reader()
    if actor is not None:
        submit(commands.sign_out, actor)
    session.clear()
    response = redirect(url_for("products_pages.index"), 303)
    clear_cookies(response)
    # The back button must not show what was read before.
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@pages.get("/account")
def account() -> Any:
    """Shows the reader's profile, preferences and blocked users."""
    actor = signed_in_reader()
    with store.reading() as reading:
        blocked = queries.blocked_people(reading, actor.user_id)
    return render_template("accounts/account.html", blocked_people=blocked)


@pages.post("/people/<int:user_id>/block", command=commands.block)
def block(user_id: int) -> Any:
    """Blocks a user."""
    submit(commands.block, signed_in_reader(), user_id)
    return back(url_for(".account"))


@pages.post("/people/<int:user_id>/unblock", command=commands.unblock)
def unblock(user_id: int) -> Any:
    """Removes a block."""
    submit(commands.unblock, signed_in_reader(), user_id)
    return back(url_for(".account"))


def _ask(
    template: str, form: PageForm, status: int = 200, error: PalabreError | None = None
) -> Any:
    headers = {"Retry-After": str(int(error.retry_after))} if error and error.retry_after else {}
    return render_template(template, form=form), status, headers


def _enter(signed_in: SignInResult) -> Any:
    """Sets the cookies and starts a new form session, since the last belonged to no account."""
    session.clear()
    g.pop("renewed", None)
    response = redirect(_destination(), 303)
    set_cookies(response, signed_in)
    return response


def _destination() -> str:
    return local_address(request.form.get("next") or request.args.get("next"), "/")
