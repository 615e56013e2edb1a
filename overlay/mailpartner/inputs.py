"""What `messages.send` takes besides texts: recipients and attachments."""

from __future__ import annotations

import base64
import dataclasses
import os
from pathlib import Path, PurePath

from mailpartner.contract import SENDING

_COMPRESSED = {"gzip": "application/gzip", "bzip2": "application/x-bzip2", "xz": "application/x-xz"}
_SEPARATORS = ("/", "\\", "\0")


@dataclasses.dataclass(frozen=True, slots=True)
class Recipient:
    """An address with a name, to send to or to reply to."""

    email: str
    """The address."""

    name: str | None = None
    """The name that goes with it."""


@dataclasses.dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes along with a message. Made by `from_path` or `from_bytes`."""

    filename: str
    """The name without its extension, as the API takes it."""

    content_type: str
    """The media type, such as ``application/pdf``."""

    base64_content: str = dataclasses.field(repr=False)
    """The content in base64."""

    @classmethod
    def from_path(
        cls, path: str | os.PathLike[str], *, filename: str | None = None, content_type: str | None = None
    ) -> Attachment:
        """Read a file.

        Args:
            path: The file.
            filename: The name that recipients see, with its extension; by default that of the file.
            content_type: The media type, by default that of the extension.

        Raises:
            OSError: If the file cannot be read.
            ValueError: If it is empty, over 5 MiB, or its media type is not known.
        """
        file = Path(path)
        filename = file.name if filename is None else filename
        _check_size(filename, file.stat().st_size)
        return cls.from_bytes(file.read_bytes(), filename=filename, content_type=content_type)

    @classmethod
    def from_bytes(cls, content: bytes, *, filename: str, content_type: str | None = None) -> Attachment:
        """Take a file that is in memory.

        Args:
            content: What is in it.
            filename: The name that recipients see, with its extension.
            content_type: The media type, by default that of the extension.

        Raises:
            TypeError: If `content` is not bytes, or `filename` no str.
            ValueError: If it is empty, over 5 MiB, or its media type is not known.
        """
        if not isinstance(content, (bytes, bytearray, memoryview)):
            raise TypeError(f"content must be bytes, not {type(content).__name__}. Nothing was sent.")
        stem = _stem(filename)
        _check_size(filename, len(content))
        import mimetypes  # when it is needed: it costs a client its start

        if content_type is None:  # the second one is that of the content, such as gzip of an .svgz
            # By the extension alone: guess_type() takes "data:a,b.pdf" for a URL.
            content_type, compression = mimetypes.guess_type(f"x{PurePath(filename).suffix}")
            if compression is not None:
                content_type = _COMPRESSED.get(compression)
        if content_type is None:
            raise ValueError(f"content_type is required: that of {filename!r} is not known. Nothing was sent.")
        return cls(stem, content_type, base64.b64encode(content).decode("ascii"))


def _stem(filename: object) -> str:
    if not isinstance(filename, str):
        raise TypeError(f"filename must be a str, not {type(filename).__name__}. Nothing was sent.")
    stem = PurePath(filename).stem
    if not stem or not filename.isprintable() or any(each in filename for each in _SEPARATORS):
        raise ValueError("filename must be the name of a file, without a folder. Nothing was sent.")
    return stem


def _check_size(filename: str, size: int) -> None:
    limit = SENDING.attachment_bytes
    if not 0 < size <= limit:
        raise ValueError(f"{filename!r} has {size:,} bytes; an attachment has from 1 to {limit:,}. Nothing was sent.")
