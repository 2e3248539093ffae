from django.urls import path, re_path
from drf_spectacular.renderers import OpenApiJsonRenderer
from drf_spectacular.views import SpectacularAPIView
from rest_framework.permissions import IsAuthenticated

from sessions import api, api_health, api_recordings, pwa, views
from sessions.notes import views as note_views
from sessions.videos import api as api_videos

_schema = SpectacularAPIView.as_view(
    permission_classes=[IsAuthenticated], renderer_classes=[OpenApiJsonRenderer]
)

urlpatterns = [
    path("", views.home, name="home"),
    path("homework/<int:assignment_id>/", views.homework, name="homework"),
    path("homework/<int:assignment_id>/shadow/", views.shadow, name="shadow"),
    path("results/<uuid:session_id>/", views.results, name="results"),
    path(
        "results/<uuid:session_id>/notes/<int:note>/voice",
        note_views.voice,
        name="note_voice",
    ),
    path("results/<uuid:session_id>/standing/", views.results_standing, name="results_standing"),
    path("sw.js", pwa.service_worker, name="service_worker"),
    path("manifest.webmanifest", pwa.manifest, name="manifest"),
    path("offline/", pwa.offline, name="offline"),
    path("api/sessions/", api.start, name="api_sessions"),
    path("api/sessions/<uuid:session_id>/", api.session, name="api_session"),
    path("api/sessions/<uuid:session_id>/timeline/", api.timeline, name="api_timeline"),
    path("api/sessions/<uuid:session_id>/timeline/<int:seq>", api.chunk, name="api_chunk"),
    path("api/sessions/<uuid:session_id>/finish", api.finish, name="api_finish"),
    path(
        "api/sessions/<uuid:session_id>/recordings/",
        api_recordings.recording_list,
        name="api_recordings",
    ),
    path(
        "api/sessions/<uuid:session_id>/recordings/<int:n>",
        api_recordings.recording,
        name="api_recording",
    ),
    path(
        "api/sessions/<uuid:session_id>/recordings/<int:n>/parts/<int:seq>",
        api_recordings.recording_part,
        name="api_recording_part",
    ),
    path(
        "api/sessions/<uuid:session_id>/recordings/<int:n>/file",
        api_recordings.recording_file,
        name="api_recording_file",
    ),
    path("api/analyze", api_videos.ask, name="api_analyze"),
    path("api/analyze/<uuid:analysis_id>", api_videos.analysis, name="api_analysis"),
    path("api/analyze/<uuid:analysis_id>/cancel", api_videos.cancel, name="api_analysis_cancel"),
    path(
        "api/analyze/<uuid:analysis_id>/poses.json",
        api_videos.poses_json,
        name="api_analysis_poses_json",
    ),
    path(
        "api/analyze/<uuid:analysis_id>/poses.csv",
        api_videos.poses_csv,
        name="api_analysis_poses_csv",
    ),
    path(
        "api/analyze/<uuid:analysis_id>/side_by_side.mp4",
        api_videos.side_by_side,
        name="api_analysis_side_by_side",
    ),
    path("api/me", pwa.me, name="api_me"),
    path("api/schema/", _schema, name="api_schema"),
    re_path(r"^api/health/?$", api_health.health, name="api_health"),
]
