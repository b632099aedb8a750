// Elements, and what the page asks of its server.

export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export const byId = (id) => document.getElementById(id);

let hiding = 0;

export function complain(text) {
  const problem = byId("problem");
  problem.textContent = text;
  problem.hidden = false;
  clearTimeout(hiding);
  hiding = setTimeout(() => { problem.hidden = true; }, 8000);
}

async function send(method, path, body) {
  try {
    const answer = await fetch(path, {
      method, headers: { "Content-Type": "application/json" }, body: body === undefined ? undefined : JSON.stringify(body),
    });
    const told = await answer.json();
    if (!answer.ok) complain(told.error);
    return answer.ok ? told : null;
  } catch {
    complain("The stand-in does not answer.");
    return null;
  }
}

export const act = (body) => send("POST", "/page/act", body);
export const ask = (method, path, body) => send(method, path, body);
