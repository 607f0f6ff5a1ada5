"""Messages and views as HTML, through one person's eyes."""

from __future__ import annotations

import json
import re
import zlib
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, select_autoescape
from markupsafe import Markup, escape

from bot.workspace import forms, mrkdwn
from bot.workspace.emoji import EMOJI
from bot.workspace.state import SLACKBOT
from bot.workspace.words import text_words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.workspace.mrkdwn import Node
    from bot.workspace.state import Person
    from bot.workspace.words import Reader

Json = dict[str, Any]

HERE = Path(__file__).parent
PALETTE = ("#c2557a", "#3f7fbf", "#b7791f", "#5a7f3c", "#8a5cc2", "#2b8a8a", "#c0563a", "#5c6bc0")
DOTS = {
    "🔴": ("red circle", "#d9364f"),
    "🟠": ("orange circle", "#e8842c"),
    "🟡": ("yellow circle", "#e5b72f"),
    "🟢": ("green circle", "#2fa36b"),
    "🔵": ("blue circle", "#2f7fd0"),
    "🟣": ("purple circle", "#8a5cc2"),
    "⚪": ("white circle", "#d5d9db"),
    "🟥": ("red square", "#d9364f"),
    "🟨": ("yellow square", "#e5b72f"),
    "🟩": ("green square", "#2fa36b"),
    "⬜": ("white square", "#d5d9db"),
}
_DOT = re.compile(f"([{''.join(DOTS)}])")
_TAGS = {"bold": "strong", "italic": "em", "strike": "s"}


def environment() -> Environment:
    """The templates, with everything they may call."""
    templates = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=select_autoescape(),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters |= {"rich": rich, "plain": plain, "label": label}
    templates.globals |= {
        "avatar": avatar,
        "confirm": confirm,
        "holds": holds,
        "image_source": image_source,
        "local_minute": local_minute,
        "rich_text": rich_text,
    }
    return templates


# ── text ────────────────────────────────────────────────────────────────────


def markup(nodes: Iterable[Node], me: Reader) -> Markup:
    """Parsed text as HTML."""
    return Markup("").join(_node(node, me) for node in nodes)


def _node(node: Node, me: Reader) -> Markup:  # noqa: PLR0911 - one case per kind of node
    match node:
        case mrkdwn.Text(text):
            return _letters(text)
        case mrkdwn.Code(text, block):
            return Markup("<pre>{}</pre>" if block else "<code>{}</code>").format(text)
        case mrkdwn.Styled(style, inside):
            return Markup("<{0}>{1}</{0}>").format(Markup(_TAGS[style]), markup(inside, me))
        case mrkdwn.Quote(inside):
            return Markup("<blockquote>{}</blockquote>").format(markup(inside, me))
        case mrkdwn.Link(url, shown):
            return link(url, escape(shown))
        case mrkdwn.Mention():
            return mention(node, me)
        case mrkdwn.Date(at, template, _, url):
            return date(at, template, me, url)
        case mrkdwn.Emoji(name):
            return emoji(name)


def link(url: str, shown: Markup) -> Markup:
    """A link that leaves; only web and mail addresses become one."""
    if not url.startswith(("http://", "https://", "mailto:")):
        return shown
    return Markup('<a href="{}" target="_blank" rel="noopener noreferrer">{}</a>').format(url, shown)


def mention(node: mrkdwn.Mention, me: Reader) -> Markup:
    """A mention; one of the reader stands out."""
    mine = node.kind == "everyone" or node.target == me.person.id
    kind = "mention me" if mine else "mention"
    return Markup('<span class="{}">{}</span>').format(kind, me.mention(node))


def date(at: int, template: str, me: Reader, url: str = "") -> Markup:
    """An instant in the reader's zone; the whole date shows on hovering."""
    full = f"{me.dates.token(at, '{date_long} {time}')} ({me.person.tz})"
    shown = Markup('<time title="{}">{}</time>').format(full, me.dates.token(at, template))
    return link(url, shown) if url else shown


def emoji(name: str) -> Markup:
    """A picture with its name for screen readers."""
    if name not in EMOJI:
        return Markup(":{}:").format(name)
    return dot(EMOJI[name]) or Markup('<span class="emoji" role="img" aria-label="{}">{}</span>').format(
        name.replace("_", " "), EMOJI[name]
    )


def dot(character: str) -> Markup | None:
    """A coloured circle or square, drawn so that it needs no emoji font."""
    if character not in DOTS:
        return None
    words, color = DOTS[character]
    kind = "dot square" if "square" in words else "dot"
    shown = '<span class="{}" style="background:{}" role="img" aria-label="{}"></span>'
    return Markup(shown).format(kind, color, words)


def _letters(text: str) -> Markup:
    """Bare words, with line breaks and drawn dots."""
    pieces = (dot(piece) or escape(piece) for piece in _DOT.split(text))
    return Markup("").join(pieces).replace("\n", Markup("<br>"))


def rich(text: Json | str | None, me: Reader) -> Markup:
    """A text object, or a bare mrkdwn string."""
    if not text:
        return Markup("")
    if isinstance(text, dict) and text["type"] == "plain_text":
        return plain(text, me)
    return markup(mrkdwn.parse(text if isinstance(text, str) else text["text"]), me)


def plain(text: Json | None, me: Reader) -> Markup:
    """A plain_text object."""
    return markup(mrkdwn.parse_plain(text["text"], emoji=text.get("emoji", True)), me) if text else Markup("")


def label(text: Json | None, fallback: str = "") -> str:
    """A text object as bare words, for attributes."""
    if not text:
        return fallback
    nodes = mrkdwn.parse_plain(text["text"])
    return "".join(
        EMOJI[node.name] if isinstance(node, mrkdwn.Emoji) else str(getattr(node, "text", "")) for node in nodes
    )


# ── rich text ───────────────────────────────────────────────────────────────

_WRAPS = {
    "rich_text_section": "<p>{}</p>",
    "rich_text_preformatted": "<pre>{}</pre>",
    "rich_text_quote": "<blockquote>{}</blockquote>",
}


def rich_text(block: Json, me: Reader) -> Markup:
    """A rich_text block."""
    return Markup("").join(_rich_part(part, me) for part in block["elements"])


def _rich_part(part: Json, me: Reader) -> Markup:
    inside = part.get("elements", [])
    if part["type"] == "rich_text_list":
        tag = Markup("ol" if part.get("style") == "ordered" else "ul")
        points = (Markup("<li>{}</li>").format(_leaves(point["elements"], me)) for point in inside)
        return Markup("<{0}>{1}</{0}>").format(tag, Markup("").join(points))
    return Markup(_WRAPS.get(part["type"], "{}")).format(_leaves(inside, me))


def _leaves(leaves: list[Json], me: Reader) -> Markup:
    return Markup("").join(_styled(leaf, _leaf(leaf, me)) for leaf in leaves)


def _leaf(leaf: Json, me: Reader) -> Markup:  # noqa: PLR0911 - one case per kind
    match leaf["type"]:
        case "link":
            return link(leaf["url"], escape(leaf.get("text") or leaf["url"]))
        case "emoji":
            return emoji(leaf["name"])
        case "user":
            return mention(mrkdwn.Mention("person", leaf["user_id"]), me)
        case "channel":
            return mention(mrkdwn.Mention("channel", leaf["channel_id"]), me)
        case "broadcast":
            return mention(mrkdwn.Mention("everyone", leaf["range"]), me)
        case "date":
            return date(leaf["timestamp"], leaf["format"], me)
    return _letters(str(leaf.get("text", "")))


def _styled(leaf: Json, shown: Markup) -> Markup:
    style = leaf.get("style") or {}
    for name, tag in (("code", "code"), *_TAGS.items()):
        if isinstance(style, dict) and style.get(name):
            shown = Markup("<{0}>{1}</{0}>").format(Markup(tag), shown)
    return shown


# ── controls ────────────────────────────────────────────────────────────────


def confirm(element: Json, me: Reader) -> str:
    """A confirmation dialog's words, for the page's script."""
    asked = element.get("confirm")
    if not asked:
        return ""
    words = {name: text_words(asked[name], me) for name in ("title", "text", "confirm", "deny")}
    return json.dumps(words | {"style": asked.get("style", "primary")})


def holds(block: Json, element: Json, filled: forms.Filled) -> Any:
    """What a control holds now."""
    return forms.current(block, element, filled)


def image_source(image: Json) -> str:
    """Where an image is fetched from: the app's own files, or elsewhere; nowhere when that is no address."""
    named = image.get("slack_file", {})
    if "id" in named:
        return f"/files/{named['id']}/"
    address = str(named.get("url") or image.get("image_url"))
    return address if address.startswith(("http://", "https://", "/files/")) else ""


def local_minute(at: int | None, me: Reader) -> str:
    """An instant as a datetime-local input wants it."""
    return me.dates.local(at).strftime("%Y-%m-%dT%H:%M") if at else ""


def instant(minute: str, person: Person) -> int | None:
    """The inverse: what a person chose in a datetime-local input."""
    if not minute:
        return None
    return int(datetime.fromisoformat(minute).replace(tzinfo=ZoneInfo(person.tz)).timestamp())


# ── faces ───────────────────────────────────────────────────────────────────


def avatar(me: Reader, account_id: str, size: str = "") -> Markup:
    """A face: a chip for apps, the first letter on a colour for people."""
    person = me.state.people.get(account_id)
    if person is None or account_id == SLACKBOT:
        return Markup('<span class="avatar note {}" aria-hidden="true">i</span>').format(size)
    if person.bot:
        chip = '<span class="avatar app {}" aria-hidden="true"><svg><use href="#i-chip"/></svg></span>'
        return Markup(chip).format(size)
    color = person.color or PALETTE[zlib.crc32(person.name.encode()) % len(PALETTE)]
    face = '<span class="avatar {}" style="background:{}" aria-hidden="true">{}</span>'
    return Markup(face).format(size, color, person.real_name[:1].upper())
