"""The users of the platform: who they are, whether they can sign in, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtWidgets import QWidget

from desktop_app.api.companies import Companies
from desktop_app.api.imports import Imports
from desktop_app.api.resource import Created
from desktop_app.api.users import Users
from desktop_app.core.language import N_, NN_, _
from desktop_app.core.problems import TEXTS
from desktop_app.core.tasks import TaskContext
from desktop_app.core.users import USER_FIELDS, Role, User, check_user
from desktop_app.ui.changes import Change
from desktop_app.ui.dialogs.confirm import confirm
from desktop_app.ui.dialogs.secret_dialog import SecretDialog
from desktop_app.ui.messages import Level
from desktop_app.ui.records.actions import RecordAction
from desktop_app.ui.records.kind import RecordKind, RecordWords
from desktop_app.ui.records.record_tab import RecordTab
from desktop_app.ui.records.user_columns import is_locked, user_columns
from desktop_app.ui.tab import TabTools
from desktop_app.ui.widgets.lookups import resource_lookup


def _labels(flat: Mapping[str, Any]) -> Mapping[str, str]:
    return {"company_id": str(flat.get("company_name") or "")}


USERS: RecordKind[User] = RecordKind(
    name="users",
    fields=USER_FIELDS,
    check=check_user,
    name_of=lambda user: f"{user.name} ({user.login_id})",
    is_active=lambda user: user.is_active,
    labels_of=_labels,
    words=RecordWords(
        title=N_("Users"),
        purpose=N_("Who may sign in, in which role, for which company."),
        new=N_("New user"),
        new_title=N_("New user"),
        edit_title=N_("Edit {name}"),
        create=N_("Create user"),
        import_title=N_("Import users"),
        nothing_yet=N_("Add the first user, or import many from a file."),
        search_hint=N_("Search by name, sign-in name or e-mail"),
        deletions=NN_("Delete {n} user", "Delete {n} users"),
        deactivations=NN_("Deactivate {n} user", "Deactivate {n} users"),
        activations=NN_("Activate {n} user", "Activate {n} users"),
        deactivation_text=N_("They are signed out and cannot sign in until activated again."),
    ),
)


class UsersTab(RecordTab[User]):
    """Lists users; one's own account is protected from being locked out by oneself."""

    def __init__(
        self,
        *,
        users: Users,
        companies: Companies,
        imports: Imports,
        role: Role,
        me: str,
        tools: TabTools,
        parent: QWidget | None = None,
    ) -> None:
        self._users, self._companies, self._me = users, companies, me
        lookups = {"companies": resource_lookup(companies, lambda company: company.name)}
        super().__init__(
            USERS,
            users,
            user_columns(tools.settings),
            imports=imports,
            lookups=lookups,
            role=role,
            tools=tools,
            watches=frozenset({"companies"}),
            parent=parent,
        )

    def row_actions(self) -> Sequence[RecordAction[User]]:
        """The usual actions, and those on passwords."""
        return (
            self.edit_action(),
            RecordAction(
                id="reset_password",
                operation="users.reset_password",
                label=N_("Reset password"),
                icon="key",
                run=lambda users: self._ask_reset(users[0]),
                many=False,
                refusal=self._own_password,
            ),
            *self.activity_actions(),
            self.delete_action(),
            # It goes once it is done: last, so that no other button moves into its place.
            RecordAction(
                id="unlock",
                operation="users.unlock",
                label=N_("Unlock"),
                icon="unlock",
                run=self._unlock,
                applies=is_locked,
            ),
        )

    def protected(self, item: User) -> str:
        """One's own account is neither deactivated nor deleted by oneself."""
        return TEXTS["own_account"] if item.id == self._me else ""

    def locked_fields(self, item: User) -> frozenset[str]:
        """One's own role is not changed by oneself."""
        return frozenset({"role"}) if item.id == self._me else frozenset()

    def on_created(self, created: Created[User]) -> None:
        """Show the password that the new user starts with, this once."""
        if created.initial_password:
            self._show_password(created.item, created.initial_password)

    def show_filtered(self, filters: Mapping[str, str]) -> None:
        """Show only what fits ``filters``; a company in them is named once it is known."""
        super().show_filtered(filters)
        company_id = filters.get("company_id")
        if not company_id:
            return
        companies = self._companies

        def work(_context: TaskContext) -> str:
            return companies.get(company_id).name

        self._tools.runner.start(
            work,
            owner=self,
            done=lambda name: self.table.name_reference("company_id", name),
        )

    def _own_password(self, user: User) -> str:
        own = N_("Change your own password in the menu of your account.")
        return own if user.id == self._me else ""

    def _unlock(self, users: tuple[User, ...]) -> None:
        self.batch.start(
            _("Unlock accounts"),
            users,
            lambda user: self._users.unlock(user.id, version=user.version),
        )

    def _ask_reset(self, user: User) -> None:
        confirm(
            self,
            title=_("Reset the password of {name}?").format(name=USERS.name_of(user)),
            text=_(
                "The present password stops working and all sessions end. A one-time password is"
                " shown once; it must be changed at the next sign-in."
            ),
            action=_("Reset password"),
            on_yes=lambda: self._reset(user),
        )

    def _reset(self, user: User) -> None:
        users = self._users

        def work(_context: TaskContext) -> str:
            return users.reset_password(user.id, version=user.version)

        def done(password: str) -> None:
            self._tools.changes.tell(Change("users", frozenset({user.id})))
            text = _("The password of {name} was reset.").format(name=USERS.name_of(user))
            self._tools.messages.post(Level.OK, text)
            self._show_password(user, password)

        title = _("Reset the password of {name}").format(name=USERS.name_of(user))
        self._tools.runner.start(work, owner=self, done=done, title=title)

    def _show_password(self, user: User, password: str) -> None:
        dialog = SecretDialog(
            _("One-time password of {name}").format(name=USERS.name_of(user)),
            _("{login} signs in with it once and then chooses another.").format(
                login=user.login_id
            ),
            password,
            self._tools,
            self,
        )
        dialog.open()
