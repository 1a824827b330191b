"""The small files by which a desktop knows the program: in menus, software centres, types of files, and the shell."""

from datetime import UTC, datetime
from xml.sax.saxutils import escape

from cbr_desktop.cli.command_line import parser as command_line
from linux import manual
from product import COMPONENT, DESCRIPTION, LICENCE, MIME_TYPE, NAME, SUMMARY, TITLE, epoch, version
from release import Release, release

ICON_OF_TYPE = MIME_TYPE.replace("/", "-")


def all_texts() -> dict[str, str]:
    """Return the small files by their places."""
    return {
        f"usr/share/applications/{NAME}.desktop": desktop_entry(),
        f"usr/share/metainfo/{COMPONENT}.metainfo.xml": metadata(),
        f"usr/share/mime/packages/{NAME}.xml": mime_type(),
        f"usr/share/bash-completion/completions/{NAME}": manual.completion(),
    }


def desktop_entry() -> str:
    """Return the entry for the menus. Files are handed to the program when it has a way to open one for review."""
    opens = manual.opens_files(command_line())
    lines = {
        "Type": "Application",
        "Version": "1.0",
        "Name": TITLE,
        "GenericName": "Backup Operations",
        "Comment": SUMMARY,
        "Exec": f"{NAME} --open %f" if opens else NAME,
        "TryExec": NAME,
        "Icon": NAME,
        "Terminal": "false",
        "Categories": "System;Archiving;",
        "Keywords": "backup;recovery;CBR;vault;checkpoint;cloud;",
        "StartupNotify": "true",
        "StartupWMClass": NAME,
        **({"MimeType": f"{MIME_TYPE};"} if opens else {}),
        "Actions": "demo;",
    }
    demo = {"Name": "Open the Demo Cloud", "Exec": f"{NAME} --demo"}
    groups = {"Desktop Entry": lines, "Desktop Action demo": demo}
    return "\n".join(
        f"[{head}]\n" + "".join(f"{key}={value}\n" for key, value in entries.items())
        for head, entries in groups.items()
    )


def metadata(told: Release | None = None) -> str:
    """Return what software centres show; unless ``told`` it, they are shown what the project says about its release."""
    day = datetime.fromtimestamp(epoch(), UTC).strftime("%Y-%m-%d")
    told = told or release()
    homepage = f'\n  <url type="homepage">{escape(told.homepage)}</url>' if told.homepage else ""
    paragraphs = "\n".join(f"    <p>{escape(text)}</p>" for text in DESCRIPTION)
    return f"""\
<?xml version="1.0" encoding="UTF-8"?>
<component type="desktop-application">
  <id>{COMPONENT}</id>
  <metadata_license>CC0-1.0</metadata_license>
  <project_license>{LICENCE}</project_license>
  <name>{TITLE}</name>
  <summary>{SUMMARY}</summary>
  <developer_name>{escape(told.publisher)}</developer_name>
  <description>
{paragraphs}
  </description>{homepage}
  <launchable type="desktop-id">{NAME}.desktop</launchable>
  <categories>
    <category>System</category>
    <category>Archiving</category>
  </categories>
  <icon type="stock">{NAME}</icon>
  <provides>
    <binary>{NAME}</binary>
    <mediatype>{MIME_TYPE}</mediatype>
  </provides>
  <content_rating type="oars-1.1"/>
  <releases>
    <release version="{version()}" date="{day}"/>
  </releases>
</component>
"""


def mime_type() -> str:
    """Return what tells request files from other JSON."""
    return f"""\
<?xml version="1.0" encoding="UTF-8"?>
<mime-info xmlns="http://www.freedesktop.org/standards/shared-mime-info">
  <mime-type type="{MIME_TYPE}">
    <comment>CBR request</comment>
    <sub-class-of type="application/json"/>
    <icon name="{ICON_OF_TYPE}"/>
    <glob pattern="*.cbr.json" weight="60"/>
  </mime-type>
</mime-info>
"""
