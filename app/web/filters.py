"""Prices, times and names in the reader's language."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from babel.dates import format_date, format_datetime, format_skeleton, format_time
from babel.numbers import format_currency
from flask_babel import get_locale

from app.web.catalogue import phrase
from app.web.i18n import timezone

TONES = 8


def price(amount: str, currency: str) -> str:
    """Formats ``450.00``, ``EUR`` in the reader's language; whole amounts without cents."""
    try:
        number = Decimal(amount)
    except InvalidOperation:
        return f"{amount} {currency}"
    text = format_currency(number, currency, locale=get_locale() or "en")
    if number == number.to_integral_value():
        text = text.removesuffix(".00").replace(",00\xa0", "\xa0")
    return text


def moment(iso: str | None) -> datetime | None:
    """Returns a wire time as a datetime in the reader's zone."""
    return datetime.fromisoformat(iso).astimezone(timezone()) if iso else None


def clock_time(iso: str | None) -> str:
    """Formats the hour and minute."""
    when = moment(iso)
    return (
        format_time(when, "short", tzinfo=timezone(), locale=get_locale() or "en") if when else ""
    )


def short_time(iso: str | None) -> str:
    """Formats a time for the end of a row: the hour, yesterday, a weekday, or a date."""
    when = moment(iso)
    if when is None:
        return ""
    today = datetime.now(timezone()).date()
    days = (today - when.date()).days
    if days <= 0:
        return clock_time(iso)
    if days == 1:
        return phrase("yesterday")
    if days < 7:
        return _date(when.date(), "EEE")
    return _skeleton(when.date(), "MMMd" if when.year == today.year else "yMMMd")


def day_name(day: date) -> str:
    """Formats a day separator: today, yesterday, or the date in words."""
    today = datetime.now(timezone()).date()
    days = (today - day).days
    if days in (0, 1):
        return phrase("today" if days == 0 else "yesterday")
    return _skeleton(day, "MMMMEEEEd" if day.year == today.year else "yMMMMEEEEd")


def full_time(iso: str | None) -> str:
    """Formats weekday, date and hour, for a tooltip."""
    when = moment(iso)
    if when is None:
        return ""
    return f"{_date(when.date(), 'full')}, {clock_time(iso)}"


def appointment(iso: str | None) -> str:
    """Formats weekday, date and hour, with the year unless it is the current one."""
    when = moment(iso)
    if when is None:
        return ""
    this_year = when.year == datetime.now(timezone()).year
    return f"{_skeleton(when.date(), 'MMMEd' if this_year else 'yMMMEd')}, {clock_time(iso)}"


def _date(day: date, form: str) -> str:
    return format_date(day, form, locale=get_locale() or "en")


def _skeleton(day: date, skeleton: str) -> str:
    moment_of_day = datetime(day.year, day.month, day.day)
    locale = get_locale() or "en"
    known = getattr(locale, "datetime_skeletons", {})
    if skeleton in known:
        return format_datetime(moment_of_day, str(known[skeleton]), locale=locale)
    return format_skeleton(skeleton, moment_of_day, locale=locale)


def initials(name: str) -> str:
    """Returns the initials of a name, at most two letters."""
    words = [word for word in name.split() if word[0].isalnum()] or [name or "?"]
    chosen = words[0][0] + (words[-1][0] if len(words) > 1 else "")
    return chosen.upper()


def tone(identifier: int | None) -> int:
    """Returns the number of the colour in place of a missing picture."""
    return (identifier or 0) % TONES


def one_line(text: str, limit: int = 120) -> str:
    """Returns a text on one line, cut with an ellipsis."""
    flat = " ".join(text.split())
    return flat if len(flat) <= limit else flat[: limit - 1].rstrip() + "…"
