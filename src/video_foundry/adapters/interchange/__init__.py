"""Films as timelines for other editing programs, written by OpenTimelineIO and its adapters."""
