// WhatsApp: texts, files, quick replies and lists.

import { act, byId, make } from "./dom.js";
import { readWhatsApp } from "./rich.js";
import { Selection, Threads, bubble, compose, entryNode, reactions, time } from "./thread.js";

const FATES = { queued: "○", sent: "✓ sent", delivered: "✓✓ delivered", read: "✓✓ read" };

export class WhatsApp {
  constructor(people) {
    this.who = new Selection(byId("whatsapp-who"), () => this.show());
    for (const person of people) this.who.add(person.id, person.name);
    this.seen = new Set();
    byId("whatsapp-log").dataset.empty = "Say hello to the assistant.";
    this.threads = new Threads(byId("whatsapp-log"), (entry) => this.draw(entry), (entry) => this.notice(entry));
    this.field = compose(byId("whatsapp-form"), (text) => this.act("write", { text }));
    byId("whatsapp-stubs").addEventListener("click", (event) => {
      const wish = event.target.dataset.do;
      if (!wish) return;
      const takesCaption = wish === "image" || wish === "document";
      this.act(wish, takesCaption ? { text: this.field.value } : {});
      if (takesCaption) this.field.value = "";
    });
    document.addEventListener("visibilitychange", () => this.read());
    this.show();
  }

  act(wish, more) { return act({ channel: "whatsapp", who: this.who.id, do: wish, ...more }); }

  show() {
    this.threads.show((entry) => entry.thread === this.who.id);
    this.read();
  }

  take(entry) {
    if (entry.thread.startsWith("whatsapp:")) this.threads.take(entry);
  }

  clear() {
    this.seen.clear();
    this.threads.clear();
  }

  notice(entry) {
    this.who.add(entry.thread, entry.thread.replace("whatsapp:", ""));
    if (entry.side === "assistant" && !this.seen.has(entry.id)) this.who.note(entry.thread);
    this.seen.add(entry.id);
    if (entry.status === "delivered") this.read();
  }

  // What came to the person who is looked at is read, as their app would tell.
  read() {
    if (document.hidden || byId("whatsapp-log").offsetParent === null) return;
    const unread = [...this.threads.entries.values()].some((one) => one.thread === this.who.id && one.status === "delivered");
    if (unread) this.act("read", {});
  }

  draw(entry) {
    if (entry.side === "note") return entryNode(entry, [entry.text]);
    const content = entry.text || entry.media?.length ? [bubble(entry, readWhatsApp(entry.text))] : [];
    if (entry.side === "person") {
      const isBad = entry.status.startsWith("not taken");
      return entryNode(entry, content, isBad ? entry.status : `${time(entry)} ${entry.status === "sending" ? "○" : "✓"}`, isBad);
    }
    content.push(this.drawOptions(entry));
    const isBad = Boolean(entry.error_code);
    const why = entry.excess ? `, WhatsApp does not show ${entry.excess}` : "";
    const fate = isBad ? `${entry.status}: error ${entry.error_code}${why}` : FATES[entry.status];
    const node = entryNode(entry, content, `${time(entry)} ${fate}${entry.is_template ? " · template" : ""}`, isBad);
    node.lastChild.append(...reactions(entry, (text) => this.act("react", { message: entry.id, text })));
    return node;
  }

  drawOptions(entry) {
    const options = make("div", { class: "options" });
    for (const button of entry.buttons ?? []) {
      options.append(make("button", { type: "button", onclick: () => this.act("tap", { message: entry.id, choice: button.id, text: button.title }) }, button.title));
    }
    for (const button of entry.links ?? []) options.append(make("div", { class: "bubble" }, `${button.title}: ${button.target}`));
    if (entry.rows?.length) {
      const rows = entry.rows.map((row) => make("button", {
        type: "button", class: "row-button", onclick: () => this.act("pick", { message: entry.id, choice: row.id, text: row.title, more: row.more }),
      }, row.title, row.more ? make("small", {}, row.more) : null));
      options.append(make("details", {}, make("summary", {}, `☰ ${entry.list_button}`), make("div", { class: "options" }, ...rows)));
    }
    return options;
  }
}
