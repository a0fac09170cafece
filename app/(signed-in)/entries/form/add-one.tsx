"use client";

interface AddOneProps {
  label: string;
  options: { name: string; text: string }[];
  add: (name: string) => void;
}

/** A select that adds the chosen option and then resets. */
export function AddOne({ label, options, add }: AddOneProps) {
  if (options.length === 0) return null;
  return (
    <select className="mt-2 max-w-65" aria-label={label} value="" onChange={(event) => add(event.target.value)}>
      <option value="">{label}…</option>
      {options.map(({ name, text }) => (
        <option key={name} value={name}>
          {text}
        </option>
      ))}
    </select>
  );
}
