// What a tool of the provider's did, as an item of one response with its published events: it came whole, so they all do.
// `response-writer` makes one when it is told of it; nothing of it is changed.

import { type JsonObject, rowOf, stringOf } from "../json.ts";
import type { EventSink, OpenItem } from "./output-items.ts";
import { serverItems } from "./server-tools.ts";

export class ServerItem implements OpenItem {
  readonly item: JsonObject;

  constructor(item: JsonObject, index: number, sink: EventSink) {
    this.item = item;
    const type = stringOf(item["type"]) ?? "";
    const { steps = [], late } = rowOf(serverItems, type) ?? {};
    const place = { item_id: item["id"], output_index: index };
    const begun = "status" in item ? { ...item, status: "in_progress" } : item;
    sink.event("response.output_item.added", {
      output_index: index,
      item: late === undefined ? begun : { ...begun, [late]: null },
    });
    for (const step of steps) {
      if (step === "interpreting") this.#tellCode(place, sink);
      if (step !== "completed" || item["status"] === "completed")
        sink.event(`response.${type}.${step}`, place);
    }
    sink.event("response.output_item.done", { output_index: index, item });
  }

  close(): void {}

  #tellCode(place: JsonObject, sink: EventSink): void {
    const code = stringOf(this.item["code"]) ?? "";
    if (code !== "") sink.event("response.code_interpreter_call_code.delta", { ...place, delta: code });
    sink.event("response.code_interpreter_call_code.done", { ...place, code });
  }
}
