"""Reads what a page shows: the visible words of an HTML document, clause by clause."""
import dataclasses
import html.parser
import re
import unicodedata

BLOCKS = {"p", "li", "ul", "ol", "blockquote", "h1", "h2", "div", "section", "dl", "dt", "dd",
          "footer", "header", "main", "nav", "br", "hr", "body", "table", "td", "th", "tr", "pre"}
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
    too. List items count with the mark that a reader sees before them, and what stands in a table with
    what stands over it (with_heads)."""

    def __init__(self, text, anchors, with_heads=True):
        super().__init__(convert_charrefs=True)
        self.anchors = set(anchors)
        self.with_heads = with_heads
        self.clauses, self.ids, self.links, self.headings, self.tags = {}, [], [], [], []
        self.clause = None
        self.lists, self.stack = [], []
        self.pending = ""  # the mark of an item whose words have not begun
        self.hidden = 0
        self.heads, self.column, self.cell = [], 0, None  # of the open table
        self.tables = []
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
        if tag == "table":
            self.heads = []
            self.tables.append(attributes)
        if tag == "tr":
            self.column = 0
        if tag in ("td", "th") and self.with_heads:
            self.cell = ""
        if tag in ("p", "br") and self.cell:
            self.cell += "\0"
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
        if self.cell is not None and tag in ("td", "th"):
            self.end_cell()
        if tag in BLOCKS:
            self.add(" ")
        if tag in ("ul", "ol"):
            self.lists.pop()
            self.pending = ""
        if tag in ("style", "script", "title"):
            self.hidden -= 1

    def end_cell(self):
        """What stands in a cell is read with what stands over its column: "Purpose: delivery"."""
        lines = [plain(line) for line in self.cell.split("\0") if plain(line)]
        self.cell = None
        if "thead" in self.stack:
            self.heads += lines
        elif lines:
            self.add(f" {self.heads[self.column]}: {'; '.join(lines)} ")
        self.column += 1

    def handle_data(self, data):
        if self.hidden:
            return
        if self.cell is not None:
            self.cell += data
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


RULE = re.compile(r"-+(   -+)+")


def with_tables_read(text):
    """A page of plain text whose tables are read as a person does, cell by cell."""
    lines, out = text.split("\n"), []
    rules = [at for at, line in enumerate(lines) if RULE.fullmatch(line)]
    at = 0
    for head, foot in zip(rules[::2], rules[1::2]):
        begin = head
        while lines[begin - 1]:
            begin -= 1
        out += lines[at:begin] + read_table(lines[begin:head], lines[head], lines[head + 1:foot])
        at = foot + 1
    return "\n".join(out + lines[at:])


def read_table(heads, rule, lines):
    """Cells as "head: words"; several statements in one have a dash each."""
    spans = [part.span() for part in re.finditer("-+", rule)]
    rows = "\n".join(lines).split("\n\n") if "" in lines else lines
    out = []
    for row in rows:
        for begin, end in spans:
            head = plain(" ".join(cut(line, begin, end) for line in heads))
            statements = [""]
            for part in (cut(line, begin, end) for line in row.split("\n")):
                if part.startswith("- "):
                    statements.append("")
                statements[-1] += " " + part.removeprefix("- ")
            words = "; ".join(plain(words) for words in statements if plain(words))
            out += [f"{head}: {words}"] if words else []
    return out


def columns(line):
    """What a terminal needs for a line."""
    wide = {"W": 2, "F": 2}
    return sum(0 if unicodedata.combining(c) or unicodedata.category(c) == "Cf"
               else wide.get(unicodedata.east_asian_width(c), 1) for c in line)


def cut(line, begin, end):
    """What stands in some columns of a line."""
    out, at, inside = "", 0, False
    for c in line:
        if columns(c) > 0 or at == begin:  # a sign without width goes with the one before it
            inside = begin <= at < end
        if inside:
            out += c
        at += columns(c)
    return out
