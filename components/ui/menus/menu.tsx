"use client";

import { useAtFirstPress } from "../hooks/use-at-first-press";
import type { MenuProps } from "./menu-box";

const load = () => import("./menu-box").then((file) => file.MenuBox);

/** A button that opens a menu of actions. The code of the menu loads when it is first opened. */
export function Menu(props: MenuProps) {
  const { loaded: MenuBox, button } = useAtFirstPress(load);
  if (MenuBox) return <MenuBox {...props} />;
  return <button type="button" aria-haspopup="menu" aria-expanded={false} {...props.button} {...button} />;
}
