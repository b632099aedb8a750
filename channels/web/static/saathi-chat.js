// <saathi-chat>: the chat of Saathi as a web component. It fills the box that it is put into; docs/embed.md tells how.

import { Api } from "./api.js";
import { Connections } from "./connections.js";
import { Conversation } from "./conversation.js";
import { icon, make } from "./dom.js";
import { choicesOf, showChoices, showReceived, showSent } from "./entries.js";
import { LABELS, languageOf, tagOf } from "./labels.js";

const LONGEST_TEXT = 2000; // what the gateway takes
const NEAR_END_PX = 120;
const TYPING_MS = 20_000; // an answer, an apology or a person comes within 15 s
const SEND = ["M4 12 20 4l-5 16-3.5-6.5z", "M11.5 13.5 20 4"];
const LINK = ["M9.5 14.5l5-5", "M11 7l2-2a4.2 4.2 0 0 1 6 6l-2 2", "M13 17l-2 2a4.2 4.2 0 0 1-6-6l2-2"];
const DOWN = ["M12 5v14", "M6 13l6 6 6-6"];

export class SaathiChat extends HTMLElement {
  /** Asked for a token whenever a connection is made; without it, the address in `token-url` is. */
  getToken = null;

  #conversation = null;
  #connections = null;
  #suggestions = [];
  #language;
  #parts = {};
  #typing = 0;

  /** Questions to begin with: `[{title, language}]`. */
  set suggestions(items) {
    this.#suggestions = items;
    if (this.#conversation) this.#showAll();
  }

  get suggestions() {
    return this.#suggestions;
  }

  connectedCallback() {
    if (!this.shadowRoot) this.attachShadow({ mode: "open" });
    this.#language = languageOf(this.getAttribute("language") ?? navigator.language);
    this.#build();
    this.#start();
  }

  disconnectedCallback() {
    this.#conversation?.close();
    this.#connections?.close();
    this.#conversation = this.#connections = null;
  }

  /** Puts the cursor into the input. */
  focus() {
    this.#parts.input?.focus();
  }

  /** Tells the assistant what the person did in the host app, e.g. `("lead_opened", {"lead": "L7"})`. */
  sendEvent(name, data = {}) {
    this.#conversation?.sendEvent(name, data);
  }

  /** For signing out: ends the chat and removes what the tab keeps of it. */
  forget() {
    this.#conversation?.forget();
    this.remove();
  }

  get #labels() {
    return LABELS[this.#language];
  }

  get #server() {
    return new URL(this.getAttribute("server") ?? import.meta.url, document.baseURI).origin;
  }

  #start() {
    const getToken = this.getToken ?? (() => fetchToken(this.getAttribute("token-url")));
    let token = null;
    const identify = async (isRenewal) => (token = await getToken(isRenewal));
    const conversation = new Conversation(this.#server, identify);
    this.#conversation = conversation;
    this.#connect(new Api(this.#server, async (isRenewal) => (isRenewal ? identify(true) : (token ?? identify(false)))));
    conversation.addEventListener("state", (event) => this.#showState(event.detail));
    conversation.addEventListener("received", (event) => this.#receive(event.detail));
    conversation.addEventListener("changed", (event) => this.#update(event.detail));
    conversation.addEventListener("restored", () => this.#showAll());
    conversation.addEventListener("typing", () => this.#showTyping(true));
    conversation.addEventListener("trouble", (event) => this.#showNotice(event.detail));
    this.#showAll();
    conversation.open();
  }

  #connect(api) {
    const { connect: button, panel, middle, foot } = this.#parts;
    const words = () => ({ labels: this.#labels, language: this.#language });
    this.#connections = new Connections({ api, button, panel, covered: [middle, foot], words });
  }

  #build() {
    const style = make("link", { rel: "stylesheet", href: new URL("./saathi-chat.css", import.meta.url).href });
    const chat = make("section", { className: "chat", hidden: true });
    style.addEventListener("load", () => (chat.hidden = false)); // never a flash of bare text
    const parts = {
      chat,
      name: make("h2", {}),
      state: make("p", { className: "state", role: "status" }),
      log: make("div", { className: "log", role: "log", tabIndex: 0 }),
      typing: make("div", { className: "typing", role: "status", hidden: true }),
      toEnd: make("button", { type: "button", className: "to-end", hidden: true }),
      notice: make("div", { className: "notice", role: "status", hidden: true }),
      input: make("textarea", { rows: 1, maxLength: LONGEST_TEXT, enterKeyHint: "send", id: "text", name: "text" }),
      label: make("label", { className: "unseen", htmlFor: "text" }),
      send: make("button", { type: "submit", className: "send" }, icon(SEND)),
      connect: make("button", { type: "button", className: "round absent", "aria-expanded": "false" }, icon(LINK)),
      panel: make("section", { className: "panel", hidden: true, "aria-labelledby": "connections-title" }),
      middle: make("div", { className: "middle" }),
      foot: make("footer", {}),
    };
    this.#parts = parts;
    const form = make("form", { autocomplete: "off", noValidate: true }, parts.label, parts.input, parts.send);
    form.addEventListener("submit", (event) => this.#submit(event));
    parts.input.addEventListener("keydown", (event) => this.#onKey(event));
    parts.input.addEventListener("input", () => this.#fitInput());
    parts.toEnd.addEventListener("click", () => this.#scrollToEnd());
    parts.log.addEventListener("scroll", () => this.#isNearEnd() && (parts.toEnd.hidden = true), { passive: true });
    const mark = make("span", { className: "mark", "aria-hidden": "true" }, "सा");
    const head = make("header", {}, mark, make("div", { className: "title" }, parts.name, parts.state), parts.connect);
    parts.foot.append(parts.notice, form);
    parts.middle.append(parts.log, parts.typing, parts.toEnd);
    chat.append(head, make("div", { className: "body" }, parts.middle, parts.foot, parts.panel));
    const more = make("link", { rel: "stylesheet", href: new URL("./connections.css", import.meta.url).href });
    this.shadowRoot.replaceChildren(style, more, chat);
    this.#showLabels();
  }

  #showLabels() {
    const { chat, name, log, typing, toEnd, input, label, send, connect } = this.#parts;
    const labels = this.#labels;
    chat.lang = tagOf(this.#language);
    chat.setAttribute("aria-label", labels.name);
    name.textContent = labels.name;
    log.setAttribute("aria-label", labels.conversation);
    typing.replaceChildren(
      ...[1, 2, 3].map(() => make("span", { className: "dot", "aria-hidden": "true" })),
      make("span", { className: "unseen" }, labels.typing),
    );
    toEnd.replaceChildren(icon(DOWN), labels.newMessage);
    label.textContent = labels.message;
    input.placeholder = labels.placeholder;
    send.setAttribute("aria-label", labels.send);
    send.title = labels.send;
    connect.setAttribute("aria-label", labels.connections.title);
    connect.title = labels.connections.title;
    this.#showState(this.#conversation?.state ?? "connecting");
  }

  #showState(state) {
    const labels = this.#labels;
    const { state: line, chat } = this.#parts;
    chat.dataset.state = state;
    line.textContent = { online: labels.tagline, connecting: labels.connecting }[state] ?? labels.connecting;
    if (state === "lost") this.#showNotice({ text: labels.lost });
    else if (state === "unauthorised") this.#showNotice({ text: labels.unauthorised, again: true });
    else if (state === "online") this.#showNotice(null);
    if (state === "online") void this.#connections?.look();
  }

  /** A line above the input; null takes it away. */
  #showNotice(notice) {
    const { notice: line } = this.#parts;
    line.hidden = notice === null;
    line.replaceChildren(notice?.text ?? "");
    if (!notice?.again) return;
    const open = () => this.#conversation.open();
    line.append(make("button", { type: "button", className: "quiet", on: { click: open } }, this.#labels.again));
  }

  #showAll() {
    const { log } = this.#parts;
    const { entries } = this.#conversation;
    log.replaceChildren();
    if (entries.length === 0) log.append(this.#welcome());
    for (const entry of entries) log.append(this.#show(entry));
    const last = entries.findLast((entry) => entry.kind === "received" && entry.frame.language);
    if (last) this.#speak(last.frame.language);
    this.#showLatestChoices();
    log.scrollTop = log.scrollHeight;
  }

  #welcome() {
    const labels = this.#labels;
    const ask = ({ title }) => this.#ask(title);
    return make(
      "div",
      { className: "welcome" },
      make("p", { className: "greeting" }, labels.welcome),
      make("p", { className: "muted" }, labels.welcomeMore),
      this.#suggestions.length > 0 ? showChoices(this.#suggestions, labels.suggestions, ask) : null,
    );
  }

  #show(entry) {
    const conversation = this.#conversation;
    const element =
      entry.kind === "sent"
        ? showSent(entry, { labels: this.#labels, resend: (again) => conversation.resend(again) })
        : showReceived(entry, { base: this.#server, rate: (...rating) => conversation.rate(...rating) });
    element.dataset.id = entry.frame.id;
    return element;
  }

  /** Only the last message's choices can still be chosen. */
  #showLatestChoices() {
    const { log } = this.#parts;
    log.querySelector(".entry + .choices")?.remove();
    const last = this.#conversation.entries.at(-1);
    if (last?.kind !== "received") return;
    const choices = choicesOf(last.frame);
    if (choices.length === 0) return;
    const labels = LABELS[languageOf(last.frame.language)];
    log.append(showChoices(choices, labels.choices, (choice) => this.#choose(choice)));
  }

  #receive(entry) {
    const wasNearEnd = this.#isNearEnd();
    this.#speak(entry.frame.language);
    this.#showTyping(false);
    if (entry.frame.author === "system") void this.#connections?.refresh(); // a chat may have been linked
    const element = this.#append(entry);
    if (wasNearEnd) this.#bringIntoView(element);
    else this.#parts.toEnd.hidden = false;
  }

  #update(entry) {
    const known = this.#find(entry.frame.id);
    const wasNearEnd = this.#isNearEnd();
    if (known) known.replaceWith(this.#show(entry));
    else this.#append(entry);
    if (entry.state === "failed") this.#showTyping(false);
    if (!known || (wasNearEnd && entry.state === "failed")) this.#scrollToEnd();
  }

  #append(entry) {
    const { log } = this.#parts;
    log.querySelector(".welcome")?.remove();
    const element = this.#show(entry);
    log.append(element);
    this.#showLatestChoices();
    return element;
  }

  #find(id) {
    return [...this.#parts.log.children].find((element) => element.dataset.id === id);
  }

  /** The widget's own words follow the language of the last answer. */
  #speak(language) {
    if (!language || languageOf(language) === this.#language) return;
    this.#language = languageOf(language);
    this.#showLabels();
  }

  #showTyping(isTyping) {
    clearTimeout(this.#typing);
    const wasNearEnd = this.#isNearEnd();
    this.#parts.typing.hidden = !isTyping;
    if (!isTyping) return;
    if (wasNearEnd) this.#scrollToEnd();
    this.#typing = setTimeout(() => this.#showTyping(false), TYPING_MS);
  }

  #submit(event) {
    event.preventDefault();
    const { input } = this.#parts;
    const text = input.value.trim();
    if (text === "") return;
    input.value = "";
    this.#fitInput();
    this.#ask(text);
    input.focus();
  }

  #ask(text) {
    this.#conversation.ask(text);
  }

  #choose(choice) {
    const hadFocus = this.shadowRoot.activeElement?.classList.contains("choice");
    this.#conversation.choose(choice);
    if (hadFocus) this.#parts.log.focus(); // the button is gone; the input would open a phone's keyboard
  }

  #onKey(event) {
    // Enter also ends a word in an input method for Indian scripts: that one sends nothing.
    const isComposing = event.isComposing || event.keyCode === 229;
    if (event.key === "Enter" && !event.shiftKey && !isComposing) this.#submit(event);
  }

  #fitInput() {
    const { input } = this.#parts;
    input.style.height = "auto";
    input.style.height = `${input.scrollHeight}px`;
  }

  #isNearEnd() {
    const { log } = this.#parts;
    return log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_END_PX;
  }

  #scrollToEnd() {
    const { log, toEnd } = this.#parts;
    toEnd.hidden = true;
    log.scrollTo({ top: log.scrollHeight });
  }

  /** A long answer is read from its top, a short one with all that went before it. */
  #bringIntoView(element) {
    const { log } = this.#parts;
    const question = element.previousElementSibling;
    const fits = element.offsetHeight + (question?.offsetHeight ?? 0) < log.clientHeight;
    if (fits) this.#scrollToEnd();
    else log.scrollTo({ top: (question ?? element).offsetTop - 12 });
  }
}

async function fetchToken(address) {
  if (!address) throw new Error("<saathi-chat> needs `getToken` or `token-url`");
  const response = await fetch(address, { method: "POST", signal: AbortSignal.timeout(10_000) });
  if (!response.ok) throw new Error(`no token: ${response.status}`);
  return (await response.json()).token;
}

customElements.define("saathi-chat", SaathiChat);
