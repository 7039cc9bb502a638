"""Every public page, as a site map."""

from django.urls import path

from practices.views import (
    countries,
    events,
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
]
