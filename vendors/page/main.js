// Starts the page: tabs, people, and the stream of what happens.

import { Telephone } from "./call.js";
import { ask, byId } from "./dom.js";
import { FaultDesk } from "./faults.js";
import { Telegram } from "./telegram.js";
import { WhatsApp } from "./whatsapp.js";

function chooseTab(name) {
  document.body.dataset.tab = name;
  for (const button of document.querySelectorAll(".tabs button")) button.setAttribute("aria-pressed", String(button.dataset.tab === name));
  if (name === "faults") byId("faults").open = true;
}

function listen(panes, desk) {
  let run = null;
  const events = new EventSource("/page/events");
  const live = byId("live");
  events.onopen = () => { live.textContent = "Live"; live.classList.add("on"); };
  events.onerror = () => { live.textContent = "Reconnecting"; live.classList.remove("on"); };
  events.onmessage = (event) => {
    const entry = JSON.parse(event.data);
    if (entry.run) {
      if (run && run !== entry.run) for (const pane of panes) pane.clear(); // another process with other entries
      run = entry.run;
      return;
    }
    for (const pane of panes) pane.take(entry);
    desk.stir();
  };
}

const people = await ask("GET", "/page/people");
if (people) {
  const panes = [new WhatsApp(people.whatsapp), new Telegram(people.telegram, people.group), new Telephone(people.callers)];
  for (const button of document.querySelectorAll(".tabs button")) {
    button.addEventListener("click", () => { chooseTab(button.dataset.tab); panes[0].read(); });
  }
  listen(panes, new FaultDesk());
}
