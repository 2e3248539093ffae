/** Buttons with `data-copy="#field"` put that field's text on the clipboard. */

const SHOWN_MS = 2000;

/** @param {HTMLInputElement} field */
async function copy(field) {
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    // No permission, or not a secure context: the old way needs only the selection.
    document.execCommand("copy");
  }
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await copy(document.querySelector(button.dataset.copy));
  const label = button.querySelector("[data-copy-label]");
  label.dataset.words ??= label.textContent;
  label.textContent = button.dataset.copied;
  button.setAttribute("aria-live", "polite");
  clearTimeout(Number(button.dataset.timer));
  button.dataset.timer = String(setTimeout(() => { label.textContent = label.dataset.words; }, SHOWN_MS));
});
