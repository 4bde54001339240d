// Who is here now: exchanges, answers that run, streams. Each enters, and leaves in its own time.
// In place of a Set, whose old tables, once it has lived for a while, keep whoever was in it alive until the next full
// collection, with all that hangs on them. Here who has left is held by nobody.

/** Held by whoever entered; for leaving again. */
export interface Place<T> {
  value: T | undefined;
  before: Place<T> | undefined;
  after: Place<T> | undefined;
}

export class Present<T> {
  #first: Place<T> | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  enter(value: T): Place<T> {
    const first = this.#first;
    const place: Place<T> = { value, before: undefined, after: first };
    if (first) first.before = place;
    this.#first = place;
    this.#size += 1;
    return place;
  }

  /** Twice is once. */
  leave(place: Place<T>): void {
    const { before, after } = place;
    if (place.value === undefined) return;
    if (before) before.after = after;
    else this.#first = after;
    if (after) after.before = before;
    place.value = undefined;
    place.before = undefined;
    place.after = undefined;
    this.#size -= 1;
  }

  /** Those who are here at this moment; any may leave while they are gone through. */
  all(): readonly T[] {
    const values: T[] = [];
    for (let place = this.#first; place; place = place.after)
      if (place.value !== undefined) values.push(place.value);
    return values;
  }
}
