// Writing: growing text box, sending, and slash commands with their hints.

import { $, $$, tell, toast } from "./dom.js";

const commands = JSON.parse($("#hints").textContent);
const drafts = new Map();
let offered = [];
let selected = -1;

/** Wake the composer of the conversation that was just drawn. */
export function wake() {
  const words = $("#words");
  if (!words) return;
  words.value = drafts.get(document.body.dataset.key) ?? "";
  words.addEventListener("input", changed);
  words.addEventListener("keydown", pressed);
  words.addEventListener("blur", () => setTimeout(() => offer([]), 150));
  $("#composer").addEventListener("submit", (event) => (event.preventDefault(), send()));
  $("#slash").addEventListener("click", () => fill("/"));
  for (const example of $$("[data-fill]")) example.addEventListener("click", () => fill(example.dataset.fill));
  changed();
  if (matchMedia("(min-width: 721px)").matches) words.focus();
}

function fill(text) {
  const words = $("#words");
  words.value = text;
  words.focus();
  changed();
}

function changed() {
  const words = $("#words");
  drafts.set(document.body.dataset.key, words.value);
  words.style.height = "auto";
  words.style.height = `${words.scrollHeight}px`;
  $("#send").disabled = !words.value.trim();
  $("#tip").classList.toggle("on", words.value.length > 0);
  offer(words.value.startsWith("/") ? suggestions(words.value) : []);
}

/** While a command's name is typed: commands. Then: its usages that still fit. */
function suggestions(typed) {
  const [name, ...rest] = typed.split(" ");
  if (!rest.length) return commands.filter((c) => c.name.startsWith(name)).map(asCommand);
  const command = commands.find((c) => c.name === name);
  if (!command) return [];
  const fitting = command.examples.filter((e) => e.plain.startsWith(typed.trimEnd()) && e.plain !== typed.trimEnd());
  if (fitting.length) return fitting.map(asUsage);
  const verb = rest[0];
  return command.examples.filter((e) => e.plain.split(" ")[1] === verb).map((e) => ({ ...asUsage(e), passive: true }));
}

const asCommand = (c) => ({ text: `${c.name} `, bold: c.name, note: c.description });
const asUsage = (e) => ({ text: e.plain, bold: e.plain, note: e.usage.slice(e.plain.length).trim() || rest(e) });
const rest = (e) => (e.usage === e.plain ? "" : e.usage);

function offer(list) {
  const box = $("#suggest");
  if (!box) return;
  offered = list;
  selected = list.length && !list[0].passive ? 0 : -1;
  box.hidden = !list.length;
  box.replaceChildren(...(list.length ? [note(), ...list.map(option)] : []));
  mark();
}

function note() {
  const line = document.createElement("p");
  line.innerHTML = "<span>Commands</span><span><kbd>Tab</kbd> completes · <kbd>Esc</kbd> hides</span>";
  return line;
}

function option(item, index) {
  const row = document.createElement("div");
  row.role = "option";
  row.id = `option-${index}`;
  const words = document.createElement("span");
  const bold = Object.assign(document.createElement("b"), { textContent: item.bold });
  const aside = Object.assign(document.createElement("i"), { textContent: `  ${item.note}` });
  words.append(bold, aside);
  row.append(words);
  row.addEventListener("mousedown", (event) => (event.preventDefault(), fill(item.text)));
  return row;
}

function mark() {
  for (const [index, row] of $$("[role=option]", $("#suggest")).entries()) row.ariaSelected = String(index === selected);
  $("#words").setAttribute("aria-activedescendant", selected < 0 ? "" : `option-${selected}`);
}

function pressed(event) {
  if (event.isComposing) return; // an input method is still choosing its characters
  const words = $("#words");
  const open = offered.length > 0 && selected >= 0;
  if (open && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    selected = (selected + (event.key === "ArrowDown" ? 1 : offered.length - 1)) % offered.length;
    mark();
    event.preventDefault();
  } else if (open && event.key === "Tab" && !event.shiftKey) {
    fill(offered[selected].text);
    event.preventDefault();
  } else if (event.key === "Escape" && offered.length) {
    offer([]);
    event.preventDefault();
  } else if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    const naming = open && !words.value.includes(" ") && !commands.some((c) => c.name === words.value);
    if (naming) fill(offered[selected].text);
    else send();
  }
}

async function send() {
  const words = $("#words");
  const said = words.value.trim();
  const list = $("#messages");
  if (!said || !list) return;
  words.value = "";
  changed();
  const answer = await tell("say", { channel: list.dataset.channel, words: said });
  if (answer.error === "not_in_channel") toast("You are not in this channel");
}
