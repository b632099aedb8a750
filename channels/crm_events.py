"""What the network's CRM tells us: `POST /api/crm/events`, signed as our own webhooks are."""

import time
from collections.abc import Mapping

import structlog
from aiohttp import web
from pydantic import ValidationError

from channels.errors import ApiError, invalid
from channels.services import SERVICES
from channels.signing import HEADER, WINDOW_S, is_signed
from saathi.crm import events
from saathi.crm.events import Event, Unmet
from saathi.scoring.model import LeadScorer

log = structlog.get_logger()

SHORTEST_SECRET = 32


class CrmEvents:
    """Takes events that are signed with the secret. They may name these `kinds` of products and of `engagement`."""

    def __init__(
        self, secret: str, kinds: Mapping[str, object], engagement: Mapping[str, object], scorer: LeadScorer | None
    ) -> None:
        self._secret = secret
        self._codes = {"kinds": kinds, "engagement": engagement}
        self._scorer = scorer

    def routes(self) -> list[web.RouteDef]:
        """Its address; none without a secret that is long enough, which is said once."""
        if len(self._secret) < SHORTEST_SECRET:
            log.info("crm_events_off", missing=["CRM_EVENTS_SECRET"])
            return []
        return [web.post("/api/crm/events", self.take)]

    async def take(self, request: web.Request) -> web.Response:
        """Take one event over, once."""
        body, now = await request.read(), time.time()
        if not is_signed(self._secret, request.headers.get(HEADER, ""), body, now):
            raise ApiError(401, "unauthorised", f"Sign time and body: `{HEADER}: t=<seconds>,v1=<hex>`.")
        try:
            event = Event.model_validate_json(body, context={**self._codes, "latest": now + WINDOW_S})
        except ValidationError as error:
            raise invalid(error) from error
        try:
            is_new = await request.app[SERVICES].database.write(lambda c: events.take(c, event, self._scorer, now))
        except Unmet as error:
            raise ApiError(409, "unmet", f"{error}, then this again.") from error
        log.info("crm_event_taken", id=event.id, type=event.type, is_new=is_new)
        return web.json_response({"id": event.id, "status": "taken" if is_new else "known"})
