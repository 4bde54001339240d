// Lets what answers under way go on saying wait until everything that has come is read, so that two hundred streams which
// speak in the same moment hold up no question, and no answer that begins. `answer-body.ts` puts itself in the queue.

export interface UnderWay {
  /** Called once for each time it was put in the queue. */
  goOn(): void;
}

/** Time that the queue has in a turn, however little the others took. */
const leastMilliseconds = 0.25;

let queue: UnderWay[] = [];
/** When the others' time began. */
let othersSince = 0;

export function behindBeginnings(one: UnderWay): void {
  if (queue.push(one) > 1) return;
  othersSince = performance.now();
  setImmediate(takeTurns);
}

/** For as long as the others took since it last did: neither starves the other. */
function takeTurns(): void {
  const since = performance.now();
  const until = since + Math.max(leastMilliseconds, since - othersSince);
  let gone = 0;
  try {
    do {
      const next = queue[gone];
      gone += 1;
      next?.goOn();
    } while (gone < queue.length && performance.now() < until);
  } finally {
    queue = queue.slice(gone);
    if (queue.length > 0) {
      othersSince = performance.now();
      setImmediate(takeTurns);
    }
  }
}
