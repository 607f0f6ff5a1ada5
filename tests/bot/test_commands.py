"""What people type, and the command it is."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import commands, words
from bot.commands import (
    Admin,
    Ask,
    Audit,
    Board,
    Book,
    Cancel,
    Change,
    Command,
    End,
    Extend,
    Health,
    Help,
    Mine,
    Picture,
    Quiet,
    Span,
    Status,
    StillBusy,
    Summary,
    TooMuch,
    Unclear,
    Wait,
    Who,
)
from bot.words import Words
from core.inventory import Wanted

ANY = Wanted()
READ: list[tuple[str, Command]] = [
    ("", Status()),
    ("   ", Status()),
    ("status", Status()),
    ("STATUS", Status()),
    ("ｓｔａｔｕｓ", Status()),
    ("who", Who()),
    ("status tomorrow", Status("tomorrow")),
    ("today", Status("today")),
    ("tomorrow?", Status("tomorrow?")),
    ("明日", Status("明日")),
    ("week", Picture(Span.WEEK, "week")),
    ("next week", Picture(Span.NEXT_WEEK, "next week")),
    ("来週", Picture(Span.NEXT_WEEK, "来週")),
    ("이번 주", Picture(Span.WEEK, "이번 주")),
    ("free", Status()),
    ("what is free?", Status()),
    ("What's free tomorrow 13-18?", Book("tomorrow 13-18?", ANY, "", asks=True)),
    ("free 4h", Book("4h", ANY, "", asks=True)),
    ("free tomorrow 13-18", Book("tomorrow 13-18", ANY, "", asks=True)),
    ("mine", Mine()),
    ("help", Help()),
    ("extend 2h", Extend("2h")),
    ("extend by 90 min", Extend("90 min")),
    ("extend GPU2 2h", Extend("2h", ("GPU2",))),
    ("end", End()),
    ("end GPU2", End(("GPU2",))),
    ("end gpu1, gpu2", End(("gpu1", "gpu2"))),
    ("cancel", Cancel()),
    ("cancel friday", Cancel(when="friday")),
    ("cancel GPU0 tomorrow 13:00", Cancel(("GPU0",), "tomorrow 13:00")),
    ("change", Change()),
    ("change friday", Change(when="friday")),
    ("move GPU0 to tomorrow 9-12", Change(("GPU0",), to=Book("tomorrow 9-12", ANY, ""))),
    ("change all 10-13 on GPU1 for evals", Change(whole=True, to=Book("10-13", Wanted(names=("GPU1",)), "evals"))),
    ("book", Book("", ANY, "")),
    ("13-18", Book("13-18", ANY, "", verb=False)),
    ("now for 2h", Book("now for 2h", ANY, "", verb=False)),
    ("book 13:00-18:00", Book("13:00-18:00", ANY, "")),
    ("book 13:00-18:00 for thesis runs", Book("13:00-18:00", ANY, "thesis runs")),
    ("book tomorrow 2pm for 3h", Book("tomorrow 2pm for 3h", ANY, "")),
    ("book now for 90 min for evals", Book("now for 90 min", ANY, "evals")),
    ("book now for two hours", Book("now for two hours", ANY, "")),
    ("book 13-18 for 3 experiments", Book("13-18", ANY, "3 experiments")),
    ("book 13-18 for testing on GPU1 for 2h", Book("13-18", ANY, "testing on GPU1 for 2h")),
    ("book since 13:00 until 18:00", Book("13:00 until 18:00", ANY, "", running=True)),
    (
        "since 13:00 for 3h on GPU0 for evals",
        Book("13:00 for 3h", Wanted(names=("GPU0",)), "evals", False, running=True),
    ),
    ("book started 20 min ago for 3h", Book("20 min ago for 3h", ANY, "", running=True)),
    ("book 20 min ago for 3h", Book("20 min ago for 3h", ANY, "", running=True)),
    ("book already running since 1pm until 6pm", Book("1pm until 6pm", ANY, "", running=True)),
    ("book 13時から使用中 18時まで", Book("13時から 18時まで", ANY, "", running=True)),
    ("book 20分前から3時間", Book("20分前から3時間", ANY, "", running=True)),
    ("book 13시부터 18시까지 이미 사용 중", Book("13시부터 18시까지", ANY, "", running=True)),
    ("book 13-18 for a run started yesterday", Book("13-18", ANY, "a run started yesterday")),
    ("book running late 13-18", Book("running late 13-18", ANY, "")),
    ("book 13-18 on GPU0", Book("13-18", Wanted(names=("GPU0",)), "")),
    ("book on gpu0 13-18", Book("13-18", Wanted(names=("gpu0",)), "")),
    ("book 13-18 on GPU0,GPU1", Book("13-18", Wanted(names=("GPU0", "GPU1")), "")),
    ("book 13-18 on GPU0 and GPU1", Book("13-18", Wanted(names=("GPU0", "GPU1")), "")),
    ("book 13-18 GPU0", Book("13-18", Wanted(names=("GPU0",)), "")),
    ("book 13-18 on lab-node-1/GPU0", Book("13-18", Wanted(names=("lab-node-1/GPU0",)), "")),
    ("book 2 gpus 13-18", Book("13-18", Wanted(count=2), "")),
    ("book 13-18 2 gpus 5090", Book("13-18", Wanted(count=2, model="5090"), "")),
    ("book 13-18 2 gpus of A100", Book("13-18", Wanted(count=2, model="A100"), "")),
    ("book 13-18 2 gpus v2 evals", Book("13-18 v2 evals", Wanted(count=2), "")),
    ("book 13-18 2gpus", Book("13-18", Wanted(count=2), "")),
    ("book 明日13-18 2枚", Book("明日13-18", Wanted(count=2), "")),
    ("book 2x5090 13-18", Book("13-18", Wanted(count=2, model="5090"), "")),
    ("book 2 x 5090 for 6h", Book("for 6h", Wanted(count=2, model="5090"), "")),
    ("book any 5090 13-18", Book("13-18", Wanted(model="5090"), "")),
    ("book 13-18 on any 5090", Book("13-18", Wanted(model="5090"), "")),
    ("book a100 13-18", Book("13-18", Wanted(model="a100"), "")),
    ("book 0 gpus 13-18", Book("13-18", Wanted(count=0), "")),
    ("book 4 gpus on any nodes 13-18", Book("13-18", Wanted(count=4, spread=True), "")),
    ("book h100 x2 13-18", Book("13-18", Wanted(count=2, model="h100"), "")),
    ("extend 1h30", Extend("1h30")),
    ("book tomorrow 2pm for 2h30", Book("tomorrow 2pm for 2h30", ANY, "")),
    ("book on 1203 13-18", Book("on 1203 13-18", ANY, "")),
    ("free GPU0", Book("", Wanted(names=("GPU0",)), "", asks=True)),
    ("book on friday 13-18", Book("on friday 13-18", ANY, "")),
    ("book on 12/3 13-18", Book("on 12/3 13-18", ANY, "")),
    ("book 2026-12-03 13-18", Book("2026-12-03 13-18", ANY, "")),
    ("book Fri 18:00 to Mon 9:00", Book("Fri 18:00 to Mon 9:00", ANY, "")),
    ("book two gpus 13-18", Book("13-18", Wanted(count=2), "")),
    ("help?", Help()),
    ("end?", Mine()),
    ("x" * 1_001, TooMuch(1_001)),
    ("board please", Board()),
    ("board foo", Unclear("board", "foo")),
    ("board off", Board(off=True)),
    ("who is on GPU0?", Who()),
    ("who ate my cake", Who()),
    ("mine GPU0", Mine()),
    ("mine all day", Mine()),
    ("history foo", Unclear("history", "foo")),
    ("status GPU0", Status()),
    ("status foo", Status("foo")),
    ("summary this week", Summary(Span.WEEK)),
    ("summary foo", Unclear("summary", "foo")),
    ("summary next week", Unclear("summary", "next week")),
    ("audit csv", Audit(csv=True)),
    ("audit xls", Unclear("audit", "xls")),
    ("admin foo", Unclear("admin", "foo")),
    ("admin down GPU3 until tomorrow 10 fan", Admin("down", ("GPU3",), "until tomorrow 10:00 fan")),
    ("管理 停止 GPU3 明日10時まで ファン", Admin("down", ("GPU3",), "明日10時まで ファン")),
    ("管理　廃止　GPU3　売却", Admin("retire", ("GPU3",), "売却")),
    ("관리 중지 GPU3 내일 10시까지 팬 소음", Admin("down", ("GPU3",), "내일 10시까지 팬 소음")),
    ("관리 폐기 GPU3 매각", Admin("retire", ("GPU3",), "매각")),
    ("quiet", Quiet()),
    ("quiet 22:00-8:00", Quiet("22:00-8:00")),
    ("quiet off", Quiet("off")),
    ("通知停止 オフ", Quiet("off")),
    ("방해금지 연구실", Quiet("lab")),
    ("health now", Health()),
    ("health foo", Unclear("health", "foo")),
    ("end now", End()),
    ("cancel my booking", Cancel()),
]
JAPANESE: list[tuple[str, Command]] = [
    ("予約 明日13-18 2枚", Book("明日13-18", Wanted(count=2), "")),
    ("予約　明日１３－１８　２枚", Book("明日13-18", Wanted(count=2), "")),
    ("予約明日13-18", Book("明日13-18", ANY, "")),
    ("予約", Book("", ANY, "")),
    ("明日13-18で予約", Book("明日13-18", ANY, "")),
    ("明日13-18 予約して", Book("明日13-18", ANY, "")),
    ("明日13-18予約お願いします。", Book("明日13-18", ANY, "")),
    ("明日13-18 GPU0で予約", Book("明日13-18", Wanted(names=("GPU0",)), "")),
    ("明日13-18 GPU0とGPU1で予約したい", Book("明日13-18", Wanted(names=("GPU0", "GPU1")), "")),
    ("明日13-18に5090を2枚予約", Book("明日13-18に", Wanted(count=2, model="5090"), "")),
    ("予約 明日13-18 2枚 5090", Book("明日13-18", Wanted(count=2, model="5090"), "")),
    ("明日13-18 2枚の5090で予約して", Book("明日13-18", Wanted(count=2, model="5090"), "")),
    ("明日13-18 GPU2枚", Book("明日13-18", Wanted(count=2), "", verb=False)),
    ("明日13-18 二台", Book("明日13-18", Wanted(count=2), "", verb=False)),
    ("明日13-18 十二枚", Book("明日13-18", Wanted(count=12), "", verb=False)),
    ("予約 明日13-18 3枚 複数ノード", Book("明日13-18", Wanted(count=3, spread=True), "")),
    ("明日13-18空いてますか？", Book("明日13-18", ANY, "", asks=True)),
    ("明日空いてる？", Book("明日", ANY, "", asks=True)),
    ("空いてるGPUある？", Status()),
    ("明日13-18予約できますか？", Book("明日13-18予約できますか?", ANY, "", verb=False)),
    ("予約システムのテスト 明日13-18", Book("予約システムのテスト 明日13-18", ANY, "", verb=False)),
    ("13時から18時終了", Book("13時から18時終了", ANY, "", verb=False)),
    ("空き 明日", Book("明日", ANY, "", asks=True)),
    ("明日の空き状況", Book("明日", ANY, "", asks=True)),
    ("状況", Status()),
    ("明日の状況", Status("明日")),
    ("誰が使ってる？", Who()),
    ("予約状況は？", Status()),
    ("状況を教えて", Status()),
    ("GPUの状況を教えてください", Status()),
    ("私の予約", Mine()),
    ("予約確認", Mine()),
    ("予約変更", Change()),
    ("金曜を10-13に変更して", Change(when="金曜", to=Book("10-13", ANY, ""))),
    ("全部をGPU1に変更", Change(whole=True, to=Book("", Wanted(names=("GPU1",)), ""))),
    ("金曜をキャンセル", Cancel(when="金曜")),
    ("延長 2時間", Extend("2時間")),
    ("延長2時間", Extend("2時間")),
    ("あと2時間延長して", Extend("2時間")),
    ("2時間延長お願いします", Extend("2時間")),
    ("GPU2 2時間延長", Extend("2時間", ("GPU2",))),
    ("空き待ち 4時間 2枚 金曜まで", Wait("4時間", Wanted(count=2), before="金曜")),
    ("空き待ち 4時間 明日 18時まで", Wait("4時間", ANY, before="明日 18時")),
    ("4時間 空き待ちお願いします", Wait("4時間", ANY)),
    ("終了", End()),
    ("終了？", Mine()),
    ("GPU2を返却", End(("GPU2",))),
    ("使い終わりました", End()),
    ("今の予約を終了して", End()),
    ("キャンセル", Cancel()),
    ("キャンセルしないで", Book("キャンセルしないで", ANY, "", verb=False)),
    ("予約取り消して", Cancel()),
    ("ｷｬﾝｾﾙ", Cancel()),
    ("予約をキャンセルしてください", Cancel()),
    ("予約 キャンセル", Cancel()),
    ("ヘルプ", Help()),
    ("ﾍﾙﾌﾟ", Help()),
    ("使い方を教えて", Help()),
]
KOREAN: list[tuple[str, Command]] = [
    ("예약 내일 오후 2시부터 5시까지 2장", Book("내일 오후 2시부터 5시까지", Wanted(count=2), "")),
    ("내일 13-18 예약해줘", Book("내일 13-18", ANY, "")),
    ("내일 13-18로 예약해 주세요", Book("내일 13-18", ANY, "")),
    ("내일 13-18 예약 부탁드립니다", Book("내일 13-18", ANY, "")),
    ("내일 13-18 GPU0 예약할게요", Book("내일 13-18", Wanted(names=("GPU0",)), "")),
    ("내일 13-18 두 장 예약", Book("내일 13-18", Wanted(count=2), "")),
    ("내일 13-18 5090 2장 예약", Book("내일 13-18", Wanted(count=2, model="5090"), "")),
    ("내일 13-18 예약 가능할까요?", Book("내일 13-18 예약 가능할까요?", ANY, "", verb=False)),
    ("5개월", Book("5개월", ANY, "", verb=False)),
    ("예약 내일 13-18 3장 여러 노드", Book("내일 13-18", Wanted(count=3, spread=True), "")),
    ("빈자리 내일 13-18", Book("내일 13-18", ANY, "", asks=True)),
    ("상태", Status()),
    ("상태 내일", Status("내일")),
    ("누가 쓰고 있어?", Who()),
    ("예약 현황 알려줘", Status()),
    ("내예약", Mine()),
    ("내 예약", Mine()),
    ("연장 2시간", Extend("2시간")),
    ("2시간 연장해줘", Extend("2시간")),
    ("대기 4시간 2장 금요일까지", Wait("4시간", Wanted(count=2), before="금요일")),
    ("반납", End()),
    ("다 썼어요", End()),
    ("내일 비어 있나요?", Book("내일", ANY, "", asks=True)),
    ("GPU2 반납할게요", End(("GPU2",))),
    ("취소", Cancel()),
    ("4時間待ち", Wait("4時間", ANY)),
    ("待ち 4時間", Wait("4時間", ANY)),
    ("4時間待ちたい", Wait("4時間", ANY)),
    ("4시간 기다릴게요", Wait("4시간", ANY)),
    ("頼む GPU2 明日", Ask(Book("明日", Wanted(names=("GPU2",)), ""))),
    ("요청 GPU2 내일", Ask(Book("내일", Wanted(names=("GPU2",)), ""))),
    ("내일 13-18 예약 요청", Book("내일 13-18", ANY, "")),
    ("明日13-18頼む", Book("明日13-18頼む", ANY, "", verb=False)),
    ("주간 그림", Picture(Span.WEEK, "주간")),
    ("週間 図", Picture(Span.WEEK, "週間")),
    ("바쁨", StillBusy()),
    ("ビジー GPU0", StillBusy(("GPU0",))),
    ("wait off", Wait("", ANY, off=True)),
    ("stop waiting", Wait("", ANY, off=True)),
    ("空き待ちをやめる", Wait("", ANY, off=True)),
    ("대기 취소해 주세요", Wait("", ANY, off=True)),
    ("금요일 예약 취소해 주세요", Cancel(when="금요일")),
    ("전부를 10-13으로 변경해줘", Change(whole=True, to=Book("10-13", ANY, ""))),
    ("변경", Change()),
    ("예약 취소해 주세요", Cancel()),
    ("도움말", Help()),
]
READ += JAPANESE + KOREAN


@pytest.mark.parametrize(("text", "command"), READ, ids=[text[:40] or "nothing" for text, _ in READ])
def test_what_people_type_is_read(text: str, command: Command) -> None:
    assert commands.parse(text) == command


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("statsu", "status"),
        ("cancle", "cancel"),
        ("hepl", "help"),
        ("zzz", None),
        ("キャンセ", "キャンセル"),
        ("キャンル", "キャンセル"),
        ("ヘプル", "ヘルプ"),
        ("予訳", "予約"),
        ("明日", None),
        ("에약", "예약"),
        ("취쇼", "취소"),
        ("내일", None),
    ],
)
def test_the_nearest_command_is_named(text: str, meant: str | None) -> None:
    assert commands.nearest(text) == meant


@pytest.mark.parametrize(
    ("rest", "purpose"),
    [
        ("please", ""),
        ("the R&D demo", "the R&D demo"),
        ("論文のために", "論文"),
        ("評価用に", "評価用"),
        ("LLM応用", "LLM応用"),
        ("予約できますか", ""),
        ("空いてますか？", ""),
        ("使いたい", ""),
        ("실험을 위해", "실험"),
        ("학습용으로", "학습용"),
        ("학습용", "학습용"),
        ("예약 가능할까요?", ""),
        ("쓸게요", ""),
    ],
)
def test_a_purpose_is_what_is_left_without_manners(rest: str, purpose: str) -> None:
    assert commands.purpose_in(rest) == purpose


@pytest.mark.parametrize("language", words.LANGUAGES.values(), ids=words.LANGUAGES)
def test_every_word_of_every_language_leads_to_its_command(language: Words) -> None:
    """Alone, and as the usage that `/gpu help` prints."""
    assert set(language.verbs) == {verb.name for verb in commands.VERBS}
    for verb in commands.VERBS:
        for word in language.of(verb.name):
            assert type(commands.parse(word)) is type(verb.parse("")), word
        filled = re.sub(r"[\[\]]|<[^>]*>", "", words.usage(verb.name, language.code))
        assert type(commands.parse(filled)) is type(verb.parse("")), filled


@given(st.text(alphabet="gpuGPU0123456789x5a h,&+-_./!onayd予約延長してで枚の예약을해줘장\u3000", max_size=1_000))
@settings(max_examples=200, deadline=None)
def test_no_text_takes_long(text: str) -> None:
    began = time.thread_time()
    commands.parse(text)
    assert time.thread_time() - began < 0.5


@pytest.mark.parametrize(
    "piece",
    ["gpu1", "gpu11111111+", "a/", "a.a/1", "5090 x", "2 x ", "for ", "on ", "any ", "予約で", "で", "예약을 ", "을"],
)
def test_no_repetition_takes_long(piece: str) -> None:
    began = time.thread_time()
    commands.parse((piece * 1_000)[: commands.LONGEST - 1] + "!")
    assert time.thread_time() - began < 0.5
