"""`video-foundry migrate`: the database to the newest schema."""

from video_foundry.bootstrap import migrate_database
from video_foundry.settings import load_settings


async def migrate() -> int:
    """Migrate; does nothing when the schema is the newest already."""
    print(f"{await migrate_database(load_settings())} has the newest schema")
    return 0
