"""A source's address: the page of a document, `?version=&start=&end=` lights the cited words."""

from django.urls import path

from apps.portal.sources.views import SourceLeaf, SourcePage

urlpatterns = [
    path("documents/<uuid:uuid>/pages/<int:number>/", SourcePage.as_view(), name="page"),
    path("documents/<uuid:uuid>/pages/<int:number>/leaf/", SourceLeaf.as_view(), name="leaf"),
]
