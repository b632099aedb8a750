// Texts as the vendors' apps show them, built of nodes: no text ever becomes markup.

import { make } from "./dom.js";

const LINK = /https?:\/\/[^\s<>"]+[^\s<>".,:;!?)\]]/g;
const MARKS = [["```", "code"], ["*", "strong"], ["_", "em"], ["~", "s"]];
const TAGS = { bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code", pre: "pre", blockquote: "blockquote" };

function link(url, children) {
  return make("a", { href: url, target: "_blank", rel: "noreferrer noopener" }, ...children);
}

function linked(text) {
  const nodes = [];
  let from = 0;
  for (const found of text.matchAll(LINK)) {
    nodes.push(text.slice(from, found.index), link(found[0], [found[0]]));
    from = found.index + found[0].length;
  }
  return [...nodes, text.slice(from)];
}

// WhatsApp: *bold*, _italic_, ~struck~ and ```fixed```, around words and within a line.
export function readWhatsApp(text) {
  for (const [mark, tag] of MARKS) {
    const m = mark.replaceAll("*", "\\*");
    const found = new RegExp(`(^|[^\\p{L}\\p{N}])${m}(\\S|\\S[^\\n]*?\\S)${m}(?![\\p{L}\\p{N}])`, "u").exec(text);
    if (found) {
      const at = found.index + found[1].length;
      const inner = tag === "code" ? [found[2]] : readWhatsApp(found[2]);
      return [...readWhatsApp(text.slice(0, at)), make(tag, {}, ...inner), ...readWhatsApp(text.slice(at + found[2].length + 2 * mark.length))];
    }
  }
  return linked(text);
}

// Telegram: entities with offset and length in UTF-16 units, as JavaScript counts too.
export function readTelegram(text, entities = [], from = 0, to = text.length) {
  const nodes = [];
  let at = from;
  let rest = entities;
  while (rest.length) {
    const [entity, ...others] = rest;
    const end = Math.min(entity.offset + entity.length, to);
    const inside = others.filter((one) => one.offset + one.length <= end);
    rest = others.filter((one) => one.offset >= end);
    nodes.push(...linked(text.slice(at, entity.offset)));
    const children = readTelegram(text, inside, entity.offset, end);
    const isWeb = /^https?:\/\//.test(entity.url ?? "");
    nodes.push(entity.type === "text_link" && isWeb ? link(entity.url, children.map((one) => one.textContent ?? one)) : make(TAGS[entity.type] ?? "span", {}, ...children));
    at = end;
  }
  return [...nodes, ...linked(text.slice(at, to))];
}
