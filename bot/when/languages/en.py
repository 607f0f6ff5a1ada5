"""English."""

from __future__ import annotations

from datetime import timedelta

from bot.when import kinds
from bot.when.clocks import NOON, WEEKEND, WORKDAYS, Clock, Day, Daypart, Every, Length
from bot.when.languages.shape import Language, cities_of
from bot.when.zones import NO_PLACES, PLACES

_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
    "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth twenty-first twenty-second twenty-third "
    "twenty-fourth twenty-fifth twenty-sixth twenty-seventh twenty-eighth twenty-ninth thirtieth thirty-first"
)

ENGLISH = Language(
    code="en",
    telltale="[a-z]",
    words={
        kinds.DAY: {
            Day(
                months=0, month_end=True
            ): "end of month, end of the month, the end of the month, month end, eom, month-end",
            Day(month=12, day=31): (
                "end of year, end of the year, the end of the year, year end, eoy, year-end, "
                "new year's eve, new years eve, nye"
            ),
            -2: "day before yesterday, the day before yesterday",
            -1: "yesterday, yday",
            (-1, Daypart.NIGHT): "last night, yesterday night",
            0: "today, tod, 2day, todays, this day",
            (0, Daypart.MORNING): "this morning",
            (0, Daypart.AFTERNOON): "this afternoon, this aft",
            (0, Daypart.EVENING): "this evening, this eve",
            (0, Daypart.NIGHT): "tonight, tonite, tonihgt, 2nite, this night",
            1: (
                "tomorrow, tomorow, tommorow, tommorrow, tomorrrow, tomorro, tommorw, tomorr, "
                "tomarrow, tmorrow, tmorow, tomoro, tmrw, tmr, tmrrw, tmrow, tmw, tmo, tomm, "
                "2moro, 2morrow, 2mrw, toms, tomorrows, tomoz, tomozz, tomz, tmoz, tmoro, tmora, "
                "2moz, 2mor, tmro, tmrrow, morrow, "
                "the next day"
            ),
            Day(offset=1, from_start=True): "the next day, next day, the following day, following day, the day after",
            Day(month=1, day=1): "new year's day, new years day",
            Day(month=2, day=14): "valentine's day, valentines day",
            Day(month=7, day=4): "independence day",
            Day(month=12, day=26): "boxing day",
            Day(month=12, day=24): "christmas eve, xmas eve",
            Day(month=12, day=25): "christmas, xmas, christmas day",
            2: (
                "day after tomorrow, the day after tomorrow, day after tmr, day after tmrw, "
                "the day after tmrw, overmorrow, day after tomorow, the day after tomorow, "
                "the day after tmr"
            ),
        },
        kinds.DAY_OR_NAME: {1: "tom"},
        kinds.WEEKDAY: {
            0: "monday, mon, mo., monady, mondy",
            1: "tuesday, tue, tues, teusday, tusday, tuseday",
            2: "wednesday, wed, weds, wensday, wendsday, wednsday, wedensday, wenesday",
            3: "thursday, thu, thur, thurs, thrusday, thursdy, thrs",
            4: "friday, fri, firday, frday, fryday",
            5: "saturday, sat, satruday, saterday, satuday",
            6: "sunday, sun, sundy",
        },
        kinds.WEEK: {
            -1: "last week, previous week",
            0: "this week",
            1: ("next week, nxt week, next wk, the following week, following week, the next week, week after this"),
            2: "week after next, the week after next, in two weeks time",
        },
        kinds.SHIFT: {
            -1: "last, previous",
            None: "the coming, coming, upcoming, the upcoming, this coming",
            0: "this",
            1: "next, nxt, nex, nxet, netx,  the next",
            2: "after next",
        },
        kinds.MONTH: {
            1: "january, jan",
            2: "february, feb, febuary",
            3: "mar",
            4: "april, apr",
            6: "june, jun",
            7: "july, jul",
            8: "august, aug",
            9: "september, sep, sept",
            10: "october, oct",
            11: "november, nov",
            12: "december, dec",
        },
        kinds.YEAR_SHIFT: {0: "this year, of this year", 1: "next year, of next year", -1: "last year, of last year"},
        kinds.MONTH_SHIFT: {0: "this month", 1: "next month"},
        kinds.LENGTH: {Length(timedelta(weeks=2), whole_days=True): "fortnight, a fortnight"},
        kinds.MONTH_OR_WORD: {3: "march", 5: "may"},
        kinds.DAY_MARK: {"": "st, nd, rd, th"},
        kinds.DAYPART: {
            Daypart.DAWN: "at dawn, early morning, in the early morning, early in the morning",
            Daypart.MORNING: "morning, in the morning, am in the morning, morn, mroning, in the am",
            Daypart.MIDDAY: "lunchtime, lunch time, at lunch, over lunch, at lunchtime",
            Daypart.AFTERNOON: "afternoon, in the afternoon, in the pm, aft, arvo, late afternoon, early afternoon",
            Daypart.EVENING: "evening, in the evening, eve, late evening, early evening",
            Daypart.NIGHT: "night, at night, late night, late at night, nite, in the night",
        },
        kinds.HOUR_MARK: {"": "o'clock, oclock, o clock, hundred hours"},
        kinds.HOUR_LETTER: {"": "h", "length": "hrs, hr"},
        kinds.HOURS: {"": "hour, hours, houre, hourse, hurs,  hour's, hours', horus, houres, hous, huors, hors"},
        kinds.MINUTES: {"": "minute, minutes, min, mins, mn, minuets, minuts, m, minute's, minutes'"},
        kinds.DAYS: {"": "day, days, days', day's", "full": "full days, whole days, entire days"},
        kinds.DAY_LETTER: {"": "d"},
        kinds.WEEKS: {"": "week, weeks, wk, wks, weeks', week's"},
        kinds.HALF: {30: "half, half a, half of a, a half, half an, half of an"},
        kinds.QUARTER: {
            15: ("quarter, a quarter, quater, quarter of a, quarters, quarters of a, quarters of an, quarter of an")
        },
        kinds.PAST: {"": "past", "after": "after"},
        kinds.CLOCK: {
            Clock(0, midnight_word=True): "midnight, 12 midnight, twelve midnight, mid-night, midnite",
            Clock(NOON): "noon, midday, 12 noon, twelve noon, high noon, mid-day, 12noon, noontime, noonish",
        },
        kinds.WORD_NUMBER: {
            1: "one",
            2: "two",
            3: "three",
            4: "four",
            5: "five, oh five",
            6: "six",
            7: "seven",
            8: "eight",
            9: "nine",
            10: "ten",
            11: "eleven",
            12: "twelve",
            13: "thirteen",
            14: "fourteen",
            15: "fifteen",
            16: "sixteen",
            17: "seventeen",
            18: "eighteen",
            19: "nineteen",
            20: "twenty",
            30: "thirty",
            40: "forty, fourty",
            45: "forty-five",
            50: "fifty",
            90: "ninety",
            "1": "a, an",
        },
        kinds.ORDINAL: dict(enumerate(_ORDINALS.split(), 1)),
        kinds.NOW: {"": "now, right now, immediately, asap, rn, right away, straight away, starting now"},
        kinds.ALL_DAY: {
            "rest": (
                "rest of the day, the rest of the day, rest of today, the rest of today, remainder of the day, "
                "the remainder of the day, remaining day, rest of day"
            ),
            "rest of the week": "rest of the week, the rest of the week, the rest of this week, rest of this week",
            "": (
                "all day, all-day, allday, whole day, the whole day, entire day, the entire day, "
                "full day, a full day, all day long, the full day, for the day"
            ),
            "all": "all, all of, entire, the entire, whole, the whole, full, the whole of, whole of, all day on",
            "weekend": (
                "all weekend, the whole weekend, whole weekend, over the weekend, "
                "the entire weekend, all this weekend, for the weekend, the full weekend, "
                "entire weekend, all weekend long"
            ),
            "week": "all week, the whole week, whole week, the entire week, entire week",
        },
        kinds.FROM: {
            "from": "from",
            "": (
                "form, frm, starting, starting at, starting from, beginning, beginning at, "
                "since, start, begin, starts, starts at, starting on, after, as of, start at, "
                "start from"
            ),
        },
        kinds.TO: {
            "": (
                "to, thru, through, too, up to, upto, end, t, to about, through to, finish, finishes, stop, "
                "stops, ot, tto"
            )
        },
        kinds.UNTIL: {
            "": (
                "extend to, extend it to, extended to, prolong to, until, till, unil, utill, "
                "unti, utnill, til, 'til, untill, unitl, untl, up until, right until, "
                "all the way to, ti, utnil, finishing at, until about, lasting until, and until, ending, ending at, "
                "ends at, ends, end at, ending on, and ending at, and ends at, and end at, and ending, "
                "and finish at, finish at, finishing"
            )
        },
        kinds.FOR: {
            "": (
                "for, 4 the next, duration, for a duration of, lasting, lasts, fro, "
                "for about, for around, for the, for a total of, for at least"
            )
        },
        kinds.BETWEEN: {"": "between, b/w, btw, btwn, bw, in between, anytime between"},
        kinds.AND: {"": "and, &, n, plus, as well as, and then, and also, also"},
        kinds.OR: {"": "if not, failing that, or, or else, or maybe, and/or, alternatively, otherwise"},
        kinds.AT: {"": "at, on, @, date, on the, at about, at around, on this"},
        kinds.GLUE: {
            "": (
                "the, about, around, approx, approximately, roughly, ish, exactly, sharp, ca, circa, "
                "of, please, pls, plz, local time, my time, local, maybe, in total, total, hence, "
                "straight, time, ok, just, like, sometime, probably, some time, any time, anytime, more"
            )
        },
        kinds.IN: {"": "in, in about, after", "within": "within"},
        kinds.LATER: {"": "later, hence, from today, after now", "now": "from now, from right now"},
        kinds.AGO: {
            timedelta(days=1): "days ago, day ago",
            timedelta(weeks=1): "weeks ago, week ago",
            timedelta(hours=1): "hours ago, hour ago, h ago, hrs ago, hr ago",
            timedelta(minutes=1): "minutes ago, minute ago, min ago, mins ago, m ago",
        },
        kinds.VAGUE: {
            "by": "by",
            "before": "before",
            "": (
                "later, soon, sometime, some time, anytime, any time, a while, a bit, whenever, "
                "eventually, a moment, shortly, the rest, tba, tbd, eod, end of day, cob, "
                "end of business, no later than, overnight, later today, asap tomorrow, some point, "
                "for some time, a little while, awhile, long, the day, after lunch, "
                "before lunch, until lunch, till lunch, til lunch, "
                "by lunch, "
                "after dinner, before dinner, until dinner, after work, after class, after the meeting"
            ),
        },
        kinds.VAGUE_DAYS: {
            "part": "mid, early, late, middle of, the middle of, beginning of, the beginning of",
            "weekend": "the weekend, weekend, this weekend, this coming weekend",
            "": (
                "one of these days, some day, someday, one day, labor day, labour day, memorial day, good friday, "
                "bank holiday, same day, the same day, same time, the same time, easter, thanksgiving, "
                "halloween, the holidays, new year, next weekend, end of the week, end of week, midweek, "
                "mid-week"
            ),
        },
        kinds.FEW: {
            "": ("a few, few, several, some, a couple, a couple of, couple, couple of, many, a number of, the few")
        },
        kinds.MONTHS: {1: "month, months", 12: "year, years"},
        kinds.MONTH_END: {"": "end of, the end of"},
        kinds.EVERY: {
            Every(): "every, each, recurring, repeating",
            Every("day"): "daily, everyday, every single day, every day, each day",
            Every("day", part=Daypart.NIGHT): "nightly, nights",
            Every("day", part=Daypart.MORNING): "mornings",
            Every("day", part=Daypart.AFTERNOON): "afternoons",
            Every("day", part=Daypart.EVENING): "evenings",
            Every("day", 2): "every other day, every second day, alternate days",
            Every("week"): "weekly, every week, each week",
            Every("week", 2): (
                "biweekly, bi-weekly, fortnightly, every other week, every second week, "
                "every fortnight, alternate weeks"
            ),
            Every(None, 2): "every other, every second, alternate",
            Every("week", weekdays=WORKDAYS): (
                "weekdays, weekday, on weekdays, every weekday, each weekday, business days, "
                "working days, every working day, every business day, every workday, workdays, "
                "all weekdays"
            ),
            Every("week", weekdays=WEEKEND): "weekends, every weekend, each weekend, on weekends",
            Every("week", weekdays=(0,)): "mondays",
            Every("week", weekdays=(1,)): "tuesdays",
            Every("week", weekdays=(2,)): "wednesdays",
            Every("week", weekdays=(3,)): "thursdays",
            Every("week", weekdays=(4,)): "fridays",
            Every("week", weekdays=(5,)): "saturdays",
            Every("week", weekdays=(6,)): "sundays",
            Every("month"): "monthly, every month, each month, hourly, every hour, yearly, every year",
        },
        kinds.NOT: {"before": "not, except, other than, anything but, besides"},
        kinds.ASKING: {"": "is it free, available or not"},
        kinds.COUNTER: {
            "by": "x",
            "times": "times, occurrences",
            "": (
                "gpus, cards, nodes, epoch, epochs, steps, layers, runs, seeds, gb, gib, mb, tb, kb, k, ms, "
                "px, people, users, files, images, samples, batches, cores, models, jobs, tasks, "
                "points, pages, items, tokens, iterations, iters, folds, percent, watts, "
                "img/s, imgs/s, it/s, its/s, tok/s, tokens/s, samples/s, mb/s, gb/s, imgs, toks, ips, "
                "vram, cpus, threads, workers, machines, servers, trials, experiments, shots, bits, "
                "classes, heads, videos, rows, students, million, billion, thousand, params, "
                "shot, way, repeats, replicas, devices, slots, units, eur, usd, dollars, degrees, fps, hz, khz, "
                "mhz, ghz, dim, dims, lines, questions, chapters, parts, datasets, checkpoints"
            ),
        },
        kinds.LABEL: {
            "gpus": "gpus, cards, machines, nodes",
            "gpu": "gpu, card, machine, node, device, cuda",
            "place": "room, lab, building, floor",
            "": (
                "seed, seeds, layer, layers, epoch, epochs, step, steps, page, pages, version, "
                "versions, ver, chapter, chapters, section, sections, sec, line, lines, gpu, "
                "gpus, id, ids, no, no., nr, batch, batches, fold, folds, exp, experiment, "
                "experiments, run, runs, task, tasks, job, jobs, issue, issues, pr, prs, bug, bugs, "
                "ticket, part, parts, level, rtx, port, ports, row, rows, fig, figs, figure, "
                "figures, table, tables, ages, lesson, config, configs, idx, index, trial, trials, "
                "sample, samples, model, models, checkpoint, ckpt, iteration, iter, node, nodes, "
                "machine, cuda, python, rank, ranks, card, cards, slot, slots, device, devices, "
                "phase, stage, group, team, tel, phone, call, ext, fax, score, "
                "ch., pg, pg., tab, tabs, ratio, top, subjects, subject, scenes, scene, shard, shards, problem, "
                "q, question, "
                "questions, eq, class, grade, ep, episode, pp, p., scale, size, sizes, dim, rate, "
                "lr, k, n, temperature, temp, bs, split, splits, set, number, numbers, eq., vol, "
                "frame, frames, chunk, chunks, beam, patient, patients, subj, todo, digits, class, "
                "volume, chap, act, verse, psalm, john, week number, won, lost, aspect, order"
            ),
        },
        kinds.ZONE: {
            f"={zone}": ", ".join(f"{name.strip()} time, in {name.strip()} time" for name in names.split(","))
            for zone, names in PLACES.items()
        },
        kinds.PLACE: {
            f"={zone}": ", ".join(f"in {name.strip()}" for name in names.split(",") if name.strip() not in NO_PLACES)
            for zone, names in PLACES.items()
        },
        kinds.CITY: cities_of(PLACES, but=(*NO_PLACES, "austin")),
        kinds.TEXT: {
            "asks": "is, are, who, who's, whos, anyone, anybody, does, is anyone, is anybody",
            "": (
                "morning all, morning everyone, morning folks, morning team, morning guys, afternoon all, "
                "afternoon everyone, evening all, evening everyone, afternoon folks, evening folks, "
                "one to one, one-to-one, one on one, mar-a-lago, may i, may we, day to day, 24/7, min-max, min max, "
                "rd time, th time, nd time, st time, "
                "good morning, good afternoon, good evening, good night, good day, nice day, nice evening"
            ),
        },
    },
    also_words="sat, sun, morning, afternoon, evening, night",
    forgiving=(
        "tomorrow, tonight, yesterday, monday, tuesday, wednesday, thursday, friday, saturday, "
        "sunday, january, february, september, october, november, december, august, morning, "
        "afternoon, evening, midnight, minutes, between, today, june, july, april, hours, until"
    ),
)
