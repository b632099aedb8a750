// The connection to the gateway: it signs in, resumes where it was, and comes back by itself.
//
// Events: `state` ("connecting", "online", "lost", "unauthorised") and `frame` (what the server sent).

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;
const UNAUTHENTICATED = 4401;
const STABLE_MS = 5_000; // a connection this old was a good one: the next wait starts small again

export class ChatSocket extends EventTarget {
  #address;
  #getToken;
  #resumeAfter;
  #socket = null;
  #timer = 0;
  #wait = FIRST_WAIT_MS;
  #refusals = 0;
  #closed = false;
  #openedAt = Infinity; // by performance.now(); Infinity while it is not open
  #attempt = 0;

  /**
   * @param {string} address ws: or wss:
   * @param {(isRenewal: boolean) => Promise<string>} getToken asked for each connection
   * @param {() => number} resumeAfter the last number seen
   */
  constructor(address, getToken, resumeAfter) {
    super();
    this.#address = address;
    this.#getToken = getToken;
    this.#resumeAfter = resumeAfter;
    this.hurry = this.hurry.bind(this);
  }

  get isOnline() {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  open() {
    this.#closed = false;
    this.#refusals = 0;
    globalThis.addEventListener("online", this.hurry);
    void this.#connect();
  }

  close() {
    this.#closed = true;
    clearTimeout(this.#timer);
    globalThis.removeEventListener("online", this.hurry);
    this.#drop();
  }

  /** Sends a frame now, or not at all: who wants it sent later keeps it. */
  send(frame) {
    if (this.isOnline) this.#socket.send(JSON.stringify(frame));
  }

  /** Connects at once instead of after the wait. */
  hurry() {
    if (this.#closed || this.isOnline) return;
    this.#wait = FIRST_WAIT_MS;
    clearTimeout(this.#timer);
    void this.#connect();
  }

  /** Gives up a connection that does not answer, and makes a new one. */
  restart() {
    this.#drop();
    this.#retry();
  }

  async #connect() {
    this.#drop();
    const attempt = ++this.#attempt;
    this.#openedAt = Infinity;
    this.#tell("connecting");
    let token;
    try {
      token = await this.#getToken(this.#refusals > 0);
    } catch {
      if (attempt === this.#attempt) this.#retry();
      return;
    }
    if (this.#closed || attempt !== this.#attempt) return; // a later one has taken over
    const socket = new WebSocket(this.#address);
    this.#socket = socket;
    socket.addEventListener("open", () => {
      this.#openedAt = performance.now();
      this.send({ type: "auth", token });
      this.send({ type: "resume", after: this.#resumeAfter() });
      this.#tell("online");
    });
    socket.addEventListener("message", (event) => this.#read(event.data));
    socket.addEventListener("close", (event) => {
      if (this.#socket === socket) this.#lose(event.code);
    });
  }

  #read(data) {
    let frame;
    try {
      frame = JSON.parse(data);
    } catch {
      return; // not a frame of ours
    }
    this.#refusals = 0;
    this.dispatchEvent(new CustomEvent("frame", { detail: frame }));
  }

  #lose(code) {
    this.#socket = null;
    if (performance.now() - this.#openedAt > STABLE_MS) {
      this.#wait = FIRST_WAIT_MS;
      this.#refusals = 0;
    }
    if (code === UNAUTHENTICATED && ++this.#refusals > 1) {
      this.#tell("unauthorised"); // a fresh token was refused too
      return;
    }
    this.#retry();
  }

  #retry() {
    if (this.#closed) return;
    this.#tell("lost");
    clearTimeout(this.#timer);
    // Spread, so that a gateway that comes back is not met by everybody at once.
    this.#timer = setTimeout(() => this.#connect(), this.#wait * (0.75 + Math.random() / 4));
    this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT_MS);
  }

  #drop() {
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  #tell(state) {
    this.dispatchEvent(new CustomEvent("state", { detail: state }));
  }
}
