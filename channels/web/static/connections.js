// The panel of connected channels: chats elsewhere that are the partner's, codes in both directions, the voice line's PIN.

import { icon, make, textOf } from "./dom.js";
import { showLinkCode } from "./link_code.js";
import { showPin } from "./pin_form.js";
import { dayOf } from "./labels.js";

const NAMES = { whatsapp: "WhatsApp", telegram: "Telegram" };
const CROSS = ["M6 6l12 12", "M18 6 6 18"];
const LOOK_EVERY_MS = 5_000; // while a code is shown; a notice of the conversation comes sooner

export class Connections {
  #api;
  #button;
  #panel;
  #covered;
  #words;
  #channels = null; // what the gateway has
  #links = [];
  #lists = new Map(); // by channel
  #status = null;
  #code = null; // the one that is shown
  #looking = 0;
  #visit = 0; // answers to an earlier one come too late

  /**
   * @param {{api: import("./api.js").Api, button: HTMLElement, panel: HTMLElement, covered: HTMLElement[],
   *   words: () => {labels: object, language: string}}} context `covered` is what lies under the panel
   */
  constructor({ api, button, panel, covered, words }) {
    this.#api = api;
    this.#button = button;
    this.#panel = panel;
    this.#covered = covered;
    this.#words = words;
    button.addEventListener("click", () => (panel.hidden ? this.#open() : this.close()));
    panel.addEventListener("keydown", (event) => event.key === "Escape" && this.close());
  }

  /** Shows the button where the gateway has something to connect. */
  async look() {
    if (this.#channels !== null) return;
    try {
      this.#channels = await this.#api.call("GET", "/api/channels");
      this.#button.classList.toggle("absent", this.#channels.chats.length === 0 && this.#channels.voice === null);
    } catch {
      // An older gateway, or none just now: asked again with the next connection.
    }
  }

  /** Shows what has changed, when the panel is open. */
  async refresh() {
    if (this.#panel.hidden || this.#lists.size === 0) return;
    const visit = this.#visit;
    try {
      const links = await this.#api.call("GET", "/api/links");
      if (visit === this.#visit) this.#update(links);
    } catch {
      // Looked at again soon.
    }
  }

  close() {
    if (this.#panel.hidden) return;
    this.#visit += 1;
    this.#dropCode();
    this.#lists.clear();
    this.#panel.hidden = true;
    this.#panel.replaceChildren();
    this.#button.setAttribute("aria-expanded", "false");
    for (const part of this.#covered) part.inert = false;
    this.#button.focus();
  }

  get #labels() {
    return this.#words().labels.connections;
  }

  async #open() {
    const labels = this.#labels;
    const visit = ++this.#visit;
    const cross = { type: "button", className: "round", title: labels.close, "aria-label": labels.close };
    const title = make("h3", { id: "connections-title", tabIndex: -1 }, labels.title);
    const bar = make("div", { className: "row bar" }, title, make("button", { ...cross, on: { click: () => this.close() } }, icon(CROSS)));
    this.#status = make("p", { className: "status", role: "status" }, labels.loading);
    const body = make("div", { className: "sections" });
    this.#panel.replaceChildren(bar, make("p", { className: "muted" }, labels.intro), this.#status, body);
    this.#panel.hidden = false;
    this.#button.setAttribute("aria-expanded", "true");
    for (const part of this.#covered) part.inert = true;
    title.focus();
    try {
      const [links, pin] = await Promise.all([
        this.#api.call("GET", "/api/links"),
        this.#channels.voice && this.#api.call("GET", "/api/pin"),
      ]);
      if (visit === this.#visit) this.#fill(body, links, pin);
    } catch (error) {
      if (visit !== this.#visit) return;
      const again = make("button", { type: "button", className: "quiet", on: { click: () => this.#open() } }, labels.again);
      this.#status.replaceChildren(this.#faultOf(error), " ", again);
    }
  }

  #fill(body, links, pin) {
    const labels = this.#labels;
    const { chats, voice } = this.#channels;
    this.#tell("");
    this.#links = links;
    const shown = [...Object.keys(NAMES).filter((name) => chats.includes(name)), ...chats.filter((name) => !(name in NAMES))];
    body.replaceChildren(...shown.map((channel) => this.#showChannel(channel)));
    if (chats.length > 0) body.append(this.#showCodeForm());
    if (!voice) return;
    const save = (typed) => this.#api.call("PUT", "/api/pin", { pin: typed });
    const context = { isSet: pin.is_set, number: textOf(voice.number), labels, save };
    body.append(showPin({ ...context, faultOf: (error) => this.#faultOf(error), tell: (text) => this.#tell(text) }));
  }

  #showChannel(channel) {
    const state = make("span", { className: "badge" });
    const heading = make("h4", { id: `link-${channel}`, tabIndex: -1 }, nameOf(channel));
    const list = make("ul", { className: "addresses" });
    const link = make("button", { type: "button", className: "quiet", on: { click: () => this.#issue(channel) } });
    const place = make("div", { className: "place" }, link);
    this.#lists.set(channel, { state, heading, list, link, place });
    this.#showLinks(channel);
    const row = make("div", { className: "row" }, heading, state);
    return make("section", { className: "channel", "aria-labelledby": heading.id }, row, list, place);
  }

  #showLinks(channel) {
    const labels = this.#labels;
    const { state, list, link } = this.#lists.get(channel);
    const mine = this.#links.filter((link) => link.channel === channel);
    state.textContent = mine.length > 0 ? labels.linked : labels.notLinked;
    state.classList.toggle("on", mine.length > 0);
    link.textContent = mine.length > 0 ? labels.another : labels.link(nameOf(channel));
    list.hidden = mine.length === 0;
    list.replaceChildren(...mine.map((link) => this.#showLink(link)));
  }

  #showLink(link) {
    const labels = this.#labels;
    const name = `${nameOf(link.channel)} ${link.address}`;
    const item = make("li", { className: "address" });
    const ask = () => {
      const keep = make("button", { type: "button", className: "quiet", on: { click: () => show(true) } }, labels.keep);
      const sure = make("button", { type: "button", className: "strong bad", on: { click: () => this.#unlink(link, sure) } }, labels.unlink);
      item.replaceChildren(make("p", { className: "question" }, labels.sure(name)), make("p", { className: "tools" }, sure, keep));
      keep.focus();
    };
    const show = (hadFocus) => {
      const unlink = make("button", { type: "button", className: "quiet", "aria-label": labels.unlinkOf(name), on: { click: ask } }, labels.unlink);
      const when = make("span", { className: "muted" }, labels.lastUsed(dayOf(link.heard_at, this.#words().language)));
      item.replaceChildren(make("span", { className: "number" }, link.address), when, unlink);
      if (hadFocus) unlink.focus();
    };
    show(false);
    return item;
  }

  #showCodeForm() {
    const labels = this.#labels;
    const hints = { autocapitalize: "characters", autocomplete: "off", spellcheck: false, enterKeyHint: "done" };
    const input = make("input", { id: "chat-code", maxLength: 20, ...hints, "aria-describedby": "code-hint code-fault" });
    const fault = make("p", { className: "fault", id: "code-fault", role: "alert" });
    const submit = make("button", { type: "submit", className: "strong" }, labels.redeem);
    const form = make("form", { noValidate: true, autocomplete: "off" }, input, submit);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const visit = this.#visit;
      fault.textContent = "";
      submit.disabled = true;
      try {
        if (input.value.trim() === "") throw Object.assign(new Error(), { code: "empty" });
        const link = await this.#api.call("POST", "/api/links/redeem", { code: input.value });
        if (visit !== this.#visit) return;
        input.value = "";
        this.#update([link, ...this.#links.filter(({ id }) => id !== link.id)]);
      } catch (error) {
        fault.textContent = this.#faultOf(error);
        input.focus();
      } finally {
        submit.disabled = false;
        input.setAttribute("aria-invalid", String(fault.textContent !== ""));
      }
    });
    const label = make("h4", {}, make("label", { htmlFor: "chat-code" }, labels.haveCode));
    return make("section", { className: "channel" }, label, make("p", { className: "muted", id: "code-hint" }, labels.haveCodeMore), form, fault);
  }

  async #issue(channel) {
    const visit = this.#visit;
    const labels = this.#labels;
    const { link, place } = this.#lists.get(channel);
    link.disabled = true;
    this.#tell("");
    try {
      const issued = await this.#api.call("POST", "/api/links");
      if (visit !== this.#visit) return;
      this.#dropCode(); // a new one takes the place of the one before
      const cancel = () => {
        this.#dropCode();
        link.focus();
      };
      const context = { channel, name: nameOf(channel), labels, renew: () => this.#issue(channel), cancel };
      this.#code = { ...showLinkCode(issued, context), channel };
      place.replaceChildren(this.#code.box);
      this.#code.box.focus();
      this.#code.box.scrollIntoView({ block: "nearest" });
      this.#looking = setInterval(() => this.#code?.isOver() || this.refresh(), LOOK_EVERY_MS);
    } catch (error) {
      if (visit === this.#visit) this.#tell(this.#faultOf(error));
    } finally {
      link.disabled = false;
    }
  }

  #dropCode() {
    clearInterval(this.#looking);
    this.#code?.stop();
    const shown = this.#code && this.#lists.get(this.#code.channel);
    shown?.place.replaceChildren(shown.link);
    this.#code = null;
  }

  async #unlink(link, button) {
    const visit = this.#visit;
    button.disabled = true;
    try {
      await this.#api.call("DELETE", `/api/links/${link.channel}/${link.id}`);
    } catch (error) {
      if (visit !== this.#visit) return;
      button.disabled = false;
      if (error.code !== "not_found") return this.#tell(this.#faultOf(error)); // else it is gone already
    }
    if (visit === this.#visit) this.#update(this.#links.filter(({ id }) => id !== link.id));
  }

  /** Shows the links as they are now, and tells what has come and gone. */
  #update(links) {
    const known = new Set(this.#links.map(({ id }) => id));
    const left = new Set(links.map(({ id }) => id));
    const come = links.filter(({ id }) => !known.has(id));
    const gone = this.#links.filter(({ id }) => !left.has(id));
    if (come.length + gone.length === 0) return;
    const labels = this.#labels;
    const focus = this.#panel.getRootNode().activeElement;
    this.#links = links;
    if (come.length > 0) this.#dropCode();
    for (const channel of new Set([...come, ...gone].map((link) => link.channel))) {
      if (this.#lists.has(channel)) this.#showLinks(channel);
    }
    const name = (link) => `${nameOf(link.channel)} ${link.address}`;
    this.#tell([...come.map((link) => labels.isLinked(name(link))), ...gone.map((link) => labels.isUnlinked(name(link)))].join(" "));
    // what had the focus may be gone with its part
    if (focus && !focus.isConnected) this.#lists.get((come[0] ?? gone[0]).channel)?.heading.focus();
  }

  #tell(text) {
    this.#status.textContent = text;
    if (text !== "") this.#status.scrollIntoView({ block: "nearest" });
  }

  #faultOf(error) {
    const { faults } = this.#labels;
    return faults[error.code] ?? faults.unavailable;
  }
}

function nameOf(channel) {
  return NAMES[channel] ?? channel;
}
