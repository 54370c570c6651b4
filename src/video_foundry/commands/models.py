"""`video-foundry models`: the catalogue."""

import json

from rich.console import Console
from rich.table import Table

from video_foundry.api.schemas.render import Model
from video_foundry.bootstrap import load_models
from video_foundry.settings import load_settings


def models(*, as_json: bool) -> int:
    """Print every model and whether it can be used."""
    found = load_models(load_settings())
    listed = [Model.of(e, found.unavailable(e)) for e in found.catalogue.entries.values()]
    listed.sort(key=lambda m: (not m.is_available, m.id))
    if as_json:
        print(json.dumps({"models": [m.model_dump(mode="json") for m in listed]}))
        return 0
    table = Table(box=None, pad_edge=False)
    for heading in ("Model", "Title", "Usable"):
        table.add_column(heading)
    for model in listed:
        names = model.id + (f" ({', '.join(model.aliases)})" if model.aliases else "")
        table.add_row(names, model.title, model.unavailable_reason or "yes")
    Console().print(table)
    return 0
