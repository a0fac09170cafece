import { memo } from "react";

const HINTS: [keys: string[], word: string][] = [
  [["j", "k"], "move"],
  [["←", "→"], "fold"],
  [["/"], "find"],
  [["n"], "next problem"],
  [["?"], "all keys"],
];

export const KeyHints = memo(function KeyHints() {
  return HINTS.map(([keys, word]) => (
    <span key={word} className="narrow:hidden">
      {keys.map((key) => (
        <kbd key={key}>{key}</kbd>
      ))}{" "}
      {word}
    </span>
  ));
});
