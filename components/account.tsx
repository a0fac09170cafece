"use client";

import { buttonLook } from "@/components/ui/button-look";
import type { Role } from "@/core/rules/roles";
import { showKeys } from "./show-keys";
import { type Theme, ThemeSwitch } from "./theme-switch";
import { Icon } from "./ui/icon";
import { Popover } from "./ui/menus/popover";
import { Button } from "./ui/parts";

export interface AccountProps {
  name: string;
  role: Role;
  version: string;
  keepTheme: (theme: Theme) => Promise<void>;
}

/** The user's name, which opens the account menu. */
export function Account(props: AccountProps) {
  return (
    <Popover
      label="Account"
      side="top"
      button={{
        className:
          "-mr-1 inline-flex min-h-6 min-w-0 cursor-pointer items-center gap-0.5 rounded-sm px-1 hover:bg-hover",
        title: `${props.name}, ${props.role}`,
        children: (
          <>
            <span className="sr-only">Account of </span>
            <span className="min-w-0 truncate">{props.name}</span>
            <Icon name="down" />
          </>
        ),
      }}
    >
      {(close) => <AccountItems {...props} close={close} />}
    </Popover>
  );
}

/** Content of the account menu. `close` closes the surrounding menu. */
export function AccountItems({ name, role, version, keepTheme, close }: AccountProps & { close?: () => void }) {
  function openKeys(): void {
    close?.();
    // The menu gives the focus back a moment after it closed; then the dialog returns it to the same place.
    setTimeout(() => setTimeout(showKeys));
  }
  return (
    <div className="stack">
      <p>
        <b className="wrap-anywhere">{name}</b>
        <br />
        <span className="text-ink-2">Signed in as {role}</span>
      </p>
      <ThemeSwitch keep={keepTheme} />
      <Button className="w-full" onClick={openKeys}>
        Keyboard shortcuts <kbd>?</kbd>
      </Button>
      <form action="/signout" method="post">
        <button type="submit" className={buttonLook("plain", "w-full")}>
          Sign out
        </button>
      </form>
      <p className="text-small text-ink-3">Banyan {version}</p>
    </div>
  );
}
