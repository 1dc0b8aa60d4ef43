"""Convert Markdown to plain text, with lists, without marks."""

import textwrap

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from challenge.curriculum.slots import LINE_WIDTH, without_slots, wrap_line


def plain_text(source: str) -> str:
    tokens = MarkdownIt("commonmark", {"html": False}).parse(source)
    return without_slots("\n\n".join(_blocks(SyntaxTreeNode(tokens))))


def _blocks(parent: SyntaxTreeNode, width: int = LINE_WIDTH) -> list[str]:
    return [block for node in parent.children for block in [_block(node, width)] if block]


def _block(node: SyntaxTreeNode, width: int = LINE_WIDTH) -> str:
    if node.type == "heading":
        title = _inline(node)
        return f"{title}\n{'-' * min(len(title), width)}"
    if node.type == "paragraph":
        return wrap_line(_inline(node).strip(), width)
    if node.type == "blockquote":
        return textwrap.indent("\n\n".join(_blocks(node, width - 2)), "| ", lambda line: True)
    if node.type in ("bullet_list", "ordered_list"):
        return "\n".join(_item(node, place, item, width) for place, item in enumerate(node.children, 1))
    if node.type in ("code_block", "fence"):
        return node.content.rstrip()
    return ""


def _item(parent: SyntaxTreeNode, place: int, item: SyntaxTreeNode, width: int) -> str:
    mark = f"{place}. " if parent.type == "ordered_list" else "- "
    body = "\n".join(_block(node, width - len(mark)) for node in item.children)
    return mark + textwrap.indent(body, " " * len(mark)).lstrip()


def _inline(node: SyntaxTreeNode) -> str:
    if node.type in ("text", "code_inline"):
        return node.content
    if node.type in ("softbreak", "hardbreak"):
        return " "
    if node.type == "image":
        return ""
    inner = "".join(_inline(child) for child in node.children)
    address = str(node.attrs.get("href", ""))
    named = address.startswith(("https:", "mailto:")) and address not in (inner, f"mailto:{inner}")
    return f"{inner} ({address})" if named else inner
