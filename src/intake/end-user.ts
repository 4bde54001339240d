// A router that authenticates itself may name the end user for whom it asks: `x-end-user-id`.
// `authenticate.ts` calls it. Only a credential with the scope `delegate` may; anybody else is refused.

import { defaultScopes, mayUse, type Caller } from "../core/caller.ts";
import { Failure } from "../core/errors.ts";
import { userId } from "./claims.ts";

const longestId = 255;
const usersKept = 1_000;

/** One object for each user of a router: what the policy found out about it is kept by the object. */
const known = new WeakMap<Caller, Map<string, Caller>>();

export function onBehalfOf(router: Caller, endUser: string): Caller {
  if (!mayUse(router, "delegate")) {
    throw new Failure(
      "FORBIDDEN",
      'Only a key with the scope "delegate" may name an end user (x-end-user-id).',
    );
  }
  // Header values come as latin1; an id beyond it would not be the one that was meant.
  if (endUser === "" || endUser.length > longestId || !/^[\x21-\x7e]+$/.test(endUser)) {
    throw new Failure(
      "INVALID_REQUEST",
      `x-end-user-id must be 1 to ${longestId} visible ASCII characters.`,
      {
        path: "x-end-user-id",
      },
    );
  }
  let users = known.get(router);
  if (!users) known.set(router, (users = new Map()));
  let caller = users.get(endUser);
  if (!caller) {
    if (users.size >= usersKept) users.clear();
    users.set(endUser, (caller = callerFor(router, userId(endUser))));
  }
  return caller;
}

/** Users named by a router administer nothing: it could name two, where two people are asked for. */
function callerFor(router: Caller, user: string): Caller {
  return {
    ...router,
    user,
    get teamRoles() {
      return router.teamRoles;
    },
    scopes: new Set(defaultScopes.filter((scope) => router.scopes.has(scope))),
  };
}
