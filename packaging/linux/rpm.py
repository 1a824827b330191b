"""Makes the package for Fedora, openSUSE and their like, out of the bundle that brings most libraries along."""

import shutil
from pathlib import Path

import bundle as bundles
from bundle import Bundle
from linux import tree
from product import DESCRIPTION, LICENCE, NAME, PACKAGES, SUMMARY, WORK, pressed, run, version
from release import release

_SPEC = """\
Name: {name}
Version: {version}
Release: 1
Summary: {summary}
License: {licence} AND LGPL-3.0-only
{head}
BuildArch: x86_64
AutoReqProv: no
{requires}
Recommends: (gnome-keyring or kf6-kwallet)

%description
{description}

%files
%defattr(-,root,root,-)
{files}
"""
# what is packed is what was laid out: nothing is stripped, compressed or compiled once more
_DEFINES = {
    "__os_install_post": "%{nil}",
    "__spec_install_post": "%{nil}",
    "_build_id_links": "none",
    "debug_package": "%{nil}",
    "_binary_payload": pressed("w19.zstdio", "w3.zstdio"),
    "_buildhost": "localhost",
    "use_source_date_epoch_as_buildtime": "1",
    "clamp_mtime_to_source_date_epoch": "1",
    "_rpmfilename": "%{NAME}-%{VERSION}-%{RELEASE}.%{ARCH}.rpm",
}


def build(bundle: Bundle) -> Path:
    """Build the package; return where it is."""
    root = tree.lay(WORK / "rpm" / "root", bundle, whole=True)
    top = WORK / "rpm" / "top"
    shutil.rmtree(top, ignore_errors=True)
    top.mkdir(parents=True)
    spec = top / f"{NAME}.spec"
    spec.write_text(_spec(root), "utf-8")
    values = {"_topdir": str(top), **_DEFINES}
    defines = [word for key, value in values.items() for word in ("--define", f"{key} {value}")]
    run("rpmbuild", "-bb", "--quiet", "--target=x86_64", f"--buildroot={root}", *defines, "--noclean", spec)
    package = PACKAGES / f"{NAME}-{version()}-1.x86_64.rpm"
    shutil.copyfile(top / "RPMS" / package.name, package)
    tree.lay_list_beside(package, root / "usr/share")
    return package


def _spec(root: Path) -> str:
    lines = []
    for path in sorted(root.rglob("*")):
        place = f"/{path.relative_to(root).as_posix()}"
        if path.is_dir() and not path.is_symlink():
            # folders that other packages have too are theirs
            if NAME in place:
                lines.append(f'%dir "{place}"')
        else:
            lines.append(f'"{place}"')
    return _SPEC.format(
        head="\n".join(f"{key}: {value}" for key, value in _head().items()),
        name=NAME,
        version=version(),
        summary=SUMMARY,
        licence=LICENCE,
        requires="\n".join(f"Requires: {need}" for need in _requires(root)),
        description="\n\n".join(DESCRIPTION),
        files="\n".join(lines),
    )


def _head() -> dict[str, str]:
    """Return who stands behind the package, as far as somebody has said it."""
    told = release()
    packager = "" if "maintainer" in told.missing else told.maintainer
    found = {"Vendor": told.publisher, "Packager": packager, "URL": told.homepage}
    return {key: value for key, value in found.items() if value}


def _requires(root: Path) -> list[str]:
    """Return the libraries that have to be there, by the names under which every rpm system knows them."""
    names = [name for name in bundles.outside(root / tree.LIBRARY) if not name.startswith("ld-linux")]
    return [*(f"{name}()(64bit)" for name in names), f"libc.so.6(GLIBC_{bundles.oldest_c_library(root)})(64bit)"]
