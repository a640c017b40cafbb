"""Browsers, official clients and a server with limits for the tests of contact requests."""

from tests.browser.conftest import sign_in
from tests.clients.conftest import connect, node
from tests.system.conftest import insistent, limited, outsiders
from tests.web.conftest import browse

__all__ = ["browse", "connect", "insistent", "limited", "node", "outsiders", "sign_in"]
