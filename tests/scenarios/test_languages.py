"""Each is answered in the language of their own Slack, and the channel is told in the lab's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core import organizations
from core.actors import Operator
from tests.scenarios.conftest import World


def test_a_conversation_in_japanese(world: World) -> None:
    """10:00 in Berlin and 18:00 in Tokyo on Thursday, 3 December."""
    haruka = world.speaks("haruka", "ja-JP")
    haruka.types("#gpu", "/gpu 明日13-18 評価のために予約して")
    booked = haruka.waits_for("#gpu", "✓ 予約しました")
    assert "lab-node-1 の GPU0 (RTX 5090) · 12月4日(金) 13:00–18:00 JST · 5時間" in booked.words
    assert '"評価"' in booked.words
    assert booked.buttons == ["変更", "キャンセル"]

    haruka.types("#gpu", "/gpu 明日１３時から１８時空いてますか？")
    assert "佐藤遥" not in haruka.waits_for("#gpu", "予約済みです").words
    haruka.types("#gpu", "/gpu 私の予約")
    assert "予約済み:" in haruka.waits_for("#gpu", "予約が1件あります。").words
    haruka.types("#gpu", "/gpu ｷｬﾝｾﾙ")
    haruka.waits_for("#gpu", "✓ キャンセルしました")
    haruka.types("#gpu", "/gpu キャンセル")
    haruka.waits_for("#gpu", "予約はありません。")

    haruka.types("#gpu", "/gpu 今から2時間")
    assert "2時間" in haruka.waits_for("#gpu", "✓ 予約しました", after=booked.ts).words
    haruka.types("#gpu", "/gpu あと1時間半延長して")
    assert "3時間30分" in haruka.waits_for("#gpu", "✓ 21:30まで延長しました").words
    haruka.types("#gpu", "/gpu 状況は？")
    status = haruka.waits_for("#gpu", "今空いているGPU: 1枚中0枚。")
    assert "使用中: あなた、21:30まで(残り3時間30分)" in status.words
    world.clock.forward(minutes=30)
    haruka.types("#gpu", "/gpu 今空いてますか？")
    haruka.waits_for("#gpu", "今空いているGPU: 1枚中0枚。", after=status.ts)
    haruka.types("#gpu", "/gpu 返却")
    haruka.waits_for("#gpu", "返却ありがとうございます。")


def test_a_conversation_in_korean(world: World) -> None:
    minjun = world.speaks("minjun", "ko-KR")
    minjun.types("#gpu", "/gpu 예약 내일 오후 2시부터 5시까지 학습용")
    booked = minjun.waits_for("#gpu", "✓ 예약했습니다")
    assert "lab-node-1의 GPU0 (RTX 5090) · 12월 4일(금) 14:00–17:00 KST · 3시간" in booked.words
    assert '"학습용"' in booked.words
    assert booked.buttons == ["변경", "취소"]

    minjun.types("#gpu", "/gpu 취소해줘")
    minjun.waits_for("#gpu", "✓ 취소했습니다")
    minjun.types("#gpu", "/gpu 내일 14-17 한 장 예약해 주세요")
    minjun.waits_for("#gpu", "✓ 예약했습니다", after=booked.ts)
    minjun.types("#gpu", "/gpu 내예약")
    minjun.waits_for("#gpu", "예약이 1건 있습니다.")
    minjun.types("#gpu", "/gpu 에약")
    minjun.waits_for("#gpu", "/gpu 예약 말씀이신가요?")


@pytest.mark.parametrize(
    ("locale", "word", "lines"),
    [
        ("ja-JP", "ヘルプ", ["/gpu 予約 <日時> [<GPU>]", "/gpu キャンセル"]),
        ("ko-KR", "도움말", ["/gpu 예약 <일시>", "/gpu 취소"]),
    ],
)
def test_help_teaches_in_the_readers_language(world: World, locale: str, word: str, lines: list[str]) -> None:
    alice = world.speaks("alice", locale)
    alice.types("#gpu", f"/gpu {word}")
    said = alice.waits_for("#gpu", lines[0]).words
    assert all(line in said for line in lines)


def test_the_channel_is_told_in_the_labs_language(world: World) -> None:
    """Whoever books, and whoever reads."""
    lab = world.desk.organization
    with world.desk.database.begin(world.clock()) as work:
        organizations.change(work, Operator(lab.id), language="ja")
    world.desk.__dict__["organization"] = replace(lab, language="ja")  # as a start of the process reads it
    alice = world.speaks("alice", "en-GB")
    alice.types("#gpu", "/gpu now for 2h for <b>thesis</b> & more")
    alice.waits_for("#gpu", "✓ Booked")
    world.tick()
    told = world.person("minjun").waits_for("#gpu", "Alice Weberさん")
    assert "GPU0 は" in told.words
    assert '"<b>thesis</b> & more"' in told.words


@pytest.mark.parametrize("locale", ["tlh-QO", "", "x" * 200, "zh-Hant-TW", "日本語", "en_GB.UTF-8"])
def test_a_strange_locale_is_answered_in_english(world: World, locale: str) -> None:
    alice = world.speaks("alice", locale)
    alice.types("#gpu", "/gpu tomorrow 13-18")
    alice.waits_for("#gpu", "✓ Booked")
