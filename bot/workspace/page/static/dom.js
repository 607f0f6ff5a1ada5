// Small helpers that every part of the page needs.

export const $ = (selector, root = document) => root.querySelector(selector);
export const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

/** Who sits here. */
export const me = document.body.dataset.me;

/** Tell the server what this person did. */
export async function tell(deed, said) {
  const response = await fetch(`/page/${deed}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ as: me, ...said }),
  });
  const answer = await response.json().catch(() => ({ error: "no answer" }));
  if (!response.ok) toast(`That did not work (${answer.error})`);
  return answer;
}

/** One element from server-drawn HTML. */
export function drawn(html) {
  const template = document.createElement("template");
  template.innerHTML = html.trim();
  return template.content.firstElementChild;
}

let fading;
export function toast(words) {
  const shown = $("#toast");
  shown.textContent = words;
  shown.classList.add("on");
  clearTimeout(fading);
  fading = setTimeout(() => shown.classList.remove("on"), 3500);
}

/** Ask before a control with a confirmation acts. Resolves to whether it may. */
export function confirmed(control) {
  const asked = control.dataset.confirm;
  if (!asked) return Promise.resolve(true);
  const words = JSON.parse(asked);
  const dialog = $("#confirm");
  $("#confirm-title").textContent = words.title;
  $("#confirm-text").textContent = words.text;
  $("#confirm-deny").textContent = words.deny;
  $("#confirm-yes").textContent = words.confirm;
  $("#confirm-yes").className = `btn primary ${words.style}`;
  dialog.returnValue = "";
  dialog.showModal();
  $("#confirm-yes").focus();
  return new Promise((resolve) =>
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "confirm"), { once: true }),
  );
}
