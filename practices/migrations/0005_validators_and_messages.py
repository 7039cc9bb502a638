"""What forms ask and say: validators, and a message in plain words for every constraint.

None of this is a statement, and so no transaction is opened: PostgreSQL would close one that is idle for so long.
"""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import migrations, models

import practices.models.curated
import practices.models.dates
import practices.models.languages
from practices.migrations._together import Together

YEAR_VALIDATORS = [
    MinValueValidator(1000, "Give a year in four digits, from %(limit_value)s on."),
    MaxValueValidator(practices.models.dates.latest_year, "Give a year in four digits, up to %(limit_value)s."),
]
MEETING = "The year whose state of affairs it describes, such as that of its meeting."


def year_field(label, **options):
    return models.PositiveSmallIntegerField(label, validators=YEAR_VALIDATORS, **options)


def day_field(label):
    validators = [practices.models.dates.validate_partial_date]
    return models.CharField(label, max_length=10, blank=True, validators=validators)


def language_field():
    return models.CharField(
        "language of that title",
        max_length=8,
        blank=True,
        validators=[practices.models.languages.validate_language],
        help_text="Its code, such as fr or fil.",
    )


#: (model, field, what it is now), of the records and of their history
FIELDS = [
    ("practice", "title_original_lang", language_field()),
    ("practice", "year_start", year_field("first year", null=True, blank=True)),
    ("practice", "year_end", year_field("last year", null=True, blank=True)),
    ("practice", "status_year", year_field("year of the report that says so", null=True, blank=True)),
    ("outcome", "as_of", year_field("as of (year)", null=True, blank=True)),
    ("source", "year", year_field("year of publication")),
    ("source", "reported_year", year_field("reports as of", help_text=MEETING)),
    ("event", "starts", day_field("first day")),
    ("event", "ends", day_field("last day")),
]


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("practices", "0004_search_text")]

    operations = [
        Together([
            *(
                migrations.AlterField(f"{prefix}{model}", name, field)
                for model, name, field in FIELDS
                for prefix in ("", "historical")
            ),
            migrations.AlterField(
                "formerslug",
                "model",
                models.CharField("kind of record", max_length=40, choices=practices.models.curated.kinds_with_addresses),
            ),
            migrations.AlterConstraint('citation', 'citation_numbers_valid', models.CheckConstraint(condition=models.Q(('paragraph__gte', 1), ('words__gte', 1), ('words__lte', 10)), name='citation_numbers_valid', violation_error_message='Paragraphs are counted from 1, and a passage has one to ten words.')),
            migrations.AlterConstraint('concept', 'concept_slug_unique', models.UniqueConstraint(fields=('slug',), name='concept_slug_unique', violation_error_code='unique', violation_error_message='Another record of this kind has this slug.')),
            migrations.AlterConstraint('concept', 'concept_ref_unique', models.UniqueConstraint(fields=('ref',), name='concept_ref_unique', violation_error_message='Another record of this kind has this ref.')),
            migrations.AlterConstraint('concept', 'concept_state_known', models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'in_review', 'changes_requested', 'published', 'archived'])), name='concept_state_known', violation_error_message='This value is none of those in the list.')),
            migrations.AlterConstraint('concept', 'concept_kind_known', models.CheckConstraint(condition=models.Q(('kind__in', ['acronym', 'notion'])), name='concept_kind_known', violation_error_message='This value is none of those in the list.')),
            migrations.AlterConstraint('dataversion', 'data_version_single', models.CheckConstraint(condition=models.Q(('pk', 1)), name='data_version_single', violation_error_message='There is one version of the data only.')),
            migrations.AlterConstraint('event', 'event_slug_unique', models.UniqueConstraint(fields=('slug',), name='event_slug_unique', violation_error_code='unique', violation_error_message='Another record of this kind has this slug.')),
            migrations.AlterConstraint('event', 'event_ref_unique', models.UniqueConstraint(fields=('ref',), name='event_ref_unique', violation_error_message='Another record of this kind has this ref.')),
            migrations.AlterConstraint('event', 'event_state_known', models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'in_review', 'changes_requested', 'published', 'archived'])), name='event_state_known', violation_error_message='This value is none of those in the list.')),
            migrations.AlterConstraint('finding', 'finding_slug_unique', models.UniqueConstraint(fields=('slug',), name='finding_slug_unique', violation_error_code='unique', violation_error_message='Another record of this kind has this slug.')),
            migrations.AlterConstraint('finding', 'finding_ref_unique', models.UniqueConstraint(fields=('ref',), name='finding_ref_unique', violation_error_message='Another record of this kind has this ref.')),
            migrations.AlterConstraint('finding', 'finding_state_known', models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'in_review', 'changes_requested', 'published', 'archived'])), name='finding_state_known', violation_error_message='This value is none of those in the list.')),
            migrations.AlterConstraint('finding', 'finding_kind_known', models.CheckConstraint(condition=models.Q(('kind__in', ['lesson', 'approach', 'principle', 'definition', 'model', 'recommendation', 'challenge', 'role-statement', 'statistic', 'open-question'])), name='finding_kind_known', violation_error_message='This value is none of those in the list.')),
            migrations.AlterConstraint('formerslug', 'former_slug_unique', models.UniqueConstraint(fields=('model', 'slug'), name='former_slug_unique', violation_error_message='This former address leads somewhere already.')),
            migrations.AlterConstraint('involvement', 'involvement_function_known', models.CheckConstraint(condition=models.Q(('function__in', ['lead', 'partner', 'funder', 'adviser', 'beneficiary'])), name='involvement_function_known', violation_error_message='This value is none of those in the list.')),
            migrations.AlterConstraint('outcome', 'outcome_kind_known', models.CheckConstraint(condition=models.Q(('kind__in', ['result', 'limit', 'controversy'])), name='outcome_kind_known', violation_error_message='This value is none of those in the list.')),
            migrations.AlterConstraint('outcome', 'outcome_qualifier_known', models.CheckConstraint(condition=models.Q(('qualifier__in', ['exact', 'about', 'at-least', 'at-most', ''])), name='outcome_qualifier_known', violation_error_message='This value is none of those in the list.')),
            migrations.AlterConstraint('place', 'place_unique', models.UniqueConstraint(fields=('country', 'name'), name='place_unique', violation_error_message='This country has a place of this name already.')),
            migrations.AlterConstraint('place', 'place_kind_known', models.CheckConstraint(condition=models.Q(('kind__in', ['city', 'region', 'area', 'building'])), name='place_kind_known', violation_error_message='This value is none of those in the list.')),
            migrations.AlterConstraint('practice', 'practice_slug_unique', models.UniqueConstraint(condition=models.Q(('draft_of', None)), fields=('slug',), name='practice_slug_unique', violation_error_message='Another practice has this slug.')),
            migrations.AlterConstraint('practice', 'practice_ref_unique', models.UniqueConstraint(condition=models.Q(('draft_of', None)), fields=('ref',), name='practice_ref_unique', violation_error_message='Another practice has this ref.')),
            migrations.AlterConstraint('practice', 'practice_one_pending_edit', models.UniqueConstraint(condition=models.Q(('draft_of__isnull', False)), fields=('draft_of',), name='practice_one_pending_edit', violation_error_message='This practice has a pending edit already.')),
            migrations.AlterConstraint('practice', 'practice_pending_edit_not_public', models.CheckConstraint(condition=models.Q(('draft_of', None), models.Q(('state', 'published'), _negated=True), _connector='OR'), name='practice_pending_edit_not_public', violation_error_message='A pending edit is not public itself: it replaces its original.')),
            migrations.AlterConstraint('practice', 'practice_state_known', models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'in_review', 'changes_requested', 'published', 'archived'])), name='practice_state_known', violation_error_message='This value is none of those in the list.')),
            migrations.AlterConstraint('practice', 'practice_reported_status_known', models.CheckConstraint(condition=models.Q(('reported_status__in', ['planned', 'running', 'ended', 'not-stated'])), name='practice_reported_status_known', violation_error_message='This value is none of those in the list.')),
            migrations.AlterConstraint('practice', 'practice_evidence_known', models.CheckConstraint(condition=models.Q(('evidence__in', ['described', 'quantified', 'recognised', 'evaluated'])), name='practice_evidence_known', violation_error_message='This value is none of those in the list.')),
            migrations.AlterConstraint('countrylink', 'country_link_position_unique', models.UniqueConstraint(fields=('practice', 'position'), name='country_link_position_unique', violation_error_message='Another row stands at this position.')),
            migrations.AlterConstraint('countrylink', 'country_link_unique', models.UniqueConstraint(fields=('practice', 'country', 'role'), name='country_link_unique', violation_error_message='The same country stands there twice, in the same role.')),
            migrations.AlterConstraint('countrylink', 'countrylink_role_known', models.CheckConstraint(condition=models.Q(('role__in', ['destination', 'origin', 'partner'])), name='countrylink_role_known', violation_error_message='This value is none of those in the list.')),
            migrations.AlterConstraint('practicecitation', 'practice_citation_position_unique', models.UniqueConstraint(fields=('practice', 'position'), name='practice_citation_position_unique', violation_error_message='Another row stands at this position.')),
            migrations.AlterConstraint('practicecitation', 'practice_citation_unique', models.UniqueConstraint(fields=('practice', 'citation', 'supports'), name='practice_citation_unique', violation_error_message='The same passage stands there twice, for the same part of the record.')),
            migrations.AlterConstraint('practicecitation', 'practicecitation_supports_known', models.CheckConstraint(condition=models.Q(('supports__in', ['record', 'title', 'description', 'years', 'status', 'countries', 'level'])), name='practicecitation_supports_known', violation_error_message='This value is none of those in the list.')),
            migrations.AlterConstraint('relation', 'relation_position_unique', models.UniqueConstraint(fields=('practice', 'position'), name='relation_position_unique', violation_error_message='Another row stands at this position.')),
            migrations.AlterConstraint('relation', 'relation_unique', models.UniqueConstraint(fields=('practice', 'other', 'kind'), name='relation_unique', violation_error_message='The same relation stands there twice.')),
            migrations.AlterConstraint('relation', 'relation_kind_known', models.CheckConstraint(condition=models.Q(('kind__in', ['part-of', 'continues', 'see-also'])), name='relation_kind_known', violation_error_message='This value is none of those in the list.')),
            migrations.AlterConstraint('paragraphnote', 'paragraph_note_unique', models.UniqueConstraint(fields=('section', 'paragraph'), name='paragraph_note_unique', violation_error_message='There is a note on this paragraph already.')),
            migrations.AlterConstraint('session', 'session_position_unique', models.UniqueConstraint(fields=('event', 'position'), name='session_position_unique', violation_error_message='Another row stands at this position.')),
            migrations.AlterConstraint('source', 'source_slug_unique', models.UniqueConstraint(fields=('slug',), name='source_slug_unique', violation_error_code='unique', violation_error_message='Another record of this kind has this slug.')),
            migrations.AlterConstraint('source', 'source_ref_unique', models.UniqueConstraint(fields=('ref',), name='source_ref_unique', violation_error_message='Another record of this kind has this ref.')),
            migrations.AlterConstraint('source', 'source_state_known', models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'in_review', 'changes_requested', 'published', 'archived'])), name='source_state_known', violation_error_message='This value is none of those in the list.')),
            migrations.AlterConstraint('stakeholder', 'stakeholder_slug_unique', models.UniqueConstraint(fields=('slug',), name='stakeholder_slug_unique', violation_error_code='unique', violation_error_message='Another record of this kind has this slug.')),
            migrations.AlterConstraint('stakeholder', 'stakeholder_ref_unique', models.UniqueConstraint(fields=('ref',), name='stakeholder_ref_unique', violation_error_message='Another record of this kind has this ref.')),
            migrations.AlterConstraint('stakeholder', 'stakeholder_state_known', models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'in_review', 'changes_requested', 'published', 'archived'])), name='stakeholder_state_known', violation_error_message='This value is none of those in the list.')),
            migrations.AlterConstraint('representation', 'representation_position_unique', models.UniqueConstraint(fields=('event', 'position'), name='representation_position_unique', violation_error_message='Another row stands at this position.')),
            migrations.AlterConstraint('representation', 'representation_of_something', models.CheckConstraint(condition=models.Q(('country__isnull', False), ('stakeholder__isnull', False), _connector='OR'), name='representation_of_something', violation_error_message='Name the country or the stakeholder that took part.')),
            migrations.AlterConstraint('representation', 'representation_part_known', models.CheckConstraint(condition=models.Q(('part__in', ['organiser', 'presenter', 'represented'])), name='representation_part_known', violation_error_message='This value is none of those in the list.')),
            migrations.AlterConstraint('outcome', 'outcome_position_unique', models.UniqueConstraint(fields=('practice', 'position'), name='outcome_position_unique', violation_error_message='Another row stands at this position.')),
            migrations.AlterConstraint('citation', 'citation_passage_unique', models.UniqueConstraint(fields=('section', 'paragraph', 'fingerprint', 'words'), name='citation_passage_unique', violation_error_message='This passage is there already: cite that one.')),
            migrations.AlterConstraint('section', 'section_position_unique', models.UniqueConstraint(fields=('source', 'position'), name='section_position_unique', violation_error_message='Another row stands at this position.')),
            migrations.AlterConstraint('involvement', 'involvement_position_unique', models.UniqueConstraint(fields=('practice', 'position'), name='involvement_position_unique', violation_error_message='Another row stands at this position.')),
            migrations.AlterConstraint('involvement', 'involvement_named_unique', models.UniqueConstraint(condition=models.Q(('stakeholder__isnull', False)), fields=('practice', 'role', 'function', 'stakeholder'), name='involvement_named_unique', violation_error_message='The same actor stands there twice, in the same role and function.')),
            migrations.AlterConstraint('involvement', 'involvement_unnamed_unique', models.UniqueConstraint(condition=models.Q(('stakeholder', None)), fields=('practice', 'role', 'function', 'note'), name='involvement_unnamed_unique', violation_error_message='The same actor stands there twice, in the same role and function.')),
        ]),
    ]
