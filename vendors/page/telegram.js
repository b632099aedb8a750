// Telegram: private chats and a group, inline buttons, edits.

import { act, byId, make } from "./dom.js";
import { readTelegram } from "./rich.js";
import { Selection, Threads, bubble, compose, entryNode, reactions, time } from "./thread.js";

export class Telegram {
  constructor(people, group) {
    this.group = group;
    this.who = new Selection(byId("telegram-who"), () => this.show());
    for (const person of people) this.who.add(person.id, person.name);
    this.seen = new Set();
    this.editing = null;
    byId("telegram-log").dataset.empty = "Send /start, or ask something.";
    this.threads = new Threads(byId("telegram-log"), (entry) => this.draw(entry), (entry) => this.notice(entry));
    this.field = compose(byId("telegram-form"), (text) => this.write(text));
    this.field.addEventListener("keydown", (event) => { if (event.key === "Escape") this.edit(null); });
    byId("telegram-group").addEventListener("change", () => this.show());
    byId("telegram-stubs").addEventListener("click", (event) => {
      const { do: wish, say } = event.target.dataset;
      if (say) this.act("write", { text: say });
      else if (wish) this.act(wish, {});
    });
    this.show();
  }

  get isGroup() { return byId("telegram-group").checked; }

  get chat() { return this.isGroup ? String(this.group.id) : this.who.id; }

  act(wish, more) {
    return act({ channel: "telegram", who: Number(this.who.id), in_group: this.isGroup, do: wish, ...more });
  }

  write(text) {
    if (this.editing === null) this.act("write", { text });
    else this.act("edit", { text, message: this.editing.message_id });
    this.edit(null);
  }

  edit(entry) {
    this.editing = entry;
    this.field.placeholder = entry ? "Other words; Escape leaves it" : "Message";
    if (entry) {
      this.field.value = entry.text;
      this.field.focus();
    }
  }

  show() {
    const thread = `telegram:${this.chat}`;
    this.edit(null);
    this.threads.show((entry) => entry.thread === thread);
  }

  take(entry) {
    if (entry.thread.startsWith("telegram:")) this.threads.take(entry);
  }

  clear() {
    this.seen.clear();
    this.threads.clear();
  }

  notice(entry) {
    const chat = entry.thread.replace("telegram:", "");
    if (!chat.startsWith("-")) this.who.add(chat, chat);
    if (entry.side === "assistant" && !this.seen.has(entry.id)) this.who.note(chat);
    this.seen.add(entry.id);
  }

  draw(entry) {
    if (entry.side === "note") return entryNode(entry, [entry.text]);
    const content = entry.text || entry.media?.length ? [bubble(entry, readTelegram(entry.text ?? "", entry.entities))] : [];
    if (entry.side === "person") return this.drawOwn(entry, content);
    const rows = (entry.buttons ?? []).map((row) => make("div", { class: "line" }, ...row.map((button) => this.drawButton(entry, button))));
    if (rows.length) content.push(make("div", { class: "options" }, ...rows));
    const node = entryNode(entry, content, time(entry));
    if (!this.isGroup) node.lastChild.append(...reactions(entry, (text) => this.act("react", { message: entry.message_id, text })));
    return node;
  }

  drawOwn(entry, content) {
    const isBad = entry.status.startsWith("not taken");
    const name = this.isGroup ? `${entry.name} · ` : "";
    const fate = isBad ? entry.status : `${name}${time(entry)} ${entry.edited ? "edited " : ""}${entry.status === "sending" ? "○" : "✓"}`;
    const node = entryNode(entry, content, fate, isBad);
    if (entry.editable) {
      node.lastChild.append(" ", make("button", { type: "button", class: "link", "aria-label": `Edit: ${entry.text}`, onclick: () => this.edit(entry) }, "Edit"));
    }
    return node;
  }

  drawButton(entry, button) {
    if (!button.callback_data) return make("span", { class: "bubble" }, `${button.text} ${button.url ?? ""}`);
    const isBusy = entry.waiting === button.callback_data;
    return make("button", {
      type: "button", "aria-busy": isBusy ? "true" : false,
      onclick: () => this.act("tap", { message: entry.message_id, choice: button.callback_data }),
    }, button.text);
  }
}
