"""Tables about names: honorifics, legal forms, nicknames, and which name tokens are too common to tell people apart."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


HONORIFICS = _words(
    """
mr mrs ms miss mx dr prof professor sir dame lord lady hon rev fr capt captain col colonel maj major gen general lt
sgt shri sri shree smt shrimati kumari km sardar pandit pt justice adv advocate ca er sheikh sheikha shaikh haji herr
frau don dona senor senora monsieur madame mme signor signora baron baroness count countess prince princess
"""
)
GENERATIONS = _words(
    """
jr sr junior senior ii iii iv
"""
)
PARTICLES = _words(
    """
de da di do dos das del della la le el al bin ibn binti van von der den ter ten zu st san mac mc o d abu ben bar
"""
)

LEGAL_FORMS = _words(
    """
ltd limited llc llp lp plc inc incorporated corp corporation co company pvt private pty gmbh ag kg kgaa mbh ug se sa
sas sarl spa srl snc bv nv ab as asa oy oyj aps kft zrt nyrt doo ooo oao pao zao jsc pjsc bhd sdn tbk pt kk pte ltda
sl cv sab ev eg hf ehf holdings group
"""
)
# Written with dots they fold into single letters: S.p.A., S.A., B.V., L.L.C.
DOTTED_LEGAL_FORMS = frozenset({("s", "p", "a"), ("s", "a"), ("b", "v"), ("n", "v"), ("l", "l", "c"), ("s", "r", "l")})

# Words that name no particular organisation: they never stand alone for one.
GENERIC_ORG_WORDS = _words(
    """
the of for and in air bank banks capital partners international global national industries industry group holdings
foundation trust board united general american european first royal central federal pacific atlantic northern southern
eastern western new company services systems technologies technology energy power motor motors steel media press
university institute investments ventures properties estates house space state city hotel hotels
"""
)

_NICKNAME_GROUPS = """
robert bob rob bobby robbie|william bill will billy liam|richard dick rick rich ricky|james jim jimmy jamie|john jack
johnny jon|joseph joe joey|thomas tom tommy|charles charlie chuck|edward ed eddie ted teddy|michael mike mick mickey
|david dave|daniel dan danny|matthew matt|anthony tony|andrew andy drew|stephen steven steve|christopher chris
|nicholas nick|benjamin ben|samuel sam|alexander alex sasha aleksandr|gregory greg|jeffrey geoffrey jeff geoff
|timothy tim|kenneth ken|ronald ron|donald don|lawrence laurence larry|gerald gerry jerry|patrick pat paddy
|peter pete|philip phillip phil|frederick fred freddie|henry harry hank|francis frank|walter walt|albert al bert
|elizabeth liz beth lizzie betty|margaret maggie meg peggy|katherine catherine kate kathy katie|victoria vicky
|jennifer jen jenny|jessica jess|susan sue|deborah debbie deb|patricia trish patty|barbara barb|rebecca becky
|mohammed muhammad mohamed mohammad muhammed mohamad mehmet mohd md|yusuf youssef yousef joseph|ahmed ahmad|hussein
husain hussain hossein|ali aly|omar umar|abdullah abdallah|rajesh raj raju|sanjay sanju|vijay viju|krishnan krishna
|subramanian subramaniam subramanyam|lakshmi laxmi|srinivasan srinivas|venkatesan venkatesh venkat|alexei alexey aleksei
aleksey alexej|sergei sergey|yuri yury iurii|dmitri dmitry dmitriy|mikhail misha|ivan vanya|georg jorg juergen jurgen
|johannes hans|wilhelm willi|heinrich heinz|josef sepp|giuseppe beppe|giovanni gianni|francisco paco pancho|jose pepe
"""


def _by_name(groups: str) -> dict[str, frozenset[str]]:
    table: dict[str, frozenset[str]] = {}
    for group in groups.split("|"):
        for name in group.split():
            table[name] = table.get(name, frozenset()) | _words(group)
    return table


NICKNAMES = _by_name(_NICKNAME_GROUPS)

COMMON_GIVEN = _words(
    """
james john robert michael william david richard joseph thomas charles christopher daniel matthew anthony mark donald
steven paul andrew joshua kenneth kevin brian george edward ronald timothy jason jeffrey ryan jacob gary nicholas eric
jonathan stephen larry justin scott brandon benjamin samuel gregory frank alexander raymond patrick jack dennis jerry
tyler aaron jose adam nathan henry douglas peter walter harry tom tony bob bill jim mike steve sam ben dan mary
patricia jennifer linda elizabeth barbara susan jessica sarah karen lisa nancy betty margaret sandra ashley kimberly
emily donna michelle carol amanda melissa deborah stephanie rebecca laura helen sharon cynthia anna maria emma olivia
alice julia sophie claire marie doris gloria gerald harrison joan ruth kate jane anne diana rosa carlos juan luis
miguel jorge antonio manuel francisco pedro javier alejandro fernando diego rafael ana carmen amit rahul raj rajesh
sanjay vijay anil sunil ajay ravi suresh ramesh mukesh rakesh manoj vinod deepak ashok arun sandeep pradeep naveen
praveen nitin sachin vikram vivek rohit arjun anand gaurav manish pankaj alok ankit karan priya pooja neha anita
sunita rekha geeta sita kavita meena asha ritu anjali deepa swati nisha mohammed muhammad ahmed ali hassan hussein
omar abdullah ibrahim yusuf khalid fatima aisha imran usman bilal sadiq tariq wei li ming jing yan hui fang lei jun
yong min ji hyun hiroshi takashi kenji yuki akira satoshi hans klaus wolfgang andreas stefan martin christian sabine
petra monika pierre jean michel philippe jacques giuseppe giovanni marco luca andrea paolo francesca ivan sergei
alexei dmitri vladimir mikhail andrei natalia olga elena svetlana
"""
)
COMMON_FAMILY = _words(
    """
smith johnson williams brown jones garcia miller davis rodriguez martinez hernandez lopez gonzalez wilson anderson
thomas taylor moore jackson martin lee perez thompson white harris sanchez clark ramirez lewis robinson walker young
allen king wright scott torres nguyen hill flores green adams nelson baker hall rivera campbell mitchell carter
roberts gomez phillips evans turner diaz parker cruz edwards collins reyes stewart morris morales murphy cook rogers
gutierrez ortiz morgan cooper peterson bailey reed kelly howard ramos kim cox ward richardson watson brooks chavez
wood james bennett gray mendoza ruiz hughes price alvarez castillo sanders patel myers long ross foster jimenez hunter
day ford dunn mendez stevens stone fox hunt lam chan wong cheung leung kumar singh sharma gupta verma khan shah mehta
jain agarwal agrawal mishra yadav reddy rao nair iyer menon pillai das ghosh bose sen roy banerjee mukherjee
chatterjee joshi desai chopra kapoor malhotra saxena srivastava tiwari pandey thakur chauhan naidu iyengar krishnan
ali ahmed hussain begum bibi devi lal prasad ram wang li zhang liu chen yang huang zhao wu zhou xu sun ma zhu hu guo
he lin gao luo park choi jung kang cho tanaka suzuki sato takahashi watanabe ito yamamoto nakamura kobayashi kato
muller schmidt schneider fischer weber meyer wagner becker schulz hoffmann koch bauer richter klein wolf neumann
schwarz zimmermann braun dubois durand bernard petit robert moreau laurent rossi russo ferrari esposito bianchi romano
ivanov smirnov kuznetsov popov petrov sokolov silva santos oliveira souza pereira costa ferreira wells webb simpson
tucker porter hicks crawford henry boyd mason kennedy warren dixon burns gordon shaw holmes rice robertson black
daniels palmer mills nichols grant knight ferguson rose perkins hudson spencer gardner payne pierce berry matthews
arnold willis ray watkins olson carroll duncan snyder hart cunningham bradley lane andrews harper riley armstrong
carpenter weaver greene lawrence elliott sims austin peters kelley franklin lawson fields ryan carr vasquez wheeler
chapman oliver montgomery richards williamson johnston banks bishop mccoy howell morrison hansen garza harvey little
burton stanley george jacobs reid fuller lynch dean gilbert garrett romero welch larson frazier burke hanson moreno
bowman medina fowler simmons patterson alexander russell griffin hayes west jordan owens bryant gibson graham sullivan
wallace cole freeman perry powell washington butler barnes fisher henderson coleman jenkins
"""
)
