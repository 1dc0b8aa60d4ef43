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


def _block(node: SyntaxTreeNode, width: int = WIDTH) -> str:
    if node.type == "heading":
        return _inline(node).upper()
    if node.type == "paragraph":
        return textwrap.fill(_inline(node), width, break_long_words=False, break_on_hyphens=False)
    if node.type == "blockquote":
        return textwrap.indent("\n\n".join(_blocks(node)), "| ", lambda line: True)
    if node.type in ("bullet_list", "ordered_list"):
        return "\n".join(_item(node, place, item) for place, item in enumerate(node.children, 1))
    if node.type in ("code_block", "fence"):
        return node.content.rstrip()
    return ""


def _item(parent: SyntaxTreeNode, place: int, item: SyntaxTreeNode) -> str:
    mark = f"{place}. " if parent.type == "ordered_list" else "- "
    body = "\n".join(_block(node, WIDTH - len(mark)) for node in item.children)
    return mark + textwrap.indent(body, " " * len(mark)).lstrip()


def _inline(node: SyntaxTreeNode) -> str:
    if node.type in ("text", "code_inline"):
        return node.content
    if node.type in ("softbreak", "hardbreak"):
        return " "
    inner = "".join(_inline(child) for child in node.children)
    named = node.type == "link" and node.attrs["href"] not in (inner, f"mailto:{inner}")
    return f"{inner} ({node.attrs['href']})" if named else inner
