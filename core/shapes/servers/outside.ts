/** Shapes of web APIs and outside agents that were added as servers. They never contain the value of a secret. */

/** An added web API. */
export interface ShownApi {
  /** The title and version in its document. */
  title: string;
  /** The address of its document; null when a person gave a file. */
  document: string | null;
  /** How requests are signed. */
  auth: "none" | "bearer" | "basic" | "header";
  /** The header with its secret; null for other ways to sign a request. */
  header: string | null;
  /** The chosen operations: `GET /pets`. */
  operations: string[];
}

/** An added outside agent (A2A). What its card says comes from outside. */
export interface ShownAgent {
  /** The name that its card gives. */
  title: string;
  /** The version that its card names. */
  card_version: string;
  /** Its organization; empty when its card names none. */
  provider: string;
  /** Where messages go. */
  endpoint: string;
  /** Thumbprint of the key that signed its card; null: the card is not signed. */
  signed_by: string | null;
  /** How requests to it are signed. */
  auth: ShownApi["auth"];
  /** The header with its secret; null for other ways to sign a request. */
  header: string | null;
  /** The ids of the skills that agents can use. */
  skills: string[];
  /** Most messages of all trees in a minute. */
  calls_per_minute: number;
}

/** A card as it would be pinned. Nothing was stored. */
export interface OutsideAgentPreview extends Pick<ShownAgent, "title" | "provider" | "endpoint" | "signed_by"> {
  /** The name that it would get here. */
  name: string;
  /** The version that its card names. */
  version: string;
  /** What its card says about it. */
  description: string;
  /** The address of its card. */
  url: string;
  /** Hash of the card, so that a person can accept exactly this card. */
  card: string;
  /** The skills that its card names. */
  skills: {
    /** Id of the skill. */
    id: string;
    /** Name of the skill. */
    name: string;
    /** What the card says about the skill. */
    description: string;
  }[];
  /** Its dangers, one sentence each. */
  hazards: string[];
}

/** What a person gives to add or change an outside agent. To change it, what is absent stays. */
export interface OutsideAgentRequest {
  /** The name that it gets here. */
  name: string;
  /** Its address, or that of its card. */
  url?: string | undefined;
  /** The hash of the card that the person read; refused when the card is another one now. */
  card?: string | undefined;
  /** The ids of the skills that agents can use. */
  skills?: string[] | undefined;
  /** Most messages of all trees in a minute; absent: it stays, at first 10. */
  calls_per_minute?: number | undefined;
  /** How requests to it are signed; absent: it stays, at first `none`. */
  auth?: ApiRequest["auth"];
  /** With `auth: header`: the name of the header. */
  header?: string | undefined;
  /** Goes to the vault; absent: the stored one stays. */
  secret?: string | undefined;
}

/** A document as it would be added. Nothing was stored. */
export interface ApiPreview {
  /** The title in the document. */
  title: string;
  /** The version in the document. */
  version: string;
  /** What the document says about the API. */
  description: string;
  /** The name that it would get here. */
  name: string;
  /** Base URLs that the document names. */
  servers: string[];
  /** The operations that agents could call. */
  operations: {
    /** Method and path, such as `GET /pets`. */
    key: string;
    /** The name that its tool would get. */
    name: string;
    /** What the document says about it. */
    description: string;
    /** Whether it only reads. */
    reads: boolean;
  }[];
  /** One sentence for each thing that was left out. */
  problems: string[];
}

/** What a person gives to add or change a web API. */
export interface ApiRequest {
  /** The name that it gets here. */
  name: string;
  /** The document: its address, or its text. To change an API from a file, absent: the document stays. */
  url?: string | undefined;
  /** Text of the document, instead of its address. */
  text?: string | undefined;
  /** Where requests go, such as `https://api.example.org/v1`. */
  base_url: string;
  /** `GET /pets`; absent: all operations that only read. */
  operations?: string[] | undefined;
  /** How requests are signed; absent: it stays, at first `none`. */
  auth?: "none" | "bearer" | "basic" | "header" | undefined;
  /** With `header`: its name. */
  header?: string | undefined;
  /** Goes to the vault; absent: the stored one stays. For `basic`: `user:password`. */
  secret?: string | undefined;
}
