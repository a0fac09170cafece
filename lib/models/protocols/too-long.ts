/**
 * Whether a provider's words mean that a conversation is too long. Each server says it in its own words, so the words are
 * looked for by what they say: what is measured, and that it is too much.
 */

/** What is measured: the input of a request. Never its output alone, a name or a number of items. */
const PREFIXES = "(?:total |number of |many |input |prompt |request(?:ed)? |context |message )*";
const NOUNS = [
  "tokens?",
  "`?inputs?`?",
  "prompts?",
  "context(?:[ _-]?(?:window|length|size))?",
  "conversation",
  "sequence",
  "messages?",
  "(?:input|prompt|sequence|text|message) length",
].join("|");
const MEASURED = `(?:${PREFIXES}(?:${NOUNS}))`;
const TOO_MUCH = [
  "exceed(?:s|ed|ing)?",
  "too (?:long|large|big|many)",
  "(?:is |are |was |were )?(?:longer|larger|greater|bigger|more|higher) than",
  "over(?:flow)?s? (?:the )?(?:limit|maximum|context)",
  "overflow(?:s|ed)?",
  "out of range",
  "do(?:es)? not fit",
].join("|");
/** Other words for a limit of the input. */
const LIMITS = [
  /context[_ -]?length[_ -]?exceeded|exceed[_ -]context[_ -]size|max[_ -]prompt[_ -]tokens[_ -]exceeded/i,
  /maximum (?:context|prompt|input|sequence|model) length|max(?:imum)?[ _]model[ _]len|available context size/i,
  /(?:context|prompt|input|sequence)[ _-]?length (?:is|of|limit|should be|must be|exceeds?)|range of (?:the )?(?:input|prompt|context) length/i,
  /(?:reduce|shorten) the (?:length|size|number of tokens) (?:of|in) (?:the |your )?(?:messages?|prompt|input|conversation|context)/i,
  /must have less than \d+ tokens|tokens \+ .?max_(?:new_|completion_)?tokens.? must be/i,
  /exceeds? the (?:maximum|model'?s?) (?:size|number of tokens|(?:context|token|input) limit)|input length and .max_tokens. exceed|request (?:entity |payload )?too large/i,
  /(?:输入|上下文|提示词?|prompt|tokens?)[^。]{0,30}(?:超长|超过|超出|过长)/i,
];
/** A sentence that names what is too much within a few words of the excess, in either order. */
const BEYOND = "exceed(?:s|ed|ing)?|too many|longer than|more than|larger than|greater than|above|beyond";
const BETWEEN = "(?:the |a |an |of |your |our |its |this |model'?s? |maximum |max |allowed |permitted |supported )*";
const EXCESSES = [
  new RegExp(`\\b${MEASURED}\\b[^.;]{0,60}?\\b(?:${TOO_MUCH})`, "i"),
  new RegExp(
    `\\b(?:${BEYOND}) ${BETWEEN}(?:input |prompt |context |total )?(?:tokens?\\b|token (?:limit|count)|context|prompt)`,
    "i",
  ),
];
/** What a limit may be of that no shorter conversation helps: the output asked for, names, lists of tools, a key's allowance. */
const OTHERS = [
  /\bmax_(?:completion_|output_|new_)?tokens.{0,20}(?:is )?(?:too (?:large|big|high)|must be|exceeds)/i,
  /(?:output|completion) tokens?.{0,40}exceed|tokens? per (?:min|day|hour|month)/i,
  /too many (?:tools|functions|images|requests|messages|stop)|tools?\b.{0,40}too long/i,
  /(?:name|description|id|stop|metadata|key)['"`]?:? (?:is )?(?:string )?too long/i,
  /authentication|api[ _]key|(?:access|bearer|refresh) token|expired|balance|quota/i,
];

/** An answer may be long, and says at its beginning what is wrong. */
const READ_CHARS = 4_000;

export function saysTooLong(text: string): boolean {
  const start = text.slice(0, READ_CHARS);
  return (
    namesLimit(start) || (!OTHERS.some((words) => words.test(start)) && EXCESSES.some((words) => words.test(start)))
  );
}

/** Whether the words name the limit of the input itself, which means the same from a server that failed. */
export function namesLimit(text: string): boolean {
  return LIMITS.some((words) => words.test(text.slice(0, READ_CHARS)));
}
