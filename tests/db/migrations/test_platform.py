"""What the platform itself writes is what the migrations want: nothing pending, nothing broken."""

from __future__ import annotations

import secrets
from datetime import timedelta

from desktop_app.backend.store import utc_now
from desktop_app.core.evaluations import Draft, Score
from desktop_app.db.migrations.server import target_of
from desktop_app.db.migrations.verification import CheckState
from tests.db.migrations.databases import planned, prepared, verified
from tests.fixtures.server import RunningServer
