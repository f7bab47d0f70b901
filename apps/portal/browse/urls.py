"""Addresses of this part of the portal."""

from django.urls import path

from apps.portal.browse import collection_views, deletion_views, document_views, views

urlpatterns = [
    path("documents/", views.BrowsePage.as_view(), name="browse"),
    path("documents/new-collection/", views.NewCollectionPage.as_view(), name="collection-new"),
    path("documents/progress/", views.Progress.as_view(), name="browse-progress"),
    path("documents/retry/", views.Retry.as_view(), name="browse-retry"),
    path("collections/<uuid:uuid>/", collection_views.CollectionPage.as_view(), name="collection"),
    path("collections/<uuid:uuid>/pin/", collection_views.PinCollection.as_view(), name="pin"),
    path(
        "collections/<uuid:uuid>/upload/",
        collection_views.UploadFiles.as_view(),
        name="collection-upload",
    ),
    path(
        "collections/<uuid:uuid>/retry/",
        collection_views.RetryFailed.as_view(),
        name="collection-retry",
    ),
    path(
        "collections/<uuid:uuid>/delete-documents/",
        deletion_views.DeleteDocuments.as_view(),
        name="documents-delete",
    ),
    path("documents/<uuid:uuid>/", document_views.DocumentPage.as_view(), name="document"),
    path(
        "documents/<uuid:uuid>/replace/",
        document_views.ReplaceDocument.as_view(),
        name="document-replace",
    ),
    path(
        "documents/<uuid:uuid>/delete/",
        deletion_views.DeleteDocument.as_view(),
        name="document-delete",
    ),
    path("receipts/", deletion_views.ReceiptsPage.as_view(), name="receipts"),
    path("receipts/<uuid:uuid>/", deletion_views.ReceiptPage.as_view(), name="receipt"),
]
