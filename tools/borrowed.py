"""Messages of Django and unfold that our catalogue translates in their stead.

Unfold comes without Russian, and some of Django's sentences cannot be right in a language whose
nouns have cases and genders ("Add client" would need another form of "client" than its list).
A project's own catalogue wins over those of its applications.
"""

from __future__ import annotations

from typing import Final

UNFOLD: Final[tuple[str, ...]] = (
    "All applications",
    "Apply Filters",
    "Choose file to upload",
    "Click to cancel",
    "Click to download",
    "Date",
    "Expand row",
    "False",
    "General",
    "Go back",
    "Image preview",
    "Loading more results...",
    "More actions",
    "Next",
    "No data",
    "No recent searches",
    "No results found",
    "No results matching your query",
    "Previous",
    "Recent searches",
    "Reset filters",
    "Return to site",
    "Run",
    "Search apps and models...",
    "Select action",
    "Select action to run",
    "Select all rows",
    "Select record",
    "Select value",
    "Submit",
    "This item will be deleted.",
    "Toggle password visibility",
    "True",
    "Type to search",
    "Welcome",
    "Welcome back to",
)

DJANGO: Final[tuple[str, ...]] = (
    "Add %s",
    "Add another %(model)s",
    "Are you sure you want to delete the selected %(objects_name)s? All of the following objects "
    "and their related items will be deleted:",
    "Change %s",
    "Change selected %(model)s",
    "Delete selected %(model)s",
    "Delete selected %(verbose_name_plural)s",
    "Deleting the selected %(objects_name)s would require deleting the following protected "
    "related objects:",
    "Save and add another",
    "Save and continue editing",
    "Select %s",
    "Select %s to change",
    "Select %s to view",
    "Successfully deleted %(count)d %(items)s.",
    "The %(name)s “%(obj)s” was deleted successfully.",
    "The {name} “{obj}” was added successfully.",
    "The {name} “{obj}” was added successfully. You may add another {name} below.",
    "The {name} “{obj}” was changed successfully.",
    "The {name} “{obj}” was changed successfully. You may add another {name} below.",
    "The {name} “{obj}” was changed successfully. You may edit it again below.",
    "View %s",
    "View selected %(model)s",
)

BORROWED: Final[dict[str, tuple[str, ...]]] = {"django": DJANGO, "unfold": UNFOLD}
