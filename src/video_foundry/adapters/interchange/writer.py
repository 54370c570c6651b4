"""What stands behind the port: picks the builder of a format and has the library write what it
builds. The library is read when the first timeline is written, and by nobody who writes none."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # nobody else in a worker knows them
    from video_foundry.core.interchange import CutList
    from video_foundry.core.interchange_formats import Format


class OtioWriter:
    """Writes timelines with OpenTimelineIO."""

    def write(self, cut: "CutList", form: "Format") -> bytes:
        """See `ports.interchange.TimelineWriter`."""
        from video_foundry.adapters.interchange.edl import write_edl  # noqa: PLC0415 - see above
        from video_foundry.adapters.interchange.final_cut import write_xml  # noqa: PLC0415
        from video_foundry.adapters.interchange.timelines import write_otio  # noqa: PLC0415

        written = {"otio": write_otio, "edl": write_edl, "xml": write_xml}[form.name](cut)
        return written.encode()
