"""`video-foundry doctor --integrity`: whether everything is still there, and mending what can be.
What was paid for is never forgotten: it is brought back, or reported with what it cost."""

import json
import os
from typing import Any

from rich.console import Console
from rich.markup import escape

from video_foundry.bootstrap import running_context
from video_foundry.commands.looking import looking_at_rows
from video_foundry.commands.storage import human
from video_foundry.services.findings import Finding, Paid
from video_foundry.services.integrity import Report, survey
from video_foundry.services.repairs import repair
from video_foundry.settings import load_settings
from video_foundry.telemetry import configure_logs
from video_foundry.workers.recover import fetch_again

SHOWN = 30
"""Findings of one kind that are told in words; `--json` names all."""


async def integrity(*, deep: bool, mend: bool, as_json: bool) -> int:
    """Compare the database and the object store; returns 1 when problems are left."""
    settings = load_settings()
    configure_logs(level="ERROR", as_json=False, environment=os.environ)
    async with running_context(settings) if mend else looking_at_rows(settings) as ctx:
        report = await survey(ctx, deep=deep)
        if mend:
            report.findings = await repair(ctx, report.findings, fetch_again)
    left = [finding for finding in report.findings if not finding.is_mended]
    if as_json:
        print(json.dumps(_document(report, left)))
    else:
        _show(report, left, mend)
    return 1 if left else 0


def _document(report: Report, left: list[Finding]) -> dict[str, Any]:
    return {
        "ok": not left,
        "artifacts": report.artifacts,
        "objects": report.objects,
        "bytes_read": report.read,
        "mended": len(report.findings) - len(left),
        "findings": [_finding(finding) for finding in report.findings],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "kind": finding.kind,
        "of": finding.of,
        "digest": finding.digest,
        "message": finding.message,
        "mended": finding.is_mended,
        "note": finding.note,
        "size": finding.size,
        "paid": [_paid(paid) for paid in finding.paid],
    }


def _paid(paid: Paid) -> dict[str, Any]:
    return {
        "provider": paid.provider,
        "model": paid.model,
        "provider_job_id": paid.provider_job_id,
        "cost": None if paid.cost is None else f"{paid.cost:f}",
        "currency": paid.currency,
    }


def _show(report: Report, left: list[Finding], mend: bool) -> None:
    console = Console()
    told: dict[str, int] = {}
    for finding in sorted(report.findings, key=lambda f: (not f.paid, f.kind)):
        told[finding.kind] = told.get(finding.kind, 0) + 1
        if told[finding.kind] <= SHOWN:
            mark = "[green]ok[/]" if finding.is_mended else "[bold red]!![/]"
            note = f": {finding.note}" if finding.note else ""
            console.print(f"{mark} {escape(finding.message + note)}", soft_wrap=True)
    for kind, count in told.items():
        if count > SHOWN:
            console.print(f"   ... and {count - SHOWN} more of {kind}")
    console.print(_sum(report, left, mend), soft_wrap=True)


def _sum(report: Report, left: list[Finding], mend: bool) -> str:
    looked = f"{report.artifacts} artifacts and {report.objects} objects looked at"
    if report.read:
        looked += f", {human(report.read)} read"
    mended = len(report.findings) - len(left)
    if not report.findings:
        return f"{looked}: everything is there."
    hint = "" if mend or not left else " Mend what can be mended: doctor --integrity --repair"
    return f"{looked}: {len(left)} problems left, {mended} mended.{hint}"
