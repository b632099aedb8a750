"""Check digits of Indian identifiers. Each takes the bare number, without separators, digits in ASCII."""

import string

# Verhoeff: the dihedral group of order 10, and the permutation by place. Source: the Aadhaar number's published scheme.
_PRODUCT = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
    (1, 2, 3, 4, 0, 6, 7, 8, 9, 5),
    (2, 3, 4, 0, 1, 7, 8, 9, 5, 6),
    (3, 4, 0, 1, 2, 8, 9, 5, 6, 7),
    (4, 0, 1, 2, 3, 9, 5, 6, 7, 8),
    (5, 9, 8, 7, 6, 0, 4, 3, 2, 1),
    (6, 5, 9, 8, 7, 1, 0, 4, 3, 2),
    (7, 6, 5, 9, 8, 2, 1, 0, 4, 3),
    (8, 7, 6, 5, 9, 3, 2, 1, 0, 4),
    (9, 8, 7, 6, 5, 4, 3, 2, 1, 0),
)
_PERMUTATION = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
    (1, 5, 7, 6, 2, 8, 3, 0, 9, 4),
    (5, 8, 0, 3, 7, 9, 6, 1, 4, 2),
    (8, 9, 1, 6, 0, 4, 3, 5, 2, 7),
    (9, 4, 5, 3, 1, 2, 6, 8, 7, 0),
    (4, 2, 8, 6, 5, 7, 3, 9, 0, 1),
    (2, 7, 9, 3, 8, 0, 6, 4, 1, 5),
    (7, 0, 4, 6, 9, 1, 3, 2, 5, 8),
)
_BASE_36 = string.digits + string.ascii_uppercase


def is_verhoeff(number: str) -> bool:
    """Aadhaar numbers and virtual ids: the last digit checks the others."""
    check = 0
    for place, digit in enumerate(reversed(number)):
        check = _PRODUCT[check][_PERMUTATION[place % 8][int(digit)]]
    return check == 0


def is_aadhaar(number: str) -> bool:
    """Twelve digits, the first of them from 2 up; one that reads the same backwards is never given out."""
    return len(number) == 12 and number[0] >= "2" and number != number[::-1] and is_verhoeff(number)


def is_luhn(number: str) -> bool:
    """Payment cards (ISO/IEC 7812)."""
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(number)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def is_gstin(number: str) -> bool:
    """A GSTIN of 15 characters: the last one checks the others, in base 36."""
    values = [_BASE_36.index(mark) * (1 + place % 2) for place, mark in enumerate(number[:-1].upper())]
    check = _BASE_36[-sum(value // 36 + value % 36 for value in values) % 36]
    return len(number) == 15 and check == number[-1].upper()
