"""Every link between our pages leads somewhere."""

import re
from pathlib import Path

LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCE = re.compile(r"^( *)```.*?^\1```", re.DOTALL | re.MULTILINE)


def anchors(text: str) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken(root: Path, page: str, text: str) -> list[str]:
    found = []
    for link in LINK.findall(FENCE.sub("", text)):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (root / page).parent / path if path else root / page
        if not target.exists() or (anchor and anchor not in anchors(target.read_text(encoding="utf-8"))):
            found.append(f"{page}: {link}")
    return found


def test_links_resolve(root: Path, pages: dict[str, str]) -> None:
    assert [link for page, text in pages.items() for link in broken(root, page, text)] == []


def test_a_link_to_nowhere_is_found(root: Path) -> None:
    assert broken(root, "README.md", "[a](docs/nowhere.md) [b](LICENSE) [c](#no-such-heading)\n# Some `heading`") == [
        "README.md: docs/nowhere.md",
        "README.md: #no-such-heading",
    ]


def test_every_page_of_the_docs_can_be_reached(root: Path, pages: dict[str, str]) -> None:
    linked = {
        (root / page).parent.joinpath(link.partition("#")[0]).resolve()
        for page, text in pages.items()
        for link in LINK.findall(text)
    }
    decisions = root / "docs" / "why"  # linked as a folder
    alone = [p for p in pages if p.startswith("docs/") and (root / p) not in linked and (root / p).parent != decisions]
    assert alone == []
