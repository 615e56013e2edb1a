"""How much memory a message with three attachments of 5 MB takes, as a ratio to its body. Run in a process of its own.

Usage: python measure_send_memory.py sync|async|sync-custom|async-custom URL FILE
"""

from __future__ import annotations

import asyncio
import gc
import sys
import tracemalloc
from typing import Any

import httpx

from mailpartner import AsyncMailPartner, Attachment, MailPartner


def mail(files: list[Attachment]) -> dict[str, Any]:
    return {"subject": "a", "html": "b", "to": "ann@example.com", "attachments": files}


def send(kind: str, url: str, files: list[Attachment]) -> None:
    custom = kind.endswith("custom")
    if kind.startswith("sync"):
        with MailPartner("key", base_url=url, http_client=httpx.Client() if custom else None) as mp:
            mp.messages.send(**mail(files))
        return

    async def main() -> None:
        async with AsyncMailPartner("key", base_url=url, http_client=httpx.AsyncClient() if custom else None) as mp:
            await mp.messages.send(**mail(files))

    asyncio.run(main())


def main(kind: str, url: str, file: str) -> None:
    send(kind, url, [])  # imports what a call needs
    gc.collect()
    tracemalloc.start()
    files = [Attachment.from_path(file) for _ in range(3)]
    send(kind, url, files)
    print(tracemalloc.get_traced_memory()[1] / sum(len(each.base64_content) for each in files))


if __name__ == "__main__":
    main(*sys.argv[1:])
