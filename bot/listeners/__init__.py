"""Slack in: one file per user story, each with `register(app, desk)`. They translate; rules live in core."""

from bot.listeners import (
    admin,
    book,
    busy,
    change,
    form,
    hand_over,
    home,
    keep,
    node,
    picture,
    record,
    series,
    show,
    text,
    wait,
    welcome,
)

LISTENERS = (
    text,
    book,
    series,
    form,
    change,
    keep,
    hand_over,
    wait,
    busy,
    show,
    node,
    picture,
    home,
    record,
    admin,
    welcome,
)
