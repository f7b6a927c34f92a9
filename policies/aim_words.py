"""Words that show whom a clause is about: pronouns, copulas, articles, offices, and nouns that mislead."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


SENTENCE_END = _words(". ! ? \n ;") | {"\n"}
PAUSE = _words(", : - ) ( \" ' * _ ~ /")

YOU = _words("you u ya ye yous youse yez yiz thou tha thee ewe")
YOU_ARE = _words("you're youre ur your yer you've yous're you'll tha's thas thou'rt ye're yis're yiz're")
YOURS = YOU | YOU_ARE | _words("you'd yours yourself")
HE = _words("he she him her who himself herself")
HE_IS = _words("he's hes she's shes who's whos")
THEY = _words("they them these those")
THEY_ARE = _words("they're theyre they've")
SELF = _words("i me we us myself ourselves")
SELF_IS = _words("i'm im i've we're i'd we'd i'll")
COPULA = _words("are r is was were be been being became remain remains sound sounds look looks seem seems 're 's")
ASKING = _words("are r is was were am aren't arent isn't isnt wasn't wasnt weren't")
WILL = _words("must can could might may will would gotta got has have had to really just always")
ARTICLE = _words("a an the another one")
DETERMINERS = _words(
    "a an the that this my his our their its her your of for by with from some any every among between against "
    "all other fellow like as than no is was were are be and or in on at into about "
    "un une le la les des el los las der das den ein eine y"
)
POINTER = _words("that this these those yon thon")
OWNER = _words("my his our their its her")
ADVERBS = _words(
    "just such really nothing but more than clearly obviously literally actually always still honestly basically "
    "simply quite also probably definitely fucking bloody fuckin effing frigging all both only even truly frankly "
    "pure so very too as totally completely utterly absolutely properly nowt genuinely seriously evidently plainly "
    "merely officially forever a bit of kind sort another that proper such well pretty rather"
)
STRESS = _words(
    "absolute complete total utter fucking fuckin fkn effing bloody freaking frigging proper right real pure sheer "
    "most biggest worst prize massive huge big giant enormous goddamn damn motherfucking flipping unmitigated "
    "certified colossal blithering raging world-class first-class cunting shitting absolutely complete"
)
SWORN = _words("fucking fuckin fkn motherfucking cunting shitting effing goddamn")
FILLERS = _words(
    "little wee old young posh rich baldy tory labour lefty leftie woke blairite corbynite red blue green yellow "
    "liberal commie marxist trot nationalist unionist remoaner brexit reform snp dup silly great small tiny short "
    "boring entitled spoilt spoiled overgrown overpaid ginger specky so called"
)
PARTITIVE = _words(
    "bunch pair load shower pack gang sack lot collection herd rabble nest crowd mob crew clique cabal bag pile "
    "heap coven bucket piece excuse waste worm pig snake rat weasel joke"
)
KINDLY = _words(
    "lucky jammy clever brilliant beautiful gorgeous magnificent lovely glorious talented brave generous wonderful "
    "sweet dear spawny handsome hardworking love loved miss adore poor legendary"
)
NOT_ADJECTIVES = _words(
    "need feed bleed bring sing king thing things nothing something anything everything during being"
)
FUNCTION = (
    YOU | YOU_ARE | HE | HE_IS | THEY | THEY_ARE | SELF | SELF_IS | COPULA | ARTICLE | POINTER | OWNER
    | _words(
        "and or but nor if then to of in on at by for from with about into over after before under like than as "
        "because not never no don't do does did have has had can could will would should must might may it it's "
        "when where why how which while until since there here any some every only really already actually"
    )
)  # fmt: skip
ROLES = _words(
    "candidate councillor cllr mp msp ms mla td mayor chair chairman chairwoman chairperson treasurer secretary "
    "leader agent organiser minister pm chancellor president member neighbour boss husband wife man woman guy bloke "
    "lad lass girl boy fella fellow dude chap geezer person moderator mod admin officer delegate speaker baroness "
    "lord lady deputy convenor whip rep steward activist canvasser volunteer intern clerk landlord teacher mother "
    "father mum dad mam sister brother son daughter missus ex da maw"
)
PERSONS = ROLES | _words(
    "human humans people individual individuals specimen specimens creature creatures excuse men women boys girls "
    "lot shower bunch thing things being beings face body"
)
"""Nouns that say no more than that a person is meant."""
THINGS = _words(
    "it that this there life everything which nothing something today tomorrow yesterday monday tuesday wednesday "
    "thursday friday saturday sunday january february march april june july august september october november "
    "december christmas winter summer spring autumn parking traffic weather politics covid karma gravity time money "
    "work rain snow wind wifi zoom teams slack discord excel technology maths homework insomnia autocorrect what "
    "one here now hayfever leafleting canvassing envelopes thing"
)
ADDRESSED = _words(
    "oi hey hi hello ok okay yes yeah no nope bye thanks cheers sure lol sorry right well look listen again then off "
    "up lost away mate pal alright nah aye one please"
)
GOES_ON = _words(
    "and or but so who that is was has can will would should needs thinks of in on at from with for to as when "
    "because like too either whose wants keeps never always still just he she they you u i we it said says voted "
    "did does didn't doesn't won't isn't wasn't are were if then here there than not now why what how stop get go "
    "running trying sitting standing pretending claiming chairing councillor cllr mp called named your ur the a my "
    "his her our their this these those every everyone yet also have do don't by be shut fuck piss learn read again "
    "wouldn't couldn't can't has hasn't over mate pal love hen "
    "son sunshine darling sweetheart dear bro bruv fam lol lmao honestly seriously tbh"
)
CALLING = _words("call calls called calling make makes made making name named label labelled brand branded consider")
TWICE_READ = _words(
    "fool bully cheat rat snake pig dog tool plank grass troll nag joke worm weasel cow sod bugger prick dick cock "
    "knob leech slag bitch shit arse shill puppet melt scab con fraud clown tube weapon drip div prat shite freak "
    "creep knobs dicks cocks bitches"
)
"""Nouns that are verbs as well: after a bare "you" they count only where the clause ends."""


MASSES = _words(
    "scum filth vermin shite idiots morons scumbags bastards cunts wankers traitors liars garbage trash shit"
)
"""Nouns that "your" may be a misspelt "you're" before; "your arse" is not an insult by itself."""
VOCATIVES = _words(
    "sir madam mate dude pal mister bro bruv lad love hen son sunshine sweetheart darling honestly all really"
)
"""Words that may stand between "you" and "are"."""
NOT_SO = _words("nobody noone no-one never not don't doesn't didn't isn't wasn't dont doesnt didnt nae")
THINKING = _words(
    "think thinks thought thinking say says saying said suggest suggests suggesting believe believes implying"
)

TRADES = _words(
    "accountants advertisers agents artists bailiffs bankers barristers bosses bouncers builders burglars "
    "butchers capitalists ceos cheats chefs coaches comedians commuters consultants cyclists dentists designers "
    "developers drivers drummers electricians fans fascists footballers fraudsters gamblers gamers golfers "
    "goalkeepers hipsters hooligans influencers insurers investors joggers journalists keepers landlords lawyers "
    "lecturers linesmen lobbyists managers marketers mechanics meteorologists motorists murderers muggers "
    "musicians nazis neonazis paedophiles pedophiles players plumbers poachers programmers publishers racists "
    "rapists recruiters referees refs restaurateurs salesmen salespeople scalpers scammers shareholders "
    "skinheads smokers solicitors spammers speculators strikers stalkers supporters surveyors telemarketers "
    "terrorists thieves torturers touts tourists traffickers trainers trolls umpires vandals vegans vegetarians "
    "waiters"
)
"""Trades, crowds at play and wrongdoers: what is said of all of one, however rudely, is no attack on anybody."""
PESTS = _words(
    "ants aphids bedbugs bees bugs crows fleas flies foxes gnats gulls hornets mice midges mosquitoes moths pigeons "
    "rabbits rats roaches seagulls slugs snails spiders squirrels termites ticks wasps weeds weevils worms"
)
"""Beasts that beastly things are said of in earnest."""
NOT_MEANT = THINGS | TRADES | PESTS
"""Nouns in the plural that, as all of a kind, are nobody who is attacked."""
