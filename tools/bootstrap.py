"""Build the environment of this checkout from a lock file: nothing but a Python >= 3.11 and a package index.

A fresh Debian or Ubuntu has `python3` without pip and without ensurepip. So the environment is made empty, pip itself
is fetched from the index that pip's own configuration names, checked against the hash below, and then installs the
lock: every file by hash, wheels only. When nothing changed since the last time, nothing is done.

    python3 tools/bootstrap.py [--venv .venv] [--lock requirements/dev.txt] [--project | --wheel FILE]

Standard library only, and no syntax that an old Python can't parse: it must live long enough to say what is wrong.
"""

import argparse
import base64
import configparser
import fcntl
import hashlib
import html
import os
import re
import shutil
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

OLDEST_PYTHON = (3, 11)
PIP_WHEEL = "pip-26.3-py3-none-any.whl"
PIP_SHA256 = "f3b60b20ffaadd4415ed7957212a38ac63fa4c5fa375bd0f4a797777940fad13"
DEFAULT_INDEX = "https://pypi.org/simple"  # pip's own default
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
STAMP = "built-from.txt"
ATTEMPTS = 3


class CannotBuild(Exception):
    """The environment can't be built; the message says why and what to do."""


def main():
    options = read_arguments()
    try:
        build(options)
    except CannotBuild as problem:
        sys.exit("bootstrap: %s" % problem)


def read_arguments():
    parser = argparse.ArgumentParser(description="Build an environment from a lock file.")
    parser.add_argument("--venv", default=os.path.join(ROOT, ".venv"))
    parser.add_argument("--lock", default=os.path.join(ROOT, "requirements", "dev.txt"))
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--project", action="store_true", help="install this checkout too, editable")
    what.add_argument("--wheel", help="install this built wheel of the project too")
    return parser.parse_args()


def build(options):
    if sys.version_info < OLDEST_PYTHON:
        raise CannotBuild(
            "Python %d.%d or newer is needed, this is %s (%s). Name a newer one: make install PYTHON=python3.12"
            % (OLDEST_PYTHON + (sys.version.split()[0], sys.executable))
        )
    venv = os.path.abspath(options.venv)
    with open(venv + ".lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # a second `make` waits, then finds the work done
        build_unless_built(options, venv)


def build_unless_built(options, venv):
    stamp = os.path.join(venv, STAMP)
    wanted = fingerprint(options, venv)
    if read_text(stamp) == wanted:
        return
    started = time.monotonic()
    python = make_environment(venv)
    if os.path.exists(stamp):
        os.remove(stamp)  # an interrupted build is never taken for a finished one
    say("installing %s" % os.path.relpath(options.lock, ROOT))
    pip(python, "install", "--require-hashes", "--only-binary", ":all:", "-r", options.lock)
    remove_strangers(python, options.lock)
    if options.project:
        # Editable: entry points and one path, no file is copied. The build backend comes from the lock.
        pip(python, "install", "--no-deps", "--no-build-isolation", "--no-index", "--editable", ROOT)
    if options.wheel:
        pip(python, "install", "--no-deps", "--no-index", "--force-reinstall", options.wheel)
    with open(stamp, "w", encoding="utf-8") as file:
        file.write(wanted)
    say("%s is ready (%.0f s)" % (os.path.relpath(venv, ROOT), time.monotonic() - started))


def fingerprint(options, venv):
    """What the environment is made of: when this text is the same, so is the environment."""
    files = [options.lock, os.path.abspath(__file__)]
    if options.project:
        files.append(os.path.join(ROOT, "pyproject.toml"))  # entry points
    if options.wheel:
        files.append(options.wheel)
    # The path counts: a moved environment has scripts that point to where it was.
    lines = [sys.version.split()[0], os.path.realpath(sys.executable), venv]
    return "\n".join(lines + [sha256_of(file) + " " + os.path.basename(file) for file in files]) + "\n"


def make_environment(venv):
    """The environment's interpreter, with the pinned pip; kept when it already fits this Python and place."""
    python = os.path.join(venv, "bin", "python")
    if not fits(venv, python):
        say("making %s with Python %s" % (os.path.relpath(venv, ROOT), sys.version.split()[0]))
        shutil.rmtree(venv, ignore_errors=True)
        # Not `venv.create(with_pip=True)`: that needs ensurepip, which Debian keeps in a package of its own.
        run([sys.executable, "-m", "venv", "--without-pip", venv], "python3 could not make an environment")
    if installed_version(python, "pip") != PIP_WHEEL.split("-")[1]:
        wheel = os.path.join(venv, PIP_WHEEL)
        fetch_pip(wheel)
        # pip runs from its own wheel, and installs itself.
        run(
            [python, os.path.join(wheel, "pip"), "install", "--quiet", "--no-index", wheel],
            "pip could not be installed",
        )
        os.remove(wheel)
    return python


def fits(venv, python):
    facts = read_text(os.path.join(venv, "pyvenv.cfg"))
    same_python = re.search(r"^version\s*=\s*%s$" % re.escape(sys.version.split()[0]), facts, re.MULTILINE)
    same_place = venv in read_text(os.path.join(venv, "bin", "activate"))
    return bool(same_python and same_place and os.path.exists(python))


def installed_version(python, distribution):
    code = "import sys; from importlib.metadata import version; sys.stdout.write(version(sys.argv[1]))"
    answer = subprocess.run(
        [python, "-c", code, distribution], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False
    )
    return answer.stdout.decode() if answer.returncode == 0 else None


def remove_strangers(python, lock):
    """Uninstall what the lock no longer names, so that a forgotten dependency fails here and not at a stranger's."""
    names = {normal(name) for name in re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==", read_text(lock), re.MULTILINE)}
    code = "from importlib.metadata import distributions as all; print(*{d.name for d in all()}, sep='\\n')"
    present = subprocess.run([python, "-c", code], stdout=subprocess.PIPE, check=True).stdout.decode().split()
    strangers = [name for name in present if normal(name) not in names | {"pip", "einvoice-gateway"}]
    if strangers:
        pip(python, "uninstall", "--yes", *strangers)


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


# --- getting pip ------------------------------------------------------------------------------------------------------


def fetch_pip(target):
    """Download the pinned pip wheel from the configured index and check its hash."""
    settings = pip_settings()
    index = settings.get("index-url", DEFAULT_INDEX).rstrip("/") + "/pip/"
    say("fetching %s" % PIP_WHEEL)
    page, page_url = download(index, settings)
    links = [html.unescape(link) for link in re.findall(r'href="([^"]+)"', page.decode("utf-8", "replace"))]
    for link in links:
        url = urllib.parse.urljoin(page_url, link)
        if os.path.basename(urllib.parse.urlsplit(url).path) == PIP_WHEEL:
            break
    else:
        raise CannotBuild("the package index has no %s; set PIP_INDEX_URL to an index that has it" % PIP_WHEEL)
    content, _ = download(with_login_of(index, url), settings)
    found = hashlib.sha256(content).hexdigest()
    if found != PIP_SHA256:
        raise CannotBuild("%s has sha256 %s instead of %s: not used" % (PIP_WHEEL, found, PIP_SHA256))
    with open(target, "wb") as file:
        file.write(content)


def pip_settings():
    """Index and certificates as pip would see them: machine, user, then PIP_CONFIG_FILE, then PIP_* variables."""
    config = configparser.ConfigParser(interpolation=None, strict=False)
    home = os.path.expanduser("~")
    user = os.environ.get("XDG_CONFIG_HOME") or os.path.join(home, ".config")
    machine = (os.environ.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(os.pathsep)
    files = [os.path.join(folder, "pip", "pip.conf") for folder in reversed(machine)] + ["/etc/pip.conf"]
    files += [os.path.join(home, ".pip", "pip.conf"), os.path.join(user, "pip", "pip.conf")]
    chosen = os.environ.get("PIP_CONFIG_FILE")
    config.read([] if chosen == os.devnull else files + ([chosen] if chosen else []), encoding="utf-8")
    settings = {}
    for section in ("global", "install"):
        if config.has_section(section):
            settings.update({key.replace("_", "-"): value.strip() for key, value in config.items(section)})
    for key in ("index-url", "cert", "proxy"):
        value = os.environ.get("PIP_" + key.replace("-", "_").upper())
        if value:
            settings[key] = value
    return settings


def download(url, settings):
    """The bytes at `url` and the address they came from in the end; three attempts."""
    address, headers = split_login(url)
    handlers = [urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=settings.get("cert")))]
    if settings.get("proxy"):
        handlers.append(urllib.request.ProxyHandler({"http": settings["proxy"], "https": settings["proxy"]}))
    opener = urllib.request.build_opener(*handlers)
    request = urllib.request.Request(address, headers=dict(headers, Accept="text/html", **{"User-Agent": "bootstrap"}))
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with opener.open(request, timeout=60) as answer:
                return answer.read(), answer.geturl()
        except (OSError, urllib.error.URLError) as problem:
            refused = isinstance(problem, urllib.error.HTTPError) and problem.code < 500
            if refused or attempt == ATTEMPTS:
                raise CannotBuild("the package index can't be read: %s.\n%s" % (problem, WAY_OUT)) from problem
            time.sleep(attempt)
    raise AssertionError("unreachable")


WAY_OUT = (
    "Behind a proxy set https_proxy; for an index of your own set PIP_INDEX_URL; for a certificate authority of your\n"
    "own set PIP_CERT; where the machine knows no certificate authority at all: apt-get install ca-certificates"
)


def split_login(url):
    """`https://user:secret@host/` becomes the plain address and the header that carries the login."""
    parts = urllib.parse.urlsplit(url)
    if "@" not in parts.netloc:
        return url, {}
    login, host = parts.netloc.rsplit("@", 1)
    token = base64.b64encode(urllib.parse.unquote(login).encode()).decode()
    return urllib.parse.urlunsplit(parts._replace(netloc=host)), {"Authorization": "Basic " + token}


def with_login_of(index, url):
    """A file on the index's own host is fetched with the index's login, a file elsewhere never is."""
    ours, theirs = urllib.parse.urlsplit(index), urllib.parse.urlsplit(url)
    if (ours.scheme, ours.netloc.rsplit("@", 1)[-1]) == (theirs.scheme, theirs.netloc):
        return urllib.parse.urlunsplit(theirs._replace(netloc=ours.netloc))
    return url


# --- small hands ------------------------------------------------------------------------------------------------------


def pip(python, *arguments):
    command = [python, "-m", "pip", "--quiet", "--disable-pip-version-check", "--no-input"]
    run(command + list(arguments), "pip could not finish (its own words are above)")


def run(command, complaint):
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    if subprocess.run(command, env=environment, cwd=ROOT, check=False).returncode != 0:
        raise CannotBuild(complaint)


def sha256_of(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def read_text(path):
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        return ""


def say(text):
    sys.stdout.write("bootstrap: %s\n" % text)
    sys.stdout.flush()


if __name__ == "__main__":
    main()
