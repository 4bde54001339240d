// Gives up waiting for an answer that may never come: a connection can be gone without a word.
// The work itself is not stopped, only waited for no longer.

export function within<Value>(milliseconds: number, work: Promise<Value>): Promise<Value> {
  const { promise, resolve, reject } = Promise.withResolvers<Value>();
  const timer = setTimeout(
    () => reject(new Error(`the database did not answer within ${milliseconds} ms`)),
    milliseconds,
  );
  work.finally(() => clearTimeout(timer)).then(resolve, reject);
  return promise;
}
