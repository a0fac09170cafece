import { expect, test } from "vitest";
import { exportedIn, functionsOf, isReadable } from "./functions";

const PYTHON = `def f(a):
    """Returns more."""
    if a and b or c:
        pass
    elif d:
        return 1 if a else 2
    for x in y:
        try:
            pass
        except E:
            pass

class A:
    @x
    def plain(self):
        def inner(): pass
        if self: return 1
    def _own(self): pass

class _B:
    def hidden(self): pass
`;
const GO = `package a

// F does.
func F(a int) int {
	if a > 1 && b || c {
		for {
		}
	}
	switch a {
	case 1:
	default:
	}
	return 1
}

func (s *Store[T]) Bare() {}

//go:noinline
func Pragma() {}

func (s *store) Hidden() {}
func own() {}
`;
const RUST = `/// Does.
#[inline]
pub fn f(a: i32) -> i32 {
    if a > 1 && b { g()?; }
    match a { 1 => 2, 3 => 4, _ => 5 }
}
#[doc = "Does."]
pub async fn attribute() {}
// Not for people who use it.
pub fn bare() {}
pub(crate) fn inside() {}
fn own() {}
`;
const JAVA = `public class A {
  /** Does. */
  @Deprecated
  public int f(int a) {
    if (a > 1 && b) { for (;;) {} }
    try { } catch (E e) { }
    return a > 2 ? 1 : 2;
  }
  // A remark.
  public A() {}
  @Override public int over() { return 1; }
  int own() { return 1; }
}
`;

test.each([
  ["a.py", PYTHON, { f: 8, plain: 2, inner: 1, _own: 1, hidden: 1 }],
  ["a.go", GO, { F: 6, Bare: 1, Pragma: 1, Hidden: 1, own: 1 }],
  ["a.rs", RUST, { f: 6, attribute: 1, bare: 1, inside: 1, own: 1 }],
  ["a.java", JAVA, { f: 6, A: 1, over: 1, own: 1 }],
] as const)("the complexity of functions in %s", (path, text, expected) => {
  const found = functionsOf(path, text).map(({ name, complexity }) => [name, complexity]);
  expect(Object.fromEntries(found)).toEqual(expected);
});

test.each([
  ["a.py", PYTHON, { f: true, plain: false }],
  ["a.go", GO, { F: true, Bare: false, Pragma: false }],
  ["a.rs", RUST, { f: true, attribute: true, bare: false }],
  ["a.java", JAVA, { f: true, A: false }],
  ["a.ts", "/** Does. */\nexport function f() {}\nexport const bare = () => 1;\n", { f: true, bare: false }],
] as const)("which exported functions of %s are documented", (path, text, expected) => {
  const found = exportedIn(path, text).map(({ name, isDocumented }) => [name, isDocumented]);
  expect(Object.fromEntries(found)).toEqual(expected);
});

test("other files are not read, and a damaged one has the functions that are still whole", () => {
  expect([isReadable("a.rb"), isReadable("py"), isReadable("constructor")]).toEqual([false, false, false]);
  expect(functionsOf("a.constructor", "x")).toEqual([]);
  expect(functionsOf("a.py", "def f(:\n  )))\ndef g():\n  pass\n").map(({ name }) => name)).toContain("g");
  expect(functionsOf("a.go", "(".repeat(100_000))).toEqual([]);
});
