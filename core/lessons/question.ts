/** What people ask about lessons, read without a model: a few forms of sentences, and bare words. Pure. */

interface About {
  /** An error or a task in words; null: any. */
  need: string | null;
  /** The name of a repository; null: any. */
  place: string | null;
}

/** What helped with a need, which errors were met, or which lessons an agent was shown. */
export type LessonQuestion = About & ({ asks: "helped" | "failed" } | { asks: "known"; agent: string });

export const MOST_QUESTION = 300;

const LESSONS = "(?:what|which (?:lessons?|advice|fix(?:es)?)|has anything|did anything)";
const HELPED = "(?:ha[sd] |can |could |did )?(?:help|fix|solve|work|prevent)(?:s|ed|es|ped)?";
const FAILED =
  "(?:ha[sd] |have )?(?:fail(?:s|ed)?|broke(?:n)?|breaks|go(?:es)? wrong|went wrong|gone wrong|errors?(?: (?:were|was|are|is))?(?: (?:met|seen|there))?)";
const KNOWN = "(?:know|knows|learn|learnt|learned|remember|seen|see)";

const FORMS = {
  helped: [
    new RegExp(`^${LESSONS} ${HELPED}(?: (?:with|against|for|on|when|about))? (?<need>.+)$`, "i"),
    /^how (?:(?:do|did|can|could|should|to|was|were|is|are)(?: (?:i|we|you|one|somebody|it|they))? ?)(?:fix|fixed|solve|solved|handle|handled|avoid|avoided|prevent|prevented) (?<need>.+)$/i,
    /^how (?:was|were|is|are) (?<need>.+) (?:fixed|solved|handled|avoided|prevented)$/i,
    /^what (?:to do|can i do|should i do) (?:about|with|against|for) (?<need>.+)$/i,
  ],
  known: [
    new RegExp(
      `^what (?:does|did|do|has|have) (?<agent>[\\w-]+) ${KNOWN}(?: (?:about|of|on|from|for) (?<need>.+))?$`,
      "i",
    ),
    /^what (?:was|were) (?<agent>[\w-]+) shown(?: (?:about|of|on|for) (?<need>.+))?$/i,
  ],
  failed: [new RegExp(`^(?:what|which) ${FAILED}(?:(?: (?:with|for|about))? (?<need>.+))?$`, "i")],
};

/** A sentence that begins like this is a question; other words are what a person needs help with. */
const ASKS =
  /^(?:what|which|who|whom|whose|why|how|when|where|is|are|was|were|do|does|did|can|could|should|will|has|have)\b/i;

/** `in shop`, `in the repository shop`, at the end. */
const PLACE = /(?:^|\s)in(?: the)?(?: (?:repository|repo|project))? (?<place>"[^"]+"|“[^”]+”|\S+)$/i;

/** Returns what a person asks; null for an empty text, and for a question of another form. */
export function questionIn(text: string): LessonQuestion | null {
  const plain = text
    .slice(0, MOST_QUESTION)
    .replace(/\s+/g, " ")
    .trim()
    .replace(/[\s?!.]+$/, "");
  if (plain === "") return null;
  const found = PLACE.exec(plain);
  const place = found?.groups?.place ? unquoted(found.groups.place) : null;
  const rest = found ? plain.slice(0, found.index).trim() : plain;
  const known = groupsOf(FORMS.known, rest);
  if (known?.agent) return { asks: "known", agent: known.agent, need: needIn(known), place };
  const helped = groupsOf(FORMS.helped, rest);
  if (helped) {
    const need = needIn(helped);
    return need === null ? null : { asks: "helped", need, place };
  }
  const failed = groupsOf(FORMS.failed, rest);
  if (failed) return { asks: "failed", need: needIn(failed), place };
  if (ASKS.test(rest) || rest === "") return null;
  return { asks: "helped", need: unquoted(rest), place };
}

function groupsOf(forms: readonly RegExp[], text: string): Record<string, string | undefined> | null {
  for (const form of forms) {
    const found = form.exec(text);
    if (found) return found.groups ?? {};
  }
  return null;
}

function needIn({ need }: Record<string, string | undefined>): string | null {
  const plain = unquoted(need ?? "");
  return plain === "" ? null : plain;
}

function unquoted(text: string): string {
  return text.replace(/^["“'‘]+|["”'’]+$/g, "").trim();
}
