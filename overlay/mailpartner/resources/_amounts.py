"""Amounts of money that are sent."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mailpartner.contract import Limits


def amount_text(name: str, amount: object, limits: Limits) -> str:
    """Return an amount as it is sent, such as "12.50".

    Raises:
        TypeError: If it is not a Decimal, an int or a str; a float may not be the amount that it shows.
        ValueError: If it is not a number above 0.
    """
    if isinstance(amount, float):
        raise TypeError(f"{name} must not be a float, which is not exact: write Decimal or text. Nothing was sent.")
    if isinstance(amount, bool) or not isinstance(amount, (Decimal, int, str)):
        kind = type(amount).__name__
        raise TypeError(f'{name} must be a Decimal, an int or a str such as "12.50", not {kind}. Nothing was sent.')
    text = f"{amount:f}" if isinstance(amount, Decimal) else str(amount)
    if not re.fullmatch(limits.pattern or ".+", text) or Decimal(text) <= 0:
        raise ValueError(f'{name} must be a number above 0, such as "12.50". Nothing was sent.')
    return text
