/** The comment for the client: a coach's voice proposes, the trainer decides. */

export class Comment {
  #form;
  #sources;
  #exercise;
  #listening = new AbortController();

  /**
   * @param {HTMLFormElement} form
   * @param {import("./sources.js").Sources} sources
   * @param {() => (object|undefined)} exercise the one that is shown
   * @param {string} failed words
   */
  constructor(form, sources, exercise, failed) {
    this.#form = form;
    this.#sources = sources;
    this.#exercise = exercise;
    this.failed = failed;
  }

  connect() {
    const { signal } = this.#listening;
    this.#part("suggest")?.addEventListener("click", () => this.#suggest(), { signal });
    this.#part("use")?.addEventListener("click", () => {
      this.#part("comment").value = this.#part("suggestion").textContent;
      this.#part("comment").focus();
    }, { signal });
  }

  dispose() { this.#listening.abort(); }

  #part(name) { return this.#form.querySelector(`[data-part="${name}"]`); }

  async #suggest() {
    const exercise = this.#exercise();
    if (!exercise) return;
    const button = this.#part("suggest");
    button.disabled = true;
    try {
      const text = await this.#sources.suggestion(exercise.id, this.#part("persona").value);
      this.#part("suggestion").textContent = text;
      this.#part("use").disabled = !text;
    } catch (error) {
      console.error(error);
      this.#part("suggestion").textContent = this.failed;
      this.#part("use").disabled = true;
    } finally {
      button.disabled = false;
      this.#part("suggested").hidden = false;
    }
  }
}
