import { Command } from "cmdk";
import { Marked } from "@/components/text/marked";
import { Icon } from "@/components/ui/icon";
import { KeyLabel } from "@/components/ui/key-label";
import { StatusGlyph } from "@/components/ui/status";
import type { Choice } from "./choices";

interface PaletteRowProps {
  choice: Choice;
  query: string;
  choose: (choice: Choice) => void;
}

export function PaletteRow({ choice, query, choose }: PaletteRowProps) {
  const { id, label, detail, icon, status, hint, isQuote } = choice;
  return (
    <Command.Item
      value={id}
      className="flex h-8 cursor-pointer items-center gap-2.5 rounded-control px-2 aria-selected:bg-selected phone:h-11"
      onSelect={() => choose(choice)}
    >
      {status ? <StatusGlyph status={status} className="size-4" /> : <Icon name={icon} className="size-4 text-ink-3" />}
      <span className={`min-w-0 truncate ${isQuote ? "flex-auto text-ink-2" : "flex-[0_1_auto] font-medium"}`}>
        {isQuote ? <Marked text={label} query={query} /> : label}
      </span>
      {detail ? (
        <span className={`min-w-0 truncate text-small text-ink-3 ${isQuote ? "max-w-[35%]" : "flex-1"}`}>{detail}</span>
      ) : null}
      {hint ? (
        <span className="ml-auto flex gap-1 phone:hidden">
          {hint.split(" ").map((key) => (
            <kbd key={key}>
              <KeyLabel keys={key} />
            </kbd>
          ))}
        </span>
      ) : null}
    </Command.Item>
  );
}
