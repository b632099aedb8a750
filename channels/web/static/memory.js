// What a chat keeps in the tab: the last number seen, what was said, and what still waits to be sent.
// sessionStorage lasts as long as the tab and is never shared with another one.

const LONGEST = 100; // entries that survive a reload of the page

export class Memory {
  #key = null;
  #state = { seq: 0, entries: [] };

  /**
   * @param {string | null} person whose chat this is: another person in the same tab sees nothing of it.
   *   null while it is not known: then nothing is stored.
   */
  constructor(person) {
    if (person === null) return;
    this.#key = `saathi-chat:${person}`;
    try {
      const kept = JSON.parse(sessionStorage.getItem(this.#key) ?? "null");
      if (Number.isInteger(kept?.seq) && Array.isArray(kept.entries)) this.#state = kept;
    } catch {
      // Storage is switched off or holds something else: the chat lives in memory alone.
    }
  }

  get seq() {
    return this.#state.seq;
  }

  /** Entries in order: `{kind: "sent", frame, text, state}` or `{kind: "received", frame, rated}`. */
  get entries() {
    return this.#state.entries;
  }

  get unsent() {
    return this.entries.filter((entry) => entry.kind === "sent" && entry.state === "waiting");
  }

  findSent(id) {
    return this.entries.find((entry) => entry.kind === "sent" && entry.frame.id === id);
  }

  hasReceived(seq) {
    return this.entries.some((entry) => entry.kind === "received" && entry.frame.seq === seq);
  }

  add(entry) {
    this.entries.push(entry);
    if (entry.kind === "received") this.#state.seq = Math.max(this.seq, entry.frame.seq);
    this.save();
  }

  save() {
    if (this.#key === null) return;
    const kept = { seq: this.seq, entries: this.entries.slice(-LONGEST) };
    try {
      sessionStorage.setItem(this.#key, JSON.stringify(kept));
    } catch {
      // Full or switched off: as above.
    }
  }

  /** Forgets everything, here and in the tab. */
  clear() {
    this.#state = { seq: 0, entries: [] };
    if (this.#key !== null) sessionStorage.removeItem(this.#key);
  }
}
