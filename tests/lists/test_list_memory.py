"""The memory that a long list costs while it is read."""

from __future__ import annotations

import pytest
from measure_list_memory import SHAPES, measured


@pytest.mark.parametrize("shape", SHAPES)
def test_a_long_list_takes_little_more_memory_than_its_tuple(shape: str) -> None:
    """At no time are there more than 1.5 times as many bytes of objects as the finished tuple has."""
    assert measured(50_000, shape, resident=False)["traced"] <= 1.5


def test_the_measurement_knows_both_formats() -> None:
    """What is measured by hand covers what is tested here."""
    assert {"json", "xml"} <= SHAPES.keys()
