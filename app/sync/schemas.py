"""Input models of synchronisation."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from app.contract.inputs import Count, Input, Parameters


class Sync(Input):
    """``sync``: all changes after a cursor."""

    after: Count


class Changes(Parameters):
    """``GET /changes``."""

    after: Count
    limit: Annotated[int, Field(ge=1, le=500)] = 200
