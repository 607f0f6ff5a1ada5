"""Signed HTTP: the other way by which Slack reaches an app."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from typing import Any
from urllib.parse import urlencode

import httpx

Json = dict[str, Any]


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """The signature that proves a request is Slack's."""
    base = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


def encode(kind: str, payload: Json) -> tuple[bytes, str]:
    """The body and content type: JSON for events, a form for everything people do."""
    if kind == "events_api":
        return json.dumps(payload).encode(), "application/json"
    form = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
    return urlencode(form).encode(), "application/x-www-form-urlencoded"


class HttpDelivery:
    """Posts to the app's request URL."""

    def __init__(self, signing_secret: str) -> None:
        self._secret = signing_secret
        self._client: httpx.AsyncClient | None = None

    async def post(
        self, url: str, kind: str, payload: Json, retry: tuple[int, str] | None, *, patience: float
    ) -> httpx.Response:
        """Send one signed request. The signature's time is the real one: that is what receivers check."""
        if self._client is None:
            self._client = httpx.AsyncClient(trust_env=False)
        body, content_type = encode(kind, payload)
        timestamp = str(int(time.time()))
        headers = {
            "Content-Type": content_type,
            "User-Agent": "Slackbot 1.0 (local workspace)",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": sign(self._secret, timestamp, body),
        }
        if retry:
            headers |= {"X-Slack-Retry-Num": str(retry[0]), "X-Slack-Retry-Reason": retry[1]}
        return await self._client.post(url, content=body, headers=headers, timeout=patience)

    async def close(self) -> None:
        """Let go of open connections."""
        if self._client is not None:
            await self._client.aclose()
