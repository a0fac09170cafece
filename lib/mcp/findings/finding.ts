/** What will not work about a server, as it would be added. `words.ts` makes the sentences. */

/** Where a value stands in the entry: `args.2`, `env.NAME`, `folders` or `cwd`. */
export type Place = { in: "args"; index: number } | { in: "env"; name: string } | { in: "folders" } | { in: "cwd" };

export type Fault =
  /** A folder or file of this machine that the sandbox would not show. */
  | { code: "hidden_path"; place: Place; path: string; is: "folder" | "file" }
  /** The server would have to make this file, and cannot write in its folder. */
  | { code: "hidden_new_file"; place: Place; path: string; folder: string }
  /** A folder where the server would write and its user may not. `reason` is the end of a sentence. */
  | { code: "unwritable_folder"; path: string; reason: string }
  /** The server keeps its file beside its program, which is read-only, unless this variable names another place. */
  | { code: "own_file"; server: string; variable: string }
  | { code: "missing_path"; place: Place; path: string }
  /** `reason` is the end of a sentence. */
  | { code: "refused_path"; place: Place; path: string; reason: string }
  | { code: "home_path"; place: Place; text: string }
  | { code: "windows_path"; place: Place; text: string }
  | { code: "missing_program"; program: string }
  | { code: "container"; program: string }
  /** Another package runner, or npx behind a shell of Windows. */
  | { code: "package_runner"; program: string }
  /** `mcp-remote`, which only passes on to an address. */
  | { code: "bridge"; url: string }
  | { code: "missing_browser"; server: string }
  | { code: "browser_arguments"; server: string; missing: string[] }
  | { code: "missing_hosts"; server: string; hosts: string[] }
  /** A host in `hosts` that belongs to this machine or a private network. */
  | { code: "inner_host"; host: string }
  /** `line`: the setting with the value that allows the address; null when no setting does. */
  | { code: "private_address"; host: string; line: string | null }
  | { code: "old_transport"; url: string }
  | { code: "placeholder"; secret: string };

/** One change of an entry; an empty path replaces the whole entry. */
export interface EntryChange {
  path: (string | number)[];
  value: unknown;
}

/** A change that a person can choose; nothing applies it by itself. */
export interface Mend {
  /** The same for the same entry: `SERVER.CODE.DETAIL`. */
  id: string;
  does:
    | { what: "show"; path: string; access: "read" | "write" }
    | { what: "write_out"; text: string }
    | { what: "use_npx" }
    | { what: "use_address"; url: string }
    | { what: "keep"; file: string }
    | { what: "add_arguments"; args: string[] }
    | { what: "allow_hosts"; hosts: string[] };
  changes: EntryChange[];
}

export interface Finding {
  fault: Fault;
  /** The recommended one first. */
  mends: Mend[];
}
