"""Korean. Native numbers count hours, Chinese ones the rest; 부터 and 까지 follow their time."""

from __future__ import annotations

from datetime import timedelta

from bot.when import kinds
from bot.when.clocks import NOON, WEEKEND, WORKDAYS, Clock, Day, Daypart, Every, Length
from bot.when.languages.shape import Language, cities_of, zones_of

_PLACES = {
    "Asia/Seoul": "한국, 서울",
    "Asia/Tokyo": "일본, 도쿄, 동경",
    "Asia/Shanghai": "중국, 베이징, 북경, 상하이",
    "Asia/Taipei": "대만, 타이베이",
    "Asia/Hong_Kong": "홍콩",
    "Asia/Singapore": "싱가포르",
    "Asia/Bangkok": "태국, 방콕",
    "Asia/Ho_Chi_Minh": "베트남, 하노이",
    "Asia/Kolkata": "인도, 델리",
    "Asia/Dubai": "두바이",
    "Asia/Jerusalem": "이스라엘",
    "Australia/Sydney": "시드니, 멜버른",
    "Pacific/Honolulu": "하와이",
    "America/New_York": "미국 동부, 동부, 뉴욕, 미 동부, 보스턴, 토론토",
    "America/Chicago": "미국 중부, 시카고",
    "America/Denver": "미국 산악, 덴버",
    "America/Los_Angeles": "태평양, 미국 서부, 서부, 엘에이, 미 서부, 시애틀, 샌프란시스코, 캘리포니아",
    "America/Vancouver": "밴쿠버",
    "Europe/London": "런던, 영국",
    "Europe/Paris": "파리, 프랑스",
    "Europe/Berlin": "독일, 베를린, 중앙유럽, 뮌헨",
    "Europe/Zurich": "스위스, 취리히",
    "Europe/Amsterdam": "네덜란드",
    "Europe/Madrid": "스페인",
    "Europe/Rome": "이탈리아",
    "Europe/Moscow": "모스크바",
}

#: No cities: alone they would cut off the 시간 of 미국 동부시간.
_REGIONS = ("미국 동부", "미 동부", "미국 중부", "미국 산악", "미국 서부", "미 서부")

KOREAN = Language(
    code="ko",
    telltale="[가-힣]",
    dotted_dates=True,
    wave_until=True,
    numerals=(
        (
            "열 ?(?:하나|한|두|둘|세|네|다섯|여섯|일곱|여덟|아홉)|스물 ?(?:한|두|세|네)"
            "|한|두|세|네|다섯|여섯|일곱|여덟|아홉|열|스무|스물"
            "|[일이삼사오육칠팔구십영]{1,4}"
        ),
        " ?(?:시|분|월|일|년|주일|주 |주간|번|회)",
    ),
    numeral_values={
        "한": 1,
        "하나": 1,
        "두": 2,
        "둘": 2,
        "세": 3,
        "네": 4,
        "다섯": 5,
        "여섯": 6,
        "일곱": 7,
        "여덟": 8,
        "아홉": 9,
        "열": 10,
        "스무": 20,
        "스물": 20,
        "일": 1,
        "이": 2,
        "삼": 3,
        "사": 4,
        "오": 5,
        "육": 6,
        "칠": 7,
        "팔": 8,
        "구": 9,
        "십": 10,
        "영": 0,
    },
    words={
        kinds.DAY: {
            Day(months=0, month_end=True): "월말, 이달 말",
            Day(month=12, day=31): "연말, 올해 말",
            -2: "그저께, 그제, 엊그제",
            -1: "어제, 전날, 작일",
            (-1, Daypart.NIGHT): "어젯밤, 간밤",
            0: "오늘, 금일, 당일, 오눌",
            1: "내일, 명일, 낼, 네일, 래일",
            2: "모레, 내일모레, 낼모레, 모래, 내일 모레",
            3: "글피",
            4: "그글피",
            Day(month=3, day=1): "삼일절",
            Day(month=5, day=5): "어린이날",
            Day(month=6, day=6): "현충일",
            Day(month=7, day=17): "제헌절",
            Day(month=8, day=15): "광복절",
            Day(month=10, day=3): "개천절",
            Day(month=10, day=9): "한글날",
            Day(month=12, day=24): "크리스마스 이브",
            Day(month=12, day=25): "크리스마스, 성탄절",
            Day(offset=1, from_start=True): "다음날, 다음 날, 익일, 이튿날, 담날",
        },
        kinds.WEEKDAY: {
            0: "월요일, 월욜",
            1: "화요일, 화욜",
            2: "수요일, 수욜",
            3: "목요일, 목욜",
            4: "금요일, 금욜",
            5: "토요일, 토욜",
            6: "일요일, 일욜",
        },
        kinds.DAY_SPAN: {
            (Day(weekday=5), Day(weekday=6)): "토일, 토·일",
            (Day(weekday=4), Day(weekday=6)): "금토일, 금·토·일",
        },
        kinds.SHORT_WEEKDAY: {1: "화", 2: "수", 3: "목", 4: "금", 5: "토"},
        kinds.WEEK: {
            -1: "지난주, 저번주, 지난 주, 저번 주",
            0: "이번주, 이번 주, 금주, 요번주",
            1: "다음주, 다음 주, 담주, 차주, 내주, 다음주의, 돌아오는 주",
            2: "다다음주, 다다음 주, 다담주",
        },
        kinds.SHIFT: {None: "오는, 돌아오는", 0: "이번", 1: "다음, 담", -1: "지난, 저번"},
        kinds.YEAR_SHIFT: {0: "올해, 금년", 1: "내년", 2: "내후년", -1: "작년, 지난해"},
        kinds.MONTH_SHIFT: {
            -1: "지난 달, 저번 달, 지난달, 저번달",
            0: "이번 달, 이달",
            1: "다음 달, 담달, 내달",
            2: "다다음 달",
        },
        kinds.MONTH: {6: "유월", 10: "시월"},
        kinds.MONTH_MARK: {0: "월"},
        kinds.DAY_MARK: {6: "일"},
        kinds.YEAR_MARK: {"": "년"},
        kinds.DAYPART: {
            Daypart.AM: "오전, 오전에, 오 전",
            Daypart.PM: "오후, 오후에, 오 후, 오휴",
            Daypart.DAWN: "새벽, 새벽에, 이른 새벽",
            Daypart.MORNING: "아침, 아침에, 이른 아침",
            Daypart.MIDDAY: "낮, 점심, 대낮, 한낮, 점심때, 낮에",
            Daypart.EVENING: "저녁, 저녁에, 초저녁",
            Daypart.NIGHT: "밤, 밤에, 한밤, 심야, 한밤중, 늦은 밤, 야간",
        },
        kinds.DASH: {"": "마이너스"},
        kinds.HOUR_MARK: {"": "시, 시정각, 시 정각"},
        kinds.MINUTES: {"": "분, 분간, 분 동안"},
        kinds.HOURS: {"": "시간, 시간동안, 시간 동안, 시간만, 시간 정도"},
        kinds.DAYS: {"": "일간, 일 동안, 일동안"},
        kinds.WEEKS: {"": "주, 주간, 주일, 주 동안, 주일간, 주 간"},
        kinds.LENGTH: {
            Length(timedelta(hours=12)): "반나절, 한나절, 반나절 동안",
            Length(timedelta(days=1), whole_days=True): "하루, 하루 동안",
            Length(timedelta(days=2), whole_days=True): "이틀, 이틀간, 이틀 동안",
            Length(timedelta(days=3), whole_days=True): "사흘, 사흘간, 사흘 동안",
            Length(timedelta(days=4), whole_days=True): "나흘, 나흘간",
            Length(timedelta(days=5), whole_days=True): "닷새",
            Length(timedelta(days=6), whole_days=True): "엿새",
            Length(timedelta(days=10), whole_days=True): "열흘, 열흘간, 열흘 동안",
            Length(timedelta(days=15), whole_days=True): "보름, 보름간",
            Length(timedelta(weeks=1), whole_days=True): "일주일, 일주일간, 일주일 동안",
        },
        kinds.HALF: {30: "반"},
        kinds.CLOCK: {Clock(NOON): "정오", Clock(0, midnight_word=True): "자정"},
        kinds.NOW: {
            "": "지금, 현재, 당장, 지금 바로, 앞으로, 지금 당장, 바로 지금, 이제, 방금, 바로, 최대한 빨리, 가능한 빨리"
        },
        kinds.ALL_DAY: {
            "all": "통째로, 풀로, 내내",
            "rest": "오늘 남은 시간, 남은 하루, 오늘 나머지",
            "": "종일, 하루 종일, 온종일, 하루 내내, 온 하루, 하루 온종일, 진종일, 올데이",
            "weekend": "주말 내내, 주말 종일, 이번 주말 내내, 이번 주말 종일",
            "week": "일주일 내내, 한 주 내내",
        },
        kinds.FROM_AFTER: {
            "": (
                "부터, 에서, 에서부터, 시작, 이후, 시작해서, 시작으로, 부터는, 뷰터, 붜터, 부턴, 시작하여, "
                "이후로, 부타, 시작 시간, 시작 시각, 시작 예정"
            )
        },
        kinds.UNTIL_AFTER: {
            "": (
                "까지, 까지만, 까지는, 까쥐, 까지의, 까자, 까지로, 종료, 끝, 에 종료, 에 끝, "
                "종료 시간, 종료 시각, 종료 예정"
            )
        },
        kinds.AND: {"": "와, 과, 하고, 그리고, 랑, 이랑, 및"},
        kinds.OR: {"": "안되면, 안 되면, 안된다면, 힘들면, 또는, 혹은, 아니면, 이나, 나, 아님, 이든"},
        kinds.GLUE: {
            "topic": "은, 는",
            "": (
                "일시, 날짜, 일자, 동안, 에, 의, 쯤, 경, 정도, 약, 대략, 만, 을, 를, 에만, 간, 쯤에, 정각, "
                "경에, 으로, 로, 사이, 사이에, 도, 한, 정도만, 즈음, 께, 언저리, 대충, 예정, "
                "자리"
            ),
        },
        kinds.LATER: {"": "후, 뒤, 후에, 뒤에, 있다가, 이따가, 이후에, 뒤쯤"},
        kinds.AGO: {
            timedelta(days=1): "일 전",
            timedelta(weeks=1): "주 전, 주일 전",
            timedelta(hours=1): "시간 전",
            timedelta(minutes=1): "분 전",
        },
        kinds.VAGUE: {
            "over": "썼, 사용했, 빌렸, 걸렸, 걸린, 걸려",
            "or more": "이상, 이상은",
            "a bit": "잠깐, 잠시, 조금, 잠깐만, 잠시만, 조금만",
            "": (
                "끝까지, 나중에, 나중, 이따, 조만간, 언젠가, 곧, 전, 전에, 전까지, 아무때나, "
                "아무 때나, 밤새, 밤새도록, 오전 중, 오후 중, 오전중, 오후중, 한참, 시간 될 때, "
                "시간 날 때, 다음에, 조금 이따, 일찍, 늦게, 점심시간, 다음 기회, 담에, "
                "여유 있을 때, 이따 봐서, 하루 이틀"
            ),
        },
        kinds.VAGUE_DAYS: {
            "weekend": "주말, 이번 주말",
            "next weekend": "다음 주말, 다음주 주말",
            "": (
                "초순, 중순, 하순, 월초, 주초, 석가탄신일, 부처님 오신 날, "
                "지난번, 저번에, 일전에, 학기 말, 기말, 방학, 여름방학, 겨울방학, 추석, 설날, 연휴, "
                "며칠, 며칠간, 이번 주 중, "
                "다음 주 중, 주중에"
            ),
        },
        kinds.FEW: {"": "몇, 두세, 서너, 한두, 두어, 여러, 한두어"},
        kinds.MONTHS: {"": "개월, 달, 개월간, 개월 동안, 달 동안"},
        kinds.MONTH_END: {"": "말"},
        kinds.EVERY: {
            Every(): "마다, 매번, 매",
            Every("day"): "매일, 날마다, 매일매일, 날마다",
            Every("day", part=Daypart.MORNING): "매일 아침, 아침마다",
            Every("day", part=Daypart.EVENING): "매일 저녁, 저녁마다",
            Every("day", part=Daypart.NIGHT): "매일 밤, 밤마다",
            Every("day", 2): "격일, 격일로, 하루 걸러",
            Every("week"): "매주, 주마다, 매 주",
            Every("week", 2): "격주, 격주로",
            Every("week", weekdays=WORKDAYS): "평일, 주중, 평일마다, 매 평일, 평일 매일",
            Every("week", weekdays=WEEKEND): "매주 주말, 주말마다",
            Every("month"): "매달, 매월, 매년, 매시간",
        },
        kinds.ASKING: {
            "": (
                "비어, 비었, 비나요, 비어있나요, 비었나요, 가능한가요, 가능할까요, 되나요, 있나요, "
                "인가요, 나요, 까요, 가능해요?, 비어 있나, 비는지, 비어있어, 쓸 수 있어?, 되나, "
                "남나"
            )
        },
        kinds.NOT: {"": "안 써, 안 쓸, 안 씁, 안 써요, 못 써, 말고, 빼고, 제외, 아니고, 아니라"},
        kinds.USE: {
            "": (
                "썼으면, 사용했으면, 빌렸으면, 쓸, 쓰고, 쓰겠, 쓰려, 써, 사용, 빌, 예약, 부탁, 주세요, 주시, "
                "주실, 돌릴, 돌리, 필요, "
                "이용, 신청, 할당, 잡아"
            )
        },
        kinds.COUNTER: {
            "times": "번, 회",
            "": (
                "쪽, 년차, 년 차, 장, 대, 개, 명, 권, 층, 호, 호기, 살, 원, 차, 기, 건, 에폭, 노드, 페이지, "
                "인, 배, 점, 학년, 등, 팀, 단계, 에포크, 시드, 장씩, 대씩, 스텝, 기가, 만원, 가지, "
                "종류, 코어, 레이어, 번째, 장만, 대만, 개만, 명이, 퍼센트, 프로, 만, 천, 문제"
            ),
        },
        kinds.LABEL: {
            "": (
                "학번, 쪽, 시드, 에폭, 에포크, 페이지, 버전, 번호, 제, 실험, 레이어, 내선, 전화, 스텝, 그림, "
                "표, 노드, 챕터, "
                "과제, 배치, 배치 사이즈, "
                "학습률, 포트, 이슈, 슬롯, 카드, 샘플, 헤드, 폴드, 체크포인트, 섹션, 티켓, "
                "에러, 에러 코드, 코드, 케이스, 태스크, 클래스, 그룹, 팀, 문제, 피험자, 단계, 파트, 레벨"
            )
        },
        kinds.CITY: cities_of(_PLACES, but=_REGIONS),
        kinds.ZONE: zones_of(_PLACES, " 시간", " 시각", " 표준시") | {"=UTC": "세계 표준시, 협정 세계시, 세계시"},
        kinds.TEXT: {
            "": (
                "몇 장, 몇 대, 몇 개, 몇 명, 몇 번, 좋은 아침, 좋은 저녁, 좋은 밤, "
                "끝나, 끝내, 시험, 시도, 시스템, 일본, 일정, 월급, 분석, 분산, 반복, 주라, "
                "줘, 반납, 전체, 전부, 전용, 후보, 대신, 장비, 개발, 번호판, 시각화, 시뮬레이션, "
                "시계열, 분류, 시퀀스, 일단, 반드시, 반영, 주기, 주의, 주제, 나도, 나는, 저녁밥, "
                "사이트, 점심식사, 점심 먹고, 아침밥, 후속, 전처리, 후처리, 인공, 기반, 기타, "
                "대학원, 대회, 개인, 명령, 매우, 매장, 이제는, 이번에, 다음으로, 바로가기, 전달, "
                "내가, 낮은, 낮춰, 밤비, 금액, 수정, 토큰, 목표, 화면, 수행, 금지"
            )
        },
    },
)
