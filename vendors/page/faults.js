// What the stand-ins are told to play, and what the assistant has asked of them.

import { ask, byId, make } from "./dom.js";

const MOST = 50;

export class FaultDesk {
  constructor() {
    byId("fault-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.play(new FormData(event.target));
    });
    byId("heal").addEventListener("click", () => this.heal());
    byId("faults").addEventListener("toggle", () => this.refresh());
    this.due = 0;
    this.refresh();
  }

  async play(form) {
    const [kind, value] = form.get("kind").split(/:(.*)/s);
    const fault = { vendor: form.get("vendor"), [kind]: ["drop", "rubbish"].includes(kind) ? value : Number(value) };
    if (fault.status === 429) fault.retry_after = 5;
    if (form.get("address")) fault.address = form.get("address").trim();
    if (form.get("calls")) fault.calls = Number(form.get("calls"));
    if (await ask("PUT", "/control", fault)) byId("fault-said").textContent = "From now on.";
    this.refresh();
  }

  async heal() {
    if (await ask("DELETE", "/control")) byId("fault-said").textContent = "All is well again.";
    this.refresh();
  }

  // Something happened: look again soon, once for all that happens together.
  stir() {
    clearTimeout(this.due);
    this.due = setTimeout(() => this.refresh(), 400);
  }

  async refresh() {
    const told = await ask("GET", `/control?last=${MOST}`);
    if (!told) return;
    const count = told.faults.length;
    byId("playing").textContent = `${count ? `${count} played` : "none played"} · ${told.count} requests${told.misfits ? ` · ${told.misfits} do not fit` : ""}`;
    if (!byId("faults").open) return;
    byId("requests").replaceChildren(...told.requests.reverse().map((one) => make("tr", {},
      make("td", {}, `${one.method} ${one.path.replace(/\/bot[^/]+/, "/bot…").replace(/AC[0-9a-f]{32}/, "AC…")}`),
      make("td", {}, one.address), make("td", {}, one.status ? String(one.status) : "none"), make("td", { class: "bad" }, one.misfit))));
  }
}
