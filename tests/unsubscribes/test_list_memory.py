"""The memory that a long list costs while it is read."""

from __future__ import annotations

import sys

import pytest
from measure_list_memory import SHAPES, measured


@pytest.mark.skipif(sys.platform != "linux", reason="the resident memory is read from /proc")
@pytest.mark.parametrize("shape", SHAPES)
def test_a_long_list_takes_little_more_memory_than_its_tuple(shape: str) -> None:
    """At no time is there more than 1.5 times what the finished tuple needs: neither of objects, nor of memory that the
    system gives the process, where the parts of the body count too."""
    figures = measured(50_000, shape)
    assert figures["traced"] <= 1.5
    assert figures["resident"] <= 1.5


def test_the_measurement_knows_both_formats() -> None:
    """What is measured by hand covers what is tested here."""
    assert {"json", "xml"} <= SHAPES.keys()
