/** Finds values that a document shows in place of a person's own. */

const FORMS = [
  /^<[^<>]{1,80}>$/,
  // YOUR_API_KEY, your-token, my_secret_here.
  /^(your|my|insert|enter|add|paste|put)([-_ ]\w+)*[-_ ](keys?|tokens?|secret|password|id|url|here)$/i,
  /^YOUR([-_][A-Z0-9]+)+$/,
  // sk-xxx, ghp_****, fc-YOUR_API_KEY.
  /^([a-z]{2,12}[-_])?(x{3,}|\*{3,}|\.{3,}|…)([-_]x{3,})*$/i,
  /^[a-z]{2,6}[-_]your[-_][\w-]+$/i,
  /^(change-?me|todo|replace[-_ ]?me|placeholder|(api[-_])?(key|token)[-_]here)$/i,
];

/** Returns whether the text, or what follows `Bearer`, is a placeholder and no value. */
export function isPlaceholder(text: string): boolean {
  const bare = text
    .trim()
    .replace(/^Bearer\s+/i, "")
    .replace(/^\[(.*)\]$/, "$1");
  return FORMS.some((form) => form.test(bare));
}
