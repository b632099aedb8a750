// A log that shows one thread of the journal at a time and keeps up with it.

import { make } from "./dom.js";

const NEAR = 80; // pixels from the end within which the log follows what comes

export class Threads {
  // `draw(entry)` gives an entry's element; `changed()` hears that something came.
  constructor(log, draw, changed = () => {}) {
    this.log = log;
    this.draw = draw;
    this.changed = changed;
    this.entries = new Map();
    this.nodes = new Map();
    this.isShown = () => false;
    this.follows = true;
    log.addEventListener("scroll", () => {
      if (log.offsetParent) this.follows = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR;
    });
    log.addEventListener("load", () => this.follow(), true); // pictures take their place late
    new ResizeObserver(() => this.follow()).observe(log); // also when its tab is chosen
  }

  follow() {
    if (this.follows) this.log.scrollTop = this.log.scrollHeight;
  }

  clear() {
    this.entries.clear();
    this.show(this.isShown);
  }

  take(entry) {
    this.entries.set(entry.id, entry);
    if (this.isShown(entry)) this.put(entry);
    this.changed(entry);
  }

  // `isShown(entry)` says what belongs to the thread that is looked at.
  show(isShown) {
    this.isShown = isShown;
    this.nodes.clear();
    this.log.replaceChildren();
    for (const entry of this.entries.values()) if (isShown(entry)) this.put(entry);
    this.follows = true;
    this.follow();
  }

  put(entry) {
    const node = this.draw(entry);
    const old = this.nodes.get(entry.id);
    if (!node) {
      old?.remove();
      return;
    }
    if (old) {
      const focused = [...old.querySelectorAll("button")].indexOf(document.activeElement);
      old.replaceWith(node);
      if (focused >= 0) node.querySelectorAll("button")[focused]?.focus();
    } else this.log.append(node);
    this.nodes.set(entry.id, node);
    this.follow();
  }
}

export const time = (entry) => new Date(entry.at * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

export function entryNode(entry, content, meta = "", isBad = false) {
  const classes = ["entry", entry.side, entry.kind ?? "", entry.deleted ? "deleted" : ""].filter(Boolean).join(" ");
  if (entry.side === "note") return make("div", { class: classes }, ...content);
  return make("div", { class: classes }, ...content, make("p", { class: isBad ? "meta bad" : "meta" }, meta));
}

export function bubble(entry, nodes) {
  const media = (entry.media ?? []).map(drawMedia);
  return make("div", { class: "bubble" }, ...media, ...nodes);
}

function drawMedia(media) {
  if (media.kind.startsWith("image/")) return make("img", { src: media.url, alt: "Picture" });
  const names = { audio: "Voice note", video: "Video", application: "Document", text: "Contact" };
  return make("div", {}, `📎 ${names[media.kind.split("/")[0]] ?? "File"} (${media.kind})`);
}

// The two reactions that the assistant reads as a rating.
export function reactions(entry, react) {
  return ["👍", "👎"].map((emoji) => make("button", {
    type: "button", class: "link", "aria-label": emoji === "👍" ? "React: thumbs up" : "React: thumbs down",
    "aria-pressed": String(entry.reaction === emoji), onclick: () => react(emoji),
  }, emoji));
}

// Sends on Enter; Shift and Enter makes a line.
export function compose(form, send) {
  const field = form.querySelector("textarea, input");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = field.value;
    if (!text.trim()) return;
    field.value = "";
    send(text);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  return field;
}

// The people to be, with how many messages each has not seen. Others that are written to join them.
export class Selection {
  constructor(select, onChange) {
    this.select = select;
    this.unseen = new Map();
    this.names = new Map();
    select.addEventListener("change", () => { this.see(); onChange(); });
  }

  get id() { return this.select.value; }

  add(id, name) {
    if (this.names.has(String(id))) return;
    this.names.set(String(id), name);
    this.select.append(make("option", { value: id }, name));
  }

  note(id) {
    if (String(id) === this.id) return;
    this.unseen.set(String(id), (this.unseen.get(String(id)) ?? 0) + 1);
    this.label(String(id));
  }

  see() {
    this.unseen.delete(this.id);
    this.label(this.id);
  }

  label(id) {
    const option = [...this.select.options].find((one) => one.value === id);
    const count = this.unseen.get(id);
    if (option) option.textContent = this.names.get(id) + (count ? ` · ${count} new` : "");
  }
}
