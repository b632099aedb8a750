// Building elements. Text enters the page here and only here, always as text: nothing in the widget parses HTML.

const SVG = "http://www.w3.org/2000/svg";

/**
 * An element with properties and children; children that are strings become text nodes, null ones are left out.
 * @param {string} tag
 * @param {Record<string, unknown>} [properties] `on` holds listeners; a name with a dash, `role`, `lang` or `part` is an attribute
 * @param {...(Node | string | null | undefined)} children
 * @returns {HTMLElement}
 */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined) continue;
    if (name === "on") {
      for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    } else if (name.includes("-") || ["role", "lang", "part"].includes(name)) {
      element.setAttribute(name, String(value));
    } else {
      element[name] = value;
    }
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** A line icon, 24 units square, from path data of ours. */
export function icon(paths) {
  const svg = document.createElementNS(SVG, "svg");
  const attributes = { viewBox: "0 0 24 24", "aria-hidden": "true", focusable: "false", class: "icon" };
  for (const [name, value] of Object.entries(attributes)) svg.setAttribute(name, value);
  for (const data of [paths].flat()) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", data);
    svg.append(path);
  }
  return svg;
}

/** Text of unknown origin as a string, or "" where it is anything else. */
export function textOf(value) {
  return typeof value === "string" ? value : "";
}
