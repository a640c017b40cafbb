"""What the application declares and refuses, inside its own process."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any, get_type_hints

from flask.testing import FlaskClient

from app import limits
from app.accounts import commands as accounts
from app.accounts.commands import SignInResult
from app.accounts.tokens import settings
from app.contacts import commands as contacts
from app.contacts.schemas import CreateContactRequest
from app.contract.command import ROUTES, Terms
from app.http import rest
from app.lessons import commands as lessons
from app.lessons.schemas import CreateLesson
from app.messages.schemas import SendMessage
from app.messages.sending import send_message
from app.products import commands as products
from app.products.schemas import CreateProduct
from app.store import store
from app.web.blueprint import page_blueprint
from tests.http.bodies_inside import form_token
from tests.input.generate import sample

Json = dict[str, Any]
CHANGING = {"POST", "PUT", "PATCH", "DELETE"}
# A form of each page that is complete, so that nothing but the limit refuses it.
FORMS: dict[str, Json] = {
    "accounts_pages.submit_sign_in": {"email": " Alice@X.org", "password": "long enough"},
    "accounts_pages.submit_sign_up": {
        "name": "Eve", "email": "eve@x.org", "password": "long enough",
    },
    "accounts_pages.block": {},
    "accounts_pages.unblock": {},
    "preferences_pages.language": {"language": "fr"},
    "products_pages.contact": {"text": "Hello"},
    "products_pages.create": {"title": "Kora", "currency": "EUR", "status": "available"},
    "products_pages.change": {"title": "Kora", "currency": "EUR", "status": "available"},
    "conversations_pages.change": {"archived": "true"},
    "conversations_pages.leave": {},
    "messages_pages.send": {"text": "Hello"},
    "messages_pages.edit": {"text": "Hello"},
    "messages_pages.delete": {},
    "lessons_pages.create": {
        "student_id": "2", "title": "Kora", "date": "2030-01-01", "time": "10:00",
        "timezone": "UTC", "duration_minutes": "60",
    },
    "lessons_pages.change": {"status": "confirmed"},
    "contacts_pages.answer": {"status": "accepted"},
    "contacts_pages.ask": {"message": "Hello"},
    "contacts_pages.write": {"text": "Hello"},
}  # fmt: skip


# Fields that a body needs beyond the required ones.
TARGETS: dict[str, Json] = {
    "api_conversations.open_conversation": {"recipient_id": 2},
    "api_conversations.change_conversation": {"archived": True},
    "api_messages.send_message": {"recipient_id": 2},
    "api_products.change_product": {"title": "Kora"},
}


class UsedUp:
    """Windows of which one has no use left; ``asked`` lists the limits and keys in their order."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []
        self.refuses = ""

    def wait(self, _item: Any, *key: str) -> float:
        """Return the seconds to wait."""
        self.asked.append(key)
        return 7.0 if key[0] == self.refuses else 0.0


def _routes(app: Any) -> Iterator[tuple[str, str, str, Terms | None]]:
    """Yield method, address, endpoint and terms of every route that may change something."""
    for rule in app.url_map.iter_rules():
        for method in sorted(CHANGING & (rule.methods or set())):
            view = inspect.unwrap(app.view_functions[rule.endpoint])
            yield method, re.sub("<.*?>", "1", rule.rule), rule.endpoint, ROUTES.get(view)


def _undeclared(app: Any) -> list[str]:
    return sorted(
        endpoint for _, _, endpoint, terms in _routes(app) if terms is None or terms.command is None
    )


def _declaring_another(app: Any) -> list[str]:
    """Return the routes whose view, with its helpers, never mentions the declared command."""
    return sorted(
        endpoint
        for _, _, endpoint, terms in _routes(app)
        if terms
        and terms.command
        and terms.command.__name__ not in _mentioned(inspect.unwrap(app.view_functions[endpoint]))
    )


def _mentioned(view: Any) -> set[str]:
    names = set(view.__code__.co_names)
    for name in view.__code__.co_names:
        helper = view.__globals__.get(name)
        if inspect.isfunction(helper) and helper.__module__ == view.__module__:
            names |= set(helper.__code__.co_names)
    return names


def declarations(app: Any) -> Json:
    """Return the routes without a command, those without a limit, and those that declare another
    command than they run; the first and the last also for planted routes.
    """
    unlimited = [endpoint for _, _, endpoint, terms in _routes(app) if terms and not terms.limits]
    undeclared, another = _undeclared(app), _declaring_another(app)
    api, pages = rest.blueprint("planted", __name__), page_blueprint("planted", __name__)
    api.post("/planted", responses={204: None})(lambda: None)
    api.patch("/planted", limit="write", responses={204: None}, endpoint="read")(lambda: None)
    api.put("/planted", command=accounts.block, responses={204: None}, endpoint="other")(
        lambda path=None: ("", 204)
    )
    pages.post("/planted", endpoint="form")(lambda: None)
    app.register_api(api)
    app.register_blueprint(pages)
    planted = sorted(set(_undeclared(app)) - set(undeclared))
    return {
        "undeclared": undeclared,
        "unlimited": sorted(unlimited),
        "another": another,
        "planted": planted,
        "planted_another": _declaring_another(app),
    }


def used_up(app: Any) -> Json:
    """Return, for every route with a limit, how it refuses when that is used up."""
    store.start(lambda _batch: None)
    alice = _people_and_things()
    client = app.test_client()
    token = form_token(client)
    windows = UsedUp()
    limits._Bound.windows = windows  # type: ignore[assignment]
    refusals: Json = {}
    for method, address, endpoint, terms in _routes(app):
        if not terms or not terms.limits:
            continue
        windows.asked.clear()
        windows.refuses = terms.limits[-1].name
        if address.startswith(rest.PREFIX):
            answer = _call(app, method, address, endpoint, alice)
        else:
            answer = _submit(client, address, endpoint, alice, token)
        refusals[endpoint] = {
            "status": answer.status_code,
            "retry_after": answer.headers.get("Retry-After"),
            "spent": [list(key) for key in windows.asked],
            "declared": [limit.name for limit in terms.limits],
            "page": answer.get_data(as_text=True) if "sign" in endpoint else "",
        }
    refusals["invalid"] = _invalid(app, client, alice, token, windows)
    store.stop()
    return refusals


def _people_and_things() -> SignInResult:
    """Alice, with something of each kind that the forms need, all of the id 1."""
    keys = settings()
    alice, bob = (
        store.write(accounts.register, keys, f"{name}@x.org", "-", name, "en")
        for name in ("alice", "bob")
    )
    kora = CreateProduct(title="Kora", currency="EUR")
    store.write(products.create_product, alice.actor, kora)
    store.write(send_message, alice.actor, SendMessage(recipient_id=2, text="Hello"))
    lesson = {"student_id": 2, "title": "Kora", "starts_at": "2030-01-01T10:00:00Z"}
    store.write(lessons.create_lesson, alice.actor, CreateLesson(**lesson, duration_minutes=60))
    store.write(contacts.create_contact_request, bob.actor, CreateContactRequest(recipient_id=1))
    return alice


def _call(app: Any, method: str, address: str, endpoint: str, person: SignInResult) -> Any:
    hints = get_type_hints(inspect.unwrap(app.view_functions[endpoint]))
    body = sample(hints["body"].model_json_schema()) if "body" in hints else None
    return app.test_client().open(
        address,
        method=method,
        json=body if body is None else {**body, **TARGETS.get(endpoint, {})},
        query_string=sample(hints["query"].model_json_schema()) if "query" in hints else None,
        headers={"Authorization": f"Bearer {person.tokens.access}"},
    )


def _submit(
    client: FlaskClient, address: str, endpoint: str, person: SignInResult, token: str
) -> Any:
    client.set_cookie("access_token_cookie", person.tokens.access)
    return client.post(address, data={**FORMS[endpoint], "csrf_token": token})


def _invalid(
    app: Any, client: FlaskClient, person: SignInResult, token: str, windows: UsedUp
) -> list[int]:
    """Return the statuses of two invalid requests, and how many limits they have spent."""
    windows.asked.clear()
    bearer_token = {"Authorization": f"Bearer {person.tokens.access}"}
    body = app.test_client().post(f"{rest.PREFIX}/lessons", json={}, headers=bearer_token)
    form = client.post("/products/new", data={"title": "", "csrf_token": token})
    return [body.status_code, form.status_code, len(windows.asked)]
