"""German. `halb drei` is half past two; `Uhr` always means the 24 h clock."""

from __future__ import annotations

from datetime import timedelta

from bot.when import kinds
from bot.when.clocks import NOON, WEEKEND, WORKDAYS, Clock, Day, Daypart, Every, Length
from bot.when.languages.shape import Language

_TEENS = ["dreizehn", "vierzehn", "fünfzehn", "sechzehn", "siebzehn", "achtzehn", "neunzehn"]
_ONES = ["ein", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun"]


def _later_ordinals() -> dict[object, str]:
    """13. to 31. in words: dreizehnten, einundzwanzigsten."""
    stems = {day: f"{teen}t" for day, teen in enumerate(_TEENS, 13)}
    stems |= {day: f"{one}undzwanzigst" for day, one in enumerate(_ONES, 21)}
    stems |= {20: "zwanzigst", 30: "dreißigst", 31: "einunddreißigst"}
    return {day: f"{stem}en, {stem}er" for day, stem in stems.items()}


GERMAN = Language(
    code="de",
    telltale=r"\b(?:uhr|bis|morgen|ubermorgen|uebermorgen|heute|gestern|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag"
    r"|stunden?|std|minuten|ganztagig|nachsten?|naechsten?|vormittags?|nachmittags?|abends?|mittags?|jetzt|fur|fuer|zwischen|oder"
    r"|tage?n?|wochen?|januar|februar|marz|maerz|juni|juli|oktober|dezember|kommenden|diesen|jeden|mitternacht|von)\b",
    also_words="nacht, abend",
    forgiving=(
        "ubermorgen, montag, dienstag, mittwoch, donnerstag, freitag, samstag, sonntag, januar, "
        "februar, september, oktober, november, dezember, vormittag, nachmittag, morgen, stunden, "
        "minuten, bis, von"
    ),
    day_first=True,
    dotted_dates=True,
    words={
        kinds.DAY: {
            -2: "vorgestern",
            -1: "gestern",
            0: "heute, heut, am heutigen tag",
            1: "morgen",
            (0, Daypart.MORNING): "heute früh, heute morgen, heute frueh",
            (0, Daypart.EVENING): "heute abend, heut abend",
            (0, Daypart.NIGHT): "heute nacht",
            (1, Daypart.MORNING): "morgen früh, morgen frueh, morgen in der früh",
            2: "übermorgen, uebermorgen",
            3: "überübermorgen",
            Day(month=1, day=1): "neujahr",
            Day(month=12, day=24): "heiligabend",
            Day(month=12, day=31): "silvester, jahresende, ende des jahres",
            Day(months=0, month_end=True): "monatsende, ende des monats",
            Day(offset=1, from_start=True): (
                "am nächsten tag, am folgetag, nächster tag, am tag darauf, am darauffolgenden tag, "
                "folgetag, nächsten tag, am naechsten tag"
            ),
        },
        kinds.WEEKDAY: {
            0: "montag, mo., mont",
            1: "dienstag, di., dienst",
            2: "mittwoch, mi., mittw",
            3: "donnerstag, do., donn",
            4: "freitag, fr., freit",
            5: "samstag, sonnabend, sa.",
            6: "sonntag, so., sonnt",
        },
        kinds.SHORT_WEEKDAY: {0: "mo", 1: "di", 2: "mi", 3: "do", 4: "fr", 5: "sa", 6: "so"},
        kinds.WEEK: {
            -1: "letzte woche, vorige woche, letzter woche",
            0: "diese woche, dieser woche, in dieser woche",
            1: (
                "nächste woche, nächster woche, naechste woche, kommende woche, kommender woche, "
                "in der nächsten woche, nächste wo, naechster woche, der nächsten woche, "
                "der kommenden woche, in der kommenden woche"
            ),
            2: "übernächste woche, übernächster woche, uebernaechste woche",
        },
        kinds.SHIFT: {
            None: "kommenden, kommender, kommende, den kommenden, am kommenden, dem kommenden, kommendes",
            0: "diesen, dieser, diesem, dieses, an diesem",
            1: (
                "nächsten, nächster, nächste, nächstes, naechsten, naechste, die nächsten, "
                "den nächsten, am nächsten, die naechsten, der nächste, die nächste, die kommenden"
            ),
            2: "übernächsten, übernächster, übernächste, übernächstes, uebernaechsten",
            -1: "letzten, letzter, letzte, vorigen",
        },
        kinds.YEAR_SHIFT: {
            1: "nächstes jahr, nächsten jahres",
            0: "dieses jahr, dieses jahres",
            -1: "letztes jahr, letzten jahres",
        },
        kinds.MONTH_SHIFT: {0: "diesen monat", 1: "nächsten monat, nächsten monats"},
        kinds.MONTH: {
            1: "januar, jan, jänner",
            2: "februar, feb, feber",
            3: "märz, mär, maerz, mrz",
            4: "april, apr",
            5: "mai",
            6: "juni, jun",
            7: "juli, jul",
            8: "august, aug",
            9: "september, sept, sep",
            10: "oktober, okt",
            11: "november, nov",
            12: "dezember, dez",
        },
        kinds.DAYPART: {
            Daypart.DAWN: "frühmorgens, in den frühen morgenstunden, in aller früh",
            Daypart.MORNING: (
                "früh, morgens, am morgen, vormittag, vormittags, am vormittag, frueh, in der früh, "
                "in der frueh, am frühen morgen"
            ),
            Daypart.MIDDAY: "mittags, am mittag, zur mittagszeit",
            Daypart.AFTERNOON: "nachmittag, nachmittags, am nachmittag, nachm",
            Daypart.EVENING: "abend, abends, am abend, abds",
            Daypart.NIGHT: "nacht, nachts, in der nacht",
        },
        kinds.HOUR_MARK: {"24h": "uhr, uhr."},
        kinds.HOUR_LETTER: {"clock": "h"},
        kinds.HOURS: {"": "stunde, stunden, std, std., stdn, stündchen, stunde lang, stunden lang"},
        kinds.MINUTES: {"": "minute, minuten, min, min., minuten lang"},
        kinds.DAYS: {"": "tag, tage, tagen, tage lang"},
        kinds.WEEKS: {"": "woche, wochen"},
        kinds.HALF: {
            30: "halbe, halben, halbes, eine halbe, einer halben, einen halben, ein halbes, ne halbe, ein halber"
        },
        kinds.HALF_TO: {-30: "halb", -15: "dreiviertel"},
        kinds.LENGTH: {
            Length(timedelta(minutes=15)): "viertelstunde, eine viertelstunde, viertel stunde, eine viertel stunde",
            Length(timedelta(minutes=45)): (
                "dreiviertelstunde, eine dreiviertelstunde, dreiviertel stunde, eine dreiviertel stunde"
            ),
        },
        kinds.QUARTER: {15: "viertel, eine viertel, einer viertel"},
        kinds.PAST: {"after": "nach"},
        kinds.BEFORE: {"ago": "vor"},
        kinds.CLOCK: {
            Clock(NOON): "mittag, zwölf uhr mittags, 12 uhr mittags",
            Clock(0, midnight_word=True): "mitternacht",
        },
        kinds.WORD_NUMBER: {
            1: "ein, eine, einen, einer, eins",
            1.5: "anderthalb, eineinhalb, einundeinhalb, anderthalbe",
            2: "zwei, zwo",
            2.5: "zweieinhalb, zweiundeinhalb",
            3: "drei",
            3.5: "dreieinhalb",
            4: "vier",
            4.5: "viereinhalb",
            5: "fünf, fuenf",
            6: "sechs",
            7: "sieben",
            8: "acht",
            9: "neun",
            10: "zehn",
            11: "elf",
            12: "zwölf, zwoelf",
            13: "dreizehn",
            14: "vierzehn",
            15: "fünfzehn, fuenfzehn",
            16: "sechzehn",
            17: "siebzehn",
            18: "achtzehn",
            19: "neunzehn",
            20: "zwanzig",
            30: "dreißig",
            40: "vierzig",
            45: "fünfundvierzig",
            90: "neunzig",
        },
        kinds.ORDINAL: {
            1: "ersten, erster, erste",
            2: "zweiten, zweiter",
            3: "dritten, dritter",
            4: "vierten, vierter",
            5: "fünften, fünfter",
            6: "sechsten, sechster",
            7: "siebten, siebter",
            8: "achten, achter",
            9: "neunten, neunter",
            10: "zehnten, zehnter",
            11: "elften, elfter",
            12: "zwölften, zwölfter",
        }
        | _later_ordinals(),
        kinds.NOW: {"": "jetzt, sofort, gleich jetzt, jetzt gleich, ab sofort, ab jetzt, von jetzt an, nun"},
        kinds.ALL_DAY: {
            "rest": "rest des tages, den rest des tages, restlichen tag, den restlichen tag",
            "": (
                "ganztägig, den ganzen tag, ganzer tag, ganztags, ganztaegig, der ganze tag, "
                "ganzen tag, den ganzen, den vollen tag, den gesamten tag, kompletten tag, "
                "den kompletten tag, ganztägige, ganztag"
            ),
            "weekend": (
                "das ganze wochenende, ganzes wochenende, übers wochenende, das gesamte wochenende, "
                "das komplette wochenende"
            ),
            "week": "die ganze woche, ganze woche, die gesamte woche",
        },
        kinds.FROM: {
            "": (
                "von, ab, vom, seit, beginnend, startend, beginn, von ca., start, beginnend um, "
                "ab ca., ab dem, von dem, start um"
            )
        },
        kinds.UNTIL: {
            "end": "ende",
            "to": "bis",
            "": ("bis um, bis zu, bis ca., bis etwa, bis gegen, bis inkl., bis einschließlich, ende um"),
        },
        kinds.UNTIL_DATE: {"": "bis zum"},
        kinds.FOR: {
            "": "für, fuer, fur, dauer, mit einer dauer von, für ca., für etwa, für die, wegen, zum, zwecks, fürs"
        },
        kinds.BETWEEN: {"": "zwischen"},
        kinds.AND: {"": "und, sowie, und dann, u., &"},
        kinds.OR: {"": "sonst, ansonsten, falls nicht, wenn nicht, oder, oder auch, bzw., bzw, alternativ"},
        kinds.AT: {"": "um, am, an, gegen, im, auf, zu", "date": "den, dem"},
        kinds.GLUE: {
            "": (
                "etwa, ungefähr, ca, circa, zirka, lang, genau, punkt, der, die, das, bitte, "
                "ungefaehr, des, gern, gerne, rund, jeweils nur, ortszeit, immer noch, schon, dann, "
                "noch, also, zeit, max., max, maximal, mindestens, so gegen, so um, so ca., so ca, so etwa, "
                "so ungefähr, so circa"
            )
        },
        kinds.IN: {"": "in, in ca., in etwa"},
        kinds.LATER: {"": "später, spaeter"},
        kinds.VAGUE: {
            "": (
                "nachher, bald, irgendwann, demnächst, spätestens, bis dann, feierabend, eine weile, kurz, "
                "tagesende, ende des tages, länger, ein bisschen, ne weile, über nacht, die nacht über, bis später"
            )
        },
        kinds.VAGUE_DAYS: {
            "weekend": "wochenende, am wochenende, dieses wochenende",
            "": ("weihnachten, ostern, pfingsten, nächstes wochenende, die nächsten tage"),
        },
        kinds.FEW: {"": "ein paar, einige, mehrere, paar, wenige"},
        kinds.AGO: {"": "vor"},
        kinds.MONTHS: {"": "monat, monate, monaten"},
        kinds.EVERY: {
            Every(): "jeden, jede, jeder, jedes, alle, jeweils, immer",
            Every("day"): "täglich, taeglich, jeden tag",
            Every("day", part=Daypart.MORNING): "jeden morgen, jeden vormittag",
            Every("day", part=Daypart.AFTERNOON): "jeden nachmittag",
            Every("day", part=Daypart.EVENING): "jeden abend",
            Every("day", part=Daypart.NIGHT): "jede nacht",
            Every("day", 2): "jeden zweiten tag",
            Every("week"): "wöchentlich, woechentlich, jede woche",
            Every("week", 2): "alle zwei wochen, jede zweite woche, zweiwöchentlich, 14-tägig",
            Every(None, 2): "jeden zweiten",
            Every("week", weekdays=WORKDAYS): "werktags, wochentags, werktäglich, jeden werktag, an werktagen",
            Every("week", weekdays=WEEKEND): "jedes wochenende, an wochenenden",
            Every("week", weekdays=(0,)): "montags",
            Every("week", weekdays=(1,)): "dienstags",
            Every("week", weekdays=(2,)): "mittwochs",
            Every("week", weekdays=(3,)): "donnerstags",
            Every("week", weekdays=(4,)): "freitags",
            Every("week", weekdays=(5,)): "samstags",
            Every("week", weekdays=(6,)): "sonntags",
            Every("month"): "monatlich, stündlich, jeden monat, jährlich",
        },
        kinds.NOT: {"before": "nicht, nicht um, außer, ausser, ausgenommen, bis auf"},
        kinds.COUNTER: {
            "times": "mal",
            "": (
                "gpus, karten, knoten, epochen, schritte, läufe, seiten, personen, leute, stück, "
                "kerne, schichten, euro, prozent, bilder, dateien, grafikkarten, versuche, "
                "zeilen"
            ),
        },
        kinds.LABEL: {
            "": (
                "abbildung, abb., abb, tabelle, zeile, zeilen, lauf, fold, seiten, seite, "
                "epochen, schritte, läufe, kapitel, version, raum, nummer, epoche, schritt, tel., telefon, nr, nr., "
                "zimmer, gebäude, aufgabe, abschnitt, schicht"
            )
        },
        kinds.ZONE: {
            "=Europe/Berlin": "deutscher zeit, berliner zeit, deutsche zeit, zeit in berlin",
            "=Asia/Tokyo": "tokioter zeit, japanischer zeit, japanische zeit, tokio zeit, zeit in tokio",
            "=Asia/Seoul": "koreanischer zeit",
            "=America/New_York": "new yorker zeit, ostküstenzeit",
            "=America/Los_Angeles": "pazifischer zeit, kalifornischer zeit",
            "=Europe/London": "londoner zeit, britischer zeit, englischer zeit",
            "=Europe/Paris": "pariser zeit",
        },
        kinds.TEXT: {
            "asks": "ist, sind, wer, gibt es, hat wer, hat jemand, braucht jemand",
            "": (
                "guten abend, gute nacht, schönen abend, "
                "west, art, est, wir, test, vor allem, nach dem, nach der, vor dem, vor der, "
                "guten morgen, morgens und abends"
            ),
        },
    },
)
