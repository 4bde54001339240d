// Temporary folders for tests that write whole databases: in memory where the machine has room there,
// since on disk the copying would take longer than the tests.

import { mkdtemp, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A container often gives no more than 64 MB of it. */
const enoughBytes = 2 ** 30;

/** A new, empty folder; whoever asks for it removes it. */
export async function scratchFolder(name: string): Promise<string> {
  return mkdtemp(join((await hasRoom("/dev/shm")) ? "/dev/shm" : tmpdir(), `portcullis-${name}-`));
}

async function hasRoom(folder: string): Promise<boolean> {
  const space = await statfs(folder).catch(() => undefined);
  return space !== undefined && space.bavail * space.bsize > enoughBytes;
}
