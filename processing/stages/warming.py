"""What a process that runs stages does once, before the first clip."""

import importlib
from contextlib import suppress

from processing.stages import STAGES
from processing.stages.cores import keep_libraries_single


def warm_up() -> None:
    """Import what the stages need, and make the embedded grade's table."""
    for stage in STAGES:
        with suppress(ImportError):
            importlib.import_module(f"processing.stages.{stage.name}")
    keep_libraries_single()
    with suppress(ImportError):
        from PIL import Image

        # Its plugins, which it would look for when it saves the first picture.
        Image.init()
    with suppress(ImportError):
        from processing.vision.grade import table

        table()
