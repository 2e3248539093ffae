/** The notes of a session: their list, their marks, and the one that is shown or written. */

import { showPictures } from "../notes/card.js";
import { Frames } from "../notes/frames.js";
import { Editor } from "./editor.js";
import { Refused } from "./sources.js";

export class Notes {
  #root;
  #config;
  #sources;
  #stage;
  #hands;
  #editor;
  #notes = [];
  #shown = null;
  #deleted = null;
  #frames = new Frames();
  #listening = new AbortController();

  /**
   * @param {HTMLElement} root the page
   * @param {object} config the page's
   * @param {import("./sources.js").Sources} sources
   * @param {import("./stage.js").Stage} stage
   * @param {{instant: () => object, onshow: (note: object) => void, onmarks: (notes: object[]) => void,
   *   onediting: (editing: boolean) => void}} hands
   */
  constructor(root, config, sources, stage, hands) {
    this.#root = root;
    this.#config = config;
    this.#sources = sources;
    this.#stage = stage;
    this.#hands = hands;
    this.#editor = new Editor((name) => this.#part(name), config, stage, sources, {
      onopen: () => hands.onediting(true), onclose: (note) => this.#closed(note),
    });
  }

  async connect() {
    const { signal } = this.#listening;
    this.#editor.connect();
    this.#part("new_note").addEventListener("click", () => {
      const instant = this.#hands.instant();
      if (instant) this.#editor.begin(null, instant);
    }, { signal });
    this.#part("notes").addEventListener("click", (event) => {
      const card = event.target.closest("[data-note]");
      const note = this.#notes.find(({ id }) => id === Number(card?.dataset.note));
      if (event.target.closest("[data-note-show]")) this.#hands.onshow(note);
      else if (event.target.closest("[data-note-edit]")) this.#edit(note);
      else if (event.target.closest("[data-note-delete]")) this.#delete(note);
    }, { signal });
    this.#part("undo_delete").addEventListener("click", () => this.#restore(), { signal });
    try {
      this.#set(await this.#sources.notes());
    } catch (error) {
      if (signal.aborted) return;
      console.error(error);
      this.#say(this.#config.messages.failed);
    }
  }

  dispose() {
    this.#listening.abort();
    this.#editor.dispose();
    this.#frames.dispose();
  }

  get editing() { return this.#editor.open; }

  /** Say which note is shown; its drawing is painted with the pictures. @param {?object} note */
  mark(note) {
    this.#shown = note;
    for (const card of this.#part("notes").querySelectorAll("[data-note]")) {
      card.toggleAttribute("aria-current", Number(card.dataset.note) === note?.id);
    }
  }

  /** The pictures have been drawn: paint over them. */
  paint() {
    if (this.#editor.open) this.#editor.repaint();
    else this.#stage.paint(this.#shown?.strokes ?? []);
  }

  #part(name) { return this.#root.querySelector(`[data-part="${name}"]`); }

  #set(notes) {
    const order = (note) => note.at_s ?? -1;
    this.#notes = [...notes].sort((a, b) => order(a) - order(b) || a.id - b.id);
    const known = new Map([...this.#part("notes").children].map((card) => [card.dataset.key, card]));
    const cards = this.#notes.map((note) => {
      const key = JSON.stringify(note);
      const card = known.get(key) ?? this.#card(note);
      card.dataset.key = key;
      return card;
    });
    this.#part("notes").replaceChildren(...cards);
    this.#part("no_notes").hidden = notes.length > 0;
    this.#part("notes_panel").classList.toggle("no-print", notes.length === 0);
    this.#hands.onmarks(this.#notes);
    this.mark(this.#notes.find(({ id }) => id === this.#shown?.id) ?? null);
  }

  #card(note) {
    const { messages } = this.#config;
    const card = this.#part("note_card").content.cloneNode(true).firstElementChild;
    const part = (name) => card.querySelector(`[data-part="${name}"]`);
    card.dataset.note = String(note.id);
    part("note_where").textContent = note.where;
    part("note_words").textContent = note.text;
    part("note_words").hidden = !note.text;
    part("note_voice").hidden = !note.voice;
    if (note.voice) {
      part("note_voice").src = note.voice.url;
      part("note_voice").setAttribute("aria-label",
        messages.play_voice.replace("{where}", note.where));
    }
    part("note_spoken").hidden = !note.voice;
    showPictures(part("note_pictures"), note, {
      items: this.#config.items,
      frames: this.#frames,
      captions: this.#config.captions,
      drawing: messages.drawing,
    });
    return card;
  }

  async #edit(note) {
    await this.#hands.onshow(note);
    this.#editor.begin(note, note);
    this.paint();
  }

  #closed(note) {
    this.#hands.onediting(false);
    if (note) {
      this.#set([...this.#notes.filter(({ id }) => id !== note.id), note]);
      this.#hands.onshow(note);
    } else {
      this.#hands.onshow(null);
    }
    this.#part("new_note").focus();
  }

  async #delete(note) {
    try {
      await this.#sources.deleteNote(note.id);
    } catch (error) {
      this.#failed(error);
      return;
    }
    this.#deleted = note;
    if (this.#shown?.id === note.id) this.#hands.onshow(null);
    this.#set(this.#notes.filter(({ id }) => id !== note.id));
    this.#say(this.#config.messages.deleted, true);
    this.#part("undo_delete").focus();
  }

  async #restore() {
    if (!this.#deleted) return;
    try {
      const note = await this.#sources.restoreNote(this.#deleted.id);
      this.#deleted = null;
      this.#set([...this.#notes, note]);
      this.#say("");
      this.#part("notes").querySelector(`[data-note="${note.id}"] [data-note-show]`).focus();
    } catch (error) {
      this.#failed(error);
    }
  }

  #failed(error) {
    console.warn(error);
    this.#say(error instanceof Refused ? error.message : this.#config.messages.failed_note);
  }

  #say(words, undo = false) {
    this.#part("notes_state").hidden = !words;
    this.#part("notes_state").querySelector("span").textContent = words;
    this.#part("undo_delete").hidden = !undo;
  }
}
