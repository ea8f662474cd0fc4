"""Problems of a document's fields: what a rule found, in words only when shown."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from desktop_app.core.language import N_, _

Scalar = str | int | float | bool | None

TEXTS: dict[str, str] = {
    "required": N_("This is needed."),
    "type": N_("This is not the kind of value expected here."),
    "unknown_field": N_("This field does not exist."),
    "too_short": N_("At least {minimum} characters."),
    "too_long": N_("At most {maximum} characters."),
    "too_small": N_("At least {minimum}."),
    "too_large": N_("At most {maximum}."),
    "choice": N_("Choose one of the values offered."),
    "login_id_form": N_("3 to 64 letters, digits, dots, dashes or underscores; a letter first."),
    "email_form": N_("This is not an e-mail address: write it as name@example.com."),
    "phone_form": N_("Write digits with dashes, as in 02-123-4567 or +82-10-1234-5678."),
    "business_number_form": N_("Ten digits, as in 123-45-67891."),
    "business_number_checksum": N_("The check digit does not fit: a digit is mistyped."),
    "control_characters": N_("This holds characters that cannot be printed."),
    "duplicate": N_("Another one already has this value."),
    "duplicate_in_file": N_("Row {row} of the file already has this value."),
    "spreadsheet_error": N_("The cell shows an error of the spreadsheet."),
    "reference_unknown": N_("There is no such entry."),
    "reference_inactive": N_("That entry is deactivated."),
    "company_needed": N_("Everyone but an administrator belongs to a company."),
    "company_full": N_("That company holds its {maximum} users already."),
    "company_full_in_file": N_(
        "With the rows above, that company reaches its {maximum} users; {free} were free."
    ),
    "projects_full": N_("That company has its {maximum} projects already."),
    "projects_full_in_file": N_(
        "With the rows above, that company reaches its {maximum} projects; {free} were free."
    ),
    "reference_ambiguous": N_("More than one entry has this name: write its id instead."),
    "name_ambiguous": N_("More than one entry has this name: change it in the list instead."),
    "not_a_manager": N_("Only an active manager of that company, or an administrator."),
    "status_order": N_("A project goes from preparation to active, and from active to closed."),
    "archived": N_("An archived project is not changed: restore it first."),
    "changed_since": N_("This was changed after the import."),
    "in_use": N_("Other entries refer to this one."),
    "import_undone": N_("This import was undone: start a new one."),
    "password_common": N_("This password is among the most guessed ones."),
    "password_contains_login": N_("The password must not contain the sign-in name."),
    "password_same": N_("The new password is the old one."),
    "password_wrong": N_("This is not the current password."),
    "own_account": N_("You cannot do this to your own account."),
    "own_company": N_("You cannot do this to the company you belong to."),
    "last_administrator": N_("This is the last active administrator."),
    "criteria_needed": N_("At least one criterion."),
    "too_many": N_("At most {maximum}."),
    "weights_not_100": N_("The weights sum to {total}; they must sum to exactly 100."),
    "not_positive": N_("More than 0."),
    "row_width": N_("A row has as many values as there are columns: {columns}."),
    "step_unfit": N_("The highest score must be a multiple of the step."),
    "step": N_("In steps of {step}."),
    "number_form": N_("Write a number, as in 7 or 7.5."),
    "needed_when_active": N_("An active project needs this."),
    "before_start": N_("The deadline must come after the start."),
    "moment_form": N_("Write a date and a time, as in 2026-11-30 18:00."),
    "not_an_evaluator": N_("Only an active evaluator can be assigned."),
    "not_on_panel": N_("This evaluator is not on the project's panel."),
    "not_a_candidate": N_("This company is not evaluated in the project."),
    "conflict_of_interest": N_("There is a conflict of interest with this company."),
    "assigned_already": N_("This evaluator has a sheet for this company already."),
    "has_sheets": N_("There are sheets of this: take them away first."),
    "project_not_active": N_("The project is not active: sheets cannot be changed."),
    "template_missing": N_("The project has no template yet."),
    "sheet_begun": N_("This sheet has been begun."),
    "sheet_finished": N_("This sheet has been submitted."),
    "sheet_not_finished": N_("This sheet has not been submitted."),
    "deadline_passed": N_("The deadline has passed: the draft is kept, but not submitted."),
    "own_not_submitted": N_("Others' scores are shown once your own sheet is submitted."),
    "hash_differs": N_("What arrived is not what was sent: upload it again."),
    "storage_full": N_("The company's storage of {maximum} GB is full."),
    "file_type_refused": N_("Files of this type are not taken."),
    "runnable_name": N_("A file of this name would be run as a program: choose another ending."),
    "hash_form": N_("A SHA-256 has 64 hexadecimal digits."),
    "read_only": N_("This cannot be changed."),
    "column_missing": N_("The table has no such column."),
    "address_form": N_("Write the whole address, as in https://host.example:8443."),
    "address_password": N_("Leave the password out: it is asked for, and kept in the keyring."),
    "tls_needed": N_("The certificate of a production system is always verified."),
    "file_missing": N_("There is no such file."),
    "day_passed": N_("This day has passed."),
    "too_far": N_("At most {maximum} days from today."),
    "name_unknown": N_("Nothing gives “{name}” a value here."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One rule broken by one field.

    ``field`` is a dotted key (``profile.phone``), empty for the whole document; ``code`` is a key
    of ``TEXTS``; ``params`` fill its text.
    """

    field: str
    code: str
    params: dict[str, Scalar] = dataclasses.field(default_factory=dict)

    def text(self) -> str:
        """The problem in words, in the language in use."""
        return _(TEXTS[self.code]).format(**self.params) if self.code in TEXTS else self.code
