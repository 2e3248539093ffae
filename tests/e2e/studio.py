"""What a trainer does in the studio, click by click."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from tests.e2e.conftest import Visitor

PASSWORD = "a good long password"
READY_MS = 180_000

# Paints the playing video on an empty canvas and reads where it is see-through.
_ALPHA = """video => {
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth; canvas.height = video.videoHeight;
  const context = canvas.getContext("2d");
  context.drawImage(video, 0, 0);
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  let clear = 0, solid = 0;
  for (let i = 3; i < data.length; i += 4) { if (data[i] < 8) clear++; if (data[i] > 247) solid++; }
  return [clear / (data.length / 4), solid / (data.length / 4), data[3]];
}"""


def sign_up(trainer: Visitor, slug: str) -> None:
    """From the landing page into a new studio."""
    trainer.go("")
    trainer.shot("landing")
    trainer.page.get_by_role("link", name="Create your site").click()
    trainer.page.fill("[name=name]", slug.capitalize())
    trainer.page.fill("[name=slug]", slug)
    trainer.page.fill("[name=email]", f"{slug}@example.com")
    trainer.page.fill("[name=password]", PASSWORD)
    trainer.shot("signup")
    trainer.page.get_by_role("button", name="Create").click()
    # A schema of its own is made for the site, which a busy machine takes its time over.
    trainer.page.wait_for_url(f"**//{slug}.localhost:*/studio/", timeout=180_000)
    trainer.shot("studio-empty")


def upload(trainer: Visitor, site: str, film: Path) -> None:
    """Upload a clip and wait until it is ready."""
    trainer.go(site, "/studio/processing/clip/add/")
    trainer.page.set_input_files("[data-upload] input[type=file]", film)
    trainer.shot("clip-upload")
    trainer.page.click("[data-submit]")
    trainer.page.wait_for_url("**/change/**")
    trainer.page.wait_for_timeout(1500)
    trainer.shot("clip-progress")
    expect(trainer.page.locator("[data-preview]")).to_be_visible(timeout=READY_MS)
    trainer.page.wait_for_timeout(1000)
    trainer.shot("clip-ready")


def transparency(trainer: Visitor) -> tuple[float, float, int]:
    """Share of clear and of solid pixels in the previewed video, and the corner's alpha."""
    clear, solid, corner = trainer.page.locator("[data-preview] video").evaluate(_ALPHA)
    return float(clear), float(solid), int(corner)


def make_exercise(trainer: Visitor) -> None:
    """From the ready clip's page to an exercise."""
    trainer.page.get_by_role("link", name="Make an exercise of it").click()
    trainer.page.fill("[name=cues]", "Knees over the toes.\nChest up.")
    trainer.shot("exercise")
    trainer.page.click("[name=_save]")
    trainer.page.wait_for_url("**/exercises/exercise/**")


def build_workout(trainer: Visitor, site: str, seconds: int, sets: int) -> None:
    """One exercise, by time."""
    trainer.go(site, "/studio/exercises/workout/add/")
    trainer.page.fill("[name=title]", "Monday")
    trainer.page.click("[data-open]")
    trainer.page.locator("[data-pick]:visible").first.click()
    item = trainer.page.locator("[data-item]:visible").first
    item.locator("[name$=-sets]").fill(str(sets))
    item.locator("[data-mode]").click()
    item.locator("[name$=-seconds]").fill(str(seconds))
    item.locator("[name$=-rest_seconds]").fill("3")
    trainer.shot("workout")
    trainer.page.click("[name=_save]")
    trainer.page.wait_for_url("**/exercises/workout/")


def invite(trainer: Visitor, site: str, name: str) -> str:
    """Add a client; returns the invitation link."""
    trainer.go(site, "/studio/people/client/add/")
    trainer.page.fill("[name=name]", name)
    trainer.page.fill("[name=email]", f"{name.lower()}@example.com")
    trainer.page.click("[name=_save]")
    link = trainer.page.locator("input[value*='/join/']").first
    expect(link).to_be_visible()
    trainer.shot("client-invited")
    return link.input_value()


def assign(trainer: Visitor, site: str) -> None:
    """Give the only workout to the only client."""
    trainer.go(site, "/studio/exercises/workout/")
    trainer.page.get_by_role("link", name="Monday").click()
    trainer.page.get_by_role("link", name="Assign to a client").click()
    trainer.page.select_option("[name=client]", index=1)
    trainer.shot("assignment")
    trainer.page.click("[name=_save]")
    trainer.page.wait_for_url("**/exercises/assignment/")
