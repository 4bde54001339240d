// Puts values of real form together at run time, so that no scanner of repositories takes them for somebody's.
// The tests of `detect/` and `safety/` use it for every token and password.

export const glue = (...parts: readonly string[]): string => parts.join("");
