"""All models, one module per noun; import them from here."""

from practices.models.assignment import Assignment
from practices.models.comment import Comment, Decision
from practices.models.curated import Curated, DataVersion, FormerSlug, RefSequence, Row, State
from practices.models.event import Event, Representation, Session
from practices.models.finding import Concept, Finding
from practices.models.limit import RequestCount
from practices.models.operation import Operation, OperationKind
from practices.models.place import Country, Place, Region
from practices.models.practice import (
    PRACTICE_ROWS,
    CountryLink,
    Involvement,
    Outcome,
    Practice,
    PracticeCitation,
    PracticeRow,
    Relation,
)
from practices.models.presence import Presence
from practices.models.search import SearchDocument, SearchVector, SearchWord, SynonymRing
from practices.models.source import Citation, ParagraphNote, Section, Source
from practices.models.stakeholder import Stakeholder
from practices.models.suggestion import ReaderSuggestion, RecordPart, SuggestionKind, SuggestionState
from practices.models.upkeep import ContentCheck, DistinctRecords, LinkCheck, RecordIssue, SearchMiss
from practices.models.vocabulary import (
    VOCABULARIES,
    ConceptKind,
    CountryRole,
    Dimension,
    Evidence,
    FindingKind,
    Function,
    Kind,
    Level,
    OutcomeKind,
    Part,
    PartnershipType,
    Qualifier,
    RelationKind,
    ReportedStatus,
    Stage,
    StakeholderRole,
    Supports,
    TargetGroup,
    Term,
    Topic,
)

#: every model whose records are public only while published
CURATED: list[type[Curated]] = [Source, Stakeholder, Event, Practice, Finding, Concept]

__all__ = [
    "CURATED",
    "PRACTICE_ROWS",
    "VOCABULARIES",
    "Assignment",
    "Citation",
    "Comment",
    "Concept",
    "ConceptKind",
    "ContentCheck",
    "Country",
    "CountryLink",
    "CountryRole",
    "Curated",
    "DataVersion",
    "Decision",
    "Dimension",
    "DistinctRecords",
    "Event",
    "Evidence",
    "Finding",
    "FindingKind",
    "FormerSlug",
    "Function",
    "Involvement",
    "Kind",
    "Level",
    "LinkCheck",
    "Operation",
    "OperationKind",
    "Outcome",
    "OutcomeKind",
    "ParagraphNote",
    "Part",
    "PartnershipType",
    "Place",
    "Practice",
    "PracticeCitation",
    "PracticeRow",
    "Presence",
    "Qualifier",
    "ReaderSuggestion",
    "RecordIssue",
    "RecordPart",
    "RefSequence",
    "Region",
    "Relation",
    "RelationKind",
    "ReportedStatus",
    "Representation",
    "RequestCount",
    "Row",
    "SearchDocument",
    "SearchMiss",
    "SearchVector",
    "SearchWord",
    "Section",
    "Session",
    "Source",
    "Stage",
    "Stakeholder",
    "StakeholderRole",
    "State",
    "SuggestionKind",
    "SuggestionState",
    "Supports",
    "SynonymRing",
    "TargetGroup",
    "Term",
    "Topic",
]
