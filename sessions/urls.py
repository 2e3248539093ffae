from django.urls import path, re_path
from drf_spectacular.renderers import OpenApiJsonRenderer
from drf_spectacular.views import SpectacularAPIView
from rest_framework.permissions import IsAuthenticated

from sessions import api, views

_schema = SpectacularAPIView.as_view(
    permission_classes=[IsAuthenticated], renderer_classes=[OpenApiJsonRenderer]
)

urlpatterns = [
    path("", views.home, name="home"),
    path("homework/<int:assignment_id>/", views.homework, name="homework"),
    path("homework/<int:assignment_id>/shadow/", views.shadow, name="shadow"),
    path("results/<uuid:session_id>/", views.results, name="results"),
    path("api/sessions/", api.start, name="api_sessions"),
    path("api/sessions/<uuid:session_id>/", api.session, name="api_session"),
    path("api/sessions/<uuid:session_id>/timeline/", api.timeline, name="api_timeline"),
    path("api/sessions/<uuid:session_id>/timeline/<int:seq>", api.chunk, name="api_chunk"),
    path("api/sessions/<uuid:session_id>/finish", api.finish, name="api_finish"),
    path("api/schema/", _schema, name="api_schema"),
    re_path(r"^api/health/?$", api.health, name="api_health"),
]
