/** What Google's Gemini API refuses. */
import { createHash } from "node:crypto";
import { GOOGLE_RULES as SCHEMA_RULES, schemaRefusal } from "./schema-rules";
import type { Rule } from "./stand-in";

interface Part {
  text?: string;
  thought?: boolean;
  thoughtSignature?: string;
  functionCall?: { id?: string; name: string; args?: unknown };
  functionResponse?: { id?: string; name: string; response?: { content?: unknown } };
}

export interface Content {
  role?: string;
  parts: Part[];
}

export interface GoogleBody {
  model: string;
  contents?: Content[];
  systemInstruction?: Content;
  tools?: { functionDeclarations?: { name: string; description?: string; parameters?: unknown }[] }[];
  generationConfig?: { maxOutputTokens?: number };
}

/** Gemini 3 and later demand a signature with each call. */
export const isThinkingModel = (model: string) => /^gemini-[3-9]/.test(model);

const callsIn = ({ parts }: Content) => parts.flatMap(({ functionCall }) => functionCall ?? []);
const responsesIn = ({ parts }: Content) => parts.flatMap(({ functionResponse }) => functionResponse ?? []);

export const GOOGLE_RULES: Rule<GoogleBody>[] = [
  {
    source: "https://ai.google.dev/api/caching#Content",
    refuses({ contents = [] }) {
      if (contents.length === 0) return "* GenerateContentRequest.contents: contents is not specified";
      const empty = contents.findIndex(({ parts }) => parts.length === 0);
      if (empty >= 0) return `* GenerateContentRequest.contents[${empty}].parts: contents.parts must not be empty.`;
      const blank = contents.findIndex(({ parts }) =>
        parts.some((part) => Object.keys(part).length === 0 || part.text === ""),
      );
      if (blank >= 0) return `Unable to submit request because it must have a text parameter (contents[${blank}]).`;
      return contents.every(({ role }) => role === "user" || role === "model")
        ? undefined
        : "Please use a valid role: user, model.";
    },
  },
  {
    source:
      "https://github.com/google-gemini/gemini-cli/issues/5443, https://github.com/google-gemini/gemini-cli/issues/16984",
    refuses({ contents = [] }) {
      for (const [at, content] of contents.entries()) {
        const calls = callsIn(content).length;
        const next = contents[at + 1];
        const answers = next ? responsesIn(next).length : 0;
        if (calls > 0 && calls !== answers)
          return "Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.";
        if (responsesIn(content).length > 0 && callsIn(contents[at - 1] ?? { parts: [] }).length === 0)
          return "Please ensure that function response turn comes immediately after a function call turn.";
      }
      return undefined;
    },
  },
  {
    source:
      "https://ai.google.dev/gemini-api/docs/function-calling: calls come after a user turn or a function response",
    refuses({ contents = [] }) {
      const wrong = contents.findIndex(
        (content, at) => callsIn(content).length > 0 && contents[at - 1]?.role !== "user",
      );
      return wrong < 0
        ? undefined
        : "Please ensure that function call turn comes immediately after a user turn or after a function response turn.";
    },
  },
  {
    source: "https://ai.google.dev/gemini-api/docs/thought-signatures, https://github.com/nanbingxyz/5ire/issues/405",
    refuses({ model, contents = [] }) {
      if (!isThinkingModel(model)) return undefined;
      for (const [at, { parts }] of contents.entries()) {
        const first = parts.find((part) => part.functionCall);
        if (!first?.functionCall) continue;
        const { name, args } = first.functionCall;
        if (first.thoughtSignature === undefined)
          return `Function call is missing a thought_signature in functionCall parts. Additional data, function call \`default_api:${name}\`, position ${at}.`;
        const expected = createHash("sha256")
          .update(`${name}${JSON.stringify(args ?? {})}`)
          .digest("base64");
        // The documented word for calls that come from elsewhere.
        if (![expected, "skip_thought_signature_validator"].includes(first.thoughtSignature))
          return "Thought signature is not valid";
      }
      return undefined;
    },
  },
  {
    source: "https://ai.google.dev/gemini-api/docs/function-calling#function-declarations",
    refuses({ tools = [] }) {
      const declared = tools.flatMap((tool) => tool.functionDeclarations ?? []);
      const wrong = declared.findIndex(({ name }) => !/^[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}$/.test(name));
      if (wrong >= 0)
        return `* GenerateContentRequest.tools[0].function_declarations[${wrong}].name: Invalid function name. Must start with a letter or an underscore.`;
      if (declared.length > 128) return "at most 128 function declarations are supported";
      for (const [at, { parameters }] of declared.entries()) {
        const refusal = parameters === undefined ? undefined : schemaRefusal(SCHEMA_RULES, parameters);
        if (refusal) return `* GenerateContentRequest.tools[0].function_declarations[${at}].parameters${refusal}`;
      }
      return undefined;
    },
  },
  {
    source: "https://ai.google.dev/gemini-api/docs/models",
    refuses({ model, generationConfig }) {
      const most = /^gemini-(?:2\.5|[3-9])/.test(model) ? 65_536 : Number.POSITIVE_INFINITY;
      const tokens = generationConfig?.maxOutputTokens ?? 1;
      return tokens <= most
        ? undefined
        : `Unable to submit request because it has a maxOutputTokens value of ${tokens} but the supported range is from 1 (inclusive) to ${most + 1} (exclusive).`;
    },
  },
];
