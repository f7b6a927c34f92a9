"""Words that are met often, to tell which of the words a pattern needs are rare."""

_OFTEN = (
    (20.0, "the i to a and it of is that in you for t s not this be on have are but with as if was"),
    (
        6.0,
        "there so can my or at just we do they what all your an about no like would one me from m will see by "
        "think more should don here out up some thanks has now good any them when which been other know how ve "
        "get people he only well then who also re ll their than could time because u her she his him our us ur im "
        "go got going",
    ),
    (
        1.5,
        "why use need make too were talk please much say am very did way really want even does new still those d "
        "look right these work yes its back where find first into sure same two going take most agree something "
        "many point since again may over used before better though let thank great said after another such might "
        "never seems made someone name best help done put read list already anything ok off day own thing maybe "
        "isn long both keep above case last down try every enough around anyone mean things little change give "
        "information without nothing hope feel reason year place come old thought part looks found always year "
        "least lot far bit yet oh free however comment trying doing ever start understand pretty makes history "
        "seen question through post until news check saying person yeah bad guess having world quite others "
        "matter must against move course stop once under nice next given left man woman house home life today "
        "tonight tomorrow week party council vote meeting live thats",
    ),
    (
        0.4,
        "country fine word seem text comments anyway tell days policy times example correct race true remove mind "
        "making whether video getting ago opinion big ask saw everyone simply real leave between won okay stuff "
        "each watch unless called wait love important call instead main dont away state number kind less lead "
        "talking kids end happy book second exactly game hey although remember whole further based line hard "
        "include words three possible care able soon means working came full moved wouldn everything glad "
        "personal several group future heard area war couple issues later picture wanted message hand fair write "
        "open email admin explain cannot almost yourself sort started hate interesting guy gets story wish took "
        "itself date answer otherwise god report past high meant comes school statement posted told media delete "
        "order account reply public names taken reading together family job city children small taking wonder "
        "become follow usually worth run set women men close half often side short sometimes night friends rest "
        "system fix gone ah shows street seat local members member councillor labour tory leader work",
    ),
)
"""Words that are met often, with the share of short messages in hundred that hold one of them."""
SHARES = {word: share for share, words in reversed(_OFTEN) for word in words.split()}
"""How many short messages in hundred hold a word; one that is not listed is rarer than all of these."""
