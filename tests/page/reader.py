"""Reads what a page shows: the visible words of an HTML document, clause by clause."""
import dataclasses
import html.parser
import re

BLOCKS = {"p", "li", "ul", "ol", "blockquote", "h1", "h2", "div", "section", "dl", "dt", "dd",
          "footer", "header", "main", "nav", "br", "hr", "body", "table", "td", "tr", "pre"}
VOID = {"br", "hr", "meta", "link", "img"}


def plain(words):
    """One space for any blanks, and none of the marks that only steer the direction of writing."""
    words = re.sub("[\u2066-\u2069]", "", words)
    return " ".join(word for word in re.split("[\x00-\x20\x7f]+", words) if word)


@dataclasses.dataclass
class Clause:
    words: str = ""
    section: str = ""


class Document(html.parser.HTMLParser):
    """Cuts a page at the anchors it is told of. A heading or the rule above the footer ends a clause
    too. List items count with the mark that a reader sees before them."""

    def __init__(self, text, anchors):
        super().__init__(convert_charrefs=True)
        self.anchors = set(anchors)
        self.clauses, self.ids, self.links, self.headings, self.tags = {}, [], [], [], []
        self.clause = None
        self.lists, self.stack = [], []
        self.pending = ""  # the mark of an item whose words have not begun
        self.hidden = 0
        self.all = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.tags.append((tag, attributes))
        if tag not in VOID:
            self.stack.append(tag)
        if tag in BLOCKS:
            self.add(" ")
        if tag in ("style", "script", "title"):
            self.hidden += 1
        if tag in ("h2", "hr", "footer"):
            self.clause = None
        if tag == "h2":
            self.headings.append("")
        if tag in ("ul", "ol"):
            self.lists.append([tag, int(attributes.get("start", 1))])
        if tag == "li":
            self.begin_item()
        if "id" in attributes:
            self.begin_anchor(attributes["id"])
        if tag == "a" and "href" in attributes:
            self.links.append(attributes["href"])

    def begin_item(self):
        kind, number = self.lists[-1]
        self.pending += f"{number}. " if kind == "ol" else "- "
        self.lists[-1][1] += 1

    def begin_anchor(self, anchor):
        self.ids.append(anchor)
        if anchor in self.anchors:
            self.clause = self.clauses.setdefault(anchor, Clause())
            self.clause.section = self.headings[-1] if self.headings else ""
            self.clause.words += self.pending
            self.pending = ""

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        assert self.stack and self.stack.pop() == tag, f"</{tag}> closes something else"
        if tag in BLOCKS:
            self.add(" ")
        if tag in ("ul", "ol"):
            self.lists.pop()
            self.pending = ""
        if tag in ("style", "script", "title"):
            self.hidden -= 1

    def handle_data(self, data):
        if self.hidden:
            return
        if data.strip(" \t\r\n"):
            data, self.pending = self.pending + data, ""
        self.add(data)
        if self.stack and "h2" in self.stack:
            self.headings[-1] += data

    def add(self, data):
        self.all += data
        if self.clause is not None:
            self.clause.words += data

    def words(self):
        return {anchor: plain(clause.words) for anchor, clause in self.clauses.items()}
