"""French. `14h` is a clock time and `pour 2h` a length; `à` stands before a start and before an end."""

from __future__ import annotations

from datetime import timedelta

from bot.when import kinds
from bot.when.clocks import NOON, WEEKEND, WORKDAYS, Clock, Day, Daypart, Every, Length
from bot.when.languages.shape import Language

FRENCH = Language(
    code="fr",
    telltale=r"\b(?:demain|aujourd'hui|apres[- ]demain|hier|lundi|mardi|mercredi|jeudi|vendredi|samedi"
    r"|dimanche|jusqu'(?:a|au|en)|heures?|midi|minuit|pendant|matin|soir|apres[- ]midi|maintenant"
    r"|prochaine?s?|journee|janvier|fevrier|avril|juillet|aout|septembre|octobre"
    r"|novembre|decembre|entre|semaine|ce soir|cette nuit)\b|[0-9]h[0-9]* a [0-9]",
    also_words="sam, dim, jeu, mar, mer, matin, soir, nuit",
    forgiving=(
        "demain, mercredi, vendredi, dimanche, samedi, janvier, fevrier, juillet, septembre, "
        "octobre, novembre, decembre, aujourd'hui"
    ),
    day_first=True,
    dotted_dates=True,
    words={
        kinds.DAY: {
            Day(months=0, month_end=True): "fin du mois, la fin du mois, fin de mois",
            Day(month=12, day=31): "fin de l'année, la fin de l'année",
            -2: "avant-hier",
            -1: "hier",
            (-1, Daypart.NIGHT): "hier soir",
            0: "aujourd'hui, d'aujourd'hui, aujourdhui, auj, ce jour, aujourd hui, ajd",
            (0, Daypart.MORNING): "ce matin",
            (0, Daypart.AFTERNOON): "cet après-midi, cet aprem, cet apres midi, cette après-midi",
            (0, Daypart.EVENING): "ce soir",
            (0, Daypart.NIGHT): "cette nuit",
            1: "demain, dmain, 2main, dem",
            Day(month=12, day=25): "noël, à noël",
            2: "après-demain, apres demain, aprés-demain",
            Day(offset=1, from_start=True): "le lendemain, lendemain, le jour suivant, du lendemain, au lendemain",
        },
        kinds.WEEKDAY: {
            0: "lundi, lun.",
            1: "mardi, mar.",
            2: "mercredi, mer.",
            3: "jeudi, jeu.",
            4: "vendredi, ven.",
            5: "samedi, sam.",
            6: "dimanche, dim.",
        },
        kinds.SHORT_WEEKDAY: {0: "lun", 1: "mar", 2: "mer", 3: "jeu", 4: "ven", 5: "sam", 6: "dim"},
        kinds.WEEK: {
            -1: "la semaine dernière, semaine dernière",
            0: "cette semaine, de cette semaine",
            1: (
                "la semaine prochaine, semaine prochaine, de la semaine prochaine, "
                "la semaine suivante, de la semaine suivante, la sem prochaine, semaine pro, "
                "la semaine pro"
            ),
        },
        kinds.SHIFT: {
            None: "qui vient",
            0: "ce, cet, cette",
            1: (
                "prochain, prochaine, prochains, prochaines, les prochaines, les prochains, "
                "la prochaine, le prochain, pro, suivant"
            ),
            -1: "dernier, dernière, passé",
        },
        kinds.YEAR_SHIFT: {
            1: "l'année prochaine, de l'année prochaine",
            0: "cette année",
            -1: "l'année dernière, de l'année dernière",
        },
        kinds.MONTH_SHIFT: {0: "ce mois-ci", 1: "du mois prochain, le mois prochain"},
        kinds.MONTH: {
            1: "janvier, janv, jan",
            2: "février, févr, fév",
            3: "mars",
            4: "avril, avr",
            5: "mai",
            6: "juin",
            7: "juillet, juil",
            8: "août",
            9: "septembre",
            10: "octobre, oct",
            11: "novembre, nov",
            12: "décembre, déc",
        },
        kinds.DAY_MARK: {"": "er, ᵉʳ"},
        kinds.DAYPART: {
            Daypart.DAWN: "au petit matin, à l'aube, tôt le matin",
            Daypart.MORNING: "matin, du matin, le matin, au matin, dans la matinée, en matinée, dans la mat",
            Daypart.MIDDAY: "à l'heure du déjeuner, entre midi et deux",
            Daypart.AFTERNOON: (
                "en fin d'après-midi, fin d'après-midi, en début d'après-midi, "
                "après-midi, de l'après-midi, l'après-midi, dans l'après-midi, aprem, apres midi, "
                "l'aprem, apm, de l'aprem"
            ),
            Daypart.EVENING: "soir, du soir, le soir, en soirée, dans la soirée, au soir",
            Daypart.NIGHT: "nuit, la nuit, de la nuit, dans la nuit, de nuit",
        },
        kinds.HOUR_LETTER: {"clock": "h, heure, heures, hr, hrs, h."},
        kinds.MINUTES: {"": "minute, minutes, min, mn, mins"},
        kinds.DAYS: {"": "jour, jours, journée, journées, j"},
        kinds.WEEKS: {"": "semaine, semaines", 1: "en huit", 2: "en quinze"},
        kinds.LENGTH: {
            Length(timedelta(hours=12)): "demi-journée, une demi-journée",
            Length(timedelta(minutes=15)): "quart d'heure, un quart d'heure",
            Length(timedelta(minutes=45)): "trois quarts d'heure, 3 quarts d'heure",
        },
        kinds.ORDINAL: {1: "premier"},
        kinds.HALF: {30: "demie, demi, une demi, une demie"},
        kinds.QUARTER: {15: "quart, le quart, un quart d', un quart"},
        kinds.BEFORE: {"": "moins"},
        kinds.CLOCK: {Clock(NOON): "midi", Clock(0, midnight_word=True): "minuit"},
        kinds.WORD_NUMBER: {
            1: "un, une",
            2: "deux",
            3: "trois",
            4: "quatre",
            5: "cinq",
            6: "six",
            "7": "sept",
            8: "huit",
            9: "neuf",
            10: "dix",
            11: "onze",
            12: "douze",
            13: "treize",
            14: "quatorze",
            15: "quinze",
            16: "seize",
            17: "dix-sept",
            18: "dix-huit",
            19: "dix-neuf",
            20: "vingt",
            30: "trente",
            45: "quarante-cinq",
            90: "quatre-vingt-dix",
        },
        kinds.NOW: {
            "": (
                "maintenant, à partir de maintenant, tout de suite, immédiatement, de suite, dès maintenant, "
                "dès à présent, mtn"
            )
        },
        kinds.ALL_DAY: {
            "rest": "reste de la journée, le reste de la journée",
            "all": "tout, tout le, toute, tout au long de",
            "": (
                "toute la journée, la journée entière, journée complète, toute la journee, "
                "journée entière, la journée complète, la journée, toute journée"
            ),
            "weekend": "tout le week-end, tout le weekend, le week-end entier",
            "week": "toute la semaine, la semaine entière",
        },
        kinds.FROM: {
            "of": "de, d'",
            "date": "du",
            "": (
                "dès, depuis, à partir de, à partir du, à compter de, à partir d', "
                "dès le, commençant à, début, à partir, des"
            ),
        },
        kinds.UNTIL: {
            "end": "fin",
            "": (
                "jusqu'à, jusque, jusqu'en, jusqua, jusqu à, jusqu'aux, jusqu'à la, fin à, "
                "jsqu'à, jusqu'a environ, jusque vers, jusqu'"
            ),
        },
        kinds.UNTIL_DATE: {"": "jusqu'au"},
        kinds.TO_OR_AT: {"": "à, a, aux", "date": "au"},
        kinds.FOR: {
            "": (
                "pour, pendant, durant, durée, durée de, d'une durée de, pdt, pour une durée de, pour environ, "
                "pour les, afin, pr"
            )
        },
        kinds.BETWEEN: {"": "entre"},
        kinds.AND: {"": "et, puis, ainsi que"},
        kinds.OR: {"": "ou, ou bien, ou alors, sinon"},
        kinds.AT: {"": "vers, sur, vers les, en, dans la journée de", "date": "le"},
        kinds.GLUE: {
            "": (
                "environ, la, les, l', heure locale, pile, svp, stp, à peu près, précises, tapantes, "
                "au moins, au minimum, au maximum, au plus, exactement, donc, env, env., s'il vous plaît, au total"
            )
        },
        kinds.IN: {"": "dans, d'ici"},
        kinds.LATER: {"": "plus tard"},
        kinds.VAGUE: {
            "": (
                "bientôt, tout à l'heure, tantôt, avant, un moment, un jour, un peu, "
                "dans la journée, un de ces jours, dès que possible, quand possible, la fin, longtemps, au plus tard, "
                "fin de journée, fin de la journée, la fin de la journée"
            )
        },
        kinds.VAGUE_DAYS: {
            "weekend": "ce week-end, le week-end, ce weekend, week-end, weekend",
            "": ("pâques, toussaint, dans la semaine, le week-end prochain"),
        },
        kinds.FEW: {"": "quelques, plusieurs, une paire d', deux ou trois, une poignée d'"},
        kinds.AGO: {"": "il y a"},
        kinds.MONTHS: {"": "mois"},
        kinds.MONTH_END: {"": "la fin de, fin de, la fin du mois de"},
        kinds.EVERY: {
            Every(): "chaque, tous les, tous, toutes les",
            Every("day"): "quotidien, quotidiennement, tlj, tous les jours, chaque jour",
            Every("day", part=Daypart.MORNING): "tous les matins, chaque matin",
            Every("day", part=Daypart.AFTERNOON): "tous les après-midi, chaque après-midi",
            Every("day", part=Daypart.EVENING): "tous les soirs, chaque soir",
            Every("day", part=Daypart.NIGHT): "toutes les nuits, chaque nuit",
            Every("day", 2): "un jour sur deux",
            Every("week"): "hebdomadaire, toutes les semaines, chaque semaine, par semaine",
            Every("week", 2): "toutes les deux semaines, une semaine sur deux",
            Every(
                "week", weekdays=WORKDAYS
            ): "en semaine, les jours ouvrés, chaque jour ouvré, tous les jours ouvrés, jours ouvrés",
            Every("week", weekdays=WEEKEND): "tous les week-ends, chaque week-end, tous les weekends",
            Every("week", weekdays=(0,)): "lundis, les lundis, tous les lundis",
            Every("week", weekdays=(1,)): "mardis, les mardis, tous les mardis",
            Every("week", weekdays=(2,)): "mercredis, les mercredis, tous les mercredis",
            Every("week", weekdays=(3,)): "jeudis, les jeudis, tous les jeudis",
            Every("week", weekdays=(4,)): "vendredis, les vendredis, tous les vendredis",
            Every("week", weekdays=(5,)): "samedis, les samedis, tous les samedis",
            Every("week", weekdays=(6,)): "dimanches, les dimanches, tous les dimanches",
            Every("month"): "mensuel, tous les mois, chaque mois",
        },
        kinds.NOT: {"before": "pas, pas de, sauf, sauf de, excepté, hormis"},
        kinds.ASKING: {"": "est-ce que, est ce que, c'est libre, est-il, est-elle"},
        kinds.COUNTER: {
            "times": "fois",
            "": (
                "gpus, cartes, nœuds, noeuds, époques, pages, personnes, étapes, couches, euros, "
                "fichiers, images, itérations, exemplaires, essais"
            ),
        },
        kinds.LABEL: {
            "": (
                "figure, figures, tableau, ligne, lignes, page, pages, version, salle, numéro, "
                "époque, étape, chapitre, tél, téléphone, no, "
                "n°, graine, graines, couche, expérience, lot"
            )
        },
        kinds.ZONE: {
            "=Europe/Paris": "heure de paris, heure française, heure de france",
            "=Asia/Tokyo": "heure de tokyo, heure japonaise, heure du japon",
            "=Asia/Seoul": "heure de séoul, heure coréenne",
            "=America/New_York": "heure de new york, heure de l'est, heure de montréal, heure de boston",
            "=America/Los_Angeles": "heure du pacifique, heure de californie",
            "=Europe/London": "heure de londres, heure anglaise, heure britannique",
            "=Europe/Berlin": "heure de berlin, heure allemande",
            "=UTC": "temps universel, heure utc",
        },
        kinds.TEXT: {
            "asks": "qui, y a-t-il, quelqu'un",
            "": (
                "bonne nuit, bonne soirée, "
                "est, un test, une expérience, un modèle, un run, un entraînement, "
                "c'est, art, un essai, tout le monde"
            ),
        },
    },
)
