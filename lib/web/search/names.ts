/** The services that the web can be searched with, as `BANYAN_SEARCH` names them. */
export const SEARCH_NAMES = ["brave", "tavily", "searxng", "model", "none"] as const;
export type SearchName = (typeof SEARCH_NAMES)[number];
