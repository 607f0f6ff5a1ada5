"""Spanish. `mañana` is tomorrow, `por la mañana` the morning; `a` stands before a start and before an end."""

from __future__ import annotations

from datetime import timedelta

from bot.when import kinds
from bot.when.clocks import NOON, WEEKEND, WORKDAYS, Clock, Day, Daypart, Every, Length
from bot.when.languages.shape import Language

SPANISH = Language(
    code="es",
    telltale=r"\b(?:manana|hoy|ayer|lunes|martes|miercoles|jueves|viernes|sabado|domingo|hasta|horas?|mediodia"
    r"|medianoche|durante|ahora|desde|proxim[oa]s?|enero|febrero|abril|junio|julio|septiembre|octubre|noviembre"
    r"|diciembre|semana|noche|tarde|(?:a|de) las)\b",
    also_words="mar, dom, noche, tarde",
    forgiving=("manana, miercoles, viernes, sabado, domingo, febrero, septiembre, octubre, noviembre, diciembre"),
    day_first=True,
    dotted_dates=True,
    words={
        kinds.DAY: {
            Day(months=0, month_end=True): "fin de mes, final de mes, finales de mes, fin del mes",
            Day(month=12, day=31): "fin de año, nochevieja, final de año",
            -2: "anteayer, antier, antes de ayer",
            -1: "ayer",
            (-1, Daypart.NIGHT): "anoche",
            0: "hoy, el día de hoy, hoy día",
            (0, Daypart.MORNING): "esta mañana, hoy por la mañana",
            (0, Daypart.AFTERNOON): "esta tarde, hoy por la tarde",
            (0, Daypart.NIGHT): "esta noche, hoy por la noche",
            1: "mañana, el día de mañana, mñn, mñana, maniana",
            (
                1,
                Daypart.MORNING,
            ): "mañana por la mañana, mañana en la mañana, mañana temprano, mañana a la mañana",
            (1, Daypart.AFTERNOON): "mañana por la tarde, mañana en la tarde, mañana a la tarde",
            (1, Daypart.NIGHT): "mañana por la noche, mañana en la noche, mañana a la noche",
            2: "pasado mañana",
            Day(month=12, day=24): "nochebuena",
            Day(month=12, day=25): "navidad",
            Day(offset=1, from_start=True): (
                "el día siguiente, al día siguiente, del día siguiente, día siguiente, del otro día, al otro día"
            ),
        },
        kinds.WEEKDAY: {
            0: "lunes, lun.",
            1: "martes, mar.",
            2: "miércoles, mié., mierc",
            3: "jueves, jue.",
            4: "viernes, vie.",
            5: "sábado, sáb.",
            6: "domingo, dom.",
        },
        kinds.SHORT_WEEKDAY: {0: "lun", 1: "mar", 2: "mié, mie", 3: "jue", 4: "vie", 5: "sáb, sab", 6: "dom"},
        kinds.WEEK: {
            -1: "la semana pasada, semana pasada",
            0: "esta semana, de esta semana, esta misma semana",
            1: (
                "la próxima semana, próxima semana, la semana que viene, de la semana que viene, "
                "la semana próxima, de la próxima semana, semana que viene, la sem que viene, "
                "de la semana próxima, la siguiente semana"
            ),
        },
        kinds.SHIFT: {
            None: "que entra, venidero",
            0: "este, esta, el mismo",
            1: (
                "que viene, próximo, próxima, próximos, próximas, las próximas, los próximos, el próximo, "
                "la próxima, siguientes, las siguientes, los siguientes, siguiente"
            ),
            -1: "pasado, pasada, último",
        },
        kinds.YEAR_SHIFT: {
            1: "el año que viene, del año que viene, el próximo año, del próximo año",
            0: "este año, de este año",
            -1: "el año pasado, del año pasado",
        },
        kinds.MONTH_SHIFT: {0: "de este mes", 1: "del próximo mes, del mes que viene"},
        kinds.MONTH: {
            1: "enero, ene",
            2: "febrero, feb",
            3: "marzo",
            4: "abril, abr",
            5: "mayo",
            6: "junio, jun",
            7: "julio, jul",
            8: "agosto, ago",
            9: "septiembre, setiembre, sept, sep, set",
            10: "octubre, oct",
            11: "noviembre, nov",
            12: "diciembre, dic",
        },
        kinds.DAY_MARK: {"": "día, dia, el día"},
        kinds.DAYPART: {
            Daypart.DAWN: "de la madrugada, madrugada, por la madrugada, de madrugada, en la madrugada",
            Daypart.MORNING: "por la mañana, de la mañana, en la mañana, por las mañanas",
            Daypart.NOON: "del mediodía, a mediodía de",
            Daypart.AFTERNOON: "por la tarde, de la tarde, en la tarde, tarde, a la tarde",
            Daypart.NIGHT: "por la noche, de la noche, en la noche, noche, a la noche",
        },
        kinds.HOUR_MARK: {"": "en punto"},
        kinds.HOUR_LETTER: {"clock": "h, hs, hrs, hora, horas, hr, h."},
        kinds.MINUTES: {"": "minuto, minutos, min, mins"},
        kinds.DAYS: {"": "días, dias"},
        kinds.WEEKS: {"": "semana, semanas"},
        kinds.LENGTH: {
            Length(timedelta(days=1), whole_days=True): "un día",
            Length(timedelta(minutes=90)): "hora y media, una hora y media",
            Length(timedelta(minutes=15)): "cuarto de hora, un cuarto de hora",
            Length(timedelta(minutes=45)): "tres cuartos de hora",
        },
        kinds.HALF: {30: "media, una media"},
        kinds.QUARTER: {15: "cuarto, un cuarto"},
        kinds.BEFORE: {"": "menos"},
        kinds.CLOCK: {
            Clock(NOON): "mediodía, el mediodía, medio día",
            Clock(0, midnight_word=True): "medianoche, la medianoche, media noche",
        },
        kinds.WORD_NUMBER: {
            1: "un, una, uno",
            2: "dos",
            3: "tres",
            4: "cuatro",
            5: "cinco",
            6: "seis",
            7: "siete",
            8: "ocho",
            9: "nueve",
            10: "diez",
            11: "once",
            12: "doce",
            13: "trece",
            14: "catorce",
            15: "quince",
            16: "dieciséis",
            17: "diecisiete",
            18: "dieciocho",
            19: "diecinueve",
            20: "veinte",
            30: "treinta",
            45: "cuarenta y cinco",
            90: "noventa",
        },
        kinds.ORDINAL: {1: "primero"},
        kinds.NOW: {"": "ahora, a partir de ahora, ya, ahora mismo, ahorita, de inmediato, inmediatamente, desde ya"},
        kinds.ALL_DAY: {
            "rest": "resto del día, el resto del día, lo que queda del día",
            "all": "todo, todo el, toda",
            "": (
                "todo el día, el día entero, día completo, todo el dia, todo el santo día, el día completo, día entero"
            ),
            "weekend": "todo el fin de semana, el fin de semana entero, todo el finde",
            "week": "toda la semana, la semana entera",
        },
        kinds.FROM: {
            "of": "de",
            "date": "del",
            "": (
                "desde, inicio, desde las, desde la, de las, de la, a partir de, a partir de las, "
                "a partir del, desde el, empezando a las, a partir de la, comenzando a las, "
                "empezando, entre las de, después de, después de las, después de la"
            ),
        },
        kinds.UNTIL: {"end": "fin", "": "hasta, hasta las, hasta la, hasta eso de las, hasta aprox"},
        kinds.UNTIL_DATE: {"": "hasta el"},
        kinds.TO_OR_AT: {"": "a, a las, a la, a eso de las", "date": "al"},
        kinds.FOR: {
            "": (
                "por, durante, duración, duración de, con duración de, para, x, durante las, durante los, por unas, "
                "durante unas, para el, para la"
            )
        },
        kinds.BETWEEN: {"": "entre, entre las, entre la, entre el"},
        kinds.AND: {"": "y, e, y las, y la, así como, y luego, y el"},
        kinds.OR: {"": "si no, si no se puede, o, u, o bien, o el, o las"},
        kinds.AT: {"": "sobre las, hacia las", "date": "el"},
        kinds.GLUE: {
            "": (
                "al menos, como mínimo, como máximo, por lo menos, "
                "aproximadamente, aprox, la, las, los, como, más o menos, porfa, por favor, "
                "hora local, horario, sobre, aprox."
            )
        },
        kinds.IN: {"": "en, dentro de, de aquí a"},
        kinds.LATER: {"": "después, más tarde"},
        kinds.VAGUE: {
            "": (
                "luego, pronto, algún día, un día de estos, un rato, antes, cuando sea, un momento, más adelante, "
                "antes de, antes de las, un poco, al rato"
            )
        },
        kinds.VAGUE_DAYS: {
            "weekend": "fin de semana, este fin de semana, el fin de semana, finde, el finde, este finde",
            "": ("semana santa, próximo fin de semana"),
        },
        kinds.FEW: {
            "about": "unas, unos",
            "": "unas cuantas, algunas, varias, unos cuantos, algunos, varios, un par de, pocas, unas pocas",
        },
        kinds.AGO: {"": "hace"},
        kinds.MONTHS: {"": "mes, meses"},
        kinds.MONTH_END: {"": "fin de, finales de, final de, fines de"},
        kinds.EVERY: {
            Every(): "cada, todos los, todas las, todos",
            Every("day"): "diario, diariamente, a diario, todos los días, cada día",
            Every("day", part=Daypart.MORNING): "todas las mañanas, cada mañana",
            Every("day", part=Daypart.AFTERNOON): "todas las tardes, cada tarde",
            Every("day", part=Daypart.NIGHT): "todas las noches, cada noche",
            Every("day", 2): "un día sí y otro no, días alternos",
            Every("week"): "semanalmente, semanal, todas las semanas, cada semana",
            Every("week", 2): "quincenalmente, semanas alternas",
            Every("week", weekdays=WORKDAYS): (
                "entre semana, días laborables, los días laborables, cada día laborable, "
                "todos los días laborables, días hábiles"
            ),
            Every("week", weekdays=WEEKEND): "los fines de semana, todos los fines de semana, cada fin de semana",
            Every("week", weekdays=(0,)): "los lunes",
            Every("week", weekdays=(1,)): "los martes",
            Every("week", weekdays=(2,)): "los miércoles",
            Every("week", weekdays=(3,)): "los jueves",
            Every("week", weekdays=(4,)): "los viernes",
            Every("week", weekdays=(5,)): "los sábados, sábados",
            Every("week", weekdays=(6,)): "los domingos, domingos",
            Every("month"): "mensual, mensualmente, todos los meses, cada mes",
        },
        kinds.NOT: {"before": "excepto, excepto de, salvo, salvo de, menos el"},
        kinds.COUNTER: {
            "times": "veces",
            "": (
                "gpus, tarjetas, nodos, épocas, páginas, personas, pasos, capas, euros, archivos, "
                "imágenes, iteraciones, gráficas, pruebas"
            ),
        },
        kinds.LABEL: {
            "": (
                "épocas, pasos, figura, figuras, tabla, tablas, línea, líneas, página, páginas, versión, sala, "
                "número, época, paso, capítulo, tel, teléfono, "
                "semilla, semillas, capa, aula, experimento, lote"
            )
        },
        kinds.ZONE: {
            "=Europe/Madrid": "hora de madrid, hora española, hora peninsular, hora de españa",
            "=America/Mexico_City": "hora de méxico, hora de ciudad de méxico, hora del centro",
            "=Asia/Tokyo": "hora de tokio, hora de japón, hora japonesa",
            "=America/New_York": "hora de nueva york, hora del este",
            "=America/Los_Angeles": "hora del pacífico, hora de california",
            "=Europe/London": "hora de londres, hora británica",
            "=Europe/Paris": "hora de parís",
            "=Europe/Berlin": "hora de berlín",
            "=America/Argentina/Buenos_Aires": "hora argentina, hora de buenos aires",
            "=America/Bogota": "hora colombiana, hora de bogotá, hora de colombia",
            "=America/Santiago": "hora chilena, hora de chile",
            "=UTC": "hora universal",
        },
        kinds.TEXT: {
            "asks": "quién, alguien, hay",
            "": (
                "como ayer, como la semana pasada, como siempre, "
                "una prueba, un experimento, un modelo, un test, una vez, est, art, una gpu, un gpu, "
                "y un, y una, todo el mundo, el modelo, el experimento"
            ),
        },
    },
)
