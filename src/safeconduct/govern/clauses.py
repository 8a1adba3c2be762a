"""The words people accept before they get a file: numbered clauses, by version and language.

They are legal text and not messages: a clause is never reworded in place, a new version stands beside the old one, and
both languages are part of what was accepted. English prevails where two languages differ.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from safeconduct.model.canonical import digest
from safeconduct.model.errors import UnknownName

PREVAILING = "en"
"""The language that counts where translations differ."""


@dataclass(frozen=True, kw_only=True)
class Clause:
    """One clause.

    Attributes:
        id: Stable, such as `team_only`.
        words: Its text by language.
    """

    id: str
    words: Mapping[str, str] = field(hash=False)

    def told(self, language: str) -> str:
        """Its text in a language, in the prevailing one where there is none."""
        return self.words.get(language, self.words[PREVAILING])


@dataclass(frozen=True, kw_only=True)
class Terms:
    """Everything somebody accepts, in order.

    Attributes:
        name: `licensed` for a file a committee granted, `public_use` for a public use file.
        version: Counts up from 1.
        clauses: The clauses, in order.
    """

    name: str
    version: int
    clauses: tuple[Clause, ...]

    @property
    def id(self) -> str:
        """SHA-256 over name, version and every word in every language."""
        words = [[one.id, dict(one.words)] for one in self.clauses]
        return digest({"name": self.name, "version": self.version, "prevails": PREVAILING, "clauses": words})

    def told(self, language: str) -> tuple[str, ...]:
        """The clauses in a language, in order."""
        return tuple(one.told(language) for one in self.clauses)


def terms(name: str, version: int | None = None) -> Terms:
    """Terms by name; the latest version unless one is named.

    Raises:
        UnknownName: There are no such terms.

    Example:
        >>> terms("licensed").told("fr")[6][:34]
        'Toute publication cite la source c'
    """
    found = [one for one in LIBRARY if one.name == name and version in {None, one.version}]
    if not found:
        known = ", ".join(sorted({one.name for one in LIBRARY}))
        raise UnknownName(f"no terms are called {name[:60]!r} in that version; known: {known}")
    return max(found, key=lambda one: one.version)


def _clause(id: str, *, en: str, fr: str) -> Clause:  # noqa: A002 - the field's own name
    return Clause(id=id, words=MappingProxyType({"en": en, "fr": fr}))


LICENSED_1 = (
    _clause(
        "team_only",
        en="Only the people named in the request have access to the files. Each of them accepts these terms in their "
        "own name, and the lead researcher answers for all of them.",
        fr="Seules les personnes nommées dans la demande ont accès aux fichiers. Chacune accepte ces conditions en "
        "son propre nom, et la personne qui dirige la recherche répond de toutes.",
    ),
    _clause(
        "no_copies",
        en="The files, and anything that holds single records from them, are not given, shown, lent or sold to "
        "anybody else, and are not put where others can reach them.",
        fr="Les fichiers, et tout ce qui contient des lignes sur une seule personne qui en proviennent, ne sont ni "
        "donnés, ni montrés, ni prêtés, ni vendus à quiconque, ni déposés là où d'autres peuvent y accéder.",
    ),
    _clause(
        "purpose",
        en="The files are used for the statistics and research stated in the request and for nothing else. Results "
        "are told as figures about groups. They are never used for a decision about a person, for administration, "
        "for profit, or by police, migration or security services.",
        fr="Les fichiers sont utilisés pour les statistiques et la recherche décrites dans la demande, et pour rien "
        "d'autre. Les résultats sont donnés sous forme de chiffres sur des ensembles de personnes. Ils ne sont jamais "
        "utilisés pour une décision sur une personne, pour l'administration, pour le profit, ni par des services de "
        "police, de migration ou de sécurité.",
    ),
    _clause(
        "matching",
        en="The files are merged only with the files named in the request. What comes of merging is under these terms "
        "as well.",
        fr="Les fichiers ne sont rapprochés que des fichiers nommés dans la demande. Ce qui résulte du rapprochement "
        "est soumis aux mêmes conditions.",
    ),
    _clause(
        "no_recognising",
        en="Nobody tries to find out who a person, household, place or organisation in the files is. Whoever "
        "recognises somebody by chance makes no use of it, tells nobody else, and reports it at once to the owner.",
        fr="Personne ne cherche à savoir qui est une personne, un ménage, un lieu ou une organisation des fichiers. "
        "Quiconque reconnaît quelqu'un par hasard n'en fait aucun usage, n'en parle à personne d'autre et le signale "
        "aussitôt au propriétaire.",
    ),
    _clause(
        "security",
        en="The files are kept encrypted, on machines of the receiving organisation, away from people without access. "
        "When the licence ends every copy is destroyed, backups too, and each person confirms it in writing within "
        "the time the licence says.",
        fr="Les fichiers sont conservés chiffrés, sur des machines de l'organisation destinataire, hors de portée des "
        "personnes sans accès. À la fin de la licence, chaque exemplaire est détruit, sauvegardes comprises, et "
        "chaque personne le confirme par écrit dans le délai indiqué par la licence.",
    ),
    _clause(
        "citation",
        en="Every publication cites the source as the catalogue says, with the edition used, and says that the owner "
        "does not answer for what was made of the data.",
        fr="Toute publication cite la source comme l'indique le catalogue, avec l'édition utilisée, et précise que le "
        "propriétaire ne répond pas de l'usage fait des données.",
    ),
    _clause(
        "outputs",
        en="The owner receives a copy of every report or publication, and an account of what the data were used for "
        "when the owner asks for one.",
        fr="Le propriétaire reçoit un exemplaire de chaque rapport ou publication et, s'il le demande, un compte "
        "rendu de l'usage fait des données.",
    ),
    _clause(
        "no_liability",
        en="The data come as they are. The owner and those who collected them do not answer for errors in them or for "
        "what follows from their use.",
        fr="Les données sont fournies telles quelles. Le propriétaire et ceux qui les ont collectées ne répondent ni "
        "de leurs erreurs ni des suites de leur utilisation.",
    ),
    _clause(
        "duration",
        en="The licence holds until its last day and not longer than the work the request describes. The duties not "
        "to recognise and not to pass on remain afterwards.",
        fr="La licence vaut jusqu'à son dernier jour, et pas au-delà des travaux décrits dans la demande. Les "
        "obligations de ne pas identifier et de ne pas transmettre demeurent ensuite.",
    ),
    _clause(
        "changes",
        en="A change of the work, its security, its people or their employer needs the owner's consent before it "
        "happens.",
        fr="Tout changement des travaux, de leur sécurité, des personnes ou de leur employeur exige l'accord "
        "préalable du propriétaire.",
    ),
    _clause(
        "breach",
        en="Whoever breaks these terms loses the licence at once and may be refused data in the future, with their "
        "organisation. Owners who share a register of breaches are told.",
        fr="Quiconque enfreint ces conditions perd aussitôt la licence et peut se voir refuser des données à "
        "l'avenir, de même que son organisation. Les propriétaires qui tiennent ensemble une liste des manquements en "
        "sont informés.",
    ),
)

PUBLIC_USE_1 = (
    _clause(
        "statistics_only",
        en="The file is used for statistics and research about groups, never for a decision about a person, and never "
        "by police, migration or security services.",
        fr="Le fichier est utilisé pour des statistiques et des recherches sur des ensembles de personnes, jamais "
        "pour une décision sur une personne, et jamais par des services de police, de migration ou de sécurité.",
    ),
    _clause(
        "no_recognising",
        en="Nobody tries to find out who a person, household, place or organisation in the file is, nor merges it "
        "with anything that would make this easier.",
        fr="Personne ne cherche à savoir qui est une personne, un ménage, un lieu ou une organisation du fichier, ni "
        "ne le rapproche de quoi que ce soit qui le faciliterait.",
    ),
    _clause(
        "no_undoing",
        en="Nobody tries to undo how the file was protected or to find out what it was made from.",
        fr="Personne ne cherche à défaire la protection du fichier ni à retrouver ce dont il est issu.",
    ),
    _clause(
        "report",
        en="Whoever recognises somebody, or finds that one could, reports it at once to the owner and to nobody else. "
        "The owner may protect the file more, restrict it or take it back, and asks for copies to be destroyed.",
        fr="Quiconque reconnaît quelqu'un, ou découvre qu'on le pourrait, le signale aussitôt au propriétaire et à "
        "personne d'autre. Le propriétaire peut protéger davantage le fichier, le restreindre ou le retirer, et "
        "demander la destruction des copies.",
    ),
    _clause(
        "no_passing_on",
        en="The file is not passed on; others get it from the catalogue under the same terms.",
        fr="Le fichier n'est pas transmis ; les autres l'obtiennent du catalogue aux mêmes conditions.",
    ),
    _clause(
        "citation",
        en="Every publication cites the source as the catalogue says, with the edition used.",
        fr="Toute publication cite la source comme l'indique le catalogue, avec l'édition utilisée.",
    ),
    _clause(
        "no_liability",
        en="The data come as they are; nobody answers for errors in them or for what follows from their use.",
        fr="Les données sont fournies telles quelles ; personne ne répond de leurs erreurs ni des suites de leur "
        "utilisation.",
    ),
)

LIBRARY = (
    Terms(name="licensed", version=1, clauses=LICENSED_1),
    Terms(name="public_use", version=1, clauses=PUBLIC_USE_1),
)
"""Every version of all terms; one that somebody accepted is never taken out."""
