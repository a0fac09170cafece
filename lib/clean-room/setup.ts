/** Says how to install the packages of a repository that has none at the start of a work. */

/** A lock file at the top, and the command that installs exactly what it names. */
const BY_LOCK: readonly (readonly [string, string])[] = [
  ["package-lock.json", "npm ci"],
  ["npm-shrinkwrap.json", "npm ci"],
  ["pnpm-lock.yaml", "pnpm install --frozen-lockfile"],
  ["yarn.lock", "yarn install --frozen-lockfile"],
  ["uv.lock", "uv sync --frozen"],
  ["poetry.lock", "poetry install"],
  ["Gemfile.lock", "bundle install"],
  ["composer.lock", "composer install"],
  ["go.sum", "go mod download"],
  ["Cargo.lock", "cargo fetch --locked"],
];

/** Returns the command that installs what the lock file of these files names; null where there is none. */
export function setupFor(paths: readonly string[]): string | null {
  const files = new Set(paths);
  return BY_LOCK.find(([lock]) => files.has(lock))?.[1] ?? null;
}
