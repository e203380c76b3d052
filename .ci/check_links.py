"""Whether every link inside the built site leads to a page, a file and an anchor that are there.

python .ci/check_links.py docs/_build/html
"""

import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


class Page(HTMLParser):
    """The links of a page, and what they may lead to in it."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors = {"", "top"}
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take note of links and anchors."""
        for name, value in attrs:
            if value and ((name == "href" and tag == "a") or (name == "src" and tag == "img")):
                self.links.append(value)
            elif value and name in ("id", "name"):
                self.anchors.add(value)


def broken(root: Path) -> list[str]:
    """Return the links that lead nowhere, each with its page."""
    pages = {path.resolve(): Page(path) for path in root.rglob("*.html")}
    found = []
    for path, page in pages.items():
        for link in page.links:
            target = urlsplit(link)
            if target.scheme or target.netloc:
                continue
            to = (path.parent / unquote(target.path)).resolve() if target.path else path
            anchors = pages[to].anchors if to in pages else None
            if not to.is_file() or (target.fragment and anchors and unquote(target.fragment) not in anchors):
                found.append(f"{path.relative_to(root.resolve())}: {link}")
    return found


if __name__ == "__main__":
    wrong = broken(Path(sys.argv[1]))
    print("\n".join(wrong) or "all internal links lead somewhere")
    sys.exit(bool(wrong))
