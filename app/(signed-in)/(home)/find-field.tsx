import { Icon } from "@/components/ui/icon";

/** Finds a tree in the list of all trees. */
export function FindField() {
  return (
    <search className="relative min-w-24 phone:hidden flex-[0_1_240px]">
      <form action="/trees">
        <Icon
          name="search"
          className="pointer-events-none absolute top-[7px] left-2 size-3.5 text-ink-3 phone:top-[11px]"
        />
        <input
          type="search"
          className="pl-7"
          name="search"
          data-find
          aria-label="Find a tree"
          placeholder="Find a tree"
        />
      </form>
    </search>
  );
}
