"""Markdown as plain text that reads well in a terminal: wrapped, lists kept, marks dropped."""

import textwrap

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

WIDTH = 72


def plain(source: str) -> str:
    """The text of a Markdown source, wrapped at 72 columns."""
    return "\n\n".join(_blocks(SyntaxTreeNode(MarkdownIt("commonmark").parse(source))))


def _blocks(parent: SyntaxTreeNode) -> list[str]:
    return [block for node in parent.children for block in [_block(node)] if block]


def _block(node: SyntaxTreeNode) -> str:
    if node.type == "heading":
        return _inline(node).upper()
    if node.type == "paragraph":
        return textwrap.fill(_inline(node), WIDTH, break_long_words=False, break_on_hyphens=False)
    if node.type == "blockquote":
        return textwrap.indent("\n\n".join(_blocks(node)), "| ", lambda line: True)
    if node.type in ("bullet_list", "ordered_list"):
        return "\n".join(_item(node, place, item) for place, item in enumerate(node.children, 1))
    return ""


def _item(parent: SyntaxTreeNode, place: int, item: SyntaxTreeNode) -> str:
    mark = f"{place}. " if parent.type == "ordered_list" else "- "
    body = textwrap.fill(
        " ".join(" ".join(_blocks(item)).split()),
        WIDTH - len(mark),
        break_long_words=False,
        break_on_hyphens=False,
    )
    return mark + textwrap.indent(body, " " * len(mark)).lstrip()


def _inline(node: SyntaxTreeNode) -> str:
    parts = []
    for inner in node.walk():
        if inner.type in ("text", "code_inline"):
            parts.append(inner.content)
        elif inner.type in ("softbreak", "hardbreak"):
            parts.append(" ")
    return "".join(parts)
