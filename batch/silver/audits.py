"""Why a whole file fails: its date, its length, its share of bad rows, or values that jumped."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from batch.lake import Lake
from batch.landing.files import LandedFile
from batch.rules.ruleset import Ruleset
from batch.silver.attempt import Attempt
from batch.silver.files import lengths_before
from batch.silver.jumps import find_jumps
from batch.silver.quarantine import describe_errors
from batch.silver.staging import Staging
from core.clock import utc_now

Reasons = dict[str, str]
Warnings = dict[str, list[str]]


def in_the_future(files: Sequence[LandedFile]) -> Reasons:
    """Return why files of days that have not begun fail, by file id."""
    today = utc_now().date()
    return {file.file_id: f"{file.key}: its date is in the future" for file in files if file.as_of_date > today}


def shrunken(lake: Lake, staging: Staging, files: Sequence[LandedFile]) -> Reasons:
    """Return why files fail that have far fewer rows than on the day before and no manifest that says how many."""
    rule = staging.rules.shrinks
    if rule is None or not files:
        return {}
    with lake.open_session() as session:
        before = lengths_before(session, [(file, staging.rows[file.file_id]) for file in files])
    reasons = {}
    for file in files:
        rows, earlier = staging.rows[file.file_id], before.get(file.file_id, 0)
        if file.manifest_version is None and earlier >= rule.from_rows and rows < earlier * rule.below:
            reasons[file.file_id] = (
                f"{file.key}: {rows} rows, the day before it had {earlier}; if that is right, send it with a manifest"
            )
    return reasons


def audit(lake: Lake, rules: Ruleset, attempt: Attempt, new: Sequence[LandedFile]) -> tuple[Reasons, Warnings]:
    """Return which of the new files fail and why, and what looks odd about files, by file id."""
    keys = {file.file_id: file.key for file in new}
    warnings: Warnings = defaultdict(list)
    reasons, rule = _too_bad(lake, attempt, keys), rules.jumps
    if reasons or rule is None:
        return reasons, warnings
    for one in find_jumps(lake, rules, rule, attempt.staged, attempt.dates):
        warnings[one.file_id].append(one.describe(rule))
        if not reasons and one.file_id in keys and one.is_too_much(rule):
            # Only the earliest: the day after a wrong one jumps back.
            reasons[one.file_id] = f"{keys[one.file_id]}: {one.describe(rule)}"
    return reasons, warnings


def _too_bad(lake: Lake, attempt: Attempt, keys: dict[str, str]) -> Reasons:
    limit = lake.settings.bad_share_limit
    bad = {file_id: attempt.rows[file_id] - attempt.good.get(file_id, 0) for file_id in keys}
    failed = [file_id for file_id, count in bad.items() if count > attempt.rows[file_id] * limit]
    if not failed or attempt.bad is None:
        return {}
    errors = describe_errors(attempt.bad, failed)
    return {
        file_id: f"{keys[file_id]}: {bad[file_id]} of {attempt.rows[file_id]} rows are bad, more than {limit:.0%}:"
        f" {errors[file_id]}"
        for file_id in failed
    }
