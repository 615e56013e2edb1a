"""A file as the reader of the command line reads it."""

from __future__ import annotations

import io
from contextlib import closing

from mailpartner.cli.reader.reader import FileOptions, Reading, read_file
from mailpartner.cli.reader.staging import NOT_LISTED, Staging


class Found:
    """What a file led to, on a list that has none of it."""

    def __init__(self, data: bytes | io.RawIOBase, **options: object) -> None:
        stream = io.BytesIO(data) if isinstance(data, bytes) else data
        with closing(Staging()) as staging:
            self.reading: Reading = read_file(stream, FileOptions(**options), staging)  # type: ignore[arg-type]
            self.rejects = [(item.line, item.reason) for item in staging.rejects()]
            staging.begin_list()
            staging.compare()
            self.ids = [target.id for target in staging.targets()]
            self.items = [item.raw for item in staging.rejects() if item.reason == NOT_LISTED]
            self.duplicates = staging.counts()["duplicates"]
