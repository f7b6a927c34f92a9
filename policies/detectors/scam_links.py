"""Scam links: a bait with a way to bite, or an address that passes itself off as another."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from policies.findings import Certainty, Finding, Span
from policies.lexicon import Hit
from policies.text.normalise import Normalised

LEXICON = "scam-links"

_MOST_LINKS = 20
_LINK = re.compile(
    r"""(?:[a-z]{2,10}://|(?<![\w@./-]))
    ((?:[^\s<>"'/@|()]{1,64}@)?(?:(?:[^\W_](?:[\w-]{0,62}\.)){1,6}[a-z]{2,12}|\d{1,3}(?:\.\d{1,3}){3}))
    (?=[/:?\#\s<>|)"',.!]|$)[^\s<>|"]*""",
    re.IGNORECASE | re.VERBOSE,
)


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TRUSTED = _names("""
    gov.uk parliament.uk parliament.scot senedd.wales gov.scot gov.wales gov.ie nhs.uk police.uk ac.uk sch.uk mod.uk
    bbc.co.uk bbc.com itv.com theguardian.com ft.com thetimes.co.uk telegraph.co.uk independent.co.uk sky.com
    labour.org.uk conservatives.com libdems.org.uk greenparty.org.uk greens.scot reformparty.uk snp.org plaid.cymru
    party.coop mydup.com sinnfein.ie sdlp.ie allianceparty.org uup.org tuv.org.uk finegael.ie fiannafail.ie
    socialdemocrats.ie electoralcommission.org.uk whocanivotefor.co.uk theyworkforyou.com
    youtube.com youtu.be zoom.us eventbrite.co.uk eventbrite.com google.com goo.gl microsoft.com office.com live.com
    outlook.com slack.com discord.com discord.gg discord.new discordapp.com github.com dropbox.com twitter.com x.com
    facebook.com fb.me instagram.com linkedin.com tiktok.com bsky.app threads.net reddit.com wikipedia.org
    actionnetwork.org nationbuilder.com mobilize.us justgiving.com gofundme.com crowdfunder.co.uk change.org
    mailchi.mp surveymonkey.com doodle.com paypal.com stripe.com apple.com amazon.co.uk amazon.com steampowered.com
    steamcommunity.com netflix.com royalmail.com lloydsbank.com barclays.co.uk hsbc.co.uk natwest.com santander.co.uk
    monzo.com
""")
"""Addresses that belong to whom they say; the big parties of every colour and nation alike."""
_BRANDS = _names("""
    discord discordapp slack steam steamcommunity paypal facebook instagram whatsapp microsoft google amazon apple
    netflix barclays hsbc natwest lloyds santander monzo revolut hmrc royalmail evri dvla nhs parliament coinbase
    metamask binance opensea phantom ledger electoralcommission labour labourparty conservatives conservative libdems
    libdem greenparty reformparty reformuk snp plaidcymru sinnfein
""")
_LURES = _names("""
    login log signin verify verified verification secure security account accounts gift gifts nitro free claim donate
    donation support refund rebate wallet bonus update unlock confirm airdrop app promo help member members
    membership ballot vote voting portal payment pay giveaway redeem auth official id
""")
_SHORTENERS = _names(
    "bit.ly tinyurl.com t.co cutt.ly is.gd rb.gy shorturl.at ow.ly tiny.cc t.ly rebrand.ly s.id v.gd bl.ink"
)
_CHEAP = _names("""
    xyz top click gift gifts ru tk ml ga cf gq icu buzz monster vip club site online shop store live zip mov cn pw su
    cc lol fun biz info link win loan bid quest cyou rest sbs cfd bond
""")
_TWO_PART = _names("co org gov ac com net me ltd plc")
_LOOKS = str.maketrans({"0": "o", "1": "l", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "i": "l", "q": "g"})
_BAITS = (
    "gift-bait",
    "coin-bait",
    "account-bait",
    "lewd-bait",
    "goods-bait",
    "alarm-bait",
    "ware-bait",
    "windfall-bait",
)


@dataclass(frozen=True, slots=True)
class _Link:
    span: Span
    trusted: bool
    lies: bool
    shady: bool


def find(message: Normalised, hits: Sequence[Hit]) -> Iterator[Finding]:
    """Yield the links that rob, and the baits that ask for money or contact without one."""
    groups: dict[str, Hit] = {}
    for hit in hits:
        groups.setdefault(hit.entry.id, hit)
    if not groups or ("warning" in groups and "reassurance" not in groups):
        return
    baits = [groups[name] for name in _BAITS if name in groups]
    for hit in hits:
        if hit.entry.nearby:
            yield hit.finding()
    links = list(_links(message.original)) if baits or "link" in groups else []
    found = False
    for link in links:
        if link.lies or (baits and not link.trusted):
            found = True
            sure = (link.lies or link.shady or len(baits) > 1) if baits else False
            base = baits[0] if baits else groups.get("link")
            if base is not None:
                certainty = Certainty.PLAIN if sure else Certainty.LIKELY
                yield replace(base.finding(certainty=certainty), span=link.span, view="folded")
    if not found:
        coins = sum(hit.entry.id == "coin-bait" for hit in hits)
        yield from _without_link(groups, coins)


def _without_link(groups: dict[str, Hit], coins: int) -> Iterator[Finding]:
    coin, contact, payment = groups.get("coin-bait"), groups.get("contact-bait"), groups.get("payment-bait")
    if coin is not None and (contact is not None or coins > 1):
        yield coin.finding(certainty=Certainty.PLAIN if contact is not None else Certainty.LIKELY)
    if payment is not None and _asks_for_money(groups, payment):
        yield payment.finding(certainty=Certainty.LIKELY)


def _asks_for_money(groups: dict[str, Hit], payment: Hit) -> bool:
    words = payment.text
    return (
        "card" in words
        or ("bank" in words and "account-bait" in groups)
        or ("my" in words.split() or "new" in words.split())
    )


def _links(text: str) -> Iterator[_Link]:
    for match in islice(_LINK.finditer(text), _MOST_LINKS):
        address = match.group(1)
        user, _, host = address.rpartition("@")
        if user and "://" not in match.group():
            continue
        host = host.lower().removeprefix("www.")
        trusted = _belongs(host, _TRUSTED)
        yield _Link(
            span=Span(match.start(), match.end()),
            trusted=trusted,
            lies=not trusted and (bool(user) or _disguised(host) or _imitates(host)),
            shady=_belongs(host, _SHORTENERS) or host.rpartition(".")[2] in _CHEAP or host.replace(".", "").isdigit(),
        )


def _belongs(host: str, domains: frozenset[str]) -> bool:
    parts = host.split(".")
    return any(".".join(parts[place:]) in domains for place in range(len(parts) - 1))


def _disguised(host: str) -> bool:
    """Whether letters of two scripts are mixed in one label, or written out in Punycode."""
    if host.isascii():
        return "xn--" in host
    return any(not label.isascii() and re.search("[a-z]", label) for label in host.split(".")[:-1])


def _imitates(host: str) -> bool:
    """Whether a host bears another's name with a lure beside it, or a name one letter off."""
    parts = host.split(".")
    owned = 3 if len(parts) > 2 and parts[-2] in _TWO_PART and len(parts[-1]) == 2 else 2
    words = [word for label in parts[:-1] for word in label.split("-") if word]
    branded = [word for word in words if word in _BRANDS]
    if branded and (_LURES & set(words) or parts[-1] in _LURES or parts[-1] in _CHEAP):
        return True
    if _belongs(".".join(parts[:-owned]), _TRUSTED) or any(
        domain in host for domain in _TRUSTED if domain.count(".") and len(domain) > 9 and domain + "." in host
    ):
        return True
    name = parts[-owned] if len(parts) >= owned else parts[0]
    return any(_one_off(word, brand) for word in (name, *name.split("-")) for brand in _BRANDS if len(brand) >= 6)


def _one_off(word: str, brand: str) -> bool:
    if word == brand or abs(len(word) - len(brand)) > 1:
        return False
    if word.translate(_LOOKS).replace("rn", "m").replace("vv", "w") == brand.translate(_LOOKS):
        return True
    if len(word) == len(brand):
        wrong = [place for place, (a, b) in enumerate(zip(word, brand, strict=True)) if a != b]
        swapped = len(wrong) == 2 and wrong[1] == wrong[0] + 1 and sorted(word) == sorted(brand)
        return swapped or (len(wrong) == 1 and len(brand) > 7)
    longer, shorter = (word, brand) if len(word) > len(brand) else (brand, word)
    return word != brand + "s" and any(longer[:place] + longer[place + 1 :] == shorter for place in range(len(longer)))
