"""GPUs and nodes: added, and described."""

from __future__ import annotations

from bot.reader import Reader
from bot.views import kit
from bot.views.admin import form, limits
from bot.views.admin.form import Origin
from bot.views.kit import Block
from core import facts
from core.facts import Rule
from core.policy import Rules

GPU, NODE = "admin_gpu", "admin_node"


def gpu_modal(known: facts.Gpu | None, notes: str, rules: Rules, lab: Rules, reader: Reader, origin: Origin) -> Block:
    """To add one, or to edit one, with its limits beside those of the lab."""
    title = reader.say("Edit GPU") if known else reader.say("Add a GPU")
    node = (
        [] if known else [kit.field("node", reader.say("Node"), form.text("", 200), hint=reader.say("Its host name."))]
    )
    rest = [
        kit.field("notes", reader.say("Notes"), {**form.text(notes, 1000), "multiline": True}, optional=True),
        *limits.fields(rules, reader, [rule for rule in Rule if rule is not Rule.AT_ONCE], lab),
    ]
    return form.modal(
        GPU,
        title,
        reader,
        origin,
        *node,
        kit.field(
            "label", reader.say("Label"), form.text(known.label if known else "", 32), hint=reader.say("Like GPU0.")
        ),
        kit.field("model", reader.say("Model"), form.text(known.model if known else "", 100)),
        kit.field("memory", reader.say("Memory in GB"), form.whole_number(known.memory_gb if known else None)),
        *(rest if known else []),
    )


def node_modal(known: facts.Node, reader: Reader, origin: Origin) -> Block:
    return form.modal(
        NODE,
        reader.say("Edit node"),
        reader,
        origin,
        kit.field("hostname", reader.say("Host name"), form.text(known.hostname, 200)),
        kit.field("cpu", reader.say("CPU"), form.text(known.cpu, 200), optional=True),
        kit.field("ram", reader.say("RAM in GB"), form.whole_number(known.ram_gb), optional=True),
    )
