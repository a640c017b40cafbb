"""Pages: products, one product with its seller, and a message to the seller."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from wtforms import HiddenField, SelectField, StringField, TextAreaField, URLField
from wtforms.validators import InputRequired, Length, Optional, Regexp

from app.accounts.queries import is_blocked, load_users
from app.actor import Actor
from app.conversations.queries import conversations_about
from app.conversations.rows import conversation_row
from app.conversations.topics import register_topic
from app.errors import PalabreError
from app.messages.schemas import SendMessage
from app.messages.sending import send_message
from app.products import access, commands, queries
from app.products.schemas import ChangeProduct, CreateProduct, FindProducts
from app.store import store
from app.web.blueprint import number, page_blueprint, search_words
from app.web.forms import PageForm, message_text, parse, submit
from app.web.page_data import take_state
from app.web.reader import reader, signed_in_reader

pages = page_blueprint("products", __name__, public=True)
register_topic("product", "products/strip.html")

PER_PAGE = 24
CURRENCIES = ("EUR", "USD", "GBP", "CHF", "CAD", "XOF", "XAF", "MAD")
STATUSES = (("available", _l("Available")), ("reserved", _l("Reserved")), ("sold", _l("Sold")))


class ProductForm(PageForm):
    """Title, description, image and price of a product."""

    title = StringField(
        _l("Title"),
        [
            InputRequired(_l("Enter a title.")),
            Regexp(r"\s*\S", message=_l("Enter a title.")),
            Length(max=120, message=_l("Use at most 120 characters.")),
        ],
    )
    price = StringField(
        _l("Price"),
        [
            Optional(),
            Regexp(
                r"^\s*\d{1,10}([.,]\d{1,2})?\s*$",
                message=_l("Enter a number, like 45 or 45.50."),
            ),
        ],
        render_kw={"inputmode": "decimal"},
    )
    currency = SelectField(_l("Currency"), choices=[(code, code) for code in CURRENCIES])
    description = TextAreaField(
        _l("Description"),
        [Length(max=8000, message=_l("Use at most 8,000 characters."))],
    )
    image_url = URLField(
        _l("Picture"),
        [
            Optional(),
            Length(max=500, message=_l("Use at most 500 characters.")),
            Regexp(
                r"^(https?://|/(?![/\\]))[^\s\"'<>\\]+$",
                message=_l("Enter the web address of a picture."),
            ),
        ],
    )
    status = SelectField(_l("Status"), choices=STATUSES, default="available")

    def keep(self, currency: str) -> None:
        """Adds the product's own currency to the choices, if it is not a usual one."""
        if currency not in CURRENCIES:
            self.currency.choices = [*self.currency.choices, (currency, currency)]

    def fields(self) -> dict[str, Any]:
        """Returns the values in the form the schemas expect."""
        given = {name: self[name].data for name in ("title", "currency")}
        price = (self.price.data or "").strip().replace(",", ".")
        return {
            **given,
            "price": price or None,
            "description": message_text(self.description.data),
            "image_url": self.image_url.data or None,
        }


class ContactForm(PageForm):
    """The first message to a seller."""

    client_id = HiddenField(render_kw={"autocomplete": "off"})
    text = TextAreaField(
        _l("Your message"),
        [
            InputRequired(_l("Write a message first.")),
            Regexp(r"\s*\S", message=_l("Write a message first.")),
        ],
        render_kw={"maxlength": 8000, "rows": 4},
    )


@pages.get("/")
def home() -> Any:
    """Redirects to the products."""
    return redirect(url_for(".index"))


@pages.get("/products")
def index() -> Any:
    """Lists products, newest first."""
    seller_id = number("seller")
    question = parse(
        FindProducts, q=search_words("q", 80) or None, owner_id=seller_id, limit=PER_PAGE
    )
    before = number("cursor")
    with store.reading() as session:
        take_state(session)
        found = queries.find_products(session, question.q, question.owner_id, PER_PAGE + 1, before)
        sellers = load_users(session, {p["owner_id"] for p in found} | {seller_id or 0})
    page = found[:PER_PAGE]
    seller = sellers.get(seller_id or 0)
    return render_template(
        "products/list.html",
        products=page,
        sellers=sellers,
        seller=seller,
        q=question.q or "",
        heading=_heading(seller),
        next_cursor=page[-1]["id"] if len(found) > PER_PAGE else None,
    )


@pages.get("/products/<int:product_id>")
def show(product_id: int) -> Any:
    """Shows one product, its seller, and the form to write to them."""
    return _page(product_id, ContactForm(formdata=None, client_id=str(uuid.uuid4())))


@pages.post("/products/<int:product_id>/contact", command=send_message)
def contact(product_id: int) -> Any:
    """Sends a message to the seller; opens or reuses the conversation."""
    actor = signed_in_reader()
    form = ContactForm()
    if not form.validate():
        return _page(product_id, form, 422)
    try:
        given = parse(
            SendMessage,
            product_id=product_id,
            text=message_text(form.text.data),
            client_id=form.client_id.data or None,
        )
        sent = submit(send_message, actor, given)
    except PalabreError as error:
        if error.code == "not_found":
            raise
        status = form.refuse(error)
        form.client_id.data = str(uuid.uuid4())
        return _page(product_id, form, status)
    return redirect(
        url_for("conversations_pages.show", conversation_id=sent["conversation_id"]), 303
    )


@pages.get("/products/new")
def new() -> Any:
    """Shows an empty form."""
    signed_in_reader()
    return _form(ProductForm(formdata=None))


@pages.post("/products/new", command=commands.create_product)
def create() -> Any:
    """Creates a product."""
    actor = signed_in_reader()
    form = ProductForm()
    if not form.validate():
        return _form(form, status=422)
    try:
        product = submit(commands.create_product, actor, parse(CreateProduct, **form.fields()))
    except PalabreError as error:
        return _form(form, status=form.refuse(error))
    flash(_("Product published. People can now message you about it."), "success")
    return redirect(url_for(".show", product_id=product["id"]), 303)


@pages.get("/products/<int:product_id>/edit")
def edit(product_id: int) -> Any:
    """Shows the form filled with the product; for its owner."""
    product = _own_product(signed_in_reader(), product_id)
    form = ProductForm(formdata=None, data=product)
    form.keep(product["currency"])
    return _form(form, product)


@pages.post("/products/<int:product_id>/edit", command=commands.change_product)
def change(product_id: int) -> Any:
    """Changes a product; for its owner."""
    actor = signed_in_reader()
    product = _own_product(actor, product_id)
    form = ProductForm()
    form.keep(product["currency"])
    if not form.validate():
        return _form(form, product, 422)
    try:
        given = parse(ChangeProduct, **form.fields(), status=form.status.data)
        submit(commands.change_product, actor, product_id, given)
    except PalabreError as error:
        return _form(form, product, form.refuse(error))
    flash(_("Changes saved."), "success")
    return redirect(url_for(".show", product_id=product_id), 303)


def _heading(seller: dict[str, Any] | None) -> str:
    actor = reader()
    if seller is None:
        return str(_("Products"))
    if actor is not None and seller["id"] == actor.user_id:
        return str(_("Your products"))
    return str(_("Products from %(name)s", name=seller["name"]))


def _page(product_id: int, form: ContactForm, status: int = 200) -> Any:
    with store.reading() as session:
        take_state(session)
        product = queries.product_view(access.access_product(session, product_id))
        seller = load_users(session, [product["owner_id"]])[product["owner_id"]]
        relation = _relation(session, product)
    page = render_template(
        "products/show.html", product=product, seller=seller, form=form, **relation
    )
    return page, status


def _relation(session: Session, product: dict[str, Any]) -> dict[str, Any]:
    """Returns the reader's relation to a product: ownership, conversations and a block."""
    actor = reader()
    if actor is None:
        return {"own": False}
    own = product["owner_id"] == actor.user_id
    found = conversations_about(session, actor.user_id, product["id"])
    return {
        "own": own,
        "conversations": [conversation_row(view, actor.user_id) for view in found] if own else [],
        "conversation": found[0] if found and not own else None,
        "blocked": not own and is_blocked(session, actor.user_id, product["owner_id"]),
    }


def _own_product(actor: Actor, product_id: int) -> dict[str, Any]:
    with store.reading() as session:
        return queries.product_view(access.access_own_product(session, actor, product_id))


def _form(form: ProductForm, product: dict[str, Any] | None = None, status: int = 200) -> Any:
    return render_template("products/form.html", form=form, product=product), status
