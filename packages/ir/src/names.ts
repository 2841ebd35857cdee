// Unique names: those that are taken, and where to go on counting for each, so that many equal names stay cheap.

export class Names {
  readonly #taken = new Set<string>();
  readonly #next = new Map<string, number>();

  /** The name, or with a number after it where it is taken. */
  claim(name: string): string {
    const unique = this.free(name);
    this.#taken.add(unique);
    return unique;
  }

  /** As `claim`, and the name stays free. */
  free(name: string): string {
    let unique = name;
    let i = this.#next.get(name) ?? 1;
    for (; this.#taken.has(unique); i++) unique = `${name}_${i}`;
    if (unique !== name) this.#next.set(name, i);
    return unique;
  }

  /** Makes the name free again. */
  release(name: string): void {
    this.#taken.delete(name);
  }
}
