"use client";

import { Popover } from "radix-ui";
import type { Role } from "@/agents/core/roles";
import { showKeys } from "./keys-dialog";
import { type Theme, ThemeSwitch } from "./theme-switch";
import { Icon } from "./ui/icon";

export interface AccountProps {
  name: string;
  role: Role;
  version: string;
  keepTheme: (theme: Theme) => Promise<void>;
}

/** The person's name; behind it what concerns only them. */
export function Account(props: AccountProps) {
  return (
    <Popover.Root>
      <Popover.Trigger className="account" title={`${props.name}, ${props.role}`}>
        <span className="sr">Account of </span>
        <span className="cut">{props.name}</span>
        <Icon name="down" />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          className="popover"
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

/** `close`: a part whose press closes what the items stand in. */
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
        <b className="wrapany">{name}</b>
        <br />
        <span className="dim">Signed in as {role}</span>
      </p>
      <ThemeSwitch keep={keepTheme} />
      <Close type="button" className="btn wide" onClick={() => setTimeout(showKeys)}>
        All keys <kbd>?</kbd>
      </Close>
      <form action="/signout" method="post">
        <button type="submit" className="btn wide">
          Sign out
        </button>
      </form>
      <p className="small faint">Banyan {version}</p>
    </div>
  );
}
