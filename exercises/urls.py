from django.urls import path

from exercises import views

urlpatterns = [
    path("media/clips/<uuid:clip_id>/<slug:kind>/", views.clip_media, name="clip_media"),
]
