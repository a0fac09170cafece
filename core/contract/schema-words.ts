/** One sentence for each difference of two schemas. */
import type { SchemaChange, Side } from "./changes";

/** `place`: what differs, for example `Report.reason`. `detail`: the values, names or limits that differ. */
export function schemaChangeText(side: Side, change: SchemaChange, place: string, detail: string): string {
  const sentence = sentenceOf(side, change, place, detail);
  return `${sentence.replace(/^the /, "The ")}.`;
}

function sentenceOf(side: Side, change: SchemaChange, place: string, detail: string): string {
  const isRequest = side === "request";
  const may = isRequest ? "Requests may" : "Answers may now";
  switch (change) {
    case "type-changed":
    case "type-narrowed":
    case "type-widened":
      return `The type of ${place} changed in ${messages(side)}: ${detail}`;
    case "format-changed":
      return `The format of ${place} changed in ${messages(side)}: ${detail}`;
    case "became-nullable":
      return `${may} have null for ${place}`;
    case "became-not-nullable":
      return `${isRequest ? "Requests can no longer" : "Answers no longer"} have null for ${place}`;
    case "became-enum":
      return `${place} takes only these values in ${messages(side)} now: ${detail}`;
    case "enum-dropped":
      return `${place} is no longer limited to a list of values in ${messages(side)}`;
    case "enum-value-removed":
      return `${place} lost a value in ${messages(side)}: ${detail}`;
    case "enum-value-added":
      return `${place} has a new value in ${messages(side)}: ${detail}`;
    case "limit-tightened":
      return `${place} is limited more in ${messages(side)}: ${detail}`;
    case "limit-loosened":
      return `${place} is limited less in ${messages(side)}: ${detail}`;
    case "pattern-added":
    case "pattern-changed":
    case "pattern-removed":
      return `The pattern of ${place} changed in ${messages(side)}: ${detail}`;
    case "additional-properties-closed":
      return `${place} no longer takes fields that are not described in ${messages(side)}`;
    case "additional-properties-opened":
      return `${place} takes fields that are not described in ${messages(side)}`;
    case "property-added":
      return `Added the ${detail} field ${place} to ${messages(side)}`;
    case "required-property-added":
      return `Requests need the new field ${place}`;
    case "property-removed":
      return `Removed the field ${place} from ${messages(side)}`;
    case "property-became-required":
      return isRequest ? `Requests now need the field ${place}` : `Answers now always have the field ${place}`;
    case "property-became-optional":
      return isRequest ? `Requests may leave out the field ${place}` : `Answers may now leave out the field ${place}`;
    case "choice-removed":
      return `${place} lost a choice in ${messages(side)}: ${detail}`;
    case "choice-added":
      return `${place} has a new choice in ${messages(side)}: ${detail}`;
    case "default-changed":
      return `The default of ${place} changed: ${detail}`;
    case "other-rules-changed":
      return `Rules of ${place} changed that cannot be compared (${detail}), so look at them`;
  }
}

function messages(side: Side): string {
  return side === "request" ? "requests" : "answers";
}
