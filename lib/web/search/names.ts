/** The search services, as `BANYAN_SEARCH` names them. */
const SEARCH_NAMES = ["brave", "tavily", "searxng", "model", "none"] as const;
export type SearchName = (typeof SEARCH_NAMES)[number];
