"""Ways to disguise a text: alphabets of sites that make fancy text, look-alikes, invisible signs, and markup."""

import html
import re
from collections.abc import Callable

ALPHABETS = {
    "small-capitals": "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘǫʀꜱᴛᴜᴠᴡxʏᴢ",
    "superscript": "ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖqʳˢᵗᵘᵛʷˣʸᶻ",
    "subscript": "ₐᵦ꜀ᑯₑբ₉ₕᵢⱼₖₗₘₙₒₚqᵣₛₜᵤᵥwₓᵧ₂",
    "in-squares": "🄰🄱🄲🄳🄴🄵🄶🄷🄸🄹🄺🄻🄼🄽🄾🄿🅀🅁🅂🅃🅄🅅🅆🅇🅈🅉",
    "in-black-squares": "🅰🅱🅲🅳🅴🅵🅶🅷🅸🅹🅺🅻🅼🅽🅾🅿🆀🆁🆂🆃🆄🆅🆆🆇🆈🆉",
    "in-circles": "ⓐⓑⓒⓓⓔⓕⓖⓗⓘⓙⓚⓛⓜⓝⓞⓟⓠⓡⓢⓣⓤⓥⓦⓧⓨⓩ",
    "in-black-circles": "🅐🅑🅒🅓🅔🅕🅖🅗🅘🅙🅚🅛🅜🅝🅞🅟🅠🅡🅢🅣🅤🅥🅦🅧🅨🅩",
    "in-brackets": "⒜⒝⒞⒟⒠⒡⒢⒣⒤⒥⒦⒧⒨⒩⒪⒫⒬⒭⒮⒯⒰⒱⒲⒳⒴⒵",
    "regional-indicators": "🇦🇧🇨🇩🇪🇫🇬🇭🇮🇯🇰🇱🇲🇳🇴🇵🇶🇷🇸🇹🇺🇻🇼🇽🇾🇿",
    "full-width": "ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ",
    "bold": "𝐚𝐛𝐜𝐝𝐞𝐟𝐠𝐡𝐢𝐣𝐤𝐥𝐦𝐧𝐨𝐩𝐪𝐫𝐬𝐭𝐮𝐯𝐰𝐱𝐲𝐳",
    "bold-script": "𝓪𝓫𝓬𝓭𝓮𝓯𝓰𝓱𝓲𝓳𝓴𝓵𝓶𝓷𝓸𝓹𝓺𝓻𝓼𝓽𝓾𝓿𝔀𝔁𝔂𝔃",
    "black-letter": "𝔞𝔟𝔠𝔡𝔢𝔣𝔤𝔥𝔦𝔧𝔨𝔩𝔪𝔫𝔬𝔭𝔮𝔯𝔰𝔱𝔲𝔳𝔴𝔵𝔶𝔷",
    "double-struck": "𝕒𝕓𝕔𝕕𝕖𝕗𝕘𝕙𝕚𝕛𝕜𝕝𝕞𝕟𝕠𝕡𝕢𝕣𝕤𝕥𝕦𝕧𝕨𝕩𝕪𝕫",
    "typewriter": "𝚊𝚋𝚌𝚍𝚎𝚏𝚐𝚑𝚒𝚓𝚔𝚕𝚖𝚗𝚘𝚙𝚚𝚛𝚜𝚝𝚞𝚟𝚠𝚡𝚢𝚣",
    "greek-and-cyrillic": "αв¢∂єƒgнιנкℓмησρqяѕтυνωχуz",
    "cyrillic": "авсԁегԍһіјкӏмпорԛгѕтцѵшхуз",
    "greek": "αβςδεφghιjκlμηορqrsτυνωχγζ",
    "cherokee": "ᎪᏴᏟᎠᎬᎨᏀᎻᎥᎫᏦᏞᎷᏁᎾᏢᏄᏒᏚᎢᏌᏙᏔXᎩᏃ",
    "cherokee-of-a-site": "ᏗᏰፈᎴᏋᎦᎶᏂᎥᏠᏦᏝᎷᏁᎧᎮᎤᏒᏕᏖᏬᏉᏇጀᎩፚ",
    "coptic": "ⲁⲃⲥⲇⲉϝⳓⲏⲓϳⲕⳑⲙⲛⲟⲣϥⲅⲋⲧⳙⳳⲱⲭⲩⲍ",
    "lisu": "ꓮꓐꓚꓓꓰꓝꓖꓧꓲꓙꓗꓡꓟꓠꓳꓑQꓣꓢꓔꓴꓦꓪꓫꓬꓜ",
    "osage": "𐓘B𐓏𐒰𐒷F𐒻H𐒿JKLM𐓁𐓂PQ𐒴𐓊T𐓎VWXYZ",
    "canadian-syllables": "ᗩᗷᑕᗪEᖴGᕼIᒍKᒪᗰᑎOᑭᑫᖇᔕTᑌᐯᗯ᙭Yᘔ",
    "armenian": "ąցƈժεʄցհíյƙӀ๓ղօթգɾʂէմѵա×վʐ",
    "hooks": "ąɓƈđεʄɠɧïʝƙɭɱɳøρʠŗşŧųνώхγż",
    "hooks-and-bars": "ɐƀȼđɇƒǥħɨɉꝁłɱɲøᵽɋɍꞩŧᵾꝟⱳӿɏƶ",
    "small-hooks": "ǟɮƈɖɛʄɢɦɨʝӄʟʍռօքզʀֆȶʊʋաӼʏʐ",
    "currencies": "₳฿₵ĐɆ₣₲ⱧłJ₭Ⱡ₥₦Ø₱QⱤ₴₮ɄV₩ӾɎⱫ",
    "east-asian": "卂乃匚ᗪ乇千Ꮆ卄丨ﾌҜㄥ爪几ㄖ卩Ɋ尺丂ㄒㄩᐯ山乂ㄚ乙",
    "east-asian-too": "ﾑ乃ᄃり乇ｷムんﾉﾌズﾚﾶ刀のｱゐ尺丂ｲひ√Wﾒﾘ乙",
    "thai": "ค๒ς๔єŦﻮђเןкɭ๓ภ๏קợгรՇยשฬאץչ",
    "ethiopic": "ልጌርዕቿቻኗዘጎጋጕረጠክዐየዒዪነፕሁሀሠሸሃጊ",
    "faux-cyrillic": "ДБCDЄFGHЇJКLMИОPQЯSТЦVШЖЧZ",
    "upright-tails": "ꪖ᥇ᥴᦔꫀᠻᧁꫝ꠸꠹ᛕꪶꪑꪀꪮρꪇ᥅ᦓꪻꪊꪜ᭙᥊ꪗɀ",
    "accents": "ǎƀčďěf̌ǧȟǐǰǩľm̌ňǒp̌q̌řšťǔv̌w̌x̌y̌ž",
}  # fmt: skip
"""What a letter looks like in each alphabet, from a to z; of some letters an alphabet has none."""


def _in_alphabet(letters: str) -> Callable[[str], str]:
    signs = re.findall("[^\u030c]\u030c?", letters)
    assert len(signs) == 26, letters
    table = {ord("a") + number: sign for number, sign in enumerate(signs)}
    return lambda text: text.lower().translate(table)


def _tails(mark: str) -> Callable[[str], str]:
    return lambda text: "".join(f"{letter}{mark}" if letter.isalpha() else letter for letter in text)


def _inside(mark: str) -> Callable[[str], str]:
    """Put a mark before the second letter of each word of three letters or more."""
    return lambda text: re.sub(r"(?<![\w'])(\w)(\w[\w']+)", rf"\1{mark}\2", text)


def _around_a_letter(left: str, right: str) -> Callable[[str], str]:
    """Put marks around the second letter of each word of three letters or more."""
    return lambda text: re.sub(r"(?<![\w'])(\w)(\w)([\w']+)", rf"\1{left}\2{right}\3", text)


def _around_the_front(left: str, right: str) -> Callable[[str], str]:
    """Put marks around the first half of each word of four letters or more."""

    def marked(word: re.Match[str]) -> str:
        half = len(word.group()) // 2
        return f"{left}{word.group()[:half]}{right}{word.group()[half:]}"

    return lambda text: re.sub(r"[^\W\d_]{4,}", marked, text)


def _around(left: str, right: str) -> Callable[[str], str]:
    return lambda text: f"{left}{text}{right}"


def _around_words(left: str, right: str) -> Callable[[str], str]:
    return lambda text: re.sub(r"[\w']+", lambda word: f"{left}{word.group()}{right}", text)


def _apart(mark: str) -> Callable[[str], str]:
    """Put a mark between the letters of each word."""
    return lambda text: " ".join(mark.join(word) for word in text.split(" "))


def _doubled(text: str) -> str:
    return re.sub("[aeiou]", lambda vowel: vowel.group() * 2, text.lower())


def _all_doubled(text: str) -> str:
    return re.sub("[a-z]", lambda letter: letter.group() * 2, text.lower())


def _tags(text: str) -> str:
    return " ".join(f"{word[0]}\U000e0061\U000e007f{word[1:]}" for word in text.split(" "))


_UPSIDE_DOWN = str.maketrans("abcdefghijklmnopqrstuvwxyz", "ɐqɔpǝɟƃɥᴉɾʞןɯuodbɹsʇnʌʍxʎz")


def _upside_down(text: str) -> str:
    return text.lower().translate(_UPSIDE_DOWN)[::-1]


_BRAILLE = str.maketrans("abcdefghijklmnopqrstuvwxyz", "⠁⠃⠉⠙⠑⠋⠛⠓⠊⠚⠅⠇⠍⠝⠕⠏⠟⠗⠎⠞⠥⠧⠺⠭⠽⠵")

WAYS: dict[str, Callable[[str], str]] = {
    **{name: _in_alphabet(letters) for name, letters in ALPHABETS.items()},
    "regional-indicators-apart": lambda text: _apart("\u200b")(_in_alphabet(ALPHABETS["regional-indicators"])(text)),
    "upside-down": _upside_down,
    "braille": lambda text: text.lower().translate(_BRAILLE),
    "struck-through": _tails("\u0336"),
    "in-key-caps": _tails("\u20e3"),
    "in-drawn-circles": _tails("\u20dd"),
    "under-a-heap-of-marks": _tails("\u0300\u0316\u0334\u0489"),
    "no-width": _inside("\u200b"),
    "joiners": _tails("\u200d"),
    "soft-hyphens": _inside("\u00ad"),
    "word-joiners": _inside("\u2060"),
    "variation-selectors": _tails("\ufe0f"),
    "variation-selectors-too": _tails("\U000e0101"),
    "tag-characters": _tags,
    "hangul-fillers": _inside("\u3164"),
    "hangul-fillers-half-wide": _inside("\uffa0"),
    "hangul-choseong-fillers": _inside("\u115f"),
    "khmer-vowels-nobody-sees": _inside("\u17b4"),
    "mongolian-separators": _inside("\u180e"),
    "braille-blanks": _inside("\u2800"),
    "right-to-left-marks": _inside("\u200f"),
    "isolates": _around_a_letter("\u2068", "\u2069"),
    "bold-inside": _around_a_letter("**", "**"),
    "underlined-inside": _around_a_letter("__", "__"),
    "struck-inside": _around_a_letter("~~", "~~"),
    "spoiler-inside": _around_a_letter("||", "||"),
    "slanted-inside": _around_a_letter("*", "*"),
    "slack-struck-inside": _around_a_letter("~", "~"),
    "code-inside": _around_a_letter("`", "`"),
    "bold-front": _around_the_front("**", "**"),
    "slack-bold-front": _around_the_front("*", "*"),
    "spoiler-front": _around_the_front("||", "||"),
    "code-front": _around_the_front("`", "`"),
    "underscore-inside": _inside("_"),
    "backslash-inside": _inside(r"\\"),
    "empty-bold-inside": _inside("****"),
    "empty-spoiler-inside": _inside("||||"),
    "empty-code-inside": _inside("``"),
    "line-breaks-inside": _inside("\n"),
    "custom-emoji-inside": _inside("<:x:123456789012345678>"),
    "spoiler": _around("||", "||"),
    "spoiler-words": _around_words("||", "||"),
    "bold": _around("**", "**"),
    "bold-words": _around_words("**", "**"),
    "underlined-words": _around_words("__", "__"),
    "slanted-and-bold-words": _around_words("***", "***"),
    "struck-words": _around_words("~~", "~~"),
    "heading": _around("# ", ""),
    "small-print": _around("-# ", ""),
    "list": _around("- ", ""),
    "code": _around("`", "`"),
    "code-twice": _around("``", "``"),
    "code-block": _around("```\n", "\n```"),
    "code-block-of-a-language": _around("```css\n", "\n```"),
    "block-quote": _around("> ", ""),
    "link-label": _around("[", "](https://example.org)"),
    "entities": lambda text: "".join(f"&#{ord(letter)};" for letter in text),
    "entities-in-hex": lambda text: "".join(f"&#x{ord(letter):x};" for letter in text),
    "named-entities-inside": _inside("&shy;"),
    "quotation-entities": lambda text: html.escape(f"'{text}'"),
    "letters-on-lines": "\n".join,
    "words-on-lines": lambda text: text.replace(" ", "\n"),
    "wide-spaces": lambda text: text.replace(" ", "\u3000"),
    "letters-apart-by-wide-spaces": "\u2003".join,
    "letters-apart-by-thin-spaces": "\u2009".join,
    "letters-apart-by-middle-dots": _apart("·"),
    "letters-apart-by-arrows": _apart("→"),
    "letters-apart-by-hearts": _apart("♥"),
    "letters-apart-by-slashes": _apart("/"),
    "letters-apart-by-colons": _apart(":"),
    "letters-apart-by-commas": _apart(","),
    "letters-apart-by-bars": _apart("|"),
    "letters-apart-by-tildes": _apart("~"),
    "letters-in-brackets": lambda text: "".join(f"({letter})" if letter.isalpha() else letter for letter in text),
    "letters-in-square-brackets": lambda text: "".join(f"[{let}]" if let.isalpha() else let for let in text),
    "vowels-doubled": _doubled,
    "all-doubled": _all_doubled,
    "capitals-by-turns": lambda text: "".join(
        letter.upper() if number % 2 else letter.lower() for number, letter in enumerate(text)
    ),
}  # fmt: skip
"""What each way makes of a text."""

PHRASES = (
    "go to the gas chambers",
    "Jews control the media",
    "Zio scum",
    "she deserves to be raped",
    "immigrants are a plague",
    "gays are subhuman",
    "you filthy animal",
    "all gays are perverts",
    "Jews have always been thieves",
    "deport every Muslim",
    "gay people make me sick",
    "you will never be a real woman",
    "you traitor",
    "she is a lying sack of shit",
    "kill yourself",
    "gas the Jews",
    "kill all Tories",
    "snitches get stitches",
    "you are useless and stupid",
    "kill the lot of them",
)
"""Abuse that the rules find as it stands: of the lexicons' own examples."""
