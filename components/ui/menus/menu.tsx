"use client";

import type { ComponentProps } from "react";
import { useAtFirstPress } from "../hooks/use-at-first-press";

export interface MenuProps {
  /** The button that opens the menu. */
  button: Omit<ComponentProps<"button">, "onClick" | "type">;
  items: readonly { word: string; act: () => void }[];
}

const load = () => import("./menu-box").then((file) => file.MenuBox);

/** A button that opens a menu of actions. The code of the menu loads when it is first opened. */
export function Menu(props: MenuProps) {
  const { loaded: MenuBox, button } = useAtFirstPress(load);
  if (MenuBox) return <MenuBox {...props} />;
  return <button type="button" aria-haspopup="menu" aria-expanded={false} {...props.button} {...button} />;
}
