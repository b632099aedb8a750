// <saathi-card>: an answer with its definition, details, words for the customer, link and sources; a lead or payout; or a
// step's picture.

import { pictureAddress, quotedAddress, safeAddress } from "./addresses.js";
import { icon, make, textOf } from "./dom.js";

const QUOTE_MARKS = "M7 17h3l2-4V7H5v6h3zm9 0h3l2-4V7h-7v6h3z";
const ARROW = ["M7 17 17 7", "M9 7h8v8"];

export class SaathiCard extends HTMLElement {
  /**
   * Fills the card from a server's frame.
   * @param {{card: object | null, citations: unknown}} frame
   * @param {{labels: object, base: string}} context labels of the answer's language; origin that paths belong to
   */
  fill(frame, context) {
    const { card, citations } = frame;
    const { labels } = context;
    this.replaceChildren();
    if (card) this.append(...describe(card, context));
    const sources = listSources(citations, context);
    if (sources.length === 0) return;
    this.append(
      make("section", { className: "sources" }, make("h4", {}, labels.sources), make("ol", {}, ...sources)),
    );
  }
}

function describe(card, { labels, base }) {
  const details = Array.isArray(card.details) ? card.details.map(textOf).filter(Boolean) : [];
  const parts = [
    textOf(card.title) && make("h3", {}, card.title),
    textOf(card.point) && make("p", { className: "point" }, card.point),
    textOf(card.definition) && make("p", { className: "definition" }, card.definition),
    details.length > 0 && make("ul", { className: "details" }, ...details.map((detail) => make("li", {}, detail))),
    card.table && showTable(card.table),
    Array.isArray(card.rows) && showRows(card.rows),
    textOf(card.script) && showScript(card.script, labels),
    card.link && showLink(card.link, labels, base),
    textOf(card.picture) && showPicture(card, base),
  ];
  return parts.filter(Boolean);
}

function showScript(script, labels) {
  const said = make("span", { className: "said", role: "status" });
  const copy = make("button", { type: "button", className: "quiet copy" }, labels.copy);
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(script);
      said.textContent = labels.copied;
    } catch {
      getSelection()?.selectAllChildren(words); // no clipboard here: selected, it can be copied by hand
    }
  });
  const words = make("blockquote", {}, script);
  const head = make("h4", {}, icon(QUOTE_MARKS), labels.script);
  return make("section", { className: "script" }, head, words, make("p", { className: "tools" }, copy, said));
}

function showLink(link, labels, base) {
  const title = textOf(link.title) || labels.more;
  const address = safeAddress(link.url, base);
  if (address === null) return make("p", { className: "link" }, title);
  const prefix = make("span", { className: "muted" }, `${labels.more}: `);
  return make("p", { className: "link" }, prefix, anchor(address, title, labels));
}

/** Square, as all pictures are drawn: their place is kept while they load. */
function showPicture({ picture, alt }, base) {
  const src = pictureAddress(picture, base);
  return src && make("img", { className: "picture", src, alt: textOf(alt), width: 288, height: 288 });
}

/** What is known of a lead or a payout: a label and a value a row, and a note beneath where there is one. */
function showRows(rows) {
  const entries = rows
    .filter((row) => row && typeof row === "object" && textOf(row.value))
    .flatMap(({ label, value, note }) => [
      make("dt", {}, textOf(label)),
      make("dd", {}, textOf(value), ...(textOf(note) ? [make("p", { className: "row-note" }, textOf(note))] : [])),
    ]);
  return make("dl", { className: "rows" }, ...entries);
}

function showTable({ head, rows }) {
  if (!Array.isArray(head) || !Array.isArray(rows)) return null;
  const cells = (row, tag) => make("tr", {}, ...row.map((cell) => make(tag, {}, textOf(cell))));
  const body = rows.filter(Array.isArray).map((row) => cells(row, "td"));
  const table = make("table", {}, make("thead", {}, cells(head, "th")), make("tbody", {}, ...body));
  return make("div", { className: "table", tabIndex: 0, role: "region", ariaLabel: textOf(head[0]) || "table" }, table);
}

/** One entry a page, with all that is quoted from it. */
function listSources(citations, { labels, base }) {
  if (!Array.isArray(citations)) return [];
  const pages = new Map();
  for (const citation of citations.filter((entry) => entry && typeof entry === "object")) {
    const page = `${textOf(citation.title)} ${textOf(citation.url)}`;
    pages.set(page, [...(pages.get(page) ?? []), citation]);
  }
  return [...pages.values()].map((quoted) => {
    const { title, url } = quoted[0];
    const address = safeAddress(url, base);
    const name = textOf(title) || textOf(url);
    const heading = address === null ? name : anchor(quotedAddress(address, textOf(quoted[0].quote)), name, labels);
    return make("li", {}, heading, ...quoted.map((entry) => showQuote(entry, address, labels)).filter(Boolean));
  });
}

/** The quoted words; the place before them leads there. */
function showQuote({ quote, place }, address, labels) {
  const words = textOf(quote);
  if (!words) return null;
  const where = textOf(place);
  const lead = where && address !== null ? anchor(quotedAddress(address, words), where, labels) : where;
  return make("p", { className: "quote" }, ...[lead, make("q", {}, words)].filter(Boolean));
}

function anchor(href, title, labels) {
  const hint = make("span", { className: "unseen" }, ` (${labels.newTab})`);
  return make("a", { href, target: "_blank", rel: "noopener" }, title, icon(ARROW), hint);
}

customElements.define("saathi-card", SaathiCard);
