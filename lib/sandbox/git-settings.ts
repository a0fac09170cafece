/** Settings of git for commands in the sandbox. They are stronger than those of the repository. */

/** Large files are kept where git-lfs keeps them. `$l`: the folder of git LFS in the repository, `$t`: a file for the input. */
const INPUT =
  'l=$(git rev-parse --git-common-dir)/lfs; mkdir -p "$l/tmp"; t=$(mktemp -p "$l/tmp") || exit 1; trap \'rm -f "$t"\' EXIT; cat >"$t"';
const IS_POINTER = `head -c 42 "$t" | grep -qa '^version https://git-lfs.github.com/spec/v1'`;
const PLACE = 'd=$l/objects/$(printf %s "$o" | cut -c 1-2)/$(printf %s "$o" | cut -c 3-4)';

/** Makes a pointer of a large file, as git-lfs does. */
const CLEAN = String.raw`${INPUT}; if [ ! -s "$t" ] || ${IS_POINTER}; then cat "$t"; exit; fi; o=$(sha256sum <"$t" | cut -d " " -f 1); ${PLACE}; mkdir -p "$d"; [ -e "$d/$o" ] || cp "$t" "$d/$o" || exit 1; printf 'version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize %s\n' "$o" "$(stat -c %s "$t")"`;
/** Finds the large file of a pointer. One that was never fetched stays a pointer. */
const SMUDGE = String.raw`${INPUT}; o=; if ${IS_POINTER}; then o=$(sed -n 's/^oid sha256:\([0-9a-f]\{64\}\)$/\1/p' "$t" | head -n 1); fi; ${PLACE}; if [ -n "$o" ] && [ -f "$d/$o" ]; then cat "$d/$o"; else cat "$t"; fi`;

const SETTINGS: readonly (readonly [string, string])[] = [
  // Otherwise git refuses to read the repository of another owner in a read-only workspace of root.
  ["safe.directory", "*"],
  // The keys of a person are not in the sandbox.
  ["commit.gpgSign", "false"],
  ["tag.gpgSign", "false"],
  // EMAIL and the account say who commits, where no settings do.
  ["user.useConfigOnly", "false"],
  // git-lfs, and the settings that name it, are often only where people work.
  ["filter.lfs.clean", CLEAN],
  ["filter.lfs.smudge", SMUDGE],
  ["filter.lfs.required", "true"],
];

/** Returns them as variables of the environment. */
export function gitSettings(): Record<string, string> {
  const pairs = SETTINGS.map(([key, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, key],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ]);
  return { GIT_CONFIG_COUNT: `${SETTINGS.length}`, ...Object.fromEntries(pairs.flat()) };
}
