import threading

import pytest

from desktop_app.config.secrets import Backend, Secrets


class Ring:
    """A keyring of the kind an operating system has."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


class BrokenRing(Ring):
    def set_password(self, service: str, username: str, password: str) -> None:
        raise RuntimeError("locked")


class SilentRing(Ring):
    def __init__(self) -> None:
        super().__init__()
        self.released = threading.Event()

    def get_password(self, service: str, username: str) -> str | None:
        self.released.wait()
        return None


def secrets_with(ring: Backend | None) -> Secrets:
    return Secrets(open_keyring=lambda: ring)


def test_a_secret_is_kept_in_the_keyring() -> None:
    ring = Ring()
    secrets_with(ring).set("p1", "mongo", "비밀")
    again = secrets_with(ring)
    assert again.available
    assert again.kept
    assert again.get("p1", "mongo") == "비밀"
    assert again.get("p2", "mongo") is None
    again.forget("p1", "mongo")
    again.forget("p1", "mongo")
    assert ring.kept == {}


def test_without_a_keyring_memory_holds_it_and_says_so() -> None:
    secrets = secrets_with(None)
    secrets.set("p1", "x", "s")
    assert secrets.get("p1", "x") == "s"
    assert not secrets.available
    assert not secrets.kept
    secrets.forget("p1", "x")
    assert secrets.get("p1", "x") is None


@pytest.mark.logs("keyring is not used: RuntimeError")
def test_a_keyring_that_raises_is_not_used_again() -> None:
    secrets = secrets_with(BrokenRing())
    secrets.set("p1", "x", "s")
    assert not secrets.kept
    assert not secrets.available
    assert secrets.get("p1", "x") == "s"


@pytest.mark.logs("keyring is not used: TimeoutError")
def test_a_keyring_that_hangs_holds_nothing_up() -> None:
    ring = SilentRing()
    secrets = Secrets(open_keyring=lambda: ring, timeout_s=0.05)
    assert secrets.get("p1", "x") is None
    assert not secrets.available
    ring.released.set()


@pytest.mark.logs("keyring is not used: OSError")
def test_a_keyring_that_cannot_be_opened() -> None:
    def broken() -> Backend | None:
        raise OSError("no bus")

    secrets = Secrets(open_keyring=broken)
    assert not secrets.available


def test_the_keyring_that_refuses_everything_does_not_count(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import keyring
    from keyring.backends import fail, null

    before = keyring.get_keyring()
    for kind in (fail.Keyring, null.Keyring):
        keyring.set_keyring(kind())
        assert not Secrets().available
    keyring.set_keyring(before)
