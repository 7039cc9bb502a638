"""Every public page, as a site map."""

from django.urls import path, register_converter

from practices import models
from practices.views import (
    countries,
    events,
    exports,
    findings,
    home,
    matrix,
    pages,
    practices,
    sources,
    stakeholders,
    terms,
    timeline,
)

register_converter(exports.ExportConverter, "export")
register_converter(exports.CitationConverter, "citation")

urlpatterns = [
    path("", home.home, name="home"),
    path("practices/", practices.practice_list, name="practice_list"),
    path("practices.json", practices.practice_json, name="practice_json"),
    path("suggestions.json", practices.practice_suggestions, name="practice_suggestions"),
    path("practices/<slug:slug>/", practices.practice, name="practice"),
    path("countries/", countries.country_list, name="country_list"),
    path("countries/<slug:slug>/", countries.country, name="country"),
    path("roles/", stakeholders.role_list, name="role_list"),
    path("roles/<slug:code>/", stakeholders.role, name="role"),
    path("stakeholders/", stakeholders.stakeholder_list, name="stakeholder_list"),
    path("stakeholders/<slug:slug>/", stakeholders.stakeholder, name="stakeholder"),
    path("dimensions/", terms.dimension_list, name="dimension_list"),
    path("dimensions/<slug:code>/", terms.dimension, name="dimension"),
    path("topics/", terms.topic_list, name="topic_list"),
    path("topics/<slug:code>/", terms.topic, name="topic"),
    path("groups/", terms.group_list, name="group_list"),
    path("groups/<slug:code>/", terms.group, name="group"),
    path("findings/", findings.finding_list, name="finding_list"),
    path("findings/<slug:slug>/", findings.finding, name="finding"),
    path("sources/", sources.source_list, name="source_list"),
    path("sources/<slug:slug>/", sources.source, name="source"),
    path("events/", events.event_list, name="event_list"),
    path("events/<slug:slug>/", events.event, name="event"),
    path("matrix/", matrix.matrix, name="matrix"),
    path("matrix.csv", matrix.matrix_csv, name="matrix_csv"),
    path("timeline/", timeline.timeline, name="timeline"),
    path("glossary/", pages.glossary, name="glossary"),
    path("about/", pages.about, name="about"),
    path("design/", pages.design, name="design"),
    path("practices.<export:to>", exports.practice_list, name="practice_list_export"),
    path("practices/<slug:slug>.<export:to>", exports.practice, name="practice_export"),
    path("countries/<slug:slug>.<citation:to>", exports.page_of(models.Country), name="country_export"),
    path("roles/<slug:slug>.<citation:to>", exports.page_of(models.StakeholderRole), name="role_export"),
    path("stakeholders/<slug:slug>.<citation:to>", exports.record_of(models.Stakeholder), name="stakeholder_export"),
    path("dimensions/<slug:slug>.<citation:to>", exports.page_of(models.Dimension), name="dimension_export"),
    path("topics/<slug:slug>.<citation:to>", exports.page_of(models.Topic), name="topic_export"),
    path("groups/<slug:slug>.<citation:to>", exports.page_of(models.TargetGroup), name="group_export"),
    path("findings/<slug:slug>.<citation:to>", exports.record_of(models.Finding), name="finding_export"),
    path("sources/<slug:slug>.<citation:to>", exports.record_of(models.Source), name="source_export"),
    path("events/<slug:slug>.<citation:to>", exports.record_of(models.Event), name="event_export"),
]
