/** Finds new files that a language loads instead of one of its own modules, or of a test runner. */

/** The modules that come with Python 3.11, and those of its test runners. */
const MODULES = new Set(
  `
  abc aifc argparse array ast asynchat asyncio asyncore atexit audioop base64 bdb binascii bisect builtins bz2
  cProfile calendar cgi cgitb chunk cmath cmd code codecs codeop collections colorsys compileall concurrent
  configparser contextlib contextvars copy copyreg crypt csv ctypes curses dataclasses datetime dbm decimal
  difflib dis distutils doctest email encodings ensurepip enum errno faulthandler fcntl filecmp fileinput
  fnmatch fractions ftplib functools gc genericpath getopt getpass gettext glob graphlib grp gzip hashlib
  heapq hmac html http imaplib imghdr imp importlib inspect io ipaddress itertools json keyword linecache
  locale logging lzma mailbox mailcap marshal math mimetypes mmap modulefinder msilib msvcrt multiprocessing
  netrc nis nntplib nt ntpath nturl2path numbers opcode operator optparse os ossaudiodev pathlib pdb pickle
  pickletools pipes pkgutil platform plistlib poplib posix posixpath pprint profile pstats pty pwd py_compile
  pyclbr pydoc pydoc_data pyexpat queue quopri random re readline reprlib resource rlcompleter runpy sched
  secrets select selectors shelve shlex shutil signal site smtpd smtplib sndhdr socket socketserver spwd
  sqlite3 sre_compile sre_constants sre_parse ssl stat statistics string stringprep struct subprocess sunau
  symtable sys sysconfig syslog tabnanny tarfile telnetlib tempfile termios textwrap threading time timeit
  tkinter token tokenize tomllib trace traceback tracemalloc tty turtle turtledemo types typing unicodedata
  unittest urllib uu uuid venv warnings wave weakref webbrowser winreg winsound wsgiref xdrlib xml xmlrpc
  zipapp zipfile zipimport zlib zoneinfo
  pytest pluggy nose nose2 hypothesis mock coverage tox nox ward trial green behave robot
  `
    .trim()
    .split(/\s+/),
);

/** Where Python looks for modules of a repository: its top folder, and the usual folders of sources. */
const LOADED = /^(?:(?:src|lib)\/)?([a-z_0-9]+)(?:\.pyi?|\/[^/]+\.py)$/;

/** Whether a new file of this path would be loaded instead of a module of Python or of a test runner. */
export function shadowsModule(path: string): boolean {
  const name = LOADED.exec(path)?.[1];
  return name !== undefined && MODULES.has(name);
}
