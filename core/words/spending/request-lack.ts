/** Says why a grant does not cover a request of a model, and what to do about it. */
import type { RequestLack } from "@/core/rules/request-lack";
import { exactCount, money } from "../figures";

/** Returns both amounts, and for a grant that is too small its minimum, in one or two sentences; null: it has grown since. */
export function lackSentence(lack: RequestLack | null): string {
  if (lack === null) return "The task's grant did not cover this request.";
  const { model, needs, left, cap, minimum, isTooSmall } = lack;
  const wanted =
    cap.microUsd === null ? tokensText(needs.tokens) : `${up(needs.microUsd)} (${tokensText(needs.tokens)})`;
  const request = `the next request to ${model} may cost ${wanted} even with a short answer`;
  const has = amounts({ tokens: tokensOf(left.tokens), microUsd: moneyOf(left.microUsd) });
  const whole = amounts({ tokens: tokensOf(cap.tokens), microUsd: moneyOf(cap.microUsd) });
  if (!isTooSmall)
    return `The rest of the task's grant does not cover one more request: ${request}, and ${has} of ${whole} can still be spent.`;
  const least = amounts({
    tokens: tokensOf(minimum.tokens),
    microUsd: minimum.microUsd === null ? null : up(minimum.microUsd),
  });
  return `The task's grant of ${whole} is too small for one request: ${request}, and ${has} can be spent. The grant has to be at least ${least}.`;
}

/** Returns both amounts for what a tool of the task would cost. */
export function chargeLackSentence({ model, needs, left }: Pick<RequestLack, "model" | "needs" | "left">): string {
  const wanted =
    left.microUsd === null ? tokensText(needs.tokens) : `${up(needs.microUsd)} (${tokensText(needs.tokens)})`;
  const has = amounts({ tokens: tokensOf(left.tokens), microUsd: moneyOf(left.microUsd) });
  return `The rest of the task's grant does not cover this call: its request to ${model} may cost ${wanted}, and ${has} can still be spent.`;
}

/** Returns what a person does: a command whose amounts suffice, the button on the page, or what costs less. */
export function lackRemedy({ add }: RequestLack, taskId: string): string {
  const flags = [
    add.microUsd > 0 && `--add-usd ${upInDollars(add.microUsd, 2)}`,
    add.tokens > 0 && `--add-tokens ${Math.ceil(add.tokens / 1_000) * 1_000}`,
  ].filter((flag) => flag !== false);
  const cheaper = add.microUsd > 0 ? ", or chooses a cheaper model" : "";
  return `To go on, a person adds to the grant with \`npx banyan grant ${taskId} ${flags.join(" ")}\` or on the task's page${cheaper}.`;
}

function amounts({ tokens, microUsd }: { tokens: string | null; microUsd: string | null }): string {
  return [microUsd, tokens].filter((text) => text !== null).join(" and ");
}

function tokensOf(value: number | null): string | null {
  return value === null ? null : tokensText(value);
}

function tokensText(value: number): string {
  return `${exactCount(value)} tokens`;
}

function moneyOf(microUsd: number | null): string | null {
  return microUsd === null ? null : money(microUsd / 1_000_000);
}

/**
 * What is needed is rounded up, while what there is is rounded down, so that the two never look equal. Below a dollar,
 * hundredths of a cent are shown.
 */
function up(microUsd: number): string {
  const text = upInDollars(microUsd, microUsd < 1_000_000 ? 4 : 2);
  return `$${text.replace(/(\.\d\d\d*?)0+$/, "$1")}`;
}

function upInDollars(microUsd: number, decimals: number): string {
  const parts = 10 ** decimals;
  return (Math.ceil((microUsd * parts) / 1_000_000) / parts).toFixed(decimals);
}
