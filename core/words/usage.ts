/** What a call of a model used, in words. Pure. */
import { count } from "./figures";

interface Input {
  input: number;
  /** The part of the input that came from the provider's cache. */
  cached: number;
}

/** 5.1k in, 82 % cached · 5.1k in, none cached */
export function inputText({ input, cached }: Input): string {
  return `${count(input)} in, ${cachedText({ input, cached })}`;
}

/** 82 % cached · none cached. Rounded down, because a full cache would mean that nothing new was read. */
function cachedText({ input, cached }: Input): string {
  const share = input > 0 ? Math.floor((Math.min(cached, input) / input) * 100) : 0;
  if (cached > 0 && share === 0) return "under 1 % cached";
  return share > 0 ? `${share} % cached` : "none cached";
}
