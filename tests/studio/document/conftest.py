"""What tests of documents share."""

from __future__ import annotations

import pytest
from lowering import Source


@pytest.fixture
def source() -> Source:
    """A data set of the tests' own."""
    return Source()
