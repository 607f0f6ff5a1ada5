"""Chinese, in simplified and traditional characters."""

from __future__ import annotations

from datetime import timedelta

from bot.when import kinds
from bot.when.clocks import NOON, WEEKEND, WORKDAYS, Clock, Day, Daypart, Every, Length
from bot.when.languages.shape import KANJI_NUMBERS, Language, cities_of, zones_of

_PLACES = {
    "Asia/Shanghai": "北京, 中国, 中國, 上海, 国内",
    "Asia/Tokyo": "东京, 東京, 日本",
    "Asia/Seoul": "首尔, 韩国, 首爾, 韓國",
    "Asia/Taipei": "台北, 台湾, 臺灣, 台灣",
    "Asia/Hong_Kong": "香港",
    "Asia/Singapore": "新加坡",
    "Asia/Bangkok": "泰国, 曼谷",
    "Asia/Kolkata": "印度",
    "Asia/Dubai": "迪拜",
    "Australia/Sydney": "悉尼, 墨尔本, 雪梨",
    "Pacific/Honolulu": "夏威夷",
    "America/New_York": "纽约, 紐約, 美东, 美国东部, 美東, 东部, 波士顿, 多伦多",
    "America/Chicago": "美中, 美国中部, 芝加哥",
    "America/Los_Angeles": "太平洋, 美西, 洛杉矶, 美国西部, 旧金山, 西雅图, 加州",
    "America/Vancouver": "温哥华",
    "Europe/London": "伦敦, 英国, 倫敦, 英國",
    "Europe/Paris": "巴黎, 法国, 法國",
    "Europe/Berlin": "柏林, 德国, 德國, 慕尼黑",
    "Europe/Zurich": "瑞士, 苏黎世",
    "Europe/Amsterdam": "荷兰",
    "Europe/Moscow": "莫斯科",
}

_DAYS = ("一", "二", "三", "四", "五", "六", "日")
_WEEK_NAMES = {
    -1: ("上周", "上星期", "上个星期", "上週", "上個星期", "上禮拜", "上礼拜"),
    0: ("这周", "本周", "这星期", "这个星期", "這週", "本週", "這個星期", "这个周", "这礼拜", "本星期"),
    1: (
        "下周",
        "下星期",
        "下个星期",
        "下週",
        "下個星期",
        "下礼拜",
        "下禮拜",
        "下个周",
        "下個禮拜",
        "下个礼拜",
    ),
    2: ("下下周", "下下星期", "下下個星期", "下下週", "下下个星期", "下下礼拜", "下下禮拜"),
}


def _day_names(day: int) -> list[str]:
    """一, and for Sunday 天 too."""
    return [_DAYS[day], "天"] if day == 6 else [_DAYS[day]]


def _weekdays_of_weeks() -> dict[object, str]:
    """下周五 is one word: its 周五 must not be cut off."""
    return {
        Day(weekday=day, week=week): ", ".join(name + each for name in names for each in _day_names(day))
        for week, names in _WEEK_NAMES.items()
        for day in range(7)
    }


CHINESE = Language(
    code="zh",
    telltale="[点從从号时间后两周个钟请问吗么这點]|[明今后後]天|[下上]午|晚上|中午|星期|[礼禮]拜|週|到|至|凌晨|小時|分鐘|今晚|半[个個]",
    dotted_dates=True,
    wave_until=True,
    numerals=(
        "[零〇一二两兩三四五六七八九十百]{1,6}",
        " ?(?:点|點|时|時|月|日|号|號|分|小时|小時|个|個|天|周|週|刻|年|钟|鐘|半|次)",
    ),
    numeral_values=KANJI_NUMBERS | {"两": 2, "兩": 2},
    words={
        kinds.DAY: {
            Day(months=0, month_end=True): "月底, 月末, 这个月底",
            Day(month=12, day=31): "年底, 年末",
            -2: "前天, 前日",
            -1: "昨天, 昨日",
            (-1, Daypart.NIGHT): "昨晚, 昨夜",
            0: "今天, 今日, 今儿, 当天, 今个, 當天",
            (0, Daypart.MORNING): "今早, 今晨",
            (0, Daypart.NIGHT): "今晚, 今夜, 今晚上, 今儿晚上",
            1: "明天, 明日, 明儿, 聽日, 听日, 明",
            (1, Daypart.MORNING): "明早, 明晨",
            (1, Daypart.NIGHT): "明晚, 明晚上",
            2: "后天, 後天, 后日",
            (2, Daypart.NIGHT): "后晚",
            3: "大后天, 大後天",
            Day(month=1, day=1): "元旦",
            Day(month=5, day=1): "劳动节, 五一节",
            Day(month=6, day=1): "儿童节",
            Day(month=10, day=1): "国庆节, 國慶節",
            Day(month=12, day=25): "圣诞节, 聖誕節, 圣诞",
            Day(offset=1, from_start=True): "次日, 第二天, 隔天, 翌日, 隔日",
        }
        | _weekdays_of_weeks(),
        kinds.WEEKDAY: {
            day: ", ".join(
                prefix + each for prefix in ("周", "星期", "礼拜", "週", "禮拜", "拜") for each in _day_names(day)
            )
            for day in range(7)
        },
        kinds.WEEKDAY_NUMBER: {day: ", ".join(_day_names(day)[:1]) for day in range(7) if _DAYS[day] != "日"},
        kinds.WEEK: {week: ", ".join(names) for week, names in _WEEK_NAMES.items()},
        kinds.YEAR_SHIFT: {0: "今年", 1: "明年, 来年", 2: "后年", -1: "去年"},
        kinds.MONTH_SHIFT: {-1: "上个月, 上月, 上個月", 0: "这个月, 本月, 這個月", 1: "下个月, 下月, 下個月"},
        kinds.MONTH_MARK: {0: "月, 月份"},
        kinds.DAY_MARK: {6: "日, 号, 號"},
        kinds.YEAR_MARK: {"": "年"},
        kinds.DAYPART: {
            Daypart.AM: "上午, 午前, 上 午",
            Daypart.PM: "下午, 午后, 午後, 下晝",
            Daypart.DAWN: "凌晨, 清晨",
            Daypart.MORNING: "早上, 早晨, 清早, 早, 一早, 朝早, 大清早",
            Daypart.NOON: "中午, 晌午",
            Daypart.MIDDAY: "白天",
            Daypart.EVENING: "傍晚, 黄昏",
            Daypart.NIGHT: "晚上, 晚间, 晚, 夜里, 夜间, 深夜, 半夜, 夜晚, 夜裡, 晚間, 夜間, 大半夜",
        },
        kinds.DASH: {"": "负, 負"},
        kinds.HOUR_MARK: {"": "点, 點, 点钟, 點鐘, 时, 時, 点整, 點整, 點鍾, 点锺"},
        kinds.MINUTES: {"": "分, 分钟, 分鐘, 分钟的"},
        kinds.HOURS: {"": "小时, 小時, 钟头, 鐘頭, 钟, 个钟, 個鐘, 个小时, 個小時, 个钟头, 個鐘頭"},
        kinds.DAYS: {"": "天, 日间, 天时间"},
        kinds.WEEKS: {"": "周, 週, 个星期, 個星期, 星期, 个礼拜, 礼拜, 周时间"},
        # The minutes of 四点五十; other numbers stand before a mark.
        kinds.WORD_NUMBER: {
            15: "十五",
            20: "二十",
            25: "二十五",
            30: "三十",
            35: "三十五",
            40: "四十",
            45: "四十五",
            50: "五十",
            55: "五十五",
        },
        kinds.HALF: {30: "半"},
        kinds.DAY_SPAN: {
            (Day(offset=1), Day(offset=2)): "明后两天, 明後兩天",
            (Day(offset=0), Day(offset=1)): "今明两天, 今明兩天",
        },
        kinds.LENGTH: {Length(timedelta(hours=12)): "半天"},
        kinds.QUARTER: {15: "一刻, 一刻钟, 一刻鐘", 45: "三刻"},
        kinds.CLOCK: {Clock(NOON): "正午", Clock(0, midnight_word=True): "午夜, 子夜"},
        kinds.NOW: {
            "": (
                "现在, 現在, 马上, 馬上, 立刻, 即刻, 接下来, 接下來, 未来, 未來, 目前, 此刻, 现在就, "
                "接下来的, 未来的, 往后, 立即, 而家, 尽快, 儘快"
            )
        },
        kinds.ALL_DAY: {
            "all": "整个, 整個",
            "": "全天, 整天, 一整天, 整日, 全日, 一天到晚, 成日, 整整一天, 全天候",
            "weekend": "整个周末, 整個週末, 周末全天, 周末两天, 整个週末",
            "week": "整周, 一整周, 整个星期, 整個星期, 全周, 整週",
        },
        kinds.FROM: {"": "从, 從, 自, 由, 自从, 打从"},
        kinds.FROM_AFTER: {"": "开始, 開始, 起, 开始用, 以后, 以後, 之后, 之後, 開始用, 开始使用, 开始时间, 開始時間"},
        kinds.UNTIL: {"": "到, 至, 直到, 用到, 截至, 一直到, 截止到, 到了, 直至"},
        kinds.UNTIL_AFTER: {"": "为止, 為止, 止, 结束, 結束, 截止, 结束时间, 結束時間"},
        kinds.FOR: {"": "重复, 重複, 持续, 持續, 为期, 時長, 时长, 连续, 連續, 用, 使用"},
        kinds.AND: {"": "和, 与, 及, 跟, 以及, 與, 还有, 還有, 并且"},
        kinds.OR: {"": "不行就, 不行的话就, 不行的话, 要不, 或, 或者, 还是, 還是, 或是, 要么"},
        kinds.GLUE: {
            "": (
                "的, 在, 左右, 大约, 约, 大概, 于, 共, 一共, 总共, 之间, 期间, 内, 大約, 約, 之間, "
                "個, 个, 整, 前后, 这段时间, 的时候, 上下, 這段時間, 間, 间, 需要, 想, 要, 我要, "
                "我想, 帮我, 预约, 预订, 占用, 請, 请, 預約, 預訂, 我, 那天, 这天, 时间, 時間"
            )
        },
        kinds.IN: {"": "过, 再过, 過, 再過"},
        kinds.LATER: {"": "后, 後, 之后, 以后, 过后, 之後, 以後, 后的, 後的"},
        kinds.AGO: {
            timedelta(days=1): "天前, 天之前, 日前",
            timedelta(weeks=1): "周前, 个星期前, 星期前",
            timedelta(hours=1): "小时前, 个小时前",
            timedelta(minutes=1): "分钟前",
        },
        kinds.VAGUE: {
            "over": "花了, 用了, 耗时, 耗時, 花费了",
            "or more": "以上",
            "": (
                "稍后, 待会, 待会儿, 等会, 等会儿, 一会儿, 一会, 有空, 改天, 之前, 前, 以前, 稍後, "
                "晚点, 晚點, 過會兒, 过会儿, 随时, 回头, 通宵, 一晚上, 整晚, 改日, 最近, 不久, 早点, "
                "等下, 等一下, 一阵子, 一段时间"
            ),
        },
        kinds.VAGUE_DAYS: {
            "weekend": "周末, 這週末, 这周末, 本周末, 週末",
            "next weekend": "下周末, 下週末",
            "": (
                "上旬, 中旬, 下旬, 上次, 前几天, 前些天, 月初, 年初, 清明节, 端午节, "
                "寒假, 暑假, 春节, 国庆, 中秋, 假期, 过几天"
            ),
        },
        kinds.FEW: {"": "几, 幾, 几个, 幾個, 数, 好几, 若干, 數, 两三, 兩三, 七八, 一两"}
        | {
            # After a weekday these are weekdays: 周一三五.
            days: _DAYS[days[0]] + _DAYS[days[1]]
            for days in ((0, 1), (2, 3), (2, 4), (3, 4), (4, 5))
        },
        kinds.MONTHS: {"": "个月, 個月"},
        kinds.MONTH_END: {"": "底, 末"},
        kinds.EVERY: {
            Every(): "每, 每个, 每個, 逢, 每逢",
            Every("day"): "每天, 每日, 天天",
            Every("day", part=Daypart.MORNING): "每早, 每天早上",
            Every("day", part=Daypart.NIGHT): "每晚, 每天晚上",
            Every("day", 2): "隔天一次, 每隔一天",
            Every("week"): "每周, 每週, 每星期, 每个星期, 每個星期, 每礼拜, 每禮拜",
            **{
                Every("week", weekdays=(day,)): ", ".join(
                    prefix + each
                    for prefix in ("每周", "每週", "每星期", "每礼拜", "每禮拜", "每个星期", "每个周", "每個星期")
                    for each in _day_names(day)
                )
                for day in range(7)
            },
            Every("week", 2): "隔周, 隔週, 每两周, 每隔一周, 每兩週",
            Every("week", weekdays=WORKDAYS): "工作日, 平日, 每个工作日, 每個工作日",
            Every("week", weekdays=WEEKEND): "每周末, 每个周末, 每週末, 每個週末",
            Every("month"): "每月, 每个月, 每個月, 每年",
        },
        kinds.ASKING: {"": "吗, 嗎, 是否, 能不能, 有没有, 有沒有, 空闲吗, 空着吗, 可不可以, 是不是, 行不行, 空不空"},
        kinds.NOT: {"": "不用, 不使用, 不需要, 以外, 除外, 除了, 不是"},
        kinds.USE: {"": "借, 借用, 占, 申请, 租, 租用, 订"},
        kinds.COUNTER: {
            "times": "次, 遍",
            "": (
                "张, 張, 块, 塊, 台, 臺, 枚, 页, 层, 轮, 位, 名, 块卡, 张卡, 卡, 人, 元, 倍, 种, "
                "行, 個人, 个人, 頁, 層, 台机器, 個GPU, 个GPU, 组, 万, 亿, 步, 章, 号机, 楼, 核, "
                "节点, 口, 篇, 条"
            ),
        },
        kinds.LABEL: {
            "": "第, 学习率, 學習率, 种子, 編號, 编号, 版本, 电话, 電話, 房间, 轮次, 種子, 图, 表, 节点, 层数, 步数"
        },
        kinds.CITY: cities_of(_PLACES),
        kinds.ZONE: zones_of(_PLACES, "时间", "時間") | {"=UTC": "世界时, 世界标准时间, 协调世界时, 格林尼治时间"},
        kinds.TEXT: {
            "": (
                "几张, 几台, 几块, 几个人, 多少, 什么时候, 什麼時候, 早上好, 晚上好, 下午好, 中午好, 上午好, 晚安, "
                "负责, 負責, 负载, 負載, 负样本, "
                "分析, 时候, 分类, 分布, 分布式, 日志, 日常, 月饼, 点击, 号码, 周报, 周会, 前面, "
                "后面, 之前的, 时序, 半监督, 一起, 一下, 一些, 看看, 时间序列, 有点, 一点点, "
                "快一点, 早一点, 晚一点, 多一点, 晚饭, "
                "午饭, 早饭, 前端, 后端, 后续, 目前的, 要求, 重要, 主要, 想法, 明显, 说明, 明确, "
                "证明, 数据, 数据集, 數據"
            )
        },
    },
)
