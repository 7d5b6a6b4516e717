"""What may be called how."""

import re
import unicodedata

from graph_api.errors import BadAlias, BadDigest, BadName, BadPath, BadVersion

# A chosen version of this form must be the one that comes next, and no alias may look like it.
NUMBERED = re.compile(r"v(0|[1-9][0-9]*)")
LATEST = "latest"
_SHA256 = re.compile(r"[0-9a-f]{64}")


def normalized(text: str) -> str:
    """Unicode NFC: what looks the same is the same."""
    return unicodedata.normalize("NFC", text)


def label(kind: str, text: str, longest: int) -> str:
    """Free words in Unicode NFC; BadName where they are none, too many, or would break a line."""
    text = normalized(text)
    if not text.strip():
        raise BadName(kind, text, "is empty")
    if len(text) > longest:
        raise BadName(kind, text, f"has {len(text)} characters; the limit is {longest}")
    for sign in text:
        if unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp"):
            raise BadName(kind, text, f"contains the control character {sign!r}")
    if text != text.strip():
        raise BadName(kind, text, "begins or ends with a space")
    return text


def name(kind: str, text: str, longest: int) -> str:
    """A label by which others refer to a thing; BadName where it would break a reference."""
    text = label(kind, text, longest)
    for sign in text:
        if sign in "/:":
            raise BadName(kind, text, f"contains {sign!r}, which separates project, name, version")
    return text


def path(text: str) -> str:
    """A file's path within an artifact, in Unicode NFC, ``/`` between its parts.

    BadPath where it is empty, absolute, leaves the artifact or would differ between systems.
    """
    text = normalized(text)
    if not text:
        raise BadPath(text, "is empty")
    if len(text.encode("utf-8", "surrogatepass")) > 1024:
        raise BadPath(text, "has more than 1,024 bytes")
    if text.startswith("/"):
        raise BadPath(text, "is absolute")
    if "\\" in text or any(unicodedata.category(sign) in ("Cc", "Cs") for sign in text):
        raise BadPath(text, "contains a backslash or a control character")
    for part in text.split("/"):
        if part in ("", ".", ".."):
            raise BadPath(text, f"has the part {part!r}")
    return text


def alias(text: str, longest: int) -> str:
    """The alias in Unicode NFC; BadAlias where it could be taken for a version."""
    text = name("alias", text, longest)
    if text == LATEST:
        raise BadAlias(text, "it is always the version with the highest index")
    if NUMBERED.fullmatch(text):
        raise BadAlias(text, "it looks like a version")
    return text


def version(text: str, longest: int) -> str:
    """A version that a caller chose, in Unicode NFC; BadVersion where it means something else."""
    text = name("version", text, longest)
    if text == LATEST:
        raise BadVersion(text, "it is always the version with the highest index")
    if text.startswith("?"):
        raise BadVersion(text, "drafts begin with '?'")
    return text


def sha256(of: str, text: str) -> str:
    """The SHA-256 of something in lowercase hexadecimal; BadDigest for any other text."""
    if not _SHA256.fullmatch(text):
        raise BadDigest(of, text)
    return text
