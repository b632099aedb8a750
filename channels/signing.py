"""How webhooks are signed, those that we send and those that we take."""

import hashlib
import hmac
import re

HEADER = "X-Saathi-Signature"
WINDOW_S = 300  # by which the clocks of both sides may differ
_SIGNATURE = re.compile(r"t=(\d{1,12}),v1=([0-9a-f]{64})")


def sign(secret: str, at: int, body: bytes) -> str:
    """`t=<seconds since the epoch>,v1=<HMAC-SHA256 of "<t>.<body>", in hexadecimal>`."""
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


def is_signed(secret: str, signature: str, body: bytes, now: float) -> bool:
    """Whether a body was signed with the secret, no longer than the window ago."""
    read = _SIGNATURE.fullmatch(signature)
    if read is None or abs(now - int(read[1])) > WINDOW_S:
        return False
    return hmac.compare_digest(sign(secret, int(read[1]), body), signature)
