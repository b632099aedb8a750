"""Why a turn failed, as the door tells it: a short code for machines, a sentence for the operator."""


class TurnError(Exception):
    """A turn that was not taken and left nothing behind; the door answers 503 with `code`."""

    code = "turn_failed"


class ActionError(TurnError):
    """The action server is down, late, refused us, or answered something that is no list of events."""

    code = "action_failed"


class StoreError(TurnError):
    """The tracker store could not be read or written."""

    code = "store_unavailable"


class ConflictError(TurnError):
    """Another process stored a turn of this conversation first; the same request may be sent again."""

    code = "conflict"


class ModelError(TurnError):
    """There is no trained model that can be loaded."""

    code = "no_model"


class RequestError(Exception):
    """The request cannot be understood by the loaded model; the door answers 422 with `code`."""

    code = "bad_request"
