/** Where the files of a specification are, and how large they may be. A text may be a stranger's, so all of it is bounded. */

export const SPECIFICATION_FILE = "spec/specification.yaml";
/** Entities, in the form that docs/services.md shows. */
export const MODEL_FILE = "spec/model.yaml";
/** At the top of the repository, where tools look for it, and where services made of a document have it. */
export const OPENAPI_FILE = "openapi.yaml";

/** Where the document of a repository may be, the first that is there. */
export const OPENAPI_FILES = [OPENAPI_FILE, "openapi.yml", "openapi.json"];

export const MOST = {
  title: 200,
  /** Characters of the text that the specification began with. */
  source: 100_000,
  text: 2_000,
  /** All questions are asked as one text of at most 20,000 characters. */
  question: 400,
  answer: 120,
  command: 2_000,
  requirements: 100,
  about: 20,
  ambiguities: 15,
  contradictions: 30,
  criteria: 200,
  answers: 5,
  changes: 100,
} as const;

/** Characters of each of the three files. */
export const MOST_FILE_CHARACTERS = 1_000_000;
