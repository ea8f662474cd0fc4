"""Companies over the wire."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

NEW: dict[str, Any] = {"name": "한빛 소프트", "business_number": "1234567891"}


def test_company_is_created_with_its_number_formatted_and_default_limits(
    admin: httpx.Client,
) -> None:
    answer = admin.post("/api/companies", json=NEW)
    assert answer.status_code == 201
    company = answer.json()["company"]
    assert answer.json()["company_id"] == company["id"]
    assert company["business_number"] == "123-45-67891"
    assert company["settings"] == {"max_users": 100, "max_projects": 50, "storage_limit_gb": 10}
    assert company["user_count"] == 0
    assert admin.get(f"/api/companies/{company['id']}").json() == {"company": company}


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"business_number": "123-45-67890"}, "business_number", "business_number_checksum"),
        ({"business_number": "12"}, "business_number", "business_number_form"),
        ({"name": "테스트 회사"}, "name", "duplicate"),
        ({"settings": {"max_users": 0}}, "settings.max_users", "too_small"),
        ({"settings": {"max_users": 10**30}}, "settings.max_users", "too_large"),
        ({"settings": {"max_users": True}}, "settings.max_users", "type"),
        ({"settings": []}, "settings", "type"),
        ({"user_count": 5}, "user_count", "unknown_field"),
    ],
)
def test_company_that_breaks_a_rule_is_refused(
    shared_admin: httpx.Client, changes: dict[str, Any], field: str, code: str
) -> None:
    answer = shared_admin.post("/api/companies", json={**NEW, **changes})
    assert answer.status_code == 422
    assert [(p["field"], p["code"]) for p in answer.json()["problems"]] == [(field, code)]


def test_company_with_users_is_not_deleted(shared_admin: httpx.Client) -> None:
    path = "/api/companies/company-test"
    refused = shared_admin.delete(path, headers={"If-Match": "1"})
    assert refused.status_code == 409
    assert refused.json()["usage"] == {"users": 3}
    assert shared_admin.get(f"{path}/usage").json() == {"usage": {"users": 3}}


def test_unused_company_is_deleted(admin: httpx.Client) -> None:
    id_ = admin.post("/api/companies", json=NEW).json()["company_id"]
    assert admin.delete(f"/api/companies/{id_}", headers={"If-Match": "1"}).status_code == 204
    assert admin.get(f"/api/companies/{id_}").status_code == 404


def test_administrator_cannot_shut_the_own_company(shared_admin: httpx.Client) -> None:
    path = "/api/companies/company-system/deactivate"
    answer = shared_admin.post(path, headers={"If-Match": "1"})
    assert answer.status_code == 422
    assert answer.json()["problems"][0]["code"] == "own_company"


def test_list_counts_the_users_of_each_company(shared_admin: httpx.Client) -> None:
    companies = shared_admin.get("/api/companies", params={"sort": "name"}).json()["companies"]
    assert {c["name"]: c["user_count"] for c in companies} == {"시스템 회사": 1, "테스트 회사": 3}


def test_renamed_company_shows_in_the_list_of_users_at_once(admin: httpx.Client) -> None:
    assert admin.get("/api/users/user-manager1").json()["user"]["company_name"] == "테스트 회사"
    path = "/api/companies/company-test"
    admin.patch(path, json={"name": "새 이름"}, headers={"If-Match": "1"}).raise_for_status()
    assert admin.get("/api/users/user-manager1").json()["user"]["company_name"] == "새 이름"
