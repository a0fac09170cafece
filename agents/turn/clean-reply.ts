/** Redacts a model's reply before it is judged, stored or acted on. */
import type { ModelReply, ReplyPart } from "@/core/log/model";
import type { Redactor } from "@/lib/secrets/redact";

export function cleanReply(redactor: Redactor, reply: ModelReply): ModelReply {
  const parts = reply.parts.flatMap((part): ReplyPart[] => {
    if (part.type === "call") return [part];
    const text = redactor.redact(part.text);
    if (text === part.text) return [part];
    // Providers refuse altered reasoning, so a part with a secret is left out completely.
    return part.type === "reasoning" ? [] : [{ type: "text", text }];
  });
  const calls = reply.calls.map((call) => ({ ...call, input: redactor.redactValue(call.input) }));
  return { ...reply, parts, calls };
}
