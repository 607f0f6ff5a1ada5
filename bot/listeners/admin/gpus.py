"""An admin adds a GPU, or describes one, or a node."""

from __future__ import annotations

from slack_bolt import App

from bot.desk import Desk, Visit
from bot.listeners.admin import form, limits
from bot.listeners.admin.form import Values
from bot.views import kit
from bot.views.admin import gpus as view
from bot.views.admin.form import Origin
from bot.views.kit import Message
from core import inventory, maintenance, rulebook, rules
from core.facts import Subject
from core.work import Work


def register(app: App, _desk: Desk) -> None:
    app.action("admin:gpu")(form.opening(_open_gpu))
    app.action("admin:gpu_new")(form.opening(_open_new_gpu))
    app.action("admin:node")(form.opening(_open_node))
    app.view(view.GPU)(form.saving(_save_gpu))
    app.view(view.NODE)(form.saving(_save_node))


def _open_gpu(visit: Visit, work: Work, about: Values, origin: Origin) -> kit.Block:
    lab, number = visit.organization_id, int(about["id"])
    gpu = inventory.named(work, lab, f"#{number}")
    rules = rulebook.said_of(work, lab, Subject.GPU, number)
    about_it = Origin(origin.response_url, number)
    return view.gpu_modal(
        gpu, inventory.notes(work, lab, number), rules, limits.of_lab(visit, work), visit.reader, about_it
    )


def _open_new_gpu(visit: Visit, _work: Work, _about: Values, origin: Origin) -> kit.Block:
    return view.gpu_modal(None, "", {}, {}, visit.reader, origin)


def _open_node(visit: Visit, work: Work, about: Values, origin: Origin) -> kit.Block:
    node = inventory.node(work, visit.organization_id, int(about["id"]))
    return view.node_modal(node, visit.reader, Origin(origin.response_url, node.id))


def _save_gpu(visit: Visit, values: Values, origin: Origin) -> Message:
    known = {"label": values["label"], "model": values["model"], "memory_gb": int(values["memory"] or 0)}
    said = limits.filled_in(visit, values, Subject.GPU)
    with visit.begin() as work:
        if not origin.subject_id:
            gpu = maintenance.put_in_service(work, visit.actor, node=values["node"], only_new=True, **known)
        else:
            gpu = maintenance.edit(work, visit.actor, origin.subject_id, notes=values["notes"], **known)
            rules.set_for(work, visit.actor, Subject.GPU, gpu.id, said)
    return kit.done(visit.reader.say("{gpu} is saved.", gpu=kit.escape(gpu.full_name)))


def _save_node(visit: Visit, values: Values, origin: Origin) -> Message:
    ram = int(values["ram"]) if values["ram"] else None
    with visit.begin() as work:
        node = inventory.edit_node(
            work, visit.actor, origin.subject_id, hostname=values["hostname"], cpu=values["cpu"], ram_gb=ram
        )
    return kit.done(visit.reader.say("{node} is saved.", node=kit.escape(node.hostname)))
