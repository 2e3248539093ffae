/** The workout constructor: a Django formset as cards that can be added, ordered and removed. */

import { clock, workoutSeconds } from "./estimate.js";

const DEFAULT_REPS = 10;
const DEFAULT_SECONDS = 30;
const AMOUNTS = ["sets", "reps", "seconds", "rest_seconds"];

class Constructor {
  #root;
  #list;
  #dialog;
  #secondsPerRep;
  #listening = new AbortController();
  /** @type {HTMLElement | null} */
  #dragged = null;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.#root = root;
    this.#list = root.querySelector("[data-items]");
    this.#dialog = root.querySelector("[data-catalogue]");
    this.#secondsPerRep = Number(root.dataset.secondsPerRep);
  }

  connect() {
    const { signal } = this.#listening;
    this.#root.classList.add("constructor-live");
    this.#root.addEventListener("click", (event) => this.#clicked(event), { signal });
    this.#root.addEventListener("input", (event) => {
      if (event.target.matches("[data-search]")) this.#filter(event.target.value);
      else this.#refresh();
    }, { signal });
    this.#list.addEventListener("pointerdown", (event) => this.#grab(event), { signal });
    this.#list.addEventListener("pointermove", (event) => this.#drag(event), { signal });
    for (const name of ["pointerup", "pointercancel"]) {
      this.#list.addEventListener(name, () => this.#drop(), { signal });
    }
    // Enter in a number would press the first button of the form.
    this.#list.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.target.matches("input")) event.preventDefault();
    }, { signal });
    for (const item of this.#items()) this.#setMode(item, this.#field(item, "seconds").value !== "");
    this.#refresh();
  }

  disconnect() {
    this.#listening.abort();
  }

  #items() {
    return [...this.#list.querySelectorAll(":scope > [data-item]")];
  }

  #standing() {
    return this.#items().filter((item) => !item.hidden);
  }

  /** @param {HTMLElement} item @param {string} name @returns {HTMLInputElement} */
  #field(item, name) {
    return item.querySelector(`[name^="${this.#root.dataset.prefix}-"][name$="-${name}"]`);
  }

  /** @param {MouseEvent} event */
  #clicked(event) {
    const button = event.target.closest("button");
    if (!button) return;
    const item = button.closest("[data-item]");
    if (button.matches("[data-open]")) this.#dialog.showModal();
    else if (button.matches("[data-close]")) this.#dialog.close();
    else if (button.matches("[data-pick]")) this.#add(button);
    else if (button.matches("[data-up]")) this.#move(item, -1, button);
    else if (button.matches("[data-down]")) this.#move(item, 1, button);
    else if (button.matches("[data-remove]")) this.#remove(item);
    else if (button.matches("[data-mode]")) {
      this.#setMode(item, item.dataset.counts !== "seconds", true);
      this.#refresh();
    }
  }

  /** @param {HTMLButtonElement} choice */
  #add(choice) {
    const total = this.#root.querySelector(`[name="${this.#root.dataset.prefix}-TOTAL_FORMS"]`);
    const template = this.#root.querySelector("[data-template]");
    const holder = document.createElement("ol");
    holder.innerHTML = template.innerHTML.replaceAll("__prefix__", total.value);
    const item = holder.firstElementChild;
    total.value = String(Number(total.value) + 1);
    this.#field(item, "exercise").value = choice.dataset.pick;
    this.#field(item, "reps").value = String(DEFAULT_REPS);
    item.querySelector("[data-name]").textContent = choice.dataset.label;
    // There is none before the clip is ready.
    if (choice.dataset.poster) {
      const picture = document.createElement("img");
      picture.src = choice.dataset.poster;
      picture.alt = "";
      item.querySelector("[data-picture]").replaceChildren(picture);
    }
    this.#list.append(item);
    this.#setMode(item, false);
    this.#dialog.close();
    this.#refresh();
    this.#field(item, "sets").focus();
  }

  /** @param {HTMLElement} item @param {number} by @param {HTMLButtonElement} button */
  #move(item, by, button) {
    const standing = this.#standing();
    const other = standing[standing.indexOf(item) + by];
    if (!other) return;
    if (by < 0) other.before(item);
    else other.after(item);
    this.#refresh();
    button.focus();
    const said = this.#root.querySelector("[data-said]");
    said.textContent = `${said.dataset.moved} ${this.#standing().indexOf(item) + 1}`;
  }

  /** The row stays in the form, marked: numbers in a formset must have no gap. */
  #remove(item) {
    item.hidden = true;
    const mark = this.#field(item, "DELETE");
    if (mark) mark.checked = true;
    this.#refresh();
  }

  /** @param {HTMLElement} item @param {boolean} seconds @param {boolean} [fill] */
  #setMode(item, seconds, fill = false) {
    item.dataset.counts = seconds ? "seconds" : "reps";
    const [shown, other, value] = seconds
      ? ["seconds", "reps", DEFAULT_SECONDS] : ["reps", "seconds", DEFAULT_REPS];
    item.querySelector(`[data-${shown}]`).hidden = false;
    // Both filled in is a mistake to be seen, not to be hidden.
    const both = !fill && this.#field(item, "reps").value && this.#field(item, "seconds").value;
    if (both) return;
    item.querySelector(`[data-${other}]`).hidden = true;
    this.#field(item, other).value = "";
    if (fill) this.#field(item, shown).value = String(value);
    const button = item.querySelector("[data-mode]");
    button.title = seconds ? button.dataset.toReps : button.dataset.toSeconds;
    button.setAttribute("aria-label", button.title);
  }

  /** Numbers, positions and the total follow the order on the screen. */
  #refresh() {
    const standing = this.#standing();
    standing.forEach((item, place) => {
      this.#field(item, "position").value = String(place);
      item.querySelector("[data-number]").textContent = String(place + 1);
      item.querySelector("[data-up]").disabled = place === 0;
      item.querySelector("[data-down]").disabled = place === standing.length - 1;
    });
    const amounts = standing.map((item) => Object.fromEntries(
      AMOUNTS.map((name) => [name, Number(this.#field(item, name).value) || 0])));
    this.#root.querySelector("[data-total]").textContent =
      standing.length ? clock(workoutSeconds(amounts, this.#secondsPerRep)) : "–";
    this.#root.querySelector("[data-none]").hidden = standing.length > 0;
  }

  /** @param {string} words */
  #filter(words) {
    const wanted = words.trim().toLocaleLowerCase();
    for (const card of this.#dialog.querySelectorAll("[data-pick]")) {
      card.hidden = !card.dataset.label.toLocaleLowerCase().includes(wanted);
    }
  }

  /** @param {PointerEvent} event */
  #grab(event) {
    const handle = event.target.closest("[data-handle]");
    if (!handle || event.button !== 0) return;
    event.preventDefault();
    this.#dragged = handle.closest("[data-item]");
    this.#dragged.classList.add("item-dragged");
    this.#list.setPointerCapture(event.pointerId);
  }

  /** @param {PointerEvent} event */
  #drag(event) {
    if (!this.#dragged) return;
    const others = this.#standing().filter((item) => item !== this.#dragged);
    const after = others.find((item) => {
      const box = item.getBoundingClientRect();
      return event.clientY < box.top + box.height / 2;
    });
    // Moving an element that is in its place already would restart its transitions.
    if (after && this.#dragged.nextElementSibling !== after) after.before(this.#dragged);
    else if (!after && others.at(-1)) others.at(-1).after(this.#dragged);
  }

  #drop() {
    if (!this.#dragged) return;
    this.#dragged.classList.remove("item-dragged");
    this.#dragged = null;
    this.#refresh();
  }
}

const root = document.querySelector("[data-constructor]");
if (root) new Constructor(root).connect();
