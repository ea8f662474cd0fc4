"""Each resource on the real server."""

import uuid
from collections.abc import Iterator

import pytest

from desktop_app.api.client import ApiClient
from desktop_app.api.guard import WriteGuard
from desktop_app.api.transport import Transport
from desktop_app.config.profiles import Profile
from desktop_app.core.errors import (
    Conflict,
    Forbidden,
    InUse,
    NotFound,
    Rejected,
    SignInRefused,
    TooManyRequests,
    Unreachable,
)
from desktop_app.core.imports import ImportRow, Verdict
from desktop_app.core.paging import PageQuery
from tests.fixtures.server import RunningServer

COMPANY = {"name": "한빛 평가", "business_number": "124-81-00998", "settings.max_users": 7}
USER = {"login_id": "hong", "name": "홍길동", "email": "hong@x.kr", "role": "admin"}


@pytest.fixture
def api(api_server: RunningServer) -> Iterator[ApiClient]:
    profile = Profile(id="t", name="Test", connect_timeout_s=2)
    client = ApiClient(Transport(api_server.url, profile, guard=WriteGuard("Test")))
    client.sign_with(client.auth.login(*api_server.admin).access_token)
    yield client
    client.close()


def test_a_company_from_its_creation_to_its_end(api: ApiClient) -> None:
    key = uuid.uuid4().hex
    first, again = (api.companies.create(COMPANY, idempotency_key=key) for _ in range(2))
    assert first == again
    company = api.companies.get(first)
    assert (company.name, company.settings.max_users) == ("한빛 평가", 7)
    changed = api.companies.change(first, {"address": "서울"}, version=company.version)
    assert (changed.address, changed.name) == ("서울", "한빛 평가")
    with pytest.raises(Conflict) as conflict:
        api.companies.change(first, {"address": "부산"}, version=company.version)
    assert conflict.value.current["address"] == "서울"
    idle = api.companies.deactivate(first, version=changed.version)
    assert not idle.is_active
    active = api.companies.activate(first, version=idle.version)
    assert active.is_active
    api.companies.delete(first, version=active.version)
    with pytest.raises(NotFound):
        api.companies.get(first)


def test_what_is_in_use_says_by_what(api: ApiClient) -> None:
    page = api.companies.page(PageQuery(q="테스트 회사"))
    company = page.items[0]
    assert api.companies.usage(company.id)["users"] == 3
    with pytest.raises(InUse) as in_use:
        api.companies.delete(company.id, version=company.version)
    assert in_use.value.usage["users"] == 3


def test_a_user_with_a_password_made_by_the_server(api: ApiClient) -> None:
    created = api.users.add({**USER, "profile.phone": "010-1234-5678"})
    assert created.initial_password
    assert created.item.profile.phone == "010-1234-5678"
    password = api.users.reset_password(created.id, version=created.item.version)
    assert password != created.initial_password
    user = api.users.get(created.id)
    assert api.users.unlock(created.id, version=user.version).login_attempts == 0


def test_problems_come_by_field(api: ApiClient) -> None:
    with pytest.raises(Rejected) as rejected:
        api.users.create({**USER, "login_id": "admin", "email": "x"})
    assert {"email"} <= {problem.field for problem in rejected.value.problems}


def test_pages_filters_search_and_sort(api: ApiClient, api_server: RunningServer) -> None:
    api_server.insert_users(120)
    page = api.users.page(PageQuery(page=3, sort="login_id", filters={"role": "evaluator"}))
    assert (page.total, page.page, len(page.items), page.pages) == (121, 3, 21, 3)
    assert page.server_ms is not None
    names = [user.login_id for user in page.items]
    assert names == sorted(names)
    assert api.users.page(PageQuery(q="user0000007")).items[0].login_id == "user0000007"
    with pytest.raises(Rejected):
        api.users.page(PageQuery(sort="password_hash"))


def test_rows_are_imported_listed_and_undone(api: ApiClient) -> None:
    rows = [
        ImportRow(row=2, values={**USER, "company_id": "테스트 회사"}),
        ImportRow(row=3, values={**USER, "login_id": "1"}),
    ]
    import_id = str(uuid.uuid4())
    for dry_run in (True, False, False):
        results = api.users.import_rows(
            import_id, "users.xlsx", rows, dry_run=dry_run, update_existing=False
        )
        assert [result.verdict for result in results] == [Verdict.CREATE, Verdict.INVALID]
    assert api.users.page(PageQuery(q="hong")).total == 1
    batch = api.imports.page(PageQuery()).items[0]
    assert batch.file_name == "users.xlsx"
    assert api.imports.get(batch.id).counts["create"] == 1
    assert api.imports.undo(batch.id).deleted == 1
    assert api.users.page(PageQuery(q="hong")).total == 0


def test_the_trail_the_figures_and_the_health(api: ApiClient) -> None:
    api.companies.create(COMPANY)
    entries = api.audit.page(PageQuery(sort="-sequence", filters={"operation": "companies.create"}))
    assert entries.items[0].target_name == "한빛 평가"
    assert api.audit.verify().intact
    dashboard = api.analytics.dashboard()
    assert (dashboard.statistics.users, dashboard.statistics.companies) == (4, 3)
    assert api.health.summary().status
    detailed = api.health.detailed()
    assert {service.state for service in detailed.services} == {"up"}


def test_what_a_role_may_not_do(api: ApiClient, api_server: RunningServer) -> None:
    api.sign_with(api.auth.login("secretary1", "test123!").access_token)
    with pytest.raises(Forbidden):
        api.users.create(USER)


def test_too_many_requests_say_how_long_to_wait(api: ApiClient, api_server: RunningServer) -> None:
    from desktop_app.backend.config import RateLimits

    api_server.restart(
        rate_limits=RateLimits(overall="2/minute", sign_in_per_client="", sign_in_per_account="")
    )
    for _ in range(2):
        api.auth.me()
    with pytest.raises(TooManyRequests) as caught:
        api.auth.me()
    assert 0 < caught.value.retry_after_s <= 60


def test_an_account_locked_after_wrong_passwords_says_so(api: ApiClient) -> None:
    for _ in range(20):
        with pytest.raises(SignInRefused) as refused:
            api.auth.login("manager1", "wrong")
        if "locked" in str(refused.value):
            return
    pytest.fail("never locked")


def test_a_server_that_comes_back_is_found_again(api: ApiClient, api_server: RunningServer) -> None:
    api.auth.me()
    api_server.stop()
    with pytest.raises(Unreachable):
        api.auth.me()
    api_server.start()
    assert api.auth.me().login_id == "admin"
