"""Pages: the lessons the reader gives and takes, one lesson, and scheduling another."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from wtforms import StringField
from wtforms.validators import InputRequired, Length, Regexp
from wtforms.widgets import DateInput, NumberInput, TimeInput

from app.accounts.queries import find_users, load_users
from app.actor import Actor
from app.conversations.queries import peers_of
from app.conversations.rows import BLANK_USER
from app.conversations.topics import register_topic
from app.errors import PalabreError
from app.lessons import access, commands, queries
from app.lessons.schemas import ChangeLesson, CreateLesson
from app.store import store
from app.web.blueprint import number, page_blueprint, search_words
from app.web.forms import PageForm, parse, submit
from app.web.i18n import ZONES, choose_timezone, knows_timezone, remember_timezone
from app.web.page_data import take_state
from app.web.reader import signed_in_reader

pages = page_blueprint("lessons", __name__)
register_topic("lesson", "lessons/strip.html", queries.lesson_about)

PER_PAGE = 30
PEOPLE_SHOWN = 50
# The page's script fills it with a lesson that arrives later.
BLANK_LESSON = {
    "id": None,
    "title": "",
    "teacher": BLANK_USER,
    "student": BLANK_USER,
    "starts_at": "",
    "duration_minutes": 0,
    "status": "scheduled",
    "revision": 0,
}
NO_SUCH_TIME = _l("This time does not exist on that day. Choose another.")


class LessonForm(PageForm):
    """Title, local time in the form's time zone, and duration of a lesson."""

    title = StringField(
        _l("Title"),
        [
            InputRequired(_l("Enter a title.")),
            Regexp(r"\s*\S", message=_l("Enter a title.")),
            Length(max=120, message=_l("Use at most 120 characters.")),
        ],
    )
    date = StringField(_l("Day"), [InputRequired(_l("Choose a day."))], widget=DateInput())
    time = StringField(_l("Time"), [InputRequired(_l("Choose a time."))], widget=TimeInput())
    timezone = StringField(
        _l("Time zone"),
        [InputRequired(_l("Choose a time zone."))],
        render_kw={"list": "time-zones", "autocomplete": "off", "data-part": "timezone"},
    )
    duration_minutes = StringField(
        _l("Duration in minutes"),
        [Regexp(r"^\s*[0-9]{1,4}\s*$", message=_l("Enter 5 to 1,440 minutes."))],
        widget=NumberInput(step=5, min=5, max=1440),
        default="60",
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """Validates each field, then whether the local time exists."""
        if not super().validate(extra_validators):
            return False
        if self.timezone.data not in ZONES:
            self.timezone.errors = [_l("Unknown time zone. Choose one from the list.")]
        elif not 5 <= int(self.duration_minutes.data) <= 1440:
            self.duration_minutes.errors = [_l("Enter 5 to 1,440 minutes.")]
        elif self.starts_at() is None:
            self.time.errors = [NO_SUCH_TIME]
        return not self.errors

    def starts_at(self) -> str | None:
        """Returns the moment in UTC; ``None`` if the local time does not exist (a clock change)."""
        try:
            text = f"{self.date.data}T{self.time.data}"
            local = datetime.strptime(text[:16], "%Y-%m-%dT%H:%M").replace(
                tzinfo=ZoneInfo(self.timezone.data)
            )
            moment = local.astimezone(UTC)
            shown = moment.astimezone(local.tzinfo).replace(tzinfo=None)
        except (ValueError, OverflowError):
            return None
        exists = shown == local.replace(tzinfo=None) and 1970 <= moment.year < 9999
        return moment.isoformat() if exists else None

    def fields(self) -> dict[str, Any]:
        """Returns the values in the form the schemas expect."""
        return {
            "title": self.title.data,
            "starts_at": self.starts_at(),
            "duration_minutes": int(self.duration_minutes.data),
        }


@pages.get("/lessons")
def index() -> Any:
    """Lists coming or past lessons that the reader gives, takes, or both."""
    actor, past = signed_in_reader(), request.args.get("when") == "past"
    role = {"teacher": "teacher", "student": "student"}.get(request.args.get("as", ""))
    after = number("cursor")
    with store.reading() as session:
        take_state(session)
        found = queries.lessons_by_time(session, actor.user_id, role, past, PER_PAGE + 1, after)
    page = found[:PER_PAGE]
    return render_template(
        "lessons/list.html",
        lessons=page,
        past=past,
        role=role,
        next_cursor=page[-1]["id"] if len(found) > PER_PAGE else None,
        blank=BLANK_LESSON,
        data={"lessons": page},
    )


@pages.get("/lessons/new")
def new() -> Any:
    """Shows the choice of a student first, then an empty form."""
    form = LessonForm(formdata=None, timezone=choose_timezone())
    return _ask(form, number("student_id"))


@pages.post("/lessons/new", command=commands.create_lesson)
def create() -> Any:
    """Schedules a lesson that the reader gives."""
    actor, form, student_id = signed_in_reader(), LessonForm(), number("student_id")
    if not form.validate():
        return _ask(form, student_id, 422)
    try:
        given = parse(CreateLesson, student_id=student_id, **form.fields())
        lesson = submit(commands.create_lesson, actor, given)
    except PalabreError as error:
        if error.code == "not_found":
            raise
        return _ask(form, student_id, form.refuse(error))
    name = lesson["student"]["name"]
    flash(_("Lesson scheduled. %(name)s can see it too.", name=name), "success")
    response = redirect(url_for(".show", lesson_id=lesson["id"]), 303)
    if not knows_timezone():
        remember_timezone(response, form.timezone.data)
    return response


@pages.get("/lessons/<int:lesson_id>")
def show(lesson_id: int) -> Any:
    """Shows one lesson, and the steps open to the reader."""
    return _page(lesson_id)


@pages.post("/lessons/<int:lesson_id>", command=commands.change_status)
def change(lesson_id: int) -> Any:
    """Confirms, completes or cancels a lesson."""
    actor = signed_in_reader()
    try:
        given = parse(ChangeLesson, status=request.form.get("status"))
        submit(commands.change_status, actor, lesson_id, given.status)
    except PalabreError as error:
        if error.code == "not_found":
            raise
        return _page(lesson_id, error)
    return redirect(url_for(".show", lesson_id=lesson_id), 303)


def _page(lesson_id: int, error: PalabreError | None = None) -> Any:
    actor = signed_in_reader()
    with store.reading() as session:
        take_state(session)
        found = access.access_lesson(session, actor, lesson_id)
        lesson = queries.lesson_view(session, found)
        steps = access.possible_steps(actor, found)
    page = render_template(
        "lessons/show.html",
        lesson=lesson,
        teaches=lesson["teacher"]["id"] == actor.user_id,
        steps=steps,
        timezone=choose_timezone(),
        problem=_(error.message) if error else "",
        data={"lesson": lesson},
    )
    return page, error.status if error else 200


def _ask(form: LessonForm, student_id: int | None, status: int = 200) -> Any:
    actor, q = signed_in_reader(), search_words("q", 80)
    with store.reading() as session:
        take_state(session)
        student = load_users(session, [student_id or 0]).get(student_id or 0)
        if student is None or student["id"] == actor.user_id:
            people = _people(session, actor, q)
            return render_template("lessons/student.html", q=q, people=people), status
    page = render_template(
        "lessons/new.html",
        form=form,
        student=student,
        zone_is_known=knows_timezone() and not form.timezone.errors,
        zones=sorted(ZONES),
    )
    return page, status


def _people(session: Session, actor: Actor, q: str) -> list[dict[str, Any]]:
    """Returns the students to choose from: users by name, else the reader's peers."""
    if q:
        found = find_users(session, q, PEOPLE_SHOWN + 1, 0)
        return [user for user in found if user["id"] != actor.user_id][:PEOPLE_SHOWN]
    known = load_users(session, peers_of(session, actor.user_id))
    return sorted(known.values(), key=lambda user: user["name"].casefold())[:PEOPLE_SHOWN]
