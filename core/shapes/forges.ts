/** Shapes of the work that comes from a forge: issues that become trees, and their pull requests. */

export const FORGE_KINDS = ["github", "gitea", "gitlab"] as const;
/** Which API a forge has; `gitea` is Forgejo's too. */
export type ForgeKind = (typeof FORGE_KINDS)[number];
