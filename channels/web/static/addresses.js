// Which addresses a link of an answer may have, and how a citation points at the quoted words.

/**
 * The address as an absolute http(s) one, or null: `javascript:`, `data:` and the like become no link.
 * @param {unknown} url as the server sent it, mostly a path of ours
 * @param {string} base origin of the gateway
 */
export function safeAddress(url, base) {
  if (typeof url !== "string" || url.trim() === "") return null;
  try {
    const address = new URL(url, base);
    return ["http:", "https:"].includes(address.protocol) ? address.href : null;
  } catch {
    return null;
  }
}

/**
 * The address of a picture of the gateway's, or null: nothing is fetched from any other host.
 * @param {unknown} url as the server sent it, a path of ours
 * @param {string} base origin of the gateway
 */
export function pictureAddress(url, base) {
  const address = safeAddress(url, base);
  return address !== null && new URL(address).origin === new URL(base).origin ? address : null;
}

/**
 * The address with a text fragment that makes the browser scroll to the quote and mark it.
 * A long quote is named by its first and last words, so that the address stays short; of a table the last row is marked,
 * whose cells have bars between them.
 */
export function quotedAddress(address, quote) {
  const words = quote.trim().split(/\s+/).filter(Boolean);
  if (words.length === 0 || address.includes("#")) return address;
  const cells = quote.trim().split("\n").at(-1).split(" | ").filter(Boolean);
  const whole = words.length <= 10 ? [words] : [words.slice(0, 5), words.slice(-5)];
  const parts = cells.length > 1 ? [cells[0], cells.at(-1)] : whole.map((part) => part.join(" "));
  return `${address}#:~:text=${parts.map(encodeFragment).join(",")}`;
}

// A dash and a comma mean something within a text fragment; encodeURIComponent leaves the dash. A lone surrogate throws.
function encodeFragment(text) {
  return encodeURIComponent(text.toWellFormed?.() ?? text.replace(/[\ud800-\udfff]/g, "")).replaceAll("-", "%2D");
}
