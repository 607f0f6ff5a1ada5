"""What goes to the log: one line each, `key=value`, with the number of its request, and never a secret."""

from __future__ import annotations

import logging
import re
import sys

from structlog.contextvars import merge_contextvars
from structlog.processors import LogfmtRenderer, TimeStamper
from structlog.stdlib import ExtraAdder, ProcessorFormatter, add_log_level, add_logger_name

_SECRETS = re.compile(
    r"xox[a-z]-[\w-]+|xapp-[\w-]+|(?<=://)[^\s:@]+:[^\s@]+(?=@)|https://hooks\.slack\.com/\S+"
    r"|(?s:(?<=DETAIL:  ).+?(?=\n\n|\n\[SQL|\Z))"  # where PostgreSQL shows the row that it does not take
)

_FIELDS = ("story", "outcome", "ms")  # what a line may say beside its words; libraries have extras of their own


def configure(level: int = logging.INFO) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        _Formatter(
            foreign_pre_chain=[merge_contextvars, add_log_level, add_logger_name, ExtraAdder(_FIELDS)],
            processors=[
                TimeStamper(fmt="iso"),
                ProcessorFormatter.remove_processors_meta,
                LogfmtRenderer(key_order=["timestamp", "level", "logger", "event"], drop_missing=True),
            ],
            keep_exc_info=True,  # a traceback stays readable, below its line
        )
    )
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for chatty in ("apscheduler", "slack_bolt", "slack_sdk", "alembic", "httpx", "uvicorn.access"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    # Each time somebody wakes the sender while it is sending, which is nothing to worry about.
    logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)


class _Formatter(ProcessorFormatter):
    """Blots out tokens, passwords in addresses, the keys inside response URLs, and rows, tracebacks included."""

    def format(self, record: logging.LogRecord) -> str:
        return _SECRETS.sub("***", super().format(record))
