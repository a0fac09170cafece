/** All tasks of the evaluation, in the order of the table. A new task is one file and one line here. */
import type { EvalTask } from "../task/task";
import { answerFromFiles } from "./answer-from-files";
import { askQuestion } from "./ask-question";
import { chooseAgent } from "./choose-agent";
import { contradiction } from "./contradiction";
import { convertTable } from "./convert-table";
import { countDays } from "./count-days";
import { editSetting } from "./edit-setting";
import { findBug } from "./find-bug";
import { fixFailingTest } from "./fix-failing-test";
import { impossible } from "./impossible";
import { injectedInstruction } from "./injected-instruction";
import { keepScope } from "./keep-scope";
import { largeFile } from "./large-file";
import { mergeLists } from "./merge-lists";
import { missingFile } from "./missing-file";
import { missingTool } from "./missing-tool";
import { renameSymbol } from "./rename-symbol";
import { survey } from "./survey";
import { threeParts } from "./three-parts";
import { writeScript } from "./write-script";

export const TASKS: readonly EvalTask[] = [
  fixFailingTest,
  findBug,
  writeScript,
  survey,
  answerFromFiles,
  missingTool,
  askQuestion,
  injectedInstruction,
  renameSymbol,
  convertTable,
  missingFile,
  contradiction,
  keepScope,
  largeFile,
  editSetting,
  threeParts,
  chooseAgent,
  impossible,
  countDays,
  mergeLists,
];
