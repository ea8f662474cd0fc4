"""The list of passwords that nobody may choose."""

from __future__ import annotations

from desktop_app.config.resources import resource
from desktop_app.core.users import MINIMUM_PASSWORD, check_password


def test_it_holds_three_thousand_that_are_long_enough_to_be_chosen() -> None:
    """OWASP ASVS 5.0.0 V6.2.4."""
    listed = resource("common_passwords.txt").read_text(encoding="utf-8").split()

    assert len({one for one in listed if len(one) >= MINIMUM_PASSWORD}) >= 3000
    assert len(listed) == len(set(listed))
    assert all(one == one.lower() for one in listed)
    assert check_password("Liverpool1", "somebody", frozenset(listed))
    assert not check_password("a field of ripe barley", "somebody", frozenset(listed))
