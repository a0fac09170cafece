/** A model's reply without the secrets that this process knows of, before it is judged, stored or carried out. */

import type { ModelReply, ReplyPart } from "@/core/log/model";
import type { Redactor } from "@/lib/secrets/redact";

export function cleanReply(redactor: Redactor, reply: ModelReply): ModelReply {
  const parts = reply.parts.flatMap((part): ReplyPart[] => {
    if (part.type === "call") return [part];
    const text = redactor.redact(part.text);
    if (text === part.text) return [part];
    // Providers refuse reasoning that was altered: it is left out whole, with what belongs to it.
    return part.type === "reasoning" ? [] : [{ type: "text", text }];
  });
  const calls = reply.calls.map((call) => ({ ...call, input: redactor.redactValue(call.input) }));
  return { ...reply, parts, calls };
}
