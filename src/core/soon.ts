// What is mostly there at once and seldom must be waited for. Stages of the flow return it where a promise for each
// request would cost more than the work: whoever calls awaits only what is a promise.

export type Soon<T> = T | Promise<T>;
