"""Every operation of openapi.json, asked what it allows and what it forbids, with a token and without.

No answer is a 5xx; each has a status, a content type, headers and a shape that the document names.
"""

from __future__ import annotations

from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import assume, given
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from tests.docs import protocol_page as page
from tests.docs import schemas
from tests.fuzz.budget import MARKS, fuzz
from tests.fuzz.target import Target, Watch, World

pytestmark = MARKS

# As the page of the protocol has them: asking the application takes a process.
OPERATIONS = sorted(page.routes())
# What the document promises of an answer. What it asks of a request is looked at in tests/input:
# pydantic is stricter than JSON Schema can say (1.0 is no integer here).
PROMISES = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
# Whoever asks these with a token of their own is signed out by it.
ENDS_THE_SESSION = {("POST", "/api/v1/auth/logout"), ("POST", "/api/v1/auth/refresh")}


@pytest.fixture(scope="module")
def document() -> Any:
    """The description of REST, as schemathesis reads it."""
    return schemathesis.openapi.from_dict(schemas.openapi())


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_a_signed_in_person_gets_a_declared_answer(
    method: str, path: str, document: Any, target: Target, world: World, watch: Watch
) -> None:
    operation = document[path][method]

    @fuzz(7)
    @given(case=_right_and_wrong(operation), data=st.data())
    def ask(case: Any, data: Any) -> None:
        _name_what_exists(case, path, world, data)
        person = world.mallory
        token = person.token
        if (method, path) in ENDS_THE_SESSION:
            token = f"{token}x"
        assume(_fits_into_a_line(case, target))
        answer = case.call(base_url=target.url, headers={"Authorization": f"Bearer {token}"})
        case.validate_response(answer, checks=PROMISES)
        watch.check()

    ask()


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_a_stranger_gets_a_declared_answer_and_never_more(
    method: str, path: str, document: Any, target: Target, world: World, watch: Watch
) -> None:
    operation = document[path][method]
    for_strangers = not schemas.operation(method, path)["security"]

    @fuzz(2)
    @given(case=operation.as_strategy(generation_mode=GenerationMode.POSITIVE), data=st.data())
    def ask(case: Any, data: Any) -> None:
        _name_what_exists(case, path, world, data)
        assume(_fits_into_a_line(case, target))
        answer = case.call(base_url=target.url)
        case.validate_response(answer, checks=PROMISES)
        assert for_strangers or answer.status_code in (
            401,
            403,
        )  # 403: a cookie without its CSRF value
        watch.check()

    ask()


def _right_and_wrong(operation: Any) -> Any:
    right = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    if not (operation.body or operation.path_parameters or operation.query):
        return right
    return right | operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)


def _name_what_exists(case: Any, path: str, world: World, data: Any) -> None:
    """Ids that were made up belong to nothing: most of the time, put some in that do."""
    kind = path.removeprefix("/api/v1/").partition("/")[0].rstrip("s").replace("-", "_") + "_id"
    for fields, own in ((case.path_parameters, kind), (case.body, "")):
        for name in [name for name in fields if _is_id(name)] if isinstance(fields, dict) else ():
            known = world.ids_for(own if name == "id" else name)
            if known and data.draw(st.integers(0, 3)):
                fields[name] = data.draw(st.sampled_from(known))


def _fits_into_a_line(case: Any, target: Target) -> bool:
    """Longer ones are HTTP's to refuse (414), before any operation is looked for."""
    line = case.as_transport_kwargs(base_url=target.url)
    return len(requests.Request(**line).prepare().path_url) < 8000


def _is_id(name: Any) -> bool:
    return isinstance(name, str) and (name == "id" or name.endswith("_id"))
