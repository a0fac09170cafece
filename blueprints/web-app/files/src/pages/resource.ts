/** What the pages of a resource show; `resources.ts` has those of this service. */

/** One value of a form. `json`: lists and objects, which people write as JSON. */
export interface Field {
  name: string;
  label: string;
  kind: "text" | "long" | "email" | "url" | "date" | "time" | "number" | "integer" | "boolean" | "choice" | "json";
  isRequired: boolean;
  /** What an empty value means in a change; absent: the value stays as it is. */
  empty?: "" | null;
  choices?: unknown[];
  /** The bounds of a number, or of the length of a text. */
  least?: number;
  most?: number;
  /** The name of the resource to which its value refers. */
  refers?: string;
}

export interface Form {
  method: "POST" | "PUT" | "PATCH";
  /** The media type of the request. */
  type: string;
  fields: Field[];
}

export type Paging =
  | { kind: "cursor"; parameter: string; next: string[] }
  | { kind: "page" | "offset"; parameter: string; first: number };

/** A part of an item as a list shows it. */
export interface Column {
  name: string;
  label: string;
  /** A moment, which is shown in UTC. */
  isTime?: true;
}

export interface ResourcePages {
  /** In addresses. */
  name: string;
  title: string;
  one: string;
  /** The path of the list in the API; that of an item has its id behind it. */
  path: string;
  /** The property with the id of an item. */
  id: string;
  columns: Column[];
  /** The names that lead to the items in the answer of the list. */
  items: string[];
  paging?: Paging;
  /** The name below which an answer has the item; absent: at the top. */
  below?: string;
  create?: Form;
  change?: Form;
  canRemove: boolean;
}
