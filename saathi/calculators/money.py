"""Rupees as whole numbers, and as people in India write them."""

from decimal import ROUND_HALF_UP, Decimal


def rupees(amount: Decimal) -> int:
    """To the nearest rupee, half upwards."""
    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))


def write_rupees(amount: Decimal | int) -> str:
    """₹3,60,000: the last three digits, then pairs; paise only where there are any."""
    sign = "-" if amount < 0 else ""
    whole, _, paise = f"{abs(amount):f}".partition(".")
    head, tail = whole[:-3], whole[-3:]
    pairs = [head[max(end - 2, 0) : end] for end in range(len(head), 0, -2)][::-1]
    return f"{sign}₹{','.join([*pairs, tail])}" + (f".{paise:0<2}" if paise.strip("0") else "")


def write_number(number: Decimal | int) -> str:
    """Without a point and zeros that say nothing: 11, 8.5."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
