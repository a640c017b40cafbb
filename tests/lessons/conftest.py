"""Browsers and official clients for the tests of lessons."""

from tests.browser.conftest import sign_in
from tests.clients.conftest import connect, node
from tests.web.conftest import browse

__all__ = ["browse", "connect", "node", "sign_in"]
