"""Who lives in the demo workspace: three people in different zones and languages."""

from __future__ import annotations

from typing import Any

DEMO_PEOPLE: tuple[dict[str, Any], ...] = (
    {
        "name": "alice",
        "real_name": "Alice Weber",
        "tz": "Europe/Berlin",
        "locale": "en-US",
        "admin": True,
        "hour24": True,
        "color": "#c2557a",
    },
    {"name": "haruka", "real_name": "佐藤遥", "tz": "Asia/Tokyo", "locale": "ja-JP", "color": "#3f7fbf"},
    {"name": "minjun", "real_name": "김민준", "tz": "Asia/Seoul", "locale": "ko-KR", "color": "#b7791f"},
)
DEMO_CHANNELS = ("#gpu", "#general")
