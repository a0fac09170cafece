/** The name under which npm's registry has Banyan; null: it is not published, and its name there can be anybody's. */
export const PUBLISHED_AS: string | null = null;
