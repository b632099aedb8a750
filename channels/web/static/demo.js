// The demo page plays the host app: it knows who is signed in, and gives the chat its tokens.

import "./saathi-chat.js";
import { make } from "./dom.js";

const SUGGESTIONS = [
  { title: "Lead L-1042 kahan atki hai?", language: "hinglish" },
  { title: "How do I explain the surrender value of a policy?", language: "en" },
  { title: "मेरा कमीशन वापस क्यों कटा?", language: "hi" },
];

const panel = document.querySelector(".panel");
const form = document.querySelector(".person");
const trouble = document.querySelector(".trouble");

async function fetchToken(partner) {
  const response = await fetch("/api/demo/token", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ partner_id: partner }),
    signal: AbortSignal.timeout(10_000),
  });
  trouble.hidden = response.ok;
  if (!response.ok) {
    trouble.textContent = `There is no demo partner ${partner}: take one from P1001 to P1200.`;
    throw new Error(`no token: ${response.status}`);
  }
  return (await response.json()).token;
}

function signIn(partner) {
  const chat = make("saathi-chat");
  chat.getToken = () => fetchToken(partner);
  chat.suggestions = SUGGESTIONS;
  panel.replaceChildren(chat);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  signIn(form.elements.partner.value.trim().toUpperCase());
});

signIn(form.elements.partner.value);
