import type { ModelMessage } from "./model";

/**
 * The model reads a turn's responses right after its calls and in their order, whichever was answered first. What a person did
 * while a call was open (granted more, changed the model) stands behind them.
 */
export function insertResponse(messages: ModelMessage[], message: ModelMessage & { role: "tool" }): void {
  const asked = messages.findLastIndex((one) => one.role === "assistant");
  const turn = messages[asked];
  const calls = turn?.role === "assistant" ? turn.calls : [];
  const placeOf = (id: string) => calls.findIndex((call) => call.id === id);
  const place = placeOf(message.callId);
  let at = asked + 1;
  for (let next = messages[at]; next?.role === "tool" && placeOf(next.callId) < place; next = messages[at]) at += 1;
  messages.splice(at, 0, message);
}
