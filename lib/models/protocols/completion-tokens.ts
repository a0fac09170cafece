/** Whether a model accepts only the newer name of the output limit. Servers with other models know only the older name. */
export function takesCompletionTokens(model: string): boolean {
  return /^(?:gpt-[5-9]|o\d)/.test(model);
}
