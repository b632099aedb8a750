// Thumbs up and down under an answer; after a thumb down, why.

import { icon, make } from "./dom.js";

const THUMB_UP = [
  "M7 11v9H4a1 1 0 0 1-1-1v-7a1 1 0 0 1 1-1z",
  "M7 11l4-8a2.5 2.5 0 0 1 2.5 2.5V9H19a2 2 0 0 1 2 2.3l-1.2 7A2 2 0 0 1 17.8 20H7",
];
const THUMB_DOWN = [
  "M17 13V4h3a1 1 0 0 1 1 1v7a1 1 0 0 1-1 1z",
  "M17 13l-4 8a2.5 2.5 0 0 1-2.5-2.5V15H5a2 2 0 0 1-2-2.3l1.2-7A2 2 0 0 1 6.2 4H17",
];

/**
 * The two buttons.
 * @param {object} labels
 * @param {{value?: string, reason?: string | null} | undefined} rated what was said before
 * @param {(value: "up" | "down", reason: string | null) => void} rate
 */
export function showRating(labels, rated, rate) {
  const said = make("span", { className: "said", role: "status" });
  const why = make("div", { className: "why", role: "group", "aria-label": labels.why, hidden: true });
  const up = thumb(labels.helpful, THUMB_UP, () => choose("up", null));
  const down = thumb(labels.unhelpful, THUMB_DOWN, () => choose("down", null));
  why.append(make("span", { className: "muted" }, labels.why));
  for (const [reason, title] of Object.entries(labels.reasons)) {
    why.append(make("button", { type: "button", className: "quiet", on: { click: () => choose("down", reason) } }, title));
  }

  function show(value) {
    up.setAttribute("aria-pressed", String(value === "up"));
    down.setAttribute("aria-pressed", String(value === "down"));
  }

  function choose(value, reason) {
    const hadFocus = why.matches(":focus-within");
    show(value);
    why.hidden = value === "up" || reason !== null;
    if (hadFocus && why.hidden) down.focus();
    said.textContent = why.hidden ? labels.thanks : "";
    if (!why.hidden) why.scrollIntoView({ block: "nearest" });
    rate(value, reason);
  }

  show(rated?.value);
  return make("div", { className: "rating" }, make("div", { className: "thumbs" }, up, down, said), why);
}

function thumb(label, paths, click) {
  return make(
    "button",
    { type: "button", className: "thumb", title: label, "aria-label": label, "aria-pressed": "false", on: { click } },
    icon(paths),
  );
}
