"use client";

import { Popover } from "radix-ui";
import { buttonLook } from "@/components/ui/button-look";
import type { Role } from "@/core/rules/roles";
import { showKeys } from "./keys-dialog";
import { type Theme, ThemeSwitch } from "./theme-switch";
import { Icon } from "./ui/icon";

export interface AccountProps {
  name: string;
  role: Role;
  version: string;
  keepTheme: (theme: Theme) => Promise<void>;
}

/** The user's name, which opens the account menu. */
export function Account(props: AccountProps) {
  return (
    <Popover.Root>
      <Popover.Trigger
        className="-mr-1 inline-flex min-h-6 min-w-0 cursor-pointer items-center gap-0.5 rounded-sm px-1 hover:bg-hover"
        title={`${props.name}, ${props.role}`}
      >
        <span className="sr-only">Account of </span>
        <span className="min-w-0 truncate">{props.name}</span>
        <Icon name="down" />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          className="z-6 w-60 rounded-lg border border-line-strong bg-raised p-3 text-ink shadow-float"
          side="top"
          align="end"
          sideOffset={8}
          collisionPadding={8}
          aria-label="Account"
        >
          <AccountItems {...props} close={Popover.Close} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

/** Content of the account menu. `close`: the component for buttons that must also close the surrounding menu. */
export function AccountItems({
  name,
  role,
  version,
  keepTheme,
  close: Close = "button",
}: AccountProps & { close?: typeof Popover.Close | "button" }) {
  return (
    <div className="stack">
      <p>
        <b className="wrap-anywhere">{name}</b>
        <br />
        <span className="text-ink-2">Signed in as {role}</span>
      </p>
      <ThemeSwitch keep={keepTheme} />
      <Close type="button" className={buttonLook("plain", "w-full")} onClick={() => setTimeout(showKeys)}>
        Keyboard shortcuts <kbd>?</kbd>
      </Close>
      <form action="/signout" method="post">
        <button type="submit" className={buttonLook("plain", "w-full")}>
          Sign out
        </button>
      </form>
      <p className="text-small text-ink-3">Banyan {version}</p>
    </div>
  );
}
