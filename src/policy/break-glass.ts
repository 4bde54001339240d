// Permission to pass the rows that say `unless break-glass`: what it is, and whose it is.
// Two people make it; `store/` keeps it and checks that they are two. No header and no row ever makes one.

import type { Caller } from "../core/caller.ts";
import type { BreakGlass } from "./policy.ts";

/** In force: asked for, approved by another, not ended, its minutes not over. */
export interface BreakGlassGrant extends BreakGlass {
  readonly id: string;
  /** `key:…`, `team:…` or `user:…` */
  readonly subject: string;
}

/** A request for one, and what became of it. */
export interface BreakGlassRequest {
  readonly id: string;
  readonly subject: string;
  readonly reason: string;
  readonly ticket: string;
  readonly minutes: number;
  readonly requestedBy: string;
  readonly requestedAt: Date;
  readonly approvedBy: string | undefined;
  readonly approvedAt: Date | undefined;
  readonly expiresAt: Date | undefined;
  readonly endedBy: string | undefined;
  readonly endedAt: Date | undefined;
}

export interface NewBreakGlass {
  readonly subject: string;
  readonly reason: string;
  readonly ticket: string;
  readonly minutes: number;
}

export interface BreakGlassBook {
  request(input: NewBreakGlass, by: string): Promise<BreakGlassRequest>;
  /** FORBIDDEN for whoever asked for it; its minutes count from now. */
  approve(id: string, by: string): Promise<BreakGlassRequest>;
  /** Also one that nobody approved; ending twice keeps the first moment. */
  end(id: string, by: string): Promise<BreakGlassRequest>;
  /** Newest first. */
  list(): Promise<readonly BreakGlassRequest[]>;
  inForce(): Promise<readonly BreakGlassGrant[]>;
}

/** Nobody waits long in an emergency: what is not approved by then has to be asked for again. */
export const approvableMinutes = 60;
export const mostMinutes = 60;

export type BreakGlassStatus = "awaiting" | "in-force" | "lapsed" | "expired" | "ended";

export function statusOf(request: BreakGlassRequest, now: number): BreakGlassStatus {
  if (request.endedAt) return "ended";
  if (request.expiresAt) return request.expiresAt.getTime() > now ? "in-force" : "expired";
  return request.requestedAt.getTime() + approvableMinutes * 60_000 > now ? "awaiting" : "lapsed";
}

/** The one that lasts longest, where several cover the caller. */
export function grantFor(
  { key, team, user }: Pick<Caller, "key" | "team" | "user">,
  grants: readonly BreakGlassGrant[],
  now: number,
): BreakGlassGrant | undefined {
  const ids: readonly (string | undefined)[] = [key, team, user];
  let longest: BreakGlassGrant | undefined;
  for (const grant of grants) {
    if (grant.until <= now || !ids.includes(grant.subject)) continue;
    if (longest === undefined || grant.until > longest.until) longest = grant;
  }
  return longest;
}
