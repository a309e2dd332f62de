"""How numbers are written: `toFixed`, `toLocaleString`."""

import math
from decimal import ROUND_HALF_UP, Context, Decimal

from chatkit.widgets.jsx.budget import Budget
from chatkit.widgets.jsx.values import UNDEFINED, Value, is_object, to_number, to_text

__all__ = ["fixed", "localized"]

_SIGNS = {
    "USD": "$",
    "EUR": "€",
    "GBP": "£",
    "JPY": "¥",
    "INR": "₹",
    "KRW": "₩",
    "CNY": "CN¥",
    "BRL": "R$",
    "CAD": "CA$",
}
_WITHOUT_CENTS = {"JPY", "KRW"}
_MOST_DIGITS = 100


def fixed(value: float, digits: int) -> str:
    """Rounded to so many digits after the point, halves away from zero."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return f"{_rounded(Decimal(value), digits):f}"


def _rounded(value: Decimal, digits: int) -> Decimal:
    digits = max(0, min(digits, _MOST_DIGITS))
    precision = max(1, value.adjusted() + 1) + digits + 2
    return value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP, Context(prec=precision))


def localized(value: float, options: Value, budget: Budget) -> str:
    """As English writes numbers: `1,234.5`. Of the options: `style`, `currency`, and the numbers of fraction digits."""
    given = options if is_object(options) else {}
    style, currency = given.get("style"), to_text(given.get("currency", "USD"), budget)
    least, most = _fraction_digits(given, style, currency)
    if not math.isfinite(value):
        return fixed(value, 0)
    written = abs(Decimal(repr(value)))  # unlike toFixed, which takes the exact value
    text = f"{_rounded(written * 100 if style == 'percent' else written, most):,f}"
    whole, _, fraction = text.partition(".")
    fraction = fraction.rstrip("0").ljust(least, "0")
    text = f"{whole}.{fraction}" if fraction else whole
    sign = "-" if value < 0 else ""
    if style == "currency":
        return f"{sign}{_SIGNS.get(currency, currency + chr(0xA0))}{text}"
    return f"{sign}{text}%" if style == "percent" else f"{sign}{text}"


def _fraction_digits(options: dict[str, Value], style: Value, currency: str) -> tuple[int, int]:
    usual = (0 if currency in _WITHOUT_CENTS else 2) if style == "currency" else 0
    least, most = options.get("minimumFractionDigits", UNDEFINED), options.get("maximumFractionDigits", UNDEFINED)
    low = usual if least is UNDEFINED else _digits(least)
    if most is not UNDEFINED:
        return min(low, _digits(most)), _digits(most)
    return low, max(low, usual if style in ("currency", "percent") else 3)


def _digits(value: Value) -> int:
    number = to_number(value)
    return int(max(0, min(number, _MOST_DIGITS))) if math.isfinite(number) else 0
