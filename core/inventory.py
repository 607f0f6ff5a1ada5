"""Nodes and GPUs: what the lab has, and which of it a wish can mean."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache, lru_cache

from sqlalchemy import bindparam, select

from core import audit, errors, facts, members, models
from core.actors import Actor, Operator
from core.facts import Action, Subject
from core.facts import Wanted as Wanted  # noqa: PLC0414 - most who ask for GPUs find it here
from core.timerange import TimeRange
from core.work import Work

_EVER = timedelta(days=730)  # farther ahead than anybody waits


def gpus(work: Work, organization_id: int) -> tuple[facts.Gpu, ...]:
    """Every GPU in service, by node and label, numbers in the order people count."""
    return _fleet(work, organization_id).gpus


def by_id(work: Work, organization_id: int) -> Mapping[int, facts.Gpu]:
    """The same by number."""
    return _fleet(work, organization_id).by_id


def nodes(work: Work, organization_id: int) -> tuple[facts.Node, ...]:
    """Every node that has a GPU in service, in the order of their GPUs."""
    rows = work.session.scalars(select(models.Node).where(models.Node.organization_id == organization_id))
    by_name = {row.hostname: _node_fact(row) for row in rows}
    return tuple(by_name[name] for name in dict.fromkeys(gpu.node for gpu in gpus(work, organization_id)))


def node(work: Work, organization_id: int, node_id: int) -> facts.Node:
    """UnknownNode when there is none of that number in this lab."""
    return _node_fact(_node_row(work, organization_id, node_id))


def edit_node(
    work: Work, by: Actor | Operator, node_id: int, *, hostname: str, cpu: str, ram_gb: int | None, why: str = ""
) -> facts.Node:
    """Correct what is known of a node. Raises AdminsOnly, UnknownNode, NoName, BadMemory, and NameTaken."""
    members.must_be_admin(work, by)
    hostname, cpu = " ".join(hostname.split()), " ".join(cpu.split())
    if not hostname:
        raise errors.NoName
    if ram_gb is not None and ram_gb < 1:
        raise errors.BadMemory(ram_gb)
    members.lock_organization(work, by.organization_id)
    row = _node_row(work, by.organization_id, node_id)
    ours = select(models.Node.id).where(models.Node.organization_id == by.organization_id)
    if work.session.scalar(ours.where(models.Node.hostname == hostname, models.Node.id != node_id)):
        raise errors.NameTaken(hostname)
    before = {"hostname": row.hostname, "cpu": row.cpu, "ram_gb": row.ram_gb}
    after = {"hostname": hostname, "cpu": cpu, "ram_gb": ram_gb}
    if after != before:
        row.hostname, row.cpu, row.ram_gb = hostname, cpu, ram_gb
        work.session.flush()
        forget(work, by.organization_id)
        audit.record(work, by, Action.CHANGED, Subject.NODE, node_id, before=before, after=after, why=why)
    return _node_fact(row)


def _node_row(work: Work, organization_id: int, node_id: int) -> models.Node:
    row = work.session.get(models.Node, node_id)
    if row is None or row.organization_id != organization_id:
        raise errors.UnknownNode(node_id)
    return row


def _node_fact(row: models.Node) -> facts.Node:
    return facts.Node(row.id, row.hostname, row.cpu, row.ram_gb)


def add_gpu(
    work: Work,
    by: Actor | Operator,
    *,
    node: str,
    label: str,
    model: str,
    memory_gb: int,
    only_new: bool = False,
    why: str = "",
) -> facts.Gpu:
    """Add a GPU and, where new, its node; a GPU that is there already is brought up to date and back in service.

    All its time has come free by this: `core.maintenance.put_in_service` gives it to who waits. With `only_new`, one
    that is in service is left alone. Raises AdminsOnly, NoName, BadMemory, and then NameTaken.
    """
    members.must_be_admin(work, by)
    node, label, model = (" ".join(text.split()) for text in (node, label, model))
    if not (node and label and model):
        raise errors.NoName
    if memory_gb < 1:
        raise errors.BadMemory(memory_gb)
    members.lock_organization(work, by.organization_id)
    home = _node(work, by.organization_id, node)
    row = work.session.scalar(select(models.Gpu).where(models.Gpu.node_id == home.id, models.Gpu.label == label))
    if only_new and row is not None and row.retired_at is None:
        raise errors.NameTaken(f"{node}/{label}")
    before = _snapshot(row) if row else None
    if row is None:
        row = models.Gpu(node=home, label=label)
        work.session.add(row)
    row.model, row.memory_gb, row.retired_at = model, memory_gb, None
    gpu = _changed(work, by, row, before, why)
    work.freed.append((gpu.id, TimeRange(work.now, work.now + _EVER)))
    return gpu


def edit_gpu(
    work: Work, by: Actor | Operator, gpu_id: int, *, label: str, model: str, memory_gb: int, notes: str, why: str = ""
) -> facts.Gpu:
    """Correct what is known of a GPU in service. Raises AdminsOnly, UnknownGpu, NoName, BadMemory, and NameTaken."""
    members.must_be_admin(work, by)
    label, model = " ".join(label.split()), " ".join(model.split())
    if not (label and model):
        raise errors.NoName
    if memory_gb < 1:
        raise errors.BadMemory(memory_gb)
    members.lock_organization(work, by.organization_id)
    gpu = named(work, by.organization_id, f"#{gpu_id}")
    row = work.session.get_one(models.Gpu, gpu_id)
    twin = select(models.Gpu.id).where(models.Gpu.node_id == row.node_id, models.Gpu.label == label)
    if work.session.scalar(twin.where(models.Gpu.id != gpu_id)):
        raise errors.NameTaken(f"{gpu.node}/{label}")
    before = _snapshot(row)
    row.label, row.model, row.memory_gb, row.notes = label, model, memory_gb, notes.strip()[:1000]
    return _changed(work, by, row, before, why)


def retire(work: Work, by: Actor | Operator, gpu_id: int, *, why: str = "") -> None:
    """Take a GPU out of service for good; see core.maintenance for who holds it. Raises AdminsOnly and UnknownGpu."""
    members.must_be_admin(work, by)
    members.lock_organization(work, by.organization_id)
    named(work, by.organization_id, f"#{gpu_id}")
    row = work.session.get_one(models.Gpu, gpu_id)
    before = _snapshot(row)
    row.retired_at = work.now
    work.session.flush()
    forget(work, by.organization_id)
    audit.record(work, by, Action.RETIRED, Subject.GPU, gpu_id, before=before, after=_snapshot(row), why=why)


def notes(work: Work, organization_id: int, gpu_id: int) -> str:
    """What an admin has noted about a GPU in service."""
    named(work, organization_id, f"#{gpu_id}")
    return work.session.get_one(models.Gpu, gpu_id).notes


def _node(work: Work, organization_id: int, hostname: str) -> models.Node:
    home = work.session.scalar(
        select(models.Node).where(models.Node.organization_id == organization_id, models.Node.hostname == hostname)
    )
    if home is None:
        home = models.Node(organization_id=organization_id, hostname=hostname)
        work.session.add(home)
        work.session.flush()
    return home


def _changed(work: Work, by: Actor | Operator, row: models.Gpu, before: audit.Snapshot | None, why: str) -> facts.Gpu:
    work.session.flush()
    forget(work, by.organization_id)
    after = _snapshot(row)
    if before != after:
        action = Action.CHANGED if before else Action.ADDED
        audit.record(work, by, action, Subject.GPU, row.id, before=before, after=after, why=why)
    return named(work, by.organization_id, f"#{row.id}")


def _snapshot(row: models.Gpu) -> audit.Snapshot:
    return {
        "node": row.node.hostname,
        "label": row.label,
        "model": row.model,
        "memory_gb": row.memory_gb,
        "notes": row.notes or "",
        "retired": row.retired_at is not None,
    }


def named(work: Work, organization_id: int, name: str) -> facts.Gpu:
    """The GPU called so, by any of its `names`; UnknownGpu or UnclearGpu otherwise."""
    fleet = _fleet(work, organization_id)
    matches = fleet.called.get(folded(name), ())
    if not matches:
        raise errors.UnknownGpu(name, fleet.gpus)
    if len(matches) > 1:
        raise errors.UnclearGpu(name, matches)
    return matches[0]


def meant(work: Work, organization_id: int, names: Iterable[str]) -> tuple[facts.Gpu, ...]:
    """The GPUs called so, and all of the nodes called so; UnknownGpu or UnclearGpu otherwise."""
    by_node: dict[str, list[facts.Gpu]] = {}
    for gpu in gpus(work, organization_id):
        by_node.setdefault(folded(gpu.node), []).append(gpu)
    found = [by_node.get(folded(name)) or [named(work, organization_id, name)] for name in names]
    return tuple(dict.fromkeys(gpu for several in found for gpu in several))


def candidates(work: Work, organization_id: int, wanted: Wanted) -> tuple[facts.Gpu, ...]:
    """The GPUs that a wish can mean, held or not: exactly those named, or all that match.

    Raises UnknownGpu, UnclearGpu, NoGpus, NoneWanted, or TooManyGpus when no node could ever serve it.
    """
    if wanted.names:
        found = {gpu.id: gpu for gpu in (named(work, organization_id, name) for name in wanted.names)}
        return tuple(found.values())
    if wanted.count < 1:
        raise errors.NoneWanted(wanted.count)
    known = gpus(work, organization_id)
    matching = tuple(gpu for gpu in known if is_model(gpu, wanted.model))
    if not matching:
        raise errors.NoGpus(wanted.model, known)
    most = len(matching) if wanted.spread else max(Counter(gpu.node for gpu in matching).values())
    if wanted.count > most:
        raise errors.TooManyGpus(wanted.count, most, len(matching))
    return matching


def pick(
    wanted: Wanted, candidates: Sequence[facts.Gpu], is_free: Callable[[facts.Gpu], bool]
) -> tuple[facts.Gpu, ...] | None:
    """Which of the candidates serve the wish, or None: from the node they fill best, so that room stays whole."""
    free = [gpu for gpu in candidates if is_free(gpu)]
    if wanted.names:
        return tuple(free) if len(free) == len(candidates) else None
    by_node: dict[str, list[facts.Gpu]] = {}
    for gpu in free:
        by_node.setdefault(gpu.node, []).append(gpu)
    fitting = [home for home in by_node.values() if len(home) >= wanted.count]
    if fitting:
        return tuple(min(fitting, key=len)[: wanted.count])
    if wanted.spread and len(free) >= wanted.count:
        largest_first = sorted(by_node.values(), key=len, reverse=True)
        return tuple(gpu for home in largest_first for gpu in home)[: wanted.count]
    return None


def names_of_all(work: Work, organization_id: int) -> dict[int, str]:
    """Of every GPU that the lab has or had, by number: its name, the full one once it is out of service."""
    rows = work.session.execute(
        select(models.Gpu.id, models.Node.hostname, models.Gpu.label)
        .join(models.Node)
        .where(models.Node.organization_id == organization_id)
    )
    return {row.id: f"{row.hostname}/{row.label}" for row in rows} | {
        gpu.id: gpu.name for gpu in gpus(work, organization_id)
    }


_IN_SERVICE = (
    select(models.Gpu.id, models.Node.hostname, models.Gpu.label, models.Gpu.model, models.Gpu.memory_gb)
    .join(models.Node)
    .where(models.Node.organization_id == bindparam("lab"), models.Gpu.retired_at.is_(None))
)


@dataclass(frozen=True)
class _Fleet:
    """All GPUs in service, in order, and under each of their names."""

    gpus: tuple[facts.Gpu, ...]
    by_id: dict[int, facts.Gpu]
    called: dict[str, tuple[facts.Gpu, ...]]


def forget(work: Work, organization_id: int) -> None:
    """What was looked up of the lab's GPUs in this transaction is not so any more."""
    work.memo.pop((_Fleet, organization_id), None)


def _fleet(work: Work, organization_id: int) -> _Fleet:
    key = (_Fleet, organization_id)
    if key not in work.memo:
        rows = work.connection.execute(_IN_SERVICE, {"lab": organization_id}).all()
        work.memo[key] = _in_order(tuple(map(tuple, rows)))
    return work.memo[key]  # type: ignore[return-value]


# Every booking asks these of every GPU of the lab, and the answers hardly ever change.


@lru_cache(maxsize=100)
def _in_order(rows: tuple[tuple[int, str, str, str, int], ...]) -> _Fleet:
    labels = Counter(label for _, _, label, _, _ in rows)
    found = [
        facts.Gpu(id_, node, label, model, memory_gb, label if labels[label] == 1 else f"{node}/{label}")
        for id_, node, label, model, memory_gb in rows
    ]
    found.sort(key=lambda gpu: (_counted(gpu.node), _counted(gpu.label)))
    called: dict[str, tuple[facts.Gpu, ...]] = {}
    for gpu in found:
        for name in names(gpu):
            called[name] = (*called.get(name, ()), gpu)
    return _Fleet(tuple(found), {gpu.id: gpu for gpu in found}, called)


@cache
def _counted(name: str) -> tuple[tuple[int, str], ...]:
    """Sorts GPU10 after GPU9."""
    return tuple((int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", name) if part)


@cache
def names(gpu: facts.Gpu) -> frozenset[str]:
    """What a GPU may be called, folded: `gpu0`, `lab-node-1/gpu0`, just `0`, and for buttons `#` with its id."""
    label = folded(gpu.label)
    return frozenset({label, label.removeprefix("gpu"), folded(gpu.full_name), f"#{gpu.id}"})


def folded(name: str) -> str:
    """Without regard to case and full-width forms."""
    return unicodedata.normalize("NFKC", name).casefold()


def is_model(gpu: facts.Gpu, model: str | None) -> bool:
    """`5090`, `rtx5090` and `RTX 5090` all mean an RTX 5090."""
    if model is None:
        return True
    return _squeezed(model) in _squeezed(gpu.model)


def _squeezed(text: str) -> str:
    return re.sub(r"[\s_-]+", "", text).casefold()
