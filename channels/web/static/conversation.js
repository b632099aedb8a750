// One person's conversation: what was said, what still has to go out, and what each frame of the server means.
//
// Events: `state`, `restored`, `received` (entry), `changed` (entry), `typing`, `trouble` ({text}).

import { Memory } from "./memory.js";
import { ChatSocket } from "./socket.js";

const ACK_WITHIN_MS = 10_000;
const STORE_WAIT_MS = 2_000;

export class Conversation extends EventTarget {
  #memory = new Memory(null);
  #socket;
  #ratings = new Map(); // sent or not, until the server has them
  #watch = 0;

  /**
   * @param {string} server origin of the gateway
   * @param {(isRenewal: boolean) => Promise<string>} getToken
   */
  constructor(server, getToken) {
    super();
    const address = `${server.replace(/^http/, "ws")}/channels/inapp/ws`;
    this.#socket = new ChatSocket(address, (isRenewal) => this.#identify(getToken, isRenewal), () => this.#memory.seq);
    this.state = "connecting";
    this.#socket.addEventListener("state", (event) => this.#onState(event.detail));
    this.#socket.addEventListener("frame", (event) => this.#onFrame(event.detail));
  }

  get entries() {
    return this.#memory.entries;
  }

  open() {
    this.#socket.open();
  }

  close() {
    clearTimeout(this.#watch);
    this.#socket.close();
  }

  ask(text) {
    this.#post({ type: "message", id: newId(), text }, text);
  }

  choose({ id, title }) {
    this.#post({ type: "choice", id: newId(), choice: id }, title);
  }

  /** Sends a refused entry again, under its own id: the server stored nothing of it. */
  resend(entry) {
    this.#settle(entry, "waiting");
    this.#send(entry.frame);
    this.#socket.hurry();
  }

  rate(entry, value, reason) {
    entry.rated = { value, reason };
    this.#memory.save();
    const frame = { type: "feedback", id: newId(), message: entry.frame.id, value, reason };
    this.#ratings.set(frame.id, frame);
    this.#send(frame);
  }

  /** Says what the person did in the host app; lost when there is no connection. */
  sendEvent(name, data) {
    this.#socket.send({ type: "event", name, data });
  }

  /** Ends the chat and forgets what the tab keeps of it. */
  forget() {
    this.close();
    this.#memory.clear();
  }

  async #identify(getToken, isRenewal) {
    const token = await getToken(isRenewal);
    const person = subjectOf(token);
    if (person !== this.person) {
      this.person = person;
      const typed = this.#memory.entries; // before it was known who is here
      this.#memory = new Memory(person);
      for (const entry of typed) this.#memory.add(entry);
      this.#tell("restored");
    }
    return token;
  }

  #post(frame, text) {
    const entry = { kind: "sent", frame, text, state: "waiting" };
    this.#memory.add(entry);
    this.#tell("changed", entry);
    this.#send(frame);
  }

  #send(frame) {
    this.#socket.send(frame);
    if (this.#socket.isOnline) this.#expectAck();
  }

  /** A connection over which no acknowledgement comes is a dead one. */
  #expectAck() {
    clearTimeout(this.#watch);
    this.#watch = setTimeout(() => {
      if (this.#memory.unsent.length + this.#ratings.size > 0) this.#socket.restart();
    }, ACK_WITHIN_MS);
  }

  #sendWaiting() {
    for (const { frame } of this.#memory.unsent) this.#send(frame);
    for (const frame of this.#ratings.values()) this.#send(frame);
  }

  #onState(state) {
    this.state = state;
    if (state === "online") this.#sendWaiting();
    this.#tell("state", state);
  }

  #onFrame(frame) {
    const isSaid = frame?.type === "message" || frame?.type === "survey"; // a survey is answered by a message
    if (isSaid && Number.isInteger(frame.seq)) this.#receive(frame);
    else if (frame?.type === "ack") this.#acknowledge(frame.id);
    else if (frame?.type === "error") this.#refuse(frame);
    else if (frame?.type === "typing") this.#tell("typing");
  }

  #receive(frame) {
    if (this.#memory.hasReceived(frame.seq)) return;
    const entry = { kind: "received", frame };
    this.#memory.add(entry);
    this.#acknowledge(frame.reply_to); // an answer says more than an acknowledgement that was lost
    this.#tell("received", entry);
  }

  #acknowledge(id) {
    this.#ratings.delete(id);
    const entry = this.#memory.findSent(id);
    if (entry && entry.state !== "sent") this.#settle(entry, "sent");
  }

  #refuse({ id, code, text }) {
    const note = typeof text === "string" ? text : "";
    if (code === "unavailable") {
      setTimeout(() => this.#sendWaiting(), STORE_WAIT_MS); // nothing was stored: the same ids again
      return;
    }
    this.#ratings.delete(id);
    const entry = this.#memory.findSent(id);
    if (entry) this.#settle(entry, "failed", note);
    else this.#tell("trouble", { text: note });
  }

  #settle(entry, state, note) {
    entry.state = state;
    entry.note = note;
    this.#memory.save();
    this.#tell("changed", entry);
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

// Twelve random bytes: ids are unique, and hosts without TLS have no crypto.randomUUID.
function newId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Whose token it is, to keep chats of two people in one tab apart; the gateway is who verifies it. */
function subjectOf(token) {
  try {
    const payload = token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
    return String(JSON.parse(atob(payload)).sub);
  } catch {
    return "unknown";
  }
}
