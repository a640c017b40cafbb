"""The features, by transport. Importing their sockets registers their events."""

from __future__ import annotations

from flask import Blueprint
from flask_openapi3.blueprint import APIBlueprint

from app.accounts import api as accounts_api
from app.accounts import pages as accounts_pages
from app.accounts import sockets as accounts_sockets
from app.contacts import api as contacts_api
from app.contacts import pages as contacts_pages
from app.conversations import api as conversations_api
from app.conversations import pages as conversations_pages
from app.conversations import sockets as conversations_sockets
from app.lessons import api as lessons_api
from app.lessons import pages as lessons_pages
from app.messages import api as messages_api
from app.messages import pages as messages_pages
from app.messages import sockets as messages_sockets
from app.presence import sockets as presence_sockets
from app.products import api as products_api
from app.products import pages as products_pages
from app.sync import api as sync_api
from app.sync import sockets as sync_sockets

# Presence before sync: somebody who has just come is online in their own ``ready``.
SOCKETS = (
    accounts_sockets,
    presence_sockets,
    sync_sockets,
    conversations_sockets,
    messages_sockets,
)

BLUEPRINTS: tuple[APIBlueprint, ...] = (
    accounts_api.auth,
    accounts_api.api,
    products_api.api,
    conversations_api.api,
    messages_api.api,
    lessons_api.api,
    contacts_api.api,
    sync_api.api,
)

PAGES: tuple[Blueprint, ...] = (
    accounts_pages.pages,
    products_pages.pages,
    conversations_pages.pages,
    messages_pages.pages,
    lessons_pages.pages,
    contacts_pages.pages,
)
