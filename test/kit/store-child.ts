// A process of its own that writes records until it is killed, and says on stdout what was acknowledged.
// `crash.test.ts` starts it: node store-child.ts <replica> <dataFolder> [databaseUrl].

import { openStore } from "../../src/store/store.ts";
import { decisionRow, settlementRow } from "./record-rows.ts";

const [replicaId = "child", dataFolder = "", databaseUrl] = process.argv.slice(2);
const store = await openStore({
  replicaId,
  dataFolder,
  databaseUrl,
  onFault: (error) => process.stderr.write(`${String(error)}\n`),
});

const say = (line: string) => process.stdout.write(`${line}\n`);
say("ready");
await Promise.all(Array.from({ length: 20 }, (_, lane) => work(lane)));

/** Twenty requests run at any moment, so that a kill finds some of them in every state; the first only ever runs. */
async function work(lane: number): Promise<void> {
  for (let turn = 0; ; turn += 1) {
    const requestId = `${replicaId}-${process.pid}-${lane}-${turn}`;
    await store.records.decide(decisionRow(requestId));
    say(`decided ${requestId}`);
    if (lane === 0) return;
    await store.records.settle(settlementRow(requestId));
    say(`settled ${requestId}`);
  }
}
