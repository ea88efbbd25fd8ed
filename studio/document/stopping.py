"""The user's wish that something ends now."""

from __future__ import annotations


class Stopped(BaseException):
    """Raised where work looks whether it is still wanted, and it is not.

    It is no `Exception`, as a `KeyboardInterrupt` is none: what puts failures into words must let it through.
    """
