"""The shapes of answers, as /openapi.json declares them (contract v1, SYSTEM.md §3)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from desktop_app.core.audit import AuditEntry
from desktop_app.core.companies import Company
from desktop_app.core.evaluations import Conflict, Evaluation, Named, PeerSheet, Sheet
from desktop_app.core.files import StoredFile, Upload
from desktop_app.core.imports import ImportBatch, Room, RowResult
from desktop_app.core.problems import Problem
from desktop_app.core.projects import Project
from desktop_app.core.results import Results
from desktop_app.core.templates import Template, TemplateRevision
from desktop_app.core.users import User


class Answer(BaseModel):
    """An answer: nothing but what it declares."""

    model_config = ConfigDict(extra="forbid")


class Health(Answer):
    """``GET /health``."""

    status: str
    timestamp: datetime
    version: str


class ApiHealth(Answer):
    """``GET /api/health``."""

    status: str
    timestamp: datetime
    version: str
    database: str
    cache: str


class Tokens(Answer):
    """Fresh tokens and who they are for."""

    access_token: str
    token_type: str
    expires_in: int
    refresh_token: str
    user: User


class Message(Answer):
    """A plain confirmation."""

    message: str


class OneUser(Answer):
    """One user."""

    user: User


class CreatedUser(Answer):
    """A new user; ``initial_password`` is shown this once."""

    user_id: str
    message: str
    user: User
    initial_password: str | None


class ResetPassword(Answer):
    """A new password, shown this once."""

    password: str
    user: User


class OneCompany(Answer):
    """One company."""

    company: Company


class CreatedCompany(Answer):
    """A new company."""

    company_id: str
    message: str
    company: Company


class OneTemplate(Answer):
    """One template."""

    template: Template


class CreatedTemplate(Answer):
    """A new template."""

    template_id: str
    message: str
    template: Template


class TemplateRevisions(Answer):
    """Every revision of a template, the newest first."""

    revisions: list[TemplateRevision]


class OneProject(Answer):
    """One project."""

    project: Project


class CreatedProject(Answer):
    """A new project."""

    project_id: str
    message: str
    project: Project


class Usage(Answer):
    """How many documents of each resource refer to one; only those that do."""

    usage: dict[str, int]


class List(Answer):
    """One page of a list."""

    total: int
    page: int
    page_size: int


class UserList(List):
    """A page of users."""

    users: list[User]


class CompanyList(List):
    """A page of companies."""

    companies: list[Company]


class OneSheet(Answer):
    """One whole sheet."""

    sheet: Sheet


class EvaluationList(List):
    """A page of sheets, without their scores."""

    evaluations: list[Evaluation]


class Peers(Answer):
    """Others' finished sheets of the same company."""

    peers: list[PeerSheet]


class Assigned(Answer):
    """New sheets."""

    assigned: int
    sheets: list[Evaluation]


class Reminded(Answer):
    """How many sheets their evaluators were reminded of."""

    reminded: int


class OneConflict(Answer):
    """One conflict of interest."""

    conflict: Conflict


class CompanyNames(List):
    """A page of active companies, by name alone."""

    companies: list[Named]


class TemplateList(List):
    """A page of templates."""

    templates: list[Template]


class ProjectList(List):
    """A page of projects."""

    projects: list[Project]


class ImportList(List):
    """A page of applied imports."""

    imports: list[ImportBatch]


class AuditList(List):
    """A page of the audit trail."""

    entries: list[AuditEntry]


class OneFile(Answer):
    """One file."""

    file: StoredFile


class FileList(List):
    """A page of files."""

    files: list[StoredFile]


class OneUpload(Answer):
    """An upload under way."""

    upload: Upload


class CreatedFile(Answer):
    """A file that was uploaded; ``duplicate``: its content was there already, within reach."""

    file_id: str
    message: str
    duplicate: bool
    file: StoredFile


class ImportResult(Answer):
    """The verdict on each row sent; ``batch`` is None for a dry run, which tells ``rooms``."""

    results: list[RowResult]
    batch: ImportBatch | None
    rooms: dict[str, Room]


class OneResults(Answer):
    """The results of a project."""

    results: Results


class ProblemDetails(BaseModel):
    """An error (RFC 9457), with members of its own kind.

    ``current`` of a stale version (409) is the document as it is now: what reading it would give,
    without its wrapping. A sheet (``Sheet``) also comes with a submission that was too late (422):
    it holds what was sent.
    """

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    request_id: str
    problems: list[Problem] | None = None


AnyObject = dict[str, Any]
