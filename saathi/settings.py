"""The one class of settings, read from the environment and from `.env` (see `.env.example`)."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """Everything that can be set from outside, with defaults for one machine.

    Secrets have no default: `make run` makes them once into an ignored file, `make serve` refuses to start
    without them. Numbers carry their unit in the description.
    """

    model_config = SettingsConfigDict(env_file=ROOT / ".env", env_ignore_empty=True, extra="ignore", frozen=True)

    host: str = Field("127.0.0.1", description="address that the gateway listens on")
    port: int = Field(8080, ge=0, le=65535, description="port that the gateway listens on")
    public_url: str = Field("", description="address that people reach the gateway by; empty: http://HOST:PORT")
    allowed_origins: str = Field(
        "",
        description="origins of host apps that may open the chat socket, by commas; PUBLIC_URL is always one",
    )
    saathi_demo: bool = Field(default=False, description="serve the demo page and demo tokens")
    data_dir: Path = Field(ROOT / "var", description="folder of the databases, the index and the logs")

    database_url: str = Field(
        "",
        description="SQLAlchemy address of the database; empty: SQLite in DATA_DIR; postgresql://... for more",
    )
    qdrant_url: str = Field("", description="address of a Qdrant server; empty: Qdrant Edge in the action server")
    qdrant_api_key: SecretStr = Field(SecretStr(""), description="key of the Qdrant server, if it wants one")
    knowledge_base_token: SecretStr = Field(SecretStr(""), description="bearer token of a remote knowledge base")
    rasa_url: str = Field("http://127.0.0.1:5005", description="where Rasa's door listens")
    rasa_secret: SecretStr = Field(SecretStr(""), description="shared secret of the gateway and Rasa")
    actions_url: str = Field("http://127.0.0.1:5055", description="where the action server listens")
    actions_secret: SecretStr = Field(SecretStr(""), description="shared secret of Rasa and the action server")
    jwt_secret: SecretStr = Field(SecretStr(""), description="HS256 key, at least 32 bytes, shared with the host app")
    rate_limit: str = Field(
        "30/10 seconds", description="messages a person may send, in the notation of the limits library"
    )

    twilio_account_sid: str = Field("", description="account of WhatsApp and the voice line at Twilio")
    twilio_auth_token: SecretStr = Field(SecretStr(""), description="its token; signs what Twilio sends")
    twilio_api_base: str = Field("", description="address in the place of Twilio's, as of the local stand-in")
    twilio_whatsapp_from: str = Field("", description="the WhatsApp sender, as whatsapp:+910000000000")
    twilio_voice_from: str = Field("", description="the voice line's number; with it the voice line is on")
    ivr_transfer_to: str = Field(
        "", pattern=r"^(\+[1-9]\d{7,14})?$", description="number that callers are put through to; empty: called back"
    )
    ivr_relay: bool = Field(default=False, description="calls by Twilio's ConversationRelay in the place of <Gather>")
    telegram_bot_token: SecretStr = Field(SecretStr(""), description="the bot's token")
    telegram_bot_username: str = Field(
        "", pattern=r"^([A-Za-z]\w{3,31})?$", description="the bot's name, without @, for links that open its chat"
    )
    telegram_api_base: str = Field("", description="address in the place of Telegram's, as of the local stand-in")
    telegram_secret_token: SecretStr = Field(SecretStr(""), description="what Telegram sends with each update")

    crm_backend: Literal["sql", "hubspot"] = Field("sql", description="the CRM: the project's own tables, or HubSpot")
    hubspot_token: SecretStr = Field(SecretStr(""), description="service key at HubSpot, or a private app's token")
    hubspot_api_base: str = Field("", description="address in the place of HubSpot's, as of the local stand-in")

    crm_events_secret: SecretStr = Field(SecretStr(""), description="signs what the network's CRM sends; 32 characters")

    @field_validator("database_url")
    @classmethod
    def _name_the_async_driver(cls, url: str) -> str:
        for plain in ("postgresql://", "postgres://"):
            if url.startswith(plain):
                return "postgresql+asyncpg://" + url.removeprefix(plain)
        return url

    @property
    def store_url(self) -> str:
        """The database's address with its async driver."""
        return self.database_url or f"sqlite:///{self.data_dir / 'saathi.db'}"

    @property
    def origin(self) -> str:
        """Scheme, host and port by which people reach the gateway, without a trailing slash."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    def missing_secrets(self) -> list[str]:
        """Names of the secrets that are absent or too short to be safe (under 32 characters)."""
        names = ("rasa_secret", "actions_secret", "jwt_secret")
        return [name.upper() for name in names if len(getattr(self, name).get_secret_value()) < 32]
