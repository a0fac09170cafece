import type { Define } from "@/scripts/cli/context/define";

/** Commands that say which ended trees stay. */
export function defineRetention(define: Define): void {
  define(
    "clean",
    "remove old ended trees, or set which ones the server removes once a day",
    async () => (await import("./clean")).clean,
  )
    .option("--older-than <days>", "remove trees that ended so many days ago")
    .option("--max-mb <n>", "remove the oldest until database and workspaces take less")
    .option("--preview", "only list what would go, and what stays and why")
    .option("--set-days <n>", "set the age for every day; 0: no age")
    .option("--set-mb <n>", "set the size for every day; 0: no size")
    .option("--set-goals <word>", "set whether trees that pursued a goal stay: keep or remove");
  define("pin <tree>", "keep a tree whatever retention says", async () => (await import("./clean")).pin);
  define("unpin <tree>", "take the pin of a tree away", async () => (await import("./clean")).unpin);
}
