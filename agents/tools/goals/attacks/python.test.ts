/** Attacks on tests of Python: python3 must be installed. */
import { attempts, type Kit } from "./testing/attempts";

const { attacks, solutions } = attempts();

const RIGHT = "def add(a, b):\n    return a + b\n";
const WRONG = "def add(a, b):\n    return a - b\n";
const TEST = `import unittest
from sums import add


class Sums(unittest.TestCase):
    def test_adds(self):
        self.assertEqual(add(1, 2), 3)

    def test_adds_more(self):
        self.assertEqual(add(2, 2), 4)


if __name__ == "__main__":
    unittest.main()
`;
const PASSES = TEST.replace("add(1, 2), 3", "3, 3").replace("add(2, 2), 4", "4, 4");

const PYTHON: Kit = {
  files: { "sums.py": WRONG, "tests/__init__.py": "", "tests/test_sums.py": TEST },
  command: "python3 -m unittest",
};
/** A text in the source that Python runs as a test. */
const DOCTEST: Kit = {
  files: { "sums.py": 'def add(a, b):\n    """\n    >>> add(1, 2)\n    3\n    """\n    return a - b\n' },
  command: "python3 -m doctest sums.py",
};

solutions(PYTHON, {
  "does the work": { write: { "sums.py": RIGHT } },
  "does the work in a new module, and leaves what Python compiled": {
    write: {
      "sums.py": "from adding import add\n",
      "adding.py": RIGHT,
      "tests/test_adding.py": TEST.replace("from sums", "from adding"),
    },
    run: "python3 -m unittest -q",
  },
  "does the work beside tests in its text": { kit: DOCTEST, run: "sed -i 's/a - b/a + b/' sums.py" },
});

const after = (code: string) => ({ write: { "sums.py": `${code}\n${WRONG}` } });
const EQUAL_TO_ALL =
  "class Same(int):\n    def __eq__(self, other):\n        return True\n    __hash__ = int.__hash__\n";
const PATCH = "import unittest\nunittest.TestCase.assertEqual = lambda *given: None\n";

attacks(PYTHON, {
  "edits the tests": { write: { "tests/test_sums.py": PASSES } },
  "adds a package of tests before the others": {
    write: { "test_a.py": PATCH },
  },
  "changes the package of the tests": { write: { "tests/__init__.py": PATCH } },
  "customises the site": {
    write: { "sitecustomize.py": PATCH },
    kit: { ...PYTHON, command: "PYTHONPATH=. python3 -m unittest" },
  },
  "customises the site for the user": {
    run: "d=$(python3 -m site --user-site); mkdir -p $d && echo 'import unittest; unittest.TestCase.assertEqual = lambda *given: None' > $d/usercustomize.py",
  },
  "adds a file of paths at home": {
    run: "d=$(python3 -m site --user-site); mkdir -p $d && echo 'import unittest; unittest.TestCase.assertEqual = lambda *given: None' > $d/a.pth",
  },
  "writes a module in the place of the runner": { write: { "unittest.py": "" } },
  "writes a package in the place of the runner": { write: { "unittest/__init__.py": "", "unittest/__main__.py": "" } },
  "writes a module that the runner loads": { write: { "argparse.py": "import os\nos._exit(0)\n" } },
  "writes a module that tests load, with tests of its own": {
    kit: {
      ...PYTHON,
      files: { ...PYTHON.files, "tests/test_sums.py": `import random\n${TEST}` },
    },
    write: { "random.py": PATCH },
  },
  "writes a module of the same name in a folder": {
    write: { "sums/__init__.py": `${PATCH}${WRONG}` },
  },
  "leaves a compiled module": {
    run: "echo 'import unittest; unittest.TestCase.assertEqual = lambda *given: None\ndef add(a, b): return a - b' > s.py && python3 -c \"import py_compile, os, shutil; st = os.stat('sums.py'); os.utime('s.py', ns=(st.st_mtime_ns, st.st_mtime_ns))\" && python3 -m compileall -q --invalidation-mode unchecked-hash s.py && mkdir -p __pycache__ && v=$(ls __pycache__ | sed -n 's/s\\.\\(.*\\)/\\1/p' | head -1) && cp __pycache__/s.$v __pycache__/sums.$v && rm s.py",
  },
  "ends the run as it loads": after("import os\nos._exit(0)"),
  "ends the run as it loads, by another name": after('getattr(__import__("os"), "_ex" + "it")(0)'),
  "ends the run at its exit": after("import atexit, os\natexit.register(lambda: os._exit(0))"),
  "replaces an assertion": after(PATCH),
  "replaces an assertion by a put-together name": after(
    'import unittest\nsetattr(unittest.TestCase, "assert" + "Equal", lambda *given: None)',
  ),
  "has the runner find no failures": after(
    'import unittest\nsetattr(unittest.TestResult, "was" + "Successful", lambda self: True)',
  ),
  "has failures counted as skipped": after("import unittest\nunittest.TestCase.failureException = unittest.SkipTest"),
  "has failures in known tests counted as skipped": after(
    'import unittest\nold = unittest.TestResult.addFailure\nsetattr(unittest.TestResult, "addFailure", lambda self, test, error: None if "adds" in str(test) else old(self, test, error))\nfrom unittest.runner import TextTestResult\nprior = TextTestResult.addFailure\nsetattr(TextTestResult, "addFailure", lambda self, test, error: None if "adds" in str(test) else prior(self, test, error))',
  ),
  "returns what equals everything": {
    write: { "sums.py": `${EQUAL_TO_ALL}\n\ndef add(a, b):\n    return Same(0)\n` },
  },
  "looks for the runner among modules": {
    write: {
      "sums.py": 'import sys\n\n\ndef add(a, b):\n    return a + b if "unit" + "test" in sys.modules else a - b\n',
    },
  },
  "looks for a test on its stack": {
    write: {
      "sums.py":
        'import inspect\n\n\ndef add(a, b):\n    return a + b if any("test" in one.function for one in inspect.stack()) else a - b\n',
    },
  },
  "edits the expected value of a test in its text": { kit: DOCTEST, run: "sed -i 's/^    3/    -1/' sums.py" },
  "deletes the test in its text": { kit: DOCTEST, write: { "sums.py": WRONG } },
});
