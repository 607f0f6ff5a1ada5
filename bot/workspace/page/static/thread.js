// A thread beside its conversation: opening, answering, closing.

import { $, $$, me, tell, toast } from "./dom.js";

/** Which message's thread is open, by its timestamp; empty when none is. */
export const open = () => $("#answers")?.dataset.thread ?? "";

export async function show(key, ts) {
  const asked = new URLSearchParams({ as: me, in: key, thread: ts });
  $("#thread").innerHTML = await (await fetch(`/page/thread?${asked}`)).text();
  $("#thread").hidden = false;
  wake();
  $("#thread-words").focus();
}

export function close() {
  $("#thread").hidden = true;
  $("#thread").replaceChildren();
}

/** The thread as it is now; nothing means that its first message is gone. */
export function redraw(html) {
  if (!open()) return;
  if (!html) {
    close();
    return;
  }
  $("#answers").innerHTML = html;
  toEnd();
}

/** The thread was just drawn. */
export function wake() {
  if (!open()) return;
  const words = $("#thread-words");
  words.addEventListener("keydown", (event) => {
    if (event.isComposing || event.key !== "Enter" || event.shiftKey) return;
    event.preventDefault();
    answer();
  });
  $("#thread-composer").addEventListener("submit", (event) => (event.preventDefault(), answer()));
  toEnd();
}

const toEnd = () => {
  const scroll = $("#thread .scroll");
  scroll.scrollTop = scroll.scrollHeight;
};

async function answer() {
  const words = $("#thread-words");
  const said = words.value.trim();
  if (!said) return;
  words.value = "";
  const answered = await tell("say", { channel: $("#answers").dataset.channel, thread: open(), words: said });
  if (answered.error === "not_in_channel") toast("You are not in this channel");
}
