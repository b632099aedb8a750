"""One JSON object a line on stdout; bound context (the turn's id) is on each line."""

from __future__ import annotations

import logging
import sys
import warnings

import structlog


def configure_logs() -> None:
    """Send structlog and the standard library's logging to stdout as JSON.

    Ours from INFO on, Rasa's and its libraries' from WARNING on: their INFO lines carry what users wrote.
    """
    shared = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=True,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(formatter)
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger("bot").setLevel(logging.INFO)
    logging.captureWarnings(capture=True)
    warnings.filterwarnings("ignore", message="Slot auto-fill")  # news for those who come from Rasa 2
