import pytest

from desktop_app.core.paging import Page, PageQuery
from desktop_app.core.permissions import OPERATIONS, Scope, may, scope_of
from desktop_app.core.users import Role


def test_each_route_is_declared_once() -> None:
    routes = [(operation.method, operation.path) for operation in OPERATIONS.values()]
    assert len(set(routes)) == len(routes)


@pytest.mark.parametrize("operation", sorted(OPERATIONS))
def test_an_operation_is_public_or_someones(operation: str) -> None:
    declared = OPERATIONS[operation]
    assert declared.public is not bool(declared.allowed)
    assert declared.public or declared.allowed.get(Role.ADMIN) in (Scope.ALL, Scope.SELF)


def test_only_administrators_write_users() -> None:
    writes = [o for o in OPERATIONS if o.startswith("users.") and OPERATIONS[o].method != "GET"]
    assert writes
    for role in (Role.MANAGER, Role.SECRETARY, Role.EVALUATOR):
        assert not [operation for operation in writes if may(operation, role)]


def test_a_manager_reaches_only_the_own_company() -> None:
    assert scope_of("companies.change", Role.MANAGER) is Scope.OWN_COMPANY
    assert scope_of("companies.change", Role.SECRETARY) is None


def test_a_query_is_sent_as_the_contract_writes_it() -> None:
    query = PageQuery(page=2, q="김", filters={"profile.department": "A"})
    assert query.params() == {
        "page": "2",
        "page_size": "50",
        "sort": "-created_at",
        "q": "김",
        "profile.department": "A",
    }
    assert query.at(3).page == 3


@pytest.mark.parametrize(("total", "pages"), [(0, 1), (1, 1), (50, 1), (51, 2)])
def test_pages(total: int, pages: int) -> None:
    assert Page(items=(), total=total, page=1, page_size=50).pages == pages
