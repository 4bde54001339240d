// Remembers for a short while which deployments just failed, so that a plan tries others first.
// The flow reports attempts here; nothing is ever refused because of it.

export interface Health {
  isHealthy(deploymentId: string): boolean;
  succeeded(deploymentId: string): void;
  /** `forMilliseconds` is what the provider asked for, where it did. */
  failed(deploymentId: string, forMilliseconds?: number): void;
}

const restMilliseconds = 15_000;
const longestRestMilliseconds = 300_000;

export function createHealth(now: () => number): Health {
  const restsUntil = new Map<string, number>();
  return {
    isHealthy(deploymentId) {
      const until = restsUntil.get(deploymentId);
      if (until === undefined) return true;
      if (until > now()) return false;
      restsUntil.delete(deploymentId);
      return true;
    },
    succeeded: (deploymentId) => void restsUntil.delete(deploymentId),
    failed(deploymentId, forMilliseconds = restMilliseconds) {
      restsUntil.set(deploymentId, now() + Math.min(forMilliseconds, longestRestMilliseconds));
    },
  };
}
