"""The table of what each model can do is that of the catalogues."""

from tools.models_table import HEADINGS, PAGE, entries, page_with, row, table


def test_the_table_is_up_to_date() -> None:
    """Made anew with `.venv/bin/python -m tools.models_table`."""
    text = PAGE.read_text("utf-8")
    assert page_with(text, table(entries())) == text


def test_there_is_one_row_a_model_and_a_cell_a_heading() -> None:
    rows = [row(entry) for entry in entries()]
    assert len(rows) > 5
    assert {len(cells) for cells in rows} == {len(HEADINGS)}
    assert all(all(cell.strip() and "|" not in cell for cell in cells) for cells in rows)


def test_a_row_says_what_the_catalogue_does() -> None:
    rows = {entry.id: dict(zip(HEADINGS, row(entry), strict=True)) for entry in entries()}
    runway, gone = rows["runway-gen4.5"], rows["stability-ai"]
    assert (runway["makes"], runway["sound"]) == ("video", "no")
    assert runway["from"] == "text, first frame"
    assert runway["seconds"] == "2 to 10, whole"
    assert runway["unclear submit"] == "waits for a person"
    assert runway["can be used"] == "with `RUNWAY_API_KEY`"
    assert runway["price"].startswith("0.12 USD a second")
    assert gone["can be used"] == "retired: use `storyboard`"
    assert rows["storyboard"]["price"] == "free"
    assert rows["mock-ai"]["unclear submit"] == "sent again, same key"
