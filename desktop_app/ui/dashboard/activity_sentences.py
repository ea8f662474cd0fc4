"""What the audit trail's operations are called in sentences: one table of messages."""

from __future__ import annotations

from collections.abc import Mapping

from desktop_app.core.language import N_, NN_

SENTENCES: Mapping[str, str] = {
    "auth.login": N_("{actor} signed in"),
    "auth.logout": N_("{actor} signed out"),
    "auth.password": N_("{actor} changed their password"),
    "users.create": N_("{actor} created the user {target}"),
    "users.change": N_("{actor} changed {target}’s {changes}"),
    "users.delete": N_("{actor} deleted the user {target}"),
    "users.activate": N_("{actor} activated the user {target}"),
    "users.deactivate": N_("{actor} deactivated the user {target}"),
    "users.reset_password": N_("{actor} reset {target}’s password"),
    "users.unlock": N_("{actor} unlocked the user {target}"),
    "users.import": N_("{actor} imported users"),
    "companies.create": N_("{actor} created the company {target}"),
    "companies.change": N_("{actor} changed {target}’s {changes}"),
    "companies.delete": N_("{actor} deleted the company {target}"),
    "companies.activate": N_("{actor} activated the company {target}"),
    "companies.deactivate": N_("{actor} deactivated the company {target}"),
    "companies.import": N_("{actor} imported companies"),
    "templates.create": N_("{actor} created the template {target}"),
    "templates.change": N_("{actor} changed {target}’s {changes}"),
    "templates.delete": N_("{actor} deleted the template {target}"),
    "templates.activate": N_("{actor} took the template {target} out of the archive"),
    "templates.deactivate": N_("{actor} archived the template {target}"),
    "projects.create": N_("{actor} created the project {target}"),
    "projects.change": N_("{actor} changed {target}’s {changes}"),
    "projects.delete": N_("{actor} deleted the project {target}"),
    "projects.archive": N_("{actor} archived the project {target}"),
    "projects.restore": N_("{actor} took the project {target} out of the archive"),
    "projects.revise": N_("{actor} bound the project {target} to the newest revision"),
    "projects.import": N_("{actor} imported projects"),
    "projects.participants": N_("{actor} changed who takes part in {target}"),
    "projects.assign": N_("{actor} assigned the sheet {target}"),
    "projects.remind": N_("{actor} reminded of the sheet {target}"),
    "projects.declare": N_("{actor} declared a conflict of interest: {target}"),
    "projects.withdraw": N_("{actor} withdrew a conflict of interest: {target}"),
    "evaluations.draft": N_("{actor} began the sheet {target}"),
    "evaluations.submit": N_("{actor} submitted the sheet {target}"),
    "evaluations.confirm": N_("{actor} confirmed the sheet {target}"),
    "evaluations.reopen": N_("{actor} reopened the sheet {target}"),
    "evaluations.reassign": N_("{actor} reassigned the sheet {target}"),
    "evaluations.delete": N_("{actor} took away the sheet {target}"),
    "files.upload": N_("{actor} began to upload {target}"),
    "files.upload_part": N_("{actor} uploaded a part of {target}"),
    "files.upload_finish": N_("{actor} uploaded the file {target}"),
    "files.upload_cancel": N_("{actor} gave up uploading {target}"),
    "files.download": N_("{actor} opened the file {target}"),
    "files.change": N_("{actor} renamed the file {target}"),
    "files.delete": N_("{actor} deleted the file {target}"),
    "imports.undo": N_("{actor} took back an import"),
    "migrations.apply": N_("{actor} ran the migrations of {target}"),
    "migrations.rollback": N_("{actor} rolled back migrations of {target}"),
    "migrations.restore": N_("{actor} restored a backup into {target}"),
    "migrations.break_lease": N_("{actor} broke the lease of a migration of {target}"),
}
IMPORTED: Mapping[str, str] = {
    "users.import": N_("{actor} imported the user {target}"),
    "companies.import": N_("{actor} imported the company {target}"),
    "projects.import": N_("{actor} imported the project {target}"),
}
"""What is said of one entry of an import that names its target."""
BATCHES: Mapping[str, tuple[str, str]] = {
    "users.import": NN_("{actor} imported {n} user", "{actor} imported {n} users"),
    "companies.import": NN_("{actor} imported {n} company", "{actor} imported {n} companies"),
    "projects.import": NN_("{actor} imported {n} project", "{actor} imported {n} projects"),
    "projects.assign": NN_("{actor} assigned {n} sheet", "{actor} assigned {n} sheets"),
    "projects.remind": NN_("{actor} reminded of {n} sheet", "{actor} reminded of {n} sheets"),
}
"""What is said of all the entries of a batch together."""
REFUSED: Mapping[str, str] = {
    "auth.login": N_("A sign-in as {target} was refused"),
    "evaluations.submit": N_("{actor} was too late to submit the sheet {target}"),
}
"""What is said of an entry whose outcome stands where others have their changes."""
REFUSED_UNKNOWN = N_("A sign-in with an unknown name was refused")
UNKNOWN = N_("{actor}: {operation} {target}")
WITHOUT_VALUES = N_("{actor} changed {target}")
