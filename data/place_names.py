"""What the built-in places are called, in English, Azerbaijani, Armenian and Russian.

Each language's own usage is a place name, not a position. English and Russian give both names of a
town where both are in use. Other spellings go to `alt_name`, where search finds them. `ARABIC` has
those for which an Arabic name was at hand; the others are written as in English.
"""

from __future__ import annotations

Position = tuple[float, float]  # longitude, latitude
Names = tuple[str, ...]  # English, Azerbaijani, Armenian, Russian, and others joined by ";" if any

ARABIC = {
    # Countries and capitals as the Unicode CLDR has them.
    "Armenia": "أرمينيا",
    "Azerbaijan": "أذربيجان",
    "Georgia": "جورجيا",
    "Iran": "إيران",
    "Russia": "روسيا",
    "Türkiye": "تركيا",
    "Baku": "باكو",
    "Tbilisi": "تبليسي",
    "Yerevan": "يريفان",
    # As Arabic newspapers and gazetteers of 2020 and later write them (README.md).
    "Kalbajar": "كلبجار",
    "Aghdam": "أغدام",
    "Lachin": "لاتشين",
    "Nagorno-Karabakh": "ناغورني قره باغ",
    "Barda": "باردا",
    "Fuzuli": "فضولي",
    "Ganja": "غنجة",
    "Jabrayil": "جبرائيل",
    "Qubadli": "قبادلي",
    "Zangilan": "زنجيلان",
    "Caspian Sea": "بحر قزوين",
    "Lake Sevan": "بحيرة سيفان",
    "Lake Urmia": "بحيرة أورمية",
    "Lake Van": "بحيرة وان",
    "Mingachevir Reservoir": "خزان مينغاتشيفير",
    # What is described and has no name.
    "Districts of Azerbaijan": "مناطق أذربيجان",
    "Land beside Aghdam": "أراضٍ بجوار أغدام",
    "Ceasefire line, 1994": "خط وقف إطلاق النار، 1994",
}


def named(kind: str, en: str, az: str, hy: str, ru: str, also: str = "") -> dict[str, object]:
    """Return the properties of a context feature: kind, its names, and the others if any."""
    names: dict[str, object] = {"name": en, "name:az": az, "name:hy": hy, "name:ru": ru}
    names |= {"name:ar": ARABIC[en]} if en in ARABIC else {}
    return {"kind": kind, **names} | ({"alt_name": also} if also else {})


def _region(en: str, az: str, hy: str, ru: str, also: str) -> dict[str, object]:
    """Return the properties of a region: its names only, as it has no kind."""
    return {k: v for k, v in named("", en, az, hy, ru, also).items() if k != "kind"}


def _genitives(az: str, hy: str, ru: str) -> dict[str, object]:
    """Return a region's names in the genitive, for sentences such as "the handover of …"."""
    return {"name:az:genitive": az, "name:hy:genitive": hy, "name:ru:genitive": ru}


def _code(iso: str, beside: str = "") -> dict[str, object]:
    """Return the code of the district that a region is drawn from, and how they differ."""
    return {
        "iso_3166_2": iso,
        "ids_note": "The code is that of the whole district; the region as drawn here lacks what "
        f"lay in the oblast of 1991{beside}",
    }


REGIONS: dict[str, dict[str, object]] = {
    "kalbajar": {
        **_region("Kalbajar", "Kəlbəcər", "Քարվաճառ", "Кельбаджар", "Kelbajar;Karvachar"),
        **_genitives("Kəlbəcərin", "Քարվաճառի", "Кельбаджара"),
        **_code("AZ-KAL"),
        "note": "The strip north of the dashed line of 1994 was never held by Armenian forces; "
        "the outline is that of the whole district.",
        "note:ar": "الشريط الواقع شمال الخط المتقطع لعام 1994 لم يكن قط تحت سيطرة القوات "
        "الأرمينية؛ والحدود المرسومة هي حدود المنطقة كلها.",
        "note:az": "1994-cü ilin qırıq xəttindən şimaldakı zolaq heç vaxt erməni qüvvələrinin "
        "nəzarətində olmayıb; sərhəd bütün rayonun sərhədidir.",
        "note:hy": "1994 թ. կետագծից հյուսիս ընկած շերտը երբեք չի եղել հայկական ուժերի "
        "վերահսկողության ներքո. սահմանագիծն ամբողջ շրջանինն է։",
        "note:ru": "Полоса к северу от пунктирной линии 1994 года никогда не была под контролем "
        "армянских сил; показаны границы всего района.",
    },
    "aghdam": {
        **_region("Aghdam", "Ağdam", "Աղդամ", "Агдам", "Agdam;Akna;Ակնա"),
        **_genitives("Ağdamın", "Աղդամի", "Агдама"),
        **_code("AZ-AGM", " and what lies beyond the ceasefire line of 1994"),
    },
    "lachin": {
        **_region("Lachin", "Laçın", "Լաչին", "Лачин", "Berdzor;Բերձոր;Kashatagh;Քաշաթաղ"),
        **_genitives("Laçının", "Լաչինի", "Лачина"),
        **_code("AZ-LAC"),
    },
    "nagorno-karabakh": {
        **_region(
            "Nagorno-Karabakh",
            "Dağlıq Qarabağ",
            "Լեռնային Ղարաբաղ",
            "Нагорный Карабах",
            "Artsakh;Արցախ",
        ),
        **_genitives("Dağlıq Qarabağın", "Լեռնային Ղարաբաղի", "Нагорного Карабаха"),
        "lies_within": "azerbaijan",
        "lies_within:source": "ap-2020-11-30",
        "lies_within:locator": "¶12",
        "lies_within:note": "is situated inside Azerbaijan; since the end of the separatist war "
        "there in 1994 it has been controlled by ethnic Armenian forces that Armenia backs. "
        "The article does not say where the line ran after the fighting of 2020",
        "lies_within:note:ar": "تقع داخل أذربيجان؛ ومنذ نهاية الحرب الانفصالية هناك في عام 1994 "
        "تسيطر عليها قوات من عرقية الأرمن تدعمها أرمينيا. ولا يذكر المقال أين كان الخط يمر بعد "
        "قتال عام 2020",
        "lies_within:note:az": "Azərbaycanın daxilində yerləşir; 1994-cü ildə oradakı separatçı "
        "müharibə başa çatandan bəri Ermənistanın dəstəklədiyi etnik erməni qüvvələrinin "
        "nəzarətindədir. Məqalə 2020-ci il döyüşlərindən sonra xəttin haradan keçdiyini bildirmir",
        "lies_within:note:hy": "գտնվում է Ադրբեջանի կազմում. 1994 թվականին այնտեղ անջատողական "
        "պատերազմի ավարտից ի վեր այն վերահսկում են Հայաստանի աջակցությունը վայելող էթնիկ "
        "հայկական ուժերը։ Հոդվածը չի նշում, թե որտեղով էր անցնում գիծը 2020 թ. մարտերից հետո",
        "lies_within:note:ru": "находится в пределах Азербайджана; после окончания там "
        "сепаратистской войны в 1994 году его контролируют этнические армянские силы, которые "
        "поддерживает Армения. Статья не сообщает, где проходила линия после боёв 2020 года",
        "note": "The outline is that of the oblast of 1991. Its strip beyond the dashed line of "
        "1994 was never held by Armenian forces.",
        "note:ar": "الحدود المرسومة هي حدود المقاطعة في عام 1991. وشريطها الواقع وراء الخط المتقطع "
        "لعام 1994 لم يكن قط تحت سيطرة القوات الأرمينية.",
        "note:az": "Sərhəd 1991-ci ildəki vilayətin sərhədidir. Onun 1994-cü ilin qırıq xəttinin o "
        "biri tərəfindəki zolağı heç vaxt erməni qüvvələrinin nəzarətində olmayıb.",
        "note:hy": "Սահմանագիծը 1991 թ. մարզինն է։ 1994 թ. կետագծից այն կողմ ընկած շերտը երբեք չի "
        "եղել հայկական ուժերի վերահսկողության ներքո։",
        "note:ru": "Показаны границы области 1991 года. Её полоса за пунктирной линией 1994 года "
        "никогда не была под контролем армянских сил.",
    },
}


def _country(
    code: str, lon: float, lat: float, names: Names, actor: str = ""
) -> tuple[str, dict[str, object]]:
    """Return a country's ISO code and its properties: its label's place, whose colour tints it."""
    properties = named("country", *names) | {"label_lon": lon, "label_lat": lat}
    return code, properties | ({"actor": actor} if actor else {})


COUNTRIES = {
    "armenia": _country(
        "AM", 45.62, 39.76, ("Armenia", "Ermənistan", "Հայաստան", "Армения"), "armenian-forces"
    ),
    "azerbaijan": _country(
        "AZ", 47.38, 40.15, ("Azerbaijan", "Azərbaycan", "Ադրբեջան", "Азербайджан"), "azerbaijan"
    ),
    "georgia": _country("GE", 44.2, 41.75, ("Georgia", "Gürcüstan", "Վրաստան", "Грузия")),
    "iran": _country("IR", 47.4, 39.29, ("Iran", "İran", "Իրան", "Иран")),
    "russia": _country("RU", 46.9, 42.4, ("Russia", "Rusiya", "Ռուսաստան", "Россия")),
    "turkiye": _country("TR", 43.1, 40.0, ("Türkiye", "Türkiyə", "Թուրքիա", "Турция")),
}

DISTRICTS = named(
    "district",
    "Districts of Azerbaijan",
    "Azərbaycan rayonları",
    "Ադրբեջանի շրջաններ",
    "Районы Азербайджана",
)

_RETAKEN: dict[str, object] = {
    "actor": "azerbaijan",
    "date": "[2020-09-27..2020-11-10]",
    "source": "ap-2020-11-25",
    "note": "Retaken in the fighting",
    "note:ar": "استُعيدت في القتال",
    "note:az": "Döyüşlərdə geri alınıb",
    "note:hy": "Հետ է վերցվել մարտերում",
    "note:ru": "Возвращено в ходе боёв",
}

# Land within the line of 1994 that no region here covers: its districts' codes, names, and what a
# source says of it. Without a note the map says nothing of it.
OUTSIDE: dict[str, tuple[tuple[str, ...], dict[str, object]]] = {
    "fuzuli": (
        ("AZ-FU",),
        named("area", "Fuzuli", "Füzuli", "Ֆիզուլի", "Физули", "Fizuli") | _RETAKEN,
    ),
    "jabrayil": (
        ("AZ-CB",),
        named("area", "Jabrayil", "Cəbrayıl", "Ջաբրայիլ", "Джебраил") | _RETAKEN,
    ),
    "qubadli": (("AZ-QD",), named("area", "Qubadli", "Qubadlı", "Կուբաթլու", "Кубатлы")),
    "beside-aghdam": (
        ("AZ-AC", "AZ-AM", "AZ-TA"),
        named(
            "area",
            "Land beside Aghdam",
            "Ağdamın yanındakı ərazi",
            "Աղդամի հարակից տարածք",
            "Земли рядом с Агдамом",
        ),
    ),
    "zangilan": (("AZ-ZG",), named("area", "Zangilan", "Zəngilan", "Զանգելան", "Зангелан")),
}

# On the small map that shows where the large one lies: capitals.
CAPITALS: dict[str, tuple[Position, Names]] = {
    "baku": ((49.87, 40.4), ("Baku", "Bakı", "Բաքու", "Баку")),
    "tbilisi": ((44.8, 41.72), ("Tbilisi", "Tbilisi", "Թբիլիսի", "Тбилиси")),
    "yerevan": ((44.51, 40.18), ("Yerevan", "İrəvan", "Երևան", "Ереван")),
}

LINE = named(
    "line",
    "Ceasefire line, 1994",
    "Atəşkəs xətti, 1994",
    "Հրադադարի գիծ, 1994",
    "Линия прекращения огня, 1994",
    "Line of contact 1994",
) | {
    "note": "What lies beyond it of Kalbajar and Nagorno-Karabakh was never held by Armenian forces",
    "note:ar": "ما يقع وراءه من كلبجار وناغورني قره باغ لم يكن قط تحت سيطرة القوات الأرمينية",
    "note:az": "Kəlbəcərin və Dağlıq Qarabağın ondan o yandakı hissələri heç vaxt erməni "
    "qüvvələrinin nəzarətində olmayıb",
    "note:hy": "Քարվաճառի և Լեռնային Ղարաբաղի՝ դրանից այն կողմ ընկած մասերը երբեք չեն եղել "
    "հայկական ուժերի վերահսկողության ներքո",
    "note:ru": "Части Кельбаджара и Нагорного Карабаха за ней никогда не были под контролем "
    "армянских сил",
}

# A point in the lake, by which it is found, and its names.
LAKES: dict[str, tuple[Position, Names]] = {
    "caspian-sea": (
        (50.6, 39.5),
        ("Caspian Sea", "Xəzər dənizi", "Կասպից ծով", "Каспийское море"),
    ),
    "mingachevir": (
        (46.75, 40.92),
        (
            "Mingachevir Reservoir",
            "Mingəçevir su anbarı",
            "Մինգեչաուրի ջրամբար",
            "Мингечевирское водохранилище",
        ),
    ),
    "sevan": ((45.35, 40.35), ("Lake Sevan", "Göyçə gölü", "Սևանա լիճ", "Озеро Севан")),
    "urmia": ((45.45, 37.7), ("Lake Urmia", "Urmiya gölü", "Ուրմիա լիճ", "Озеро Урмия")),
    "van": ((42.9, 38.6), ("Lake Van", "Van gölü", "Վանա լիճ", "Озеро Ван")),
}

# Where the town is, its rank (1 = always labelled, 2 = only zoomed in), the region it must lie in
# ("" = none of the four), and its names.
TOWNS: dict[str, tuple[Position, int, str, Names]] = {
    "aghdam": (
        (46.9297, 39.9911),
        2,
        "aghdam",
        ("Aghdam", "Ağdam", "Աղդամ", "Агдам", "Agdam;Akna;Ակնա"),
    ),
    "askeran": (
        (46.8297, 39.9397),
        2,
        "nagorno-karabakh",
        ("Askeran", "Əsgəran", "Ասկերան", "Аскеран"),
    ),
    "barda": ((47.126, 40.374), 1, "", ("Barda", "Bərdə", "Բարդա", "Барда")),
    "fuzuli": ((47.143, 39.6), 1, "", ("Fuzuli", "Füzuli", "Ֆիզուլի", "Физули", "Fizuli")),
    "ganja": ((46.36, 40.682), 1, "", ("Ganja", "Gəncə", "Գյանջա", "Гянджа")),
    "goris": ((46.338, 39.511), 1, "", ("Goris", "Gorus", "Գորիս", "Горис")),
    "hadrut": (
        (47.0317, 39.52),
        2,
        "nagorno-karabakh",
        ("Hadrut", "Hadrut", "Հադրութ", "Гадрут"),
    ),
    "kalbajar": (
        (46.0367, 40.1064),
        2,
        "kalbajar",
        ("Kalbajar", "Kəlbəcər", "Քարվաճառ", "Кельбаджар", "Kelbajar;Karvachar"),
    ),
    "lachin": (
        (46.5469, 39.6408),
        2,
        "lachin",
        ("Lachin", "Laçın", "Լաչին", "Лачин", "Berdzor;Բերձոր"),
    ),
    "martakert": (
        (46.8117, 40.2153),
        2,
        "nagorno-karabakh",
        ("Aghdara / Martakert", "Ağdərə", "Մարտակերտ", "Агдере / Мартакерт"),
    ),
    "martuni": (
        (47.1131, 39.7953),
        2,
        "nagorno-karabakh",
        ("Khojavend / Martuni", "Xocavənd", "Մարտունի", "Мартуни / Ходжавенд"),
    ),
    "quzanli": ((47.0889, 40.0133), 2, "", ("Quzanli", "Quzanlı", "Ղուզանլի", "Кузанлы")),
    "stepanakert": (
        (46.7519, 39.8153),
        1,
        "nagorno-karabakh",
        ("Khankendi / Stepanakert", "Xankəndi", "Ստեփանակերտ", "Степанакерт / Ханкенди"),
    ),
    "shusha": (
        (46.7494, 39.7602),
        1,
        "nagorno-karabakh",
        ("Shusha / Shushi", "Şuşa", "Շուշի", "Шуша / Шуши"),
    ),
    "vardenis": ((45.731, 40.183), 1, "", ("Vardenis", "Vardenis", "Վարդենիս", "Варденис")),
}
