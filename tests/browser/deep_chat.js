// deep-chat with all that its documentation offers to keep our rules: no markdown, own font, a named button,
// messages while another one waits.
const isHelped = !location.search.includes("bare");
if (isHelped) {
  const plugin = (markdown) => {
    markdown.core.ruler.enable(["block", "inline"], true);
    markdown.block.ruler.enable(["paragraph"], true);
    markdown.inline.ruler.enable(["text", "newline"], true);
  };
  globalThis.remarkable_plugins = [{ plugin }];
}
await import("/deep-chat/deepChat.bundle.js");
const chat = document.createElement("deep-chat");
globalThis.sent = [];
if (isHelped) {
  chat.style.fontFamily = "system-ui";
  const text = { content: "Send" };
  chat.submitButtonStyles = { submit: { text }, loading: { text }, stop: { text }, disabled: { text } };
}
chat.connect = {
  websocket: true,
  handler: (_, signals) => {
    signals.onOpen();
    signals.newUserMessage.listener = (body) => globalThis.sent.push(body);
  },
};
document.getElementById("place").append(chat);
