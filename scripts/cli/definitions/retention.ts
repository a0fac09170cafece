import type { Define } from "@/scripts/cli/context/define";

/** Commands that decide which ended trees are kept. */
export function defineRetention(define: Define): void {
  define(
    "clean",
    "remove old ended trees, or set which ones the server removes once a day",
    async () => (await import("@/scripts/cli/commands/clean")).clean,
  )
    .option("--older-than <days>", "remove trees that ended this many days ago or earlier")
    .option("--max-mb <n>", "remove the oldest until database and workspaces take less")
    .option("--archive <dir>", "archive each tree in this folder before it goes; what cannot be archived stays")
    .option("--preview", "only list what would go, and what stays and why")
    .option("--set-days <n>", "set the age for every day; 0: no age")
    .option("--set-mb <n>", "set the size for every day; 0: no size")
    .option("--set-goals <word>", "set whether trees that pursued a goal stay: keep or remove")
    .option("--set-archive <word>", "set whether each tree is archived in the data folder before it goes: on or off");
  define("archive [trees...]", "write ended trees into one file that can be read again, or read one", async () => {
    return (await import("@/scripts/cli/commands/archive")).archive;
  })
    .option("--out <file>", "the file, or a folder; default: a name that says what it holds, in this folder")
    .option("--force", "overwrite the file")
    .option("--list <file>", "list what an archive holds, and check it")
    .option("--read <file>", "add the trees of an archive, to look at");
  define(
    "pin <tree>",
    "keep a tree whatever retention says",
    async () => (await import("@/scripts/cli/commands/clean")).pin,
  );
  define(
    "unpin <tree>",
    "take the pin of a tree away",
    async () => (await import("@/scripts/cli/commands/clean")).unpin,
  );
}
