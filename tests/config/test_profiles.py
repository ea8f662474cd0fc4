import json
from dataclasses import replace
from pathlib import Path

import pytest

from desktop_app.config.profiles import (
    LOCAL_PROFILE_ID,
    Environment,
    Profile,
    Profiles,
    check_profile,
)

STAGING = Profile(id="s1", name="Staging", api_url="https://staging.example:8443")


def test_the_local_workspace_is_always_there(tmp_path: Path) -> None:
    profiles = Profiles(tmp_path)
    assert [profile.id for profile in profiles.all()] == [LOCAL_PROFILE_ID]
    profiles.remove(LOCAL_PROFILE_ID)
    assert profiles.get(LOCAL_PROFILE_ID).api_url is None


def test_profiles_outlive_a_restart_sorted_by_name(tmp_path: Path) -> None:
    profiles = Profiles(tmp_path)
    profiles.save(replace(STAGING, id="b", name="beta"))
    profiles.save(replace(STAGING, id="a", name="Alpha", environment=Environment.PRODUCTION))
    again = Profiles(tmp_path)
    assert [profile.id for profile in again.all()] == ["local", "a", "b"]
    assert again.get("a").environment is Environment.PRODUCTION
    again.remove("a")
    with pytest.raises(KeyError):
        Profiles(tmp_path).get("a")


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"name": " "}, "name", "required"),
        ({"api_url": None}, "api_url", "required"),
        ({"api_url": "staging.example"}, "api_url", "address_form"),
        ({"api_url": "ftp://staging.example"}, "api_url", "address_form"),
        ({"api_url": "https://staging.example:99999"}, "api_url", "address_form"),
        ({"api_url": "https://a b.example"}, "api_url", "address_form"),
        ({"api_url": "https://u:p@staging.example"}, "api_url", "address_password"),
        ({"mongo_uri": "mongodb://u:p@h/"}, "mongo_uri", "address_password"),
        ({"mongo_uri": "https://h/"}, "mongo_uri", "address_form"),
        ({"ca_file": "no-such.pem"}, "ca_file", "file_missing"),
        ({"proxy": "proxy"}, "proxy", "address_form"),
        ({"connect_timeout_s": 0.1}, "connect_timeout_s", "too_small"),
        (
            {"environment": Environment.PRODUCTION, "verify_tls": False},
            "verify_tls",
            "tls_needed",
        ),
    ],
)
def test_what_is_wrong_is_told_by_field(
    tmp_path: Path, changes: dict[str, object], field: str, code: str
) -> None:
    profile = replace(STAGING, **changes)  # type: ignore[arg-type]
    assert [(p.field, p.code) for p in check_profile(profile)] == [(field, code)]
    with pytest.raises(ValueError, match="s1"):
        Profiles(tmp_path).save(profile)


def test_several_database_hosts_are_an_address() -> None:
    profile = replace(STAGING, mongo_uri="mongodb://reader@h1:27017,h2:27018/?replicaSet=rs0")
    assert check_profile(profile) == ()


def test_a_damaged_entry_is_left_out_and_the_others_stay(tmp_path: Path) -> None:
    Profiles(tmp_path).save(STAGING)
    file = tmp_path / "profiles.json"
    kept = json.loads(file.read_text(encoding="utf-8"))["profiles"]
    broken = [{"id": "x"}, 7, {**kept[0], "id": "y", "environment": "mars"}]
    file.write_text(json.dumps({"profiles": [*kept, *broken]}), encoding="utf-8")
    profiles = Profiles(tmp_path)
    assert [profile.id for profile in profiles.all()] == ["local", "s1"]
    assert profiles.notice is not None
    assert (tmp_path / "profiles.damaged-1.json").exists()
    assert [profile.id for profile in Profiles(tmp_path).all()] == ["local", "s1"]


def test_a_file_that_is_no_list_of_profiles(tmp_path: Path) -> None:
    (tmp_path / "profiles.json").write_text("[]", encoding="utf-8")
    profiles = Profiles(tmp_path)
    assert profiles.notice is not None
    assert len(profiles.all()) == 1
