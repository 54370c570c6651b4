"""A page against WCAG 2.2 AA and best practices as axe sees them."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "web/node_modules/axe-core/axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

RUN = """async ({ tags, part }) => {
  const { violations } = await axe.run(part === null ? document : document.querySelector(part), {
    runOnly: { type: "tag", values: tags }, resultTypes: ["violations"],
  });
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) =>
    `${id} at ${target.join(" ")}: ${failureSummary.split("\\n").slice(1).join(" ").trim()}`));
}"""


MENU = "[data-radix-popper-content-wrapper]"
"""What a menu or a list lies in while it is open. Judged alone: the page behind is hidden then."""


def violations(page: Page, part: str | None = None) -> list[str]:
    """What is wrong with the page, or a part of it, as it stands, a line each."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found: Any = page.evaluate(RUN, {"tags": TAGS, "part": part})
    return [str(line) for line in found]
