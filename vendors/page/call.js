// The telephone: keys, words, silence, and the person that a call is put through to.

import { act, byId, make } from "./dom.js";
import { readWhatsApp } from "./rich.js";
import { Threads, entryNode } from "./thread.js";

const OVER = ["completed", "busy", "no-answer", "failed", "canceled"];
const UNCLEAR = 0.2; // confidence

export class Telephone {
  constructor(callers) {
    this.call = null;
    this.callers = byId("caller");
    for (const number of callers) this.callers.append(make("option", { value: number }, number === "+266696687" ? "withheld number" : number));
    byId("voice-log").dataset.empty = "Call the voice line.";
    this.threads = new Threads(byId("voice-log"), (entry) => this.draw(entry), (entry) => this.notice(entry));
    for (const key of "123456789*0#") {
      byId("keypad").append(make("button", { type: "button", "data-key": key, onclick: () => this.act("press", { text: key }) }, key));
    }
    this.field = byId("speech-form").querySelector("input");
    byId("speech-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.speak();
    });
    byId("mumble").addEventListener("click", () => this.speak(UNCLEAR));
    byId("call").addEventListener("click", () => this.start());
    byId("silence").addEventListener("click", () => this.act("silence", {}));
    byId("hangup").addEventListener("click", () => this.act("hangup", {}));
    byId("dialled").addEventListener("click", (event) => {
      const how = event.target.dataset.dial;
      if (how) this.act("dial", { text: how });
    });
    this.callers.addEventListener("change", () => this.show());
    this.show();
  }

  act(wish, more) { return act({ channel: "call", call: this.call?.id ?? "", do: wish, ...more }); }

  start() {
    byId("call").disabled = true;
    this.act("start", { text: this.callers.value });
  }

  speak(confidence) {
    const text = this.field.value.trim() || (confidence ? "hmm" : "");
    if (!text) return;
    this.field.value = "";
    this.act("speak", confidence ? { text, confidence } : { text });
  }

  take(entry) {
    if (entry.thread.startsWith("call:") || entry.thread.startsWith("sms:")) this.threads.take(entry);
  }

  clear() {
    this.call = null;
    this.threads.clear();
    this.show();
  }

  // Calls have an entry of their own; the newest of the chosen number is the one that is walked.
  notice(entry) {
    if (entry.kind !== "call" || entry.caller !== this.callers.value) return;
    const isNew = this.call?.id !== entry.id;
    if (isNew && this.call && this.call.at > entry.at) return;
    this.call = entry;
    if (isNew) this.show();
    this.state();
  }

  show() {
    const mine = [...this.threads.entries.values()].filter((one) => one.kind === "call" && one.caller === this.callers.value);
    this.call = mine.at(-1) ?? null;
    const threads = [`call:${this.call?.id}`, `sms:${this.callers.value}`];
    this.threads.show((entry) => threads.includes(entry.thread));
    this.state();
  }

  state() {
    const call = this.call && !OVER.includes(this.call.status) ? this.call : null;
    const waits = call?.waits;
    byId("call-state").textContent = this.describe(call);
    byId("call").disabled = Boolean(call);
    byId("hangup").disabled = !call;
    byId("silence").disabled = !waits;
    byId("dialled").hidden = !call?.dials;
    const takesSpeech = Boolean(waits?.input.includes("speech"));
    for (const element of byId("speech-form").elements) element.disabled = !takesSpeech;
    for (const key of byId("keypad").children) key.disabled = !waits?.input.includes("dtmf");
  }

  describe(call) {
    if (!call) return this.call ? "The call is over" : "No call";
    if (call.dials) return `Calling ${call.dials.join(", ")}`;
    if (!call.waits) return "Listen";
    const digits = call.waits.digits ? ` (${call.waits.digits})` : "";
    const ways = { dtmf: `keys${digits}`, speech: "words" };
    const named = call.waits.input.split(" ").map((one) => ways[one]).join(" or ");
    return `Waits for ${named}${call.language ? `, ${call.language}` : ""}`;
  }

  draw(entry) {
    if (entry.kind === "call") return null;
    if (entry.thread.startsWith("sms:")) return entryNode(entry, [make("div", { class: "bubble" }, "SMS: ", ...readWhatsApp(entry.text))], entry.error_code ? `error ${entry.error_code}` : entry.status);
    if (entry.side === "note") return entryNode(entry, [entry.text]);
    if (entry.side === "assistant") {
      const meta = entry.kind === "say" ? `${entry.language} · about ${Math.round(entry.seconds)} s` : entry.kind;
      return entryNode(entry, [make("div", { class: "bubble", lang: entry.language ?? false }, entry.text)], meta);
    }
    const shown = { keys: `⌨ ${entry.text}`, speech: entry.text, silence: "(silence)" }[entry.kind];
    return entryNode(entry, [make("div", { class: "bubble" }, shown)], entry.confidence && entry.confidence < 0.5 ? "hardly understood" : entry.kind);
  }
}
