"""One name for all members, so that a classifier cannot judge a sentence by where the name in it is from."""

import re
import unicodedata

_FORENAMES = """
aaron abdi abdirahman abdul abdullah abena adaeze adebayo adunni agnieszka ahmed ahmet aisha akua alan aled
alessandro alfie alison alistair amanda amina amit amrit andrei andrew andrzej andy angela angharad anil anita
anjali anna anne annie anthony anwen aoife archie arjun ashok audrey avi ayaan ayesha ayse babatunde baljit
balwinder barbara barry beata ben bernadette beth bethan bilal blessing bogdan brenda brendan brian bridget
bronwen bryn callum caoimhe carlos caroline carys catherine catriona ceri cerys chaim charlie charlotte chidi
chinedu chioma chris christine chukwuemeka ciara ciaran claire clare clive colin connor conor cormac craig
cristina dafydd daisy damian daniel danny darren dave david davinder debbie deborah declan deepa deepak
deirdre delroy denise derek desmond devon diane diarmuid dilys dimitar dmytro donna dorota dorothy dougie
dovid duncan dwayne dylan edward eileen eilidh elaine eleanor elena elif elin elizabeth ella ellie emeka emily
emma emre emyr eoin eric errol esther ethan euan eunice ewa ewan fadumo faisal farah farid fatima fatma femi
fergus ffion fiona florin folake funmi gareth gary gavin gemma geoff geoffrey geraint gerald gethin gillian
gloria gordon graham grainne greg gurpreet gwen gwenllian gwyn habib hamish hamza hana hannah harjit harpreet
harriet harry hasan hassan hazel heather helen henry hilary hiroshi hodan howard huda hugh huseyin huw iain
ian ibrahim ieuan ifeoma ifrah imogen imran ioana iolo isla ivan jackie jacob jacqueline jake jamal james
jamie jane janet janice jasmine jason jaspreet jean jeff jen jenny jermaine jess jessica jill jimmy joan
joanna joanne joao joe joel john johnny jonathan joseph josephine joshua juan judith judy julia julian julie
justine kamran karl kashif katarzyna kate kath kathleen kathryn katie kavita keith kelly kenneth kerry kevin
khadija khalid kieran kirsty kofi krzysztof kuldeep kwabena kwame kyle lakshmi latoya laura lauren layla leah
leanne leila len leon leroy leslie lewis liam lily linda linh lisa lizzie llinos lorraine louis louise lucia
lucy luke lynn lynne maeve magdalena mairi malcolm malgorzata mandy manpreet marcia marcin marcus marek
margaret maria mariam marie marion marjorie martha martin martina maryam matt matthew maureen maurice meera
megan mehmet meinir melanie mendel meriel mervyn michael mick miguel mihai mike mikey minh miriam mohamed
moira monica morag moses moshe muriel myra nadia naomi nasreen nassim natalia natalie natasha navdeep neil
nerys ngozi niall niamh nicholas nicky nikhil nisha noel nora norma norman obinna oisin oksana oleksandr olena
olga olive oliver olivia olumide oluwaseun omar orla oscar owain owen padraig pamela parminder patricia
patrick paul paula pauline pawel pedro peggy penny peter phil philip phoebe phyllis piotr pooja priya rachel
rahul raj rajesh rakesh ralph ramesh ravi raymond rebecca reg reggie reuben rhian rhiannon rhodri rhys richard
rivka robbie robert roberta robin roger rohan roisin ronald ronnie rory rosa rosemary rosie roxanne roy
rukhsana rupert russell ruth ryan sadie saima sally salman sam samantha samina samuel sandra sanjay saoirse
sara sarah satnam scott seamus sean segun sergei shabana shane shanice sharon shaun sheila shelagh shira
shirley shlomo shreya sian simon simran sinead siobhan sioned sofia sonia sophie stacey stan stella stephanie
stephen steve steven stewart stuart sukhdeep sunil sunita suresh surinder susan susie suzanne sylvia tamara
tania tanya tariq ted temitope terry thanh thelma theo thomas tim timothy tina tom tomas tomasz tommy tony
tracey tracy trevor tunde tyrone umar una usman valerie vanessa vera veronica vijay vikram vincent violet
wanda warsame wayne wendy wesley wilfred william winifred winston wojciech xiao yael yasmin yitzhak yolanda
yuki yusuf yvonne zahra zainab zara zbigniew zeynep zoe
"""
"""Forenames of every origin that are met in Britain and Ireland and are no words beside."""

_SURNAMES = """
abbasi abdi abdullahi abebe abramson achebe adebayo adeleke adeyemi afolabi agarwal ahmad ahmadi ahmed akhtar
akinola alexandrou allen almeida amadi anderson appiah arif armstrong arora asante ashworth aslam atkinson
awan ayodele aziz bailey bajwa balogun banerjee baptiste barlow barrett bashir bassett bates begum bello
bennett bergman bernstein bevan bhatt bhatti birch blackwood boateng bogdanov bondarenko bose botha bowen
boyle bradley bradshaw brennan briggs brogan buckley burke burrows byrne callaghan campbell carey carmichael
carroll cartwright carvalho cassidy chakraborty chan chapman charalambous chaudhry chen cheng cheung choudhury
chowdhury christou chukwu clarke clegg cohen coleman collins connolly cooper corcoran corrigan costa coyle
crawford cullen cunningham dabrowski daly danso dasgupta davidson davies davis dawson delaney demetriou desai
desmond devlin dhaliwal dhillon diaz dlamini docherty doherty donnelly donovan dosanjh douglas doyle driscoll
duarte dube duffy duggan dunbar dunne dyer ebanks edwards ekwueme elliott emecheta epstein eriksen evans eze
fagan fairclough farooq farrell feldman fernandes fernandez finch finlay finnegan fischer fitzgerald
fitzpatrick flanagan fleming fletcher foley forrester fraser friedman gallagher galloway garcia gardiner
gebremariam georgiou ghosh gibson gilbert gill gillespie ginsberg goldberg goldman goldstein gomez gonzalez
goodwin gordon greenberg greenwood griffiths grzelak gupta haddad hagan haines hamidi hamilton hanley hansen
haque harding hargreaves harrison hashemi hassan hawkins hayes healy henderson hennessy hernandez herrera
hewitt higgins hirsch hodgson hoffman holloway horvat hossain howells huang hughes humphreys hussain hussein
hutchinson hyde ibrahim idris igwe iqbal ishaq islam iyer jablonski jackson jacobs jafari jagger jamieson
jankowski janssen jarvis jenkins jensen jha jimenez johal johansson johnston jones joshi kaczmarek kamara
kamau kaplan kapoor karim katz kaur kavanagh keane kearney keenan kelleher kennedy keogh kessler khalil khan
khanna khatun kiernan kim kimani kirkpatrick kiss klein koroma kovac kovacs kovalenko kowalczyk kowalski
krishnan kruger kumar kuznetsov kwarteng lam larsen lawal lawson leibowitz lennon leung levin levine levy
lewandowski liddell lieberman lim lindqvist lloyd lopez lowry lynch macdonald mackay mackenzie maclean maguire
mahmood mahmoud majid malhotra malik malone mandal mannion marley marques marsden marshall martinez masood
mazur mbeki mcallister mcbride mccabe mccann mccarthy mcdermott mcdonnell mcfadden mcgrath mcgregor mcguinness
mcguire mcintyre mckay mckenna mckenzie mclaughlin mclean mcmahon mcnamara mehta mendes mendez mendoza mensah
meyer michaels milosevic mishra mistry mitchell mohammadi mohamud molina molloy moran moreau moreno morgan
morris morrison mukherjee mulligan munro murphy murray mustafa mutasa mwangi nair nakamura nandi nasser naylor
ncube ndlovu nelson newton ngata nguyen nicholson nikolov nkrumah nolan noorani norris novak nowak nowakowski
nwachukwu nwosu obi obrien ochieng odhiambo ogden ogunleye okafor okeke okello okonkwo okoro okoye oladipo
oliveira olsen onyango ortega osborne osei osman owusu ozturk pandey papadopoulos pardew parkinson parry
parveen pascal patel patil pawlak pearce pearson pereira perez perlman peterson petrov petrovic pham phillips
pillai pinto popescu popov powell powers prasad pritchard qureshi rafferty rafiq rahman raman ramirez ramos
ramsbottom rao rashid reddy regan reilly reyes reynolds richardson riordan rivera roberts robertson robinson
rodrigues rodriguez rogers romero rosen rosenberg rosenthal rossi rowlands rubin ryan saeed sahota saleh salim
samuels sanchez sandhu santos sarkar saunders schmidt schneider schwartz scully sengupta sesay shah shaikh
shapiro sharif sharma sharpe sheikh sheridan shevchenko siddique siddiqui sidhu silva silverman simmons
simpson sinclair singh sinha smirnov smith smyth soares sokolov solomons somerville souza stephens stephenson
stevens stewart suleiman sullivan sutherland suzuki swain sweeney symons szabo szymanski tadesse takahashi
tanaka tariq taylor teixeira tekle tesfaye thapa thompson thomson thornton tierney tran traore treacy trevino
turay turnbull twomey uddin ullah underwood usman vargas vasquez vaughan verma vickers volkov walsh wang
wasserman watkins watson weber weinberg weinstein wiezorek williams williamson willis wilson wisniewski wojcik
wojtas wolfson wozniak wright wu xu yadav yamamoto yang yeboah yilmaz yousef yusuf zaman zapata zhang zhao
zielinski zimmerman zulu
"""
"""Surnames of every origin that are no words beside, but for those who build and make and are common."""

_MEANT = frozenset(
    """
jo cox,david amess,anne frank,george floyd,george soros,stephen lawrence,sarah everard,enoch powell,martin luther
rosa parks,nelson mandela,thomas mair,tommy robinson,oswald mosley,nick griffin,jimmy savile,harold shipman,fred west
rose west,ian brady,myra hindley,peter sutcliffe,raoul moat,anders breivik,brenton tarrant,dylann roof,lee harvey
guy fawkes,joseph stalin,joseph goebbels,rosa luxemburg,leon trotsky,oliver cromwell,winston churchill,salman rushdie
samuel paty,yvonne fletcher,lee rigby,emmett till,derek bentley,ruth ellis,timothy evans,andrew tate,john lewis
thomas cook,james bond,harry potter,judas iscariot,william wallace,uncle tom,uncle sam,doubting thomas,peeping tom
a karen,such karen,kevin spacey,prince harry,prince andrew,king charles,queen elizabeth,saint patrick,st patrick
st andrew,st george,st david,saint george,saint david,lord nelson,gordon bennett,big ben,ben nevis,hyde park
george square,murphy law,taylor swift,elton john,elvis presley,david bowie,michael jackson
""".replace("\n", ",")
    .strip(",")
    .split(",")
)
"""Names that say more than who somebody is: the dead, those who killed them, saints, singers and bywords."""

_NO_NAMES = """
about after again all also and any are ask asked because been before both but call called came can come could did does
don done down drop ever every for from get gets gave give goes going gone good got had has have her him his how its just
keep knows last left let like made make may might more most must need never next not now off once one only our out over
please put said same say says see sent she should some still such take tell than thank thanks that the their them then
there these they this those told too took tried under until very wants was were what when where which while who why will
with would you your monday tuesday wednesday thursday friday saturday sunday january february march april june july
august september october november december mondays sundays today tomorrow tonight
"""
"""Words with which no second name begins, though a capital may."""

_TITLES = """
cllr councillor mr mrs ms mx miss dr doctor prof professor rev reverend imam rabbi
"""
_GIVEN, _FAMILY, _HONOURS, _WORDS = (frozenset(names.split()) for names in (_FORENAMES, _SURNAMES, _TITLES, _NO_NAMES))
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_CALLED_SO = re.compile(r"(?:mc|mac|fitz)[a-z]{4,}|o['’][a-z]{4,}")
_OWNED = re.compile(r"['’]s?$")
_CAPITAL = re.compile(r"[A-Z](?:[a-z]{2,}|[a-z]+[A-Z][a-z]+|['’][A-Z][a-z]+)(?:-[A-Z][a-z]+)*")
_SON_NO_NAME = frozenset(("machine", "machines", "machinery", "macaroni", "macabre", "mackerel", "mackintosh", "macro",
                          "macros", "machete", "machetes", "machinist", "machined", "machismo"))  # fmt: skip


def people_levelled(text: str) -> str:
    """Give a text in which all members go by one name, in full or in part as they were called."""
    found = [(match.start(), _OWNED.sub("", match.group())) for match in _WORD.finditer(text)]
    parts: list[str] = []
    written = at = 0
    while at < len(found):
        start, word = found[at]
        following = found[at + 1][1] if at + 1 < len(found) else ""
        if following and text[start + len(word) : found[at + 1][0]] not in (" ", ". "):
            following = ""
        name, taken = _name(word, following)
        if name:
            last, end = found[at + taken - 1]
            parts += [text[written:start], name]
            written = last + len(end)
        at += taken
    return "".join([*parts, text[written:]]) if parts else text


def _name(word: str, following: str) -> tuple[str, int]:
    """Give the name to write for a word, empty where it is none, and how many words were read."""
    small, behind = _small(word), _small(following)
    if following and f"{small} {behind}" in _MEANT:
        return "", 2
    if small in _HONOURS and following and behind not in _GIVEN and (_is_family(behind) or _may_be_family(following)):
        return f"{small} hughes", 2
    if small in _GIVEN:
        is_full = bool(following) and (_is_family(behind) or _may_be_family(following))
        return ("sam hughes", 2) if is_full else ("sam", 1)
    return ("hughes", 1) if _is_family(small) else ("", 1)


def _small(word: str) -> str:
    """Give a word in small letters, without accents."""
    if word.isascii():
        return word.lower()
    return "".join(char for char in unicodedata.normalize("NFD", word.lower()) if not unicodedata.combining(char))


def _is_family(small: str) -> bool:
    if small in _FAMILY:
        return True
    return _CALLED_SO.fullmatch(small) is not None and small not in _SON_NO_NAME


def _may_be_family(word: str) -> bool:
    return _CAPITAL.fullmatch(word) is not None and word.lower() not in _WORDS
