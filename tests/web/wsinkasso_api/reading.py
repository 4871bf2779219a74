"""What the service answered, as values."""

from __future__ import annotations

from typing import Any

import httpx
from lxml import etree

from kravbro.core.errors import KravbroError
from kravbro.formats.wsinkasso.faults import told
from kravbro.formats.wsinkasso.fields import NAMESPACE
from tests.formats.wsinkasso_messages import read_answer


def read(name: str, answer: httpx.Response) -> Any:
    """The value of an answer that is no fault."""
    assert answer.status_code == 200, answer.text
    return read_answer(name, answer.content)


def fault_in(message: bytes) -> KravbroError:
    """The error that a message tells."""
    found = etree.fromstring(message).find(f".//{{{NAMESPACE}}}Feil")
    assert found is not None, message
    return told(found).error


def fault_of(answer: httpx.Response) -> KravbroError:
    """The error that an answer tells."""
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    return fault_in(answer.content)
