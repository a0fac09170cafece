import { all, mentions, succeeded } from "../task/checks";
import { writes } from "../task/replies";
import type { EvalTask } from "../task/task";

const REPORT = { services: 4, languages: ["Go", "Python", "TypeScript"], without_owner: ["mailer"] };

export const survey: EvalTask = {
  name: "survey",
  about: "reads every file of a folder and counts without leaving one out",
  agent: "researcher",
  instruction:
    'Survey the services in the folder services/. Write survey.json with exactly these fields: "services" (how many there are), "languages" (the languages used, each once, sorted), "without_owner" (names of services without an owner, sorted).',
  files: {
    "services/billing/service.yml": "name: billing\nlanguage: Go\nowner: Ines\n",
    "services/search/service.yml": "name: search\nlanguage: Python\nowner: Omar\n",
    "services/mailer/service.yml": "name: mailer\nlanguage: TypeScript\nowner:\n",
    "services/nested/reports/service.yml": "name: reports\nlanguage: Python\nowner: Omar\n",
    "services/README.md": "Each service has a service.yml. old.yml files are not services.\n",
    "services/search/old.yml": "name: search-old\nlanguage: Perl\nowner:\n",
  },
  check(ended) {
    const text = ended.read("survey.json");
    const fault = all(succeeded(ended), mentions("survey.json", text));
    if (fault) return fault;
    try {
      const { services, languages, without_owner } = JSON.parse(text ?? "") as typeof REPORT;
      const isRight = JSON.stringify({ services, languages, without_owner }) === JSON.stringify(REPORT);
      return isRight ? null : `survey.json holds ${text?.slice(0, 300)}.`;
    } catch {
      return "survey.json is not JSON.";
    }
  },
  scripts: {
    pass: writes({ "survey.json": JSON.stringify(REPORT) }),
    wrong: writes({
      "survey.json": JSON.stringify({ ...REPORT, services: 5, languages: ["Go", "Perl", "Python", "TypeScript"] }),
    }),
  },
};
