// The six-digit PIN of the voice line: set or changed, typed twice.

import { make } from "./dom.js";

const LENGTH = 6;

/**
 * The section of the PIN.
 * @param {{isSet: boolean, number: string, labels: object, faultOf: (error: Error) => string,
 *   save: (pin: string) => Promise<void>, tell: (text: string) => void}} context
 */
export function showPin({ isSet, number, labels, faultOf, save, tell }) {
  const state = make("span", { className: "badge" });
  const change = make("button", { type: "button", className: "quiet", on: { click: () => unfold(true) } });
  const first = field("pin", labels.newPin);
  const second = field("pin-again", labels.pinAgain);
  const fault = make("p", { className: "fault", id: "pin-fault", role: "alert" });
  const submit = make("button", { type: "submit", className: "strong" }, labels.savePin);
  const cancel = make("button", { type: "button", className: "quiet", on: { click: () => unfold(false) } }, labels.cancel);
  const rules = make("ul", { className: "rules", id: "pin-rules" }, ...labels.pinRules.map((rule) => make("li", {}, rule)));
  const form = make(
    "form",
    { className: "stacked", hidden: true, noValidate: true, autocomplete: "off", "aria-label": labels.pin },
    rules,
    first.row,
    second.row,
    fault,
    make("p", { className: "tools" }, submit, cancel),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void send();
  });

  function showState() {
    state.textContent = isSet ? labels.pinSet : labels.pinMissing;
    state.classList.toggle("on", isSet);
    change.textContent = isSet ? labels.changePin : labels.setPin;
  }

  function unfold(isOpen) {
    form.hidden = !isOpen;
    change.hidden = isOpen;
    first.input.value = second.input.value = "";
    complain("", null);
    (isOpen ? first.input : change).focus();
  }

  function complain(text, input) {
    fault.textContent = text;
    for (const each of [first.input, second.input]) each.setAttribute("aria-invalid", String(each === input));
    input?.focus();
  }

  async function send() {
    const [pin, again] = [first, second].map(({ input }) => toDigits(input.value));
    if (!/^[0-9]{6}$/.test(pin)) return complain(labels.pinShort, first.input);
    if (pin !== again) return complain(labels.pinDiffers, second.input);
    submit.disabled = true;
    try {
      await save(pin);
      const text = isSet ? labels.pinChanged : labels.pinSaved;
      isSet = true;
      showState();
      unfold(false);
      tell(text);
    } catch (error) {
      complain(faultOf(error), first.input);
    } finally {
      submit.disabled = false;
    }
  }

  showState();
  return make(
    "section",
    { className: "channel", "aria-labelledby": "voice-name" },
    make("div", { className: "row" }, make("h4", { id: "voice-name" }, labels.voice), state),
    make("p", { className: "muted" }, labels.pinFor),
    /^\+[0-9]{6,15}$/.test(number) ? make("a", { className: "tel", href: `tel:${number}` }, labels.call(number)) : null,
    change,
    form,
  );
}

function field(id, title) {
  const input = make("input", {
    id,
    type: "password",
    inputMode: "numeric",
    maxLength: LENGTH,
    autocomplete: "off",
    "aria-describedby": "pin-rules pin-fault",
  });
  return { input, row: make("div", { className: "field" }, make("label", { htmlFor: id }, title), input) };
}

/** Digits of a Hindi keyboard as the others. */
function toDigits(text) {
  return text.trim().replace(/[\u0966-\u096f]/g, (digit) => String(digit.charCodeAt(0) - 0x0966));
}
