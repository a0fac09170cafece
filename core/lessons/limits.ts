/**
 * What a lesson may hold. A lesson is quoted to agents, and nothing that it says grants anything. A text that could
 * only be an instruction, or an address to send data to, is not kept at all. Pure.
 */
import { type LessonText, MOST_ADVICE, MOST_TRIGGER } from "./lesson";

const LESSON_FAULTS = [
  "empty",
  "too_long",
  "hidden_characters",
  "mixed_scripts",
  "address",
  "secret",
  "weakens_protection",
  "commands_reader",
] as const;
/** Why a lesson is refused. */
export type LessonFault = (typeof LESSON_FAULTS)[number];

/** What is wrong, as a sentence for people. */
export const FAULT_SENTENCES: Record<LessonFault, string> = {
  empty: "A lesson needs advice and words that say when it applies.",
  too_long: `A lesson has at most ${MOST_ADVICE} characters of advice, and ${MOST_TRIGGER} that say when it applies.`,
  hidden_characters: "It has characters that nobody sees, which could hide an instruction.",
  mixed_scripts: "It has a word with letters of several alphabets, which looks like another word.",
  address: "It names an address or a host: a lesson never tells an agent where to connect.",
  secret: "It has something that looks like a secret: a lesson never holds one.",
  weakens_protection: "It switches off a protection, such as the check of certificates, of commits or of the sandbox.",
  commands_reader: "It is no advice but an instruction about its reader's instructions, rights or questions.",
};

/** Letters, marks, numbers, punctuation, symbols, spaces and line ends: everything else is invisible or unassigned. */
const VISIBLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} \n\t]*$/u;
/** Of these, characters without a shape of their own: fillers, variation selectors, and the blank pattern of Braille. */
const SHAPELESS = /\p{Default_Ignorable_Code_Point}|\u2800/u;
/** More than this many marks on one letter only disguise it. */
const STACKED_MARKS = /\p{M}{3}/u;

const ALPHABETS = [
  /\p{Script=Latin}/u,
  /\p{Script=Cyrillic}/u,
  /\p{Script=Greek}/u,
  /\p{Script=Armenian}/u,
  /\p{Script=Cherokee}/u,
];

/**
 * A scheme, a name with a top level, or the number of an address. Top levels that are also endings of files or names of
 * properties, as in `build.sh` and `logger.info`, count only after a command that connects.
 */
const ADDRESSES = [
  /[a-z][a-z\d+.-]*:\/\//i,
  /\b(?:mailto|ssh|git|data|javascript):\S/i,
  /\b[\w.-]+@[\w-]+(?:\.[\w-]+)+\b/,
  /\bwww\.[\w-]+/i,
  /(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])/,
  /\[[\da-f]*:[\da-f:.]+\]/i,
  /(?<![\w:])(?:[\da-f]{1,4}:){4,7}[\da-f]{1,4}\b/i,
  /\b(?:[a-z\d](?:[a-z\d-]*[a-z\d])?\.)+(?:com|net|org|io|dev|app|ai|co|cloud|biz|xyz|site|online|shop|gg|tv|ru|cn|de|uk|eu|fr|nl|ch|onion)\b(?![\w(])/i,
  /\b(?:curl|wget|ssh|scp|sftp|ftp|rsync|telnet|nc|netcat|ping|dig|nslookup|fetch)\b.{0,60}?\b[a-z\d-]+(?:\.[a-z\d-]+)*\.[a-z]{2,}\b/i,
  /\blocalhost:\d+/i,
];

/** Words with which tools switch a protection off. */
const WEAKENINGS = [
  /\bstrict[-_ ]?ssl\b\W+(?:to\s+)?(?:false|0|off|no)\b/i,
  /\bNODE_TLS_REJECT_UNAUTHORIZED\b/i,
  /\b(?:ssl|tls)[-_ ]?(?:no[-_ ]?)?verif\w*\b.{0,20}\b(?:false|0|off|none|no)\b/i,
  /\bverify\s*=\s*False\b/,
  /\bGIT_SSL_NO_VERIFY\b|\bsslVerify\b/i,
  /--(?:insecure|no-check-certificate|no-verify(?:-ssl)?|no-gpg-sign|trusted-host|allow-unauthenticated|no-sandbox|disable-web-security|privileged|dangerously[\w-]*)\b/i,
  /\bcurl\b.{0,40}\s-k\b/i,
  /\bStrictHostKeyChecking\b\W+no\b/i,
  /\bchmod\s+(?:-R\s+)?(?:a\+rwx|0?777)\b/i,
  /\b(?:disable|turn off|switch off|skip|bypass|circumvent|remove|weaken)\b.{0,40}\b(?:certificate|signature|sandbox|authenti\w*|authori[sz]\w*|permission|approval|review|security|safety|verification|protection|guard|audit|policy|firewall|selinux|apparmor)/i,
];

/** Words that tell the reader what to do with its instructions, rights, people or lessons. */
const COMMANDS = [
  /\b(?:ignore|disregard|forget|override|overrule|supersede)\b.{0,40}\b(?:instruction|prompt|rule|polic|guideline|above|previous|earlier|prior|person|user|system|lesson|warning)/i,
  /\b(?:without|never|do not|don't|no need to|instead of)\s+(?:asking|ask|telling|tell|informing|inform|mentioning|mention|reporting|report|waiting|approval|confirmation|confirming)\b/i,
  /\byou (?:are now|must now|have been|are allowed|are authori[sz]ed|may now|no longer)\b/i,
  /\b(?:system|developer|assistant|user)\s*(?:prompt|message)?\s*:/i,
  /<\/?(?:system|instructions?|tool|lesson|assistant|user|function)\b/i,
  /\b(?:grant|give|request|raise|escalate)\b.{0,30}\b(?:rights?|permissions?|privileges?|access|budget|grant|tools?)\b/i,
  /\b(?:mark|count|report|rate|record)\b.{0,30}\b(?:this|the|these|that)\s+lessons?\b/i,
  /\b(?:this|these|that|other|another|every|all)\s+lessons?\b.{0,40}\b(?:help|work|right|correct|trust|best|always|reliable|proven|confiden)/i,
  /\b(?:hide|conceal|do not show|keep secret)\b.{0,40}\b(?:from|user|person|log|review)/i,
];

/**
 * Returns what is wrong with a lesson, in the order of `LESSON_FAULTS`; empty when it may be kept. `redact`: takes known
 * secrets out of a text.
 */
export function faultsOf(
  { advice, trigger, signature }: Pick<LessonText, "advice" | "trigger" | "signature">,
  redact: (text: string) => string,
): LessonFault[] {
  const given = [advice, trigger, signature ?? ""].join("\n");
  // Read as a model would: letters in other widths and styles are the plain ones.
  const text = given.normalize("NFKC");
  const isEmpty = advice.trim() === "" || (trigger.trim() === "" && signature === null);
  const isLong = [...advice].length > MOST_ADVICE || [...trigger].length > MOST_TRIGGER;
  const found: Record<LessonFault, boolean> = {
    empty: isEmpty,
    too_long: isLong,
    hidden_characters: !VISIBLE.test(given) || SHAPELESS.test(given) || STACKED_MARKS.test(given),
    mixed_scripts: hasMixedWord(text),
    address: ADDRESSES.some((pattern) => pattern.test(text)),
    secret: redact(given) !== given,
    weakens_protection: WEAKENINGS.some((pattern) => pattern.test(text)),
    commands_reader: COMMANDS.some((pattern) => pattern.test(text)),
  };
  return LESSON_FAULTS.filter((fault) => found[fault]);
}

function hasMixedWord(text: string): boolean {
  return (text.match(/[\p{L}\p{M}]+/gu) ?? []).some(
    (word) => ALPHABETS.filter((alphabet) => alphabet.test(word)).length > 1,
  );
}
