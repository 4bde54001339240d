// How batches pass from stage to stage of an answer without a promise for each: poured into a sink, in the turn in which
// they come; or pulled, one by one, by whoever would rather ask. The stages of an answer and the doors use it.

/** What takes batches as they come. It hears of one end at most. */
export interface Sink<T> {
  take(batch: T): void;
  end(): void;
  fail(error: unknown): void;
}

/** Opens and closes the way into a sink. Closed at first. */
export interface Tap {
  /** What has been read already may still come. */
  pause(): void;
  resume(): void;
  /** Lets go of the source at once. Nothing comes any more, nor does an end. */
  leave(): void;
}

/** Either is used, once. */
export interface Pourable<T> extends AsyncIterable<T> {
  /** Nothing comes before the first `resume`. */
  pour(sink: Sink<T>): Tap;
  [Symbol.asyncIterator](): AsyncIterableIterator<T, undefined>;
}

export const pourable = <T>(open: (sink: Sink<T>) => Tap): Pourable<T> => new Opening(open);

/** A class: an object with a symbol among its names costs more to make than all that hangs on it. */
class Opening<T> implements Pourable<T> {
  readonly #open: (sink: Sink<T>) => Tap;

  constructor(open: (sink: Sink<T>) => Tap) {
    this.#open = open;
  }

  pour(sink: Sink<T>): Tap {
    return this.#open(sink);
  }

  [Symbol.asyncIterator](): Pulled<T> {
    return new Pulled(this);
  }
}

/** Each as `change` makes it. */
export const changed = <T, U>(source: AsyncIterable<T>, change: (value: T) => U): Pourable<U> =>
  pourable((sink) =>
    pour(source, {
      take: (value) => sink.take(change(value)),
      end: () => sink.end(),
      fail: (error) => sink.fail(error),
    }),
  );

/** Pours whatever can be iterated. */
export function pour<T>(source: AsyncIterable<T>, sink: Sink<T>): Tap {
  return isPourable(source) ? source.pour(sink) : new Pump(source[Symbol.asyncIterator](), sink);
}

const isPourable = <T>(source: AsyncIterable<T>): source is Pourable<T> => "pour" in source;

/** Pulls on behalf of a sink. */
class Pump<T> implements Tap {
  readonly #source: AsyncIterator<T>;
  readonly #sink: Sink<T>;
  #isOpen = false;
  #isPulling = false;
  #isOver = false;

  constructor(source: AsyncIterator<T>, sink: Sink<T>) {
    this.#source = source;
    this.#sink = sink;
  }

  pause(): void {
    this.#isOpen = false;
  }

  resume(): void {
    this.#isOpen = true;
    this.#pull();
  }

  leave(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#source.return?.().then(nothing, nothing);
  }

  #pull(): void {
    if (this.#isPulling || this.#isOver || !this.#isOpen) return;
    this.#isPulling = true;
    this.#source.next().then(this.#onStep).catch(this.#onError);
  }

  readonly #onStep = (step: IteratorResult<T, unknown>): void => {
    this.#isPulling = false;
    if (this.#isOver) return;
    if (step.done !== true) {
      this.#sink.take(step.value);
      return this.#pull();
    }
    this.#isOver = true;
    this.#sink.end();
  };

  readonly #onError = (error: unknown): void => {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#sink.fail(error);
  };
}

function nothing(): void {}

/** Asks for what is poured, a batch at a time. */
export class Pulled<T> implements AsyncIterableIterator<T, undefined>, Sink<T> {
  readonly #tap: Tap;
  readonly #batches: T[] = [];
  /** In the order in which they asked. */
  readonly #asking: PromiseWithResolvers<IteratorResult<T, undefined>>[] = [];
  #isOver = false;
  #failure: { readonly error: unknown } | undefined;

  constructor(source: Pourable<T>) {
    this.#tap = source.pour(this);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<T, undefined>> {
    if (this.#batches.length > 0) return Promise.resolve({ done: false, value: this.#batches.shift() as T });
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure) return Promise.reject(failure.error);
    if (this.#isOver) return Promise.resolve(over);
    const asking = Promise.withResolvers<IteratorResult<T, undefined>>();
    this.#asking.push(asking);
    this.#tap.resume();
    return asking.promise;
  }

  return(): Promise<IteratorResult<T, undefined>> {
    if (!this.#isOver) this.#tap.leave();
    this.#batches.length = 0;
    this.end();
    return Promise.resolve(over);
  }

  take(batch: T): void {
    const asking = this.#asking.shift();
    if (asking) asking.resolve({ done: false, value: batch });
    else this.#batches.push(batch);
    if (this.#asking.length === 0) this.#tap.pause();
  }

  end(): void {
    this.#isOver = true;
    for (const { resolve } of this.#asking.splice(0)) resolve(over);
  }

  fail(error: unknown): void {
    const first = this.#asking.shift();
    if (first) first.reject(error);
    else this.#failure = { error };
    this.end();
  }
}

const over = { done: true, value: undefined } as const;
