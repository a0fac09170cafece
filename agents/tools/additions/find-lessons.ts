import { z } from "zod";
import { controlTool } from "@/agents/tools/contract/control";
import { response } from "@/core/notes";

const NOTHING = "Nothing was learnt about that yet, or this task works without lessons.";

/** What it finds counts as shown, so what commands say afterwards counts for it. */
export const findLessons = controlTool({
  name: "find_lessons",
  description: "Finds what helped in other tasks: fixes of errors, approaches, facts.",
  input: z.object({ need: z.string().trim().min(1).max(2_000) }),
  async settle({ need }, call, view) {
    const { state } = view;
    const found = view.lessons(need);
    const text = found?.text ?? NOTHING;
    const shown = found?.shown ?? [];
    return {
      entries: [
        response(state, call, text),
        ...(shown.length > 0
          ? [{ kind: "event" as const, turn: state.turn, content: { type: "lessons_shown" as const, lessons: shown } }]
          : []),
      ],
    };
  },
});
