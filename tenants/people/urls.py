from django.urls import path

from tenants.people import views

urlpatterns = [
    path("join/<str:token>/", views.join, name="join"),
    path("enter/<str:token>/", views.enter, name="enter"),
]
