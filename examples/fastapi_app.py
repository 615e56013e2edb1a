"""A web service that takes people off the list and puts them on it: FastAPI, with one client for all requests.

pip install fastapi uvicorn
export MAILPARTNER_BASE_URL=http://127.0.0.1:8025 MAILPARTNER_API_KEY=sandbox-anything
uvicorn fastapi_app:app
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends, FastAPI, Request
from fastapi.responses import JSONResponse

from mailpartner import Addition, AsyncMailPartner, Deletion, MailPartnerError


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, AsyncMailPartner]]:
    async with AsyncMailPartner() as mp:
        yield {"mp": mp}


def client(request: Request) -> AsyncMailPartner:
    mp: AsyncMailPartner = request.state.mp
    return mp


app = FastAPI(lifespan=lifespan)
Client = Annotated[AsyncMailPartner, Depends(client)]


@app.put("/unsubscribes/{email}")
async def add(email: str, mp: Client) -> Addition:
    return await mp.unsubscribes.add(email, exist_ok=True)


@app.delete("/unsubscribes/{email}")
async def delete(email: str, mp: Client) -> list[Deletion]:
    return list(await mp.unsubscribes.delete_email(email, missing_ok=True))


@app.exception_handler(ValueError)
async def invalid(request: Request, error: ValueError) -> JSONResponse:
    return JSONResponse({"detail": str(error)}, status_code=422)


@app.exception_handler(MailPartnerError)
async def failed(request: Request, error: MailPartnerError) -> JSONResponse:
    # The caller must know whether it may have been done: that decides whether it may be tried again.
    return JSONResponse({"detail": str(error), "maybe_applied": error.maybe_applied}, status_code=502)
