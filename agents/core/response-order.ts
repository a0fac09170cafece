import type { ModelMessage } from "./model";

/** The model reads a turn's responses in the order of its calls, whichever was answered first. */
export function insertResponse(messages: ModelMessage[], message: ModelMessage & { role: "tool" }): void {
  let first = messages.length;
  while (messages[first - 1]?.role === "tool") first -= 1;
  const turn = messages[first - 1];
  const calls = turn?.role === "assistant" ? turn.calls : [];
  const placeOf = (id: string) => calls.findIndex((call) => call.id === id);
  const place = placeOf(message.callId);
  let at = messages.length;
  for (; at > first; at -= 1) {
    const before = messages[at - 1];
    if (before?.role !== "tool" || placeOf(before.callId) < place) break;
  }
  messages.splice(at, 0, message);
}
