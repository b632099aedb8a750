// A code to be sent from the chat that is to be linked: shown big, with the time that it has left.

import { safeAddress } from "./addresses.js";
import { make } from "./dom.js";

const TICK_MS = 1000;

/**
 * The box of a code, and `stop` for the clock in it.
 * @param {{code: string, lasts_s: number, open: Record<string, string>}} issued
 * @param {{channel: string, name: string, labels: object, renew: () => void, cancel: () => void}} context
 */
export function showLinkCode(issued, { channel, name, labels, renew, cancel }) {
  const ends = Date.now() + issued.lasts_s * 1000;
  const address = safeAddress(issued.open?.[channel], location.href);
  const left = make("span", { role: "timer" });
  const said = make("span", { className: "said", role: "status" });
  const code = make("p", { className: "code" }, make("span", { "aria-hidden": "true" }, issued.code), spell(issued.code));
  const copy = make("button", { type: "button", className: "quiet", on: { click: copyCode } }, labels.copyCode);
  const close = make("button", { type: "button", className: "quiet", on: { click: cancel } }, labels.cancel);
  const open = address && make("a", { className: "strong", href: address, target: "_blank", rel: "noopener" }, labels.open(name));
  const tools = make("p", { className: "tools" }, open, copy, close);
  const line = make("p", { className: "left" }, left, said);
  const steps = make("p", {}, labels.send(name));
  const box = make("div", { className: "code-box", role: "group", "aria-label": labels.code(name), tabIndex: -1 }, steps, code, line, tools);

  async function copyCode() {
    try {
      await navigator.clipboard.writeText(issued.code);
      said.textContent = labels.copied;
    } catch {
      getSelection()?.selectAllChildren(code.firstChild); // no clipboard here: selected, it can be copied by hand
    }
  }

  function tick() {
    const seconds = Math.ceil((ends - Date.now()) / 1000);
    if (seconds > 0) {
      left.textContent = labels.left(`${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`);
      return;
    }
    clearInterval(clock);
    const hadFocus = box.matches(":focus-within");
    const again = make("button", { type: "button", className: "quiet", on: { click: renew } }, labels.newCode);
    box.classList.add("over");
    left.textContent = "";
    said.textContent = labels.over;
    tools.replaceChildren(again, close);
    if (hadFocus) again.focus();
  }

  const clock = setInterval(tick, TICK_MS);
  tick();
  return { box, stop: () => clearInterval(clock), isOver: () => Date.now() >= ends };
}

/** The code for a voice: each sign by itself. */
function spell(code) {
  return make("span", { className: "unseen" }, code.replace("-", "").split("").join(" "));
}
