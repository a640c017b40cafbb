"""A blueprint states how large a body it takes, and the others keep to their own limits."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.inside import inside


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, list[Any]]]:
    """The status and the message for each blueprint, size and way of sending."""
    answers: dict[str, dict[str, list[Any]]] = inside(
        "tests.http.bodies_inside:body_limits", tmp_path_factory.mktemp("bodies")
    )
    return answers


@pytest.mark.parametrize(
    ("blueprint", "taken", "refused"),
    [
        ("small", [], ["65537 announced", "65536 chunked", "65537 chunked"]),
        (
            "large",
            ["65537 announced", "65537 chunked", "131071 announced", "131071 chunked"],
            ["131073 announced", "131073 chunked"],
        ),
        (
            "form",
            ["262143 announced", "262143 chunked"],
            ["262145 announced", "262145 chunked"],
        ),
        (
            "upload",
            ["262145 announced", "262145 chunked"],
            ["524289 announced", "524289 chunked"],
        ),
    ],
)
def test_a_blueprint_takes_bodies_up_to_its_own_limit(
    answers: dict[str, dict[str, list[Any]]],
    blueprint: str,
    taken: list[str],
    refused: list[str],
) -> None:
    statuses = {case: status for case, (status, _) in answers[blueprint].items()}
    assert {case: statuses[case] for case in taken} == dict.fromkeys(taken, 204)
    assert {case: statuses[case] for case in refused} == dict.fromkeys(refused, 413)


def test_the_refusal_states_the_limit(answers: dict[str, dict[str, list[Any]]]) -> None:
    small, large = answers["small"]["65537 chunked"], answers["large"]["131073 chunked"]
    assert small[1] == "The request is too large. Send at most 64 KB."
    assert large[1] == "The request is too large. Send at most 128 KB."
