// One entry of the conversation as elements: what the user sent, and what came back.

import "./card.js";
import { make, textOf } from "./dom.js";
import { LABELS, languageOf, tagOf } from "./labels.js";
import { showRating } from "./rating.js";

const AUTHORS = new Set(["assistant", "agent", "system"]);

/**
 * What the user sent.
 * @param {{frame: {id: string}, text: string, state: "waiting" | "sent" | "failed", note?: string}} entry
 * @param {{labels: object, resend: (entry: object) => void}} context
 */
export function showSent(entry, { labels, resend }) {
  const element = make("div", { className: `entry user ${entry.state}`, role: "group", "aria-label": labels.you });
  element.append(make("p", { className: "bubble" }, entry.text));
  const isFailed = entry.state === "failed";
  const note = { waiting: labels.waiting, sent: labels.sent, failed: entry.note || labels.failed }[entry.state];
  const again = make("button", { type: "button", className: "quiet", on: { click: () => resend(entry) } }, labels.again);
  // "Sent" is for those who cannot see the bubble turn solid.
  const className = entry.state === "sent" ? "unseen" : "note";
  element.append(make("p", { className, role: isFailed ? "alert" : null }, note, isFailed ? again : null));
  return element;
}

/**
 * What came back.
 * @param {{frame: object, rated?: object}} entry
 * @param {{base: string, rate: (entry: object, value: string, reason: string | null) => void}} context
 */
export function showReceived(entry, { base, rate }) {
  const { frame } = entry;
  const author = AUTHORS.has(frame.author) ? frame.author : "assistant";
  const language = languageOf(frame.language);
  const labels = LABELS[language];
  const element = make("div", {
    className: `entry ${author}`,
    role: "group",
    "aria-label": labels[author],
    lang: tagOf(language),
  });
  if (author === "agent") element.append(make("p", { className: "author", "aria-hidden": "true" }, labels.agent));
  const hasCard = typeof frame.card === "object" && frame.card !== null;
  const hasSources = Array.isArray(frame.citations) && frame.citations.length > 0;
  const isPicture = hasCard && textOf(frame.card.picture) !== "";
  const bubble = make("div", { className: hasCard && !isPicture ? "bubble wide" : "bubble" });
  // The text repeats the card for channels that have none; a picture goes with it.
  if (!hasCard || isPicture) bubble.append(make("p", { className: "text" }, textOf(frame.text)));
  if (hasCard || hasSources) {
    const card = make("saathi-card");
    card.fill({ card: hasCard ? frame.card : null, citations: frame.citations }, { labels, base });
    bubble.append(card);
  }
  element.append(bubble);
  if (author === "assistant") {
    element.append(showRating(labels, entry.rated, (value, reason) => rate(entry, value, reason)));
  }
  return element;
}

/** Buttons, one a choice or suggestion; `pick` gets the item. */
export function showChoices(items, label, pick) {
  const buttons = items.map((item) =>
    make(
      "button",
      { type: "button", className: "choice", lang: item.language ? tagOf(item.language) : null, on: { click: () => pick(item) } },
      textOf(item.title),
    ),
  );
  return make("div", { className: "choices", role: "group", "aria-label": label }, ...buttons);
}

/** The choices of a frame that can be chosen: those with an id and a title. */
export function choicesOf(frame) {
  if (!Array.isArray(frame.choices)) return [];
  return frame.choices.filter((choice) => textOf(choice?.id) !== "" && textOf(choice?.title) !== "");
}
