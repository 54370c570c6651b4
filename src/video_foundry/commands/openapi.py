"""`video-foundry openapi`: the API's description, from which the web client's types are made."""

import json

from video_foundry.bootstrap import api_app
from video_foundry.settings import load_settings


def openapi() -> int:
    """Print the document, the same bytes every time."""
    app = api_app(load_settings())
    print(json.dumps(app.openapi(), indent=1, sort_keys=True, ensure_ascii=False))
    return 0
