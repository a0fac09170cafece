/** A caller may send an action any value, so a value of the wrong type counts as missing. */
export function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

export function optionalText(value: unknown): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value : undefined;
}

export function optionalNumber(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/** What is added to the grant. An absent unit adds nothing. */
export interface MoreGrant {
  usd?: number;
  tokens?: number;
}

/** What changes when an ended task goes on. An absent or empty field changes nothing. */
export interface GoesOnWith extends MoreGrant {
  agent?: string;
  model?: string;
}

/** Returns the amounts that were given. */
export function moreOf(more: MoreGrant): MoreGrant {
  const [usd, tokens] = [optionalNumber(more?.usd), optionalNumber(more?.tokens)];
  return { ...(usd !== undefined && { usd }), ...(tokens !== undefined && { tokens }) };
}

/** Returns the changes as the commands take them. */
export function goesOnWith(given: GoesOnWith) {
  const more = moreOf(given);
  const isMore = more.usd !== undefined || more.tokens !== undefined;
  const to = { agent: optionalText(given?.agent), model: optionalText(given?.model)?.trim() };
  return { ...to, ...(isMore && { more }) };
}
