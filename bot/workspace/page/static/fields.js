// Reading and restoring what people put into controls.

import { $, $$ } from "./dom.js";

export const key = (field) => `${field.dataset.block}\n${field.dataset.action}`;

/** What a field holds: text, an option's value, or a list of them. */
export function held(field) {
  const boxes = $$("input[type=checkbox]", field);
  if (boxes.length) return boxes.filter((box) => box.checked).map((box) => box.value);
  const dots = $$("input[type=radio]", field);
  if (dots.length) return dots.find((dot) => dot.checked)?.value ?? null;
  return $("input, select, textarea", field)?.value || null;
}

/** Everything the fields under this element hold. */
export const collect = (root) => Object.fromEntries($$("[data-field]", root).map((field) => [key(field), held(field)]));

/** Put values back after the server drew the fields anew. */
export function restore(root, values) {
  for (const field of $$("[data-field]", root)) {
    const value = values[key(field)];
    if (value === undefined) continue;
    for (const box of $$("input[type=checkbox]", field)) box.checked = (value ?? []).includes(box.value);
    for (const dot of $$("input[type=radio]", field)) dot.checked = dot.value === value;
    const input = $("input:not([type=checkbox], [type=radio]), select, textarea", field);
    if (input) input.value = value ?? "";
  }
  chips(root);
}

/** Show what is chosen in multi-selects. */
export function chips(root) {
  for (const multi of $$(".multi", root)) {
    const summary = $("summary", multi);
    for (const chip of $$(".chip", summary)) chip.remove();
    const chosen = $$("input:checked", multi);
    $(".placeholder", summary).hidden = chosen.length > 0;
    for (const box of chosen) {
      const chip = document.createElement("span");
      chip.className = "chip";
      chip.textContent = box.nextElementSibling.firstChild.textContent.trim();
      summary.append(chip);
    }
  }
}
