/** Whether a command runs tests, by its words and by those of the scripts that it runs. */
import { scriptsIn } from "./contents";

/** Commands, or scripts that they run, that look as if they ran tests. */
const RUNS_TESTS = /\b(tests?|vitest|jest|mocha|ava|tap|pytest|unittest|nose|tox|rspec|phpunit)\b/i;

/** A script of package.json that a command runs. */
const RUNS_SCRIPT = /\b(?:npm|pnpm|yarn|bun|node)\s+(?:--)?(?:run(?:-script)?\s+)?([\w:.-]+)/g;

/** Programs that only look at files, such as those of tests. */
const LOOKS_ONLY =
  /^\s*!?\s*(\[(?=\s)|(?:test|grep|egrep|rg|cat|ls|find|wc|head|tail|sed|awk|cut|sort|uniq|tr|diff|cmp|jq|stat|file|echo|printf|true|cd|git|mkdir|rm|cp|mv)\b)/;

/** Whether a command runs tests, by its words and by those of the scripts that it runs. */
export function runsTests(command: string, manifest: string | null): boolean {
  return [command, ...scriptsRunBy(command, manifest)].some((script) =>
    script.split(/&&|\|\||[;|\n]/).some((part) => RUNS_TESTS.test(part) && !LOOKS_ONLY.test(part)),
  );
}

/** Returns the scripts of package.json that the command runs. */
export function scriptsRunBy(command: string, manifest: string | null): string[] {
  const scripts = scriptsIn(manifest);
  const found = new Set<string>();
  const add = (text: string) => {
    for (const [, name = ""] of text.matchAll(RUNS_SCRIPT)) {
      for (const stage of [`pre${name}`, name, `post${name}`]) {
        const script = scripts[stage];
        if (script === undefined || found.has(script)) continue;
        found.add(script);
        add(script);
      }
    }
  };
  add(command);
  return [...found];
}
