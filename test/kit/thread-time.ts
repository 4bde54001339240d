// The CPU time of this thread: what a piece of work itself costs, however busy the machine is beside it.
// Tests of cost read it instead of a clock. The system counts in milliseconds: repeat what takes less.

export function threadMilliseconds(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}
