// Keeps the page alive: the live stream, moving between conversations, presses, modals.

import { $, $$, confirmed, drawn, me, tell, toast } from "./dom.js";
import { chips, collect, held, restore } from "./fields.js";
import * as composer from "./composer.js";
import * as thread from "./thread.js";

// ── moving ──

const address = (person, key, tab) =>
  `?${new URLSearchParams({ as: person, in: key, ...(tab === "home" ? { tab } : {}) })}`;

async function go(key, tab, remember = true) {
  const asked = address(me, key, tab);
  const drawnAnew = await (await fetch(`/page/conversation${asked}`)).json();
  document.body.dataset.key = key;
  document.body.dataset.tab = tab;
  seen = drawnAnew.count;
  if (remember) history.pushState({ key, tab }, "", `/${asked}`);
  document.title = document.title.replace(/^.* · /, `${drawnAnew.title} · `);
  $("#main").innerHTML = drawnAnew.main;
  $("#rooms").innerHTML = drawnAnew.sidebar;
  document.body.classList.remove("shelf");
  thread.close();
  arrive();
}

/** The conversation was just drawn. */
function arrive() {
  listen();
  composer.wake();
  chips($("#main"));
  const scroll = $("#scroll");
  if (scroll) {
    scroll.scrollTop = scroll.scrollHeight;
    let stays = true;
    scroll.addEventListener("scroll", () => {
      stays = atEnd();
      if (stays) $("#newer").hidden = true;
    });
    // A picture has its height only once it is there; whoever reads at the end goes on reading there.
    scroll.addEventListener("load", () => stays && (scroll.scrollTop = scroll.scrollHeight), true);
    $("#newer").addEventListener("click", toEnd);
  }
  $("#bars")?.addEventListener("click", () => document.body.classList.toggle("shelf"));
  read();
}

const atEnd = () => $("#scroll").scrollHeight - $("#scroll").scrollTop - $("#scroll").clientHeight < 80;
const toEnd = () => $("#scroll").scrollTo({ top: $("#scroll").scrollHeight, behavior: "smooth" });

function read() {
  const list = $("#messages");
  if (list && document.visibilityState === "visible") tell("read", { channel: list.dataset.channel });
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-key]");
  if (link && !event.metaKey && !event.ctrlKey) {
    event.preventDefault();
    go(link.dataset.key, link.dataset.tab ?? "messages");
    return;
  }
  for (const open of $$("details.menu[open], details.multi[open], details.switch[open]")) {
    if (!open.contains(event.target)) open.open = false;
  }
  if (event.target.id === "veil") document.body.classList.remove("shelf");
});
addEventListener("popstate", (event) => event.state && go(event.state.key, event.state.tab, false));
document.addEventListener("visibilitychange", read);
history.replaceState({ key: document.body.dataset.key, tab: document.body.dataset.tab }, "");

// ── live ──

let stream;
let seen = Number(document.body.dataset.count); // how many changes this picture has taken in

function listen() {
  stream?.close();
  const beside = `&${new URLSearchParams({ thread: thread.open() })}`;
  stream = new EventSource(`/page/live${address(me, document.body.dataset.key, document.body.dataset.tab)}${beside}`);
  let first = true;
  stream.onmessage = (event) => {
    const change = JSON.parse(event.data);
    show(change);
    // Only now, so that what the app shows in return is not missed.
    if (change.kind === "hello" && first && $(".tabs")) tell("tab", { tab: document.body.dataset.tab });
    first = first && change.kind !== "hello";
  };
}

/** Catch up with everything: after moving, and after a lost connection. */
function catchUp({ messages, home, modal }) {
  if ($("#home")) redraw($("#home"), home);
  const list = $("#messages");
  if (list) {
    const stay = atEnd();
    list.innerHTML = messages;
    chips(list);
    if (stay) $("#scroll").scrollTop = $("#scroll").scrollHeight;
    read();
  }
  if (Boolean(modal) !== $("#modal").open) showModal(modal);
}

function show(change) {
  if (change.clock) $("#clock").textContent = change.clock;
  if (change.sidebar) $("#rooms").innerHTML = change.sidebar;
  if (change.kind === "hello" && change.count !== seen) catchUp(change);
  seen = change.count ?? seen;
  if (change.thread !== undefined) thread.redraw(change.thread);
  if (change.kind === "view") showModal(change.html);
  if (change.kind === "home" && $("#home")) redraw($("#home"), change.html);
  if (change.kind === "message" && $("#messages")) showMessage(change);
}

function showMessage({ ts, html }) {
  const list = $("#messages");
  const old = $(`[data-ts="${ts}"]`, list);
  const stay = atEnd();
  const message = drawn(html);
  if (old) {
    old.replaceWith(message);
  } else {
    message.classList.add("fresh");
    list.append(message);
  }
  chips(message);
  if (stay) $("#scroll").scrollTop = $("#scroll").scrollHeight;
  else if (!old) $("#newer").hidden = false;
  read();
}

/** Draw anew without losing what was typed, or where. */
function redraw(root, html) {
  const before = collect(root);
  const focused = document.activeElement?.closest?.("[data-field]");
  const at = focused && root.contains(focused) ? [focused.dataset.block, focused.dataset.action] : null;
  const view = $("[data-view]", root)?.dataset.view;
  root.innerHTML = html;
  if ($("[data-view]", root)?.dataset.view === view) restore(root, before);
  else chips(root);
  if (at) $(`[data-block="${CSS.escape(at[0])}"][data-action="${CSS.escape(at[1])}"] :is(input, select, textarea)`, root)?.focus();
}

// ── modals ──

function showModal(html) {
  const modal = $("#modal");
  if (!html) {
    modal.close();
    modal.replaceChildren();
    $("#words")?.focus();
    return;
  }
  redraw(modal, html);
  if (modal.open) {
    const wrong = $(".wrong :is(input, select, textarea, summary)", modal);
    if (wrong) wrong.focus();
    return;
  }
  modal.showModal();
  ($("[data-focus] :is(input, select, textarea)", modal) ?? $(".input :is(input, select, textarea, summary)", modal))?.focus();
}

const viewOf = (element) => element.closest("[data-view]")?.dataset.view;

$("#modal").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const button = $("button[type=submit]", form);
  if (button.disabled) return;
  button.disabled = true;
  button.classList.add("busy");
  await tell("submit", { view: form.dataset.view, filled: collect(form) });
  button.disabled = false;
  button.classList.remove("busy");
});
$("#modal").addEventListener("cancel", (event) => {
  event.preventDefault();
  const multi = $(".multi[open]", event.target);
  if (multi) multi.open = false;
  else dismiss(false);
});
$("#modal").addEventListener("click", (event) => {
  if (event.target.closest("[data-dismiss]")) dismiss(true);
  if (event.target.closest("[data-back]")) dismiss(false);
});

function dismiss(everything) {
  const form = $("#modal form");
  if (form) tell("close", { view: form.dataset.view, everything });
}

// ── presses ──

document.addEventListener("click", async (event) => {
  const control = event.target.closest("[data-press]");
  if (!control || !(await confirmed(control))) return;
  const menu = control.closest("details.menu");
  if (menu) menu.open = false;
  control.classList.add("busy");
  if (control.dataset.url) open(control.dataset.url, "_blank", "noopener");
  await press(control, control.dataset.value ?? null);
  control.classList.remove("busy");
});

document.addEventListener("change", async (event) => {
  const field = event.target.closest("[data-field]");
  if (!field) return;
  chips(field.parentElement);
  const input = event.target.closest(".block.input");
  if (input && !("dispatch" in input.dataset)) return;
  if (await confirmed(field)) press(field, held(field));
});

async function press(control, value) {
  const { block, action } = control.dataset;
  const view = viewOf(control);
  if (view) {
    const filled = collect(control.closest("[data-view]"));
    await tell("press_in_view", { view, block, action, value, filled });
  } else {
    const { ts, channel } = control.closest("[data-ts]").dataset;
    await tell("press", { ts, channel, block, action, value });
  }
}

// ── the clock ──

for (const button of $$("[data-clock]")) {
  button.addEventListener("click", async () => {
    button.disabled = true;
    const answer = await tell("clock", { to: button.dataset.clock });
    if (answer.error) toast(`It stays as late as it is: ${answer.error}`);
    button.disabled = false;
  });
}

// ── threads, shortcuts, deleting ──

document.addEventListener("click", async (event) => {
  const message = event.target.closest("li.message")?.dataset;
  const deed = event.target.closest("[data-thread], [data-shortcut], [data-delete], #thread-close");
  if (!deed || deed.id === "answers") return;
  const menu = deed.closest("details.menu");
  if (menu) menu.open = false;
  if (deed.id === "thread-close") {
    thread.close();
    listen();
  } else if ("shortcut" in deed.dataset) {
    const answer = await tell("shortcut", { shortcut: deed.dataset.shortcut, ...pointed(message) });
    if (answer.error) toast("This didn’t work: the app did not answer in time. Try again.");
  } else if ("delete" in deed.dataset) {
    await tell("delete", pointed(message));
  } else {
    await thread.show(document.body.dataset.key, message.ts);
    listen();
  }
});

const pointed = (message) => (message ? { channel: message.channel, ts: message.ts } : {});

// ── begin ──

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") document.body.classList.remove("shelf");
});
for (const person of $$("a[data-person]")) {
  person.addEventListener("click", (event) => {
    if (event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    location.href = `/${address(person.dataset.person, document.body.dataset.key, document.body.dataset.tab)}`;
  });
}
chips($("#modal"));
if ($("#modal form")) $("#modal").showModal();
thread.wake();
arrive();
