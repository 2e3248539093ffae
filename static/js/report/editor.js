/** Writes a note: tools to draw with, words, a voice; what is drawn can be taken back. */

import { History } from "../notes/strokes.js";
import { Pad } from "./pad.js";
import { Recorder } from "./recorder.js";
import { Refused } from "./sources.js";

export class Editor {
  #part;
  #config;
  #stage;
  #sources;
  #hands;
  #note = null;
  #facts = null;
  #history = new History();
  #draft = null;
  #tool = "pen";
  #colour = "green";
  #pads = [];
  #changed = false;
  #recorder;
  #listening = new AbortController();

  /**
   * @param {(name: string) => HTMLElement} part
   * @param {object} config the page's
   * @param {import("./stage.js").Stage} stage
   * @param {import("./sources.js").Sources} sources
   * @param {{onopen: () => void, onclose: (note: ?object) => void}} hands
   */
  constructor(part, config, stage, sources, hands) {
    this.#part = part;
    this.#config = config;
    this.#stage = stage;
    this.#sources = sources;
    this.#hands = hands;
    this.#recorder = new Recorder(part, config, {
      onchange: () => this.#touched(), onproblem: (words) => this.#problem(words),
    });
  }

  connect() {
    const { signal } = this.#listening;
    const root = this.#part("editor");
    this.#recorder.connect();
    root.addEventListener("click", (event) => {
      const button = event.target.closest("[data-tool], [data-colour], [data-edit]");
      if (!button) return;
      const { tool, colour, edit } = button.dataset;
      if (tool) this.#tool = tool;
      if (colour) this.#colour = colour;
      if (tool || colour) this.#drop();
      if (edit) this.#do(edit);
      this.#say();
    }, { signal });
    root.addEventListener("input", () => this.#touched(), { signal });
    this.#part("whole").addEventListener("change", () => this.#say(), { signal });
    this.#part("note_form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#save();
    }, { signal });
    document.addEventListener("keydown", (event) => this.#key(event), { signal });
    window.addEventListener("beforeunload", (event) => {
      if (this.open && this.#changed) event.preventDefault();
    }, { signal });
  }

  dispose() {
    this.#listening.abort();
    this.#recorder.dispose();
    for (const pad of this.#pads) pad.dispose();
  }

  get open() { return this.#facts !== null; }

  /**
   * Begin to write.
   * @param {?object} note one to change; null = a new one
   * @param {{at_s: number, clip_s: number, where: string}} instant what is shown
   */
  begin(note, instant) {
    this.#note = note;
    this.#facts = note ?? instant;
    this.#history = new History(note?.strokes ?? []);
    this.#changed = false;
    this.#part("note_text").value = note?.text ?? "";
    this.#part("whole").checked = note ? note.at_s === null : false;
    this.#part("whole").disabled = Boolean(note);
    this.#recorder.reset(note?.voice?.url ?? "");
    this.#problem("");
    this.#part("editor").hidden = false;
    // As it is shown now it stays until the note is done: the drawing lies over it.
    this.#stage.pin(note?.view ?? this.#stage.view);
    this.#pads = this.#stage.pictures.map(({ ink }, i) => {
      const pad = new Pad(ink, () => this.#stage.pictures[i], {
        tool: () => this.#tool,
        colour: () => this.#colour,
        most: this.#config.note_limits.points,
        strokes: () => this.#history.strokes,
        ondraft: (stroke, cursor) => this.#drafted(stroke, cursor, i),
        ondone: (stroke) => this.#drew(stroke),
        onerase: (stroke) => this.#change(this.#history.strokes.filter((one) => one !== stroke)),
      });
      pad.connect();
      ink.removeAttribute("aria-hidden");
      ink.setAttribute("role", "application");
      ink.setAttribute("aria-label", i === 0
        ? this.#config.messages.drawing_trainer
        : this.#config.messages.drawing_client);
      return pad;
    });
    this.#hands.onopen();
    this.#say();
    this.#part("editor").scrollIntoView({ block: "nearest" });
  }

  /** Paint what is drawn so far: the pictures have been drawn anew. */
  repaint() {
    const strokes = this.#draft ? [...this.#history.strokes, this.#draft] : this.#history.strokes;
    this.#stage.paint(strokes);
  }

  #drafted(stroke, cursor, which) {
    this.#draft = stroke;
    this.repaint();
    if (!cursor) return;
    const { ink, ratio } = this.#stage.pictures[which];
    const cross = document.createElementNS("http://www.w3.org/2000/svg", "path");
    const [x, y] = [cursor[0] * ratio * 1000, cursor[1] * 1000];
    cross.setAttribute("class", "ink-cursor");
    cross.setAttribute("d", `M${x - 26} ${y}h52M${x} ${y - 26}v52`);
    ink.append(cross);
  }

  #drew(stroke) {
    this.#draft = null;
    if (this.#history.strokes.length >= this.#config.note_limits.strokes) {
      this.#problem(this.#config.messages.full);
      this.repaint();
      return;
    }
    this.#change([...this.#history.strokes, stroke]);
  }

  #change(strokes) {
    this.#history.change(strokes);
    this.#touched();
    this.repaint();
  }

  #touched() {
    this.#changed = true;
    this.#say();
  }

  #drop() {
    for (const pad of this.#pads) pad.drop();
  }

  #do(what) {
    switch (what) {
      case "undo": this.#drop(); this.#history.undo(); this.repaint(); break;
      case "redo": this.#drop(); this.#history.redo(); this.repaint(); break;
      case "clear": this.#drop(); this.#change([]); break;
      case "cancel": this.#close(this.#note); break;
      default: break;
    }
  }

  #key(event) {
    if (!this.open || !(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z") return;
    // In a field the keys take back what was typed.
    if (event.target.closest?.("input, textarea")) return;
    event.preventDefault();
    this.#do(event.shiftKey ? "redo" : "undo");
    this.#say();
  }

  #say() {
    if (!this.open) return;
    const { messages } = this.#config;
    const whole = this.#part("whole").checked;
    this.#part("pinned").textContent = whole
      ? messages.pin_whole
      : messages.pin_here.replace("{where}", this.#facts.where);
    this.#part("tools").hidden = whole;
    // What is drawn is drawn on an instant.
    this.#part("whole").disabled = Boolean(this.#note) || this.#history.strokes.length > 0;
    for (const button of this.#part("editor").querySelectorAll("[data-tool]")) {
      button.setAttribute("aria-pressed", String(button.dataset.tool === this.#tool));
    }
    for (const button of this.#part("editor").querySelectorAll("[data-colour]")) {
      button.setAttribute("aria-pressed", String(button.dataset.colour === this.#colour));
    }
    const can = {
      undo: this.#history.canUndo, redo: this.#history.canRedo,
      clear: this.#history.strokes.length > 0,
    };
    for (const [what, allowed] of Object.entries(can)) {
      this.#part("editor").querySelector(`[data-edit="${what}"]`).disabled = !allowed;
    }
    this.#part("angle_hint").hidden = this.#tool !== "angle";
    for (const pad of this.#pads) pad.enabled = !whole;
  }

  #problem(words) {
    this.#part("note_problem").textContent = words;
    this.#part("note_problem").hidden = !words;
  }

  async #save() {
    const button = this.#part("save_note");
    await this.#recorder.stop();
    const text = this.#part("note_text").value.trim();
    const strokes = this.#history.strokes;
    if (!text && strokes.length === 0 && !this.#recorder.spoken) {
      this.#problem(this.#config.messages.empty);
      return;
    }
    const whole = this.#part("whole").checked;
    const facts = {
      at_s: whole ? null : this.#facts.at_s,
      clip_s: whole ? null : this.#facts.clip_s,
      view: whole ? null : this.#stage.view ?? this.#note?.view ?? null,
      text,
      strokes,
    };
    button.disabled = true;
    this.#problem("");
    try {
      const saved = await this.#sources.saveNote(
        this.#note?.id ?? null, facts, this.#recorder.voice,
      );
      this.#close(saved);
    } catch (error) {
      console.warn(error);
      this.#problem(error instanceof Refused ? error.message : this.#config.messages.failed_note);
    } finally {
      button.disabled = false;
    }
  }

  #close(note) {
    for (const pad of this.#pads) pad.dispose();
    this.#pads = [];
    this.#draft = null;
    this.#facts = null;
    this.#note = null;
    this.#recorder.reset("");
    this.#stage.pin(null);
    this.#part("editor").hidden = true;
    this.#hands.onclose(note);
  }
}
