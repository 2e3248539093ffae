"""A workout that was opened once runs without network; what was kept is of one person only."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e import homework
from tests.e2e.conftest import Films, Visit, Visitor
from tests.e2e.homework import PASSWORD, Homework, email
from tests.e2e.shadow import state, switch_on, wait_phase
from tests.perscoach.running import Program

pytestmark = [pytest.mark.e2e, pytest.mark.live, pytest.mark.models]


# Whether any session of the outbox has been taken by the server, with more than one chunk.
_SENT = """async name => {
  const asked = (request) => new Promise((resolve) => {
    request.onsuccess = () => resolve(request.result);
  });
  const database = await asked(indexedDB.open(name));
  const all = await asked(database.transaction("deliveries").objectStore("deliveries").getAll());
  database.close();
  return all.some(({ created, next }) => created && next > 1);
}"""


@pytest.fixture(scope="module")
def squats(program: Program, films: Films) -> Homework:
    return homework.make(
        program, films.trainer_squat, "vera", seconds=60, sets=1, asks_for="skeleton"
    )


def _open(client: Visitor, squats: Homework, who: str = "nina") -> None:
    """Log in, open the workout and wait until it is kept."""
    client.log_in(squats.site, email(who), PASSWORD)
    client.go(squats.site, f"{squats.path(who)}shadow/")
    client.page.wait_for_selector("html[data-offline=kept]", state="attached", timeout=60_000)


def _caches(client: Visitor) -> list[str]:
    names: list[str] = client.page.evaluate("() => caches.keys()")
    return sorted(name for name in names if name.startswith("private-"))


def test_a_workout_opened_once_starts_without_network(
    visit: Visit, films: Films, squats: Homework
) -> None:
    client = visit(films.webcam_squat)
    _open(client, squats)
    client.context.set_offline(True)
    # Neither the page nor the worker reaches anything.
    reached = "url => fetch(url).then(() => true, () => false)"
    assert not client.page.evaluate(reached, "/api/health")
    assert not client.page.evaluate(reached, "/static/models/selfie_segmenter.tflite")

    client.go(squats.site, f"{squats.path()}shadow/")
    switch_on(client)
    client.page.click("[data-part=toggle]")
    wait_phase(client, "set")
    client.page.wait_for_function(
        "() => Number(document.getElementById('shadow').dataset.made) > 1"
    )
    found = state(client)
    assert int(found["frames"]) > 5
    assert found["acked"] == "0"
    client.go(squats.site, squats.path())
    expect(client.page.get_by_role("heading", name="Monday")).to_be_visible()

    client.context.set_offline(False)
    client.go(squats.site)
    name = "outbox-" + str(client.page.get_attribute("meta[name=user-key]", "content"))
    for _ in range(100):
        if client.page.evaluate(_SENT, name):
            break
        client.page.wait_for_timeout(200)
    assert client.page.evaluate(_SENT, name)


def test_films_are_answered_in_parts(visit: Visit, squats: Homework) -> None:
    client = visit()
    _open(client, squats)
    client.context.set_offline(True)
    found = client.page.evaluate(
        """async () => {
          const { items } = JSON.parse(document.getElementById("shadow-config").textContent);
          const get = (range) => fetch(items[0].video, { headers: { Range: range } });
          const whole = await (await fetch(items[0].video)).arrayBuffer();
          const answers = [];
          for (const range of ["bytes=0-", "bytes=10-19", "bytes=-5", "bytes=999999999-"]) {
            const response = await get(range);
            const bytes = new Uint8Array(await response.arrayBuffer());
            const place = response.headers.get("Content-Range") ?? "";
            const from = Number(place.match(/ (\\d+)-/)?.[1]);
            const same = response.status === 206 && bytes.every((b, i) =>
              b === new Uint8Array(whole)[from + i]);
            answers.push([response.status, bytes.length, same]);
          }
          return { size: whole.byteLength, answers };
        }"""
    )
    size = found["size"]
    assert found["answers"] == [[206, size, True], [206, 10, True], [206, 5, True], [416, 0, False]]


def test_whoever_logs_out_leaves_nothing_behind(visit: Visit, squats: Homework) -> None:
    client = visit()
    _open(client, squats)
    assert len(_caches(client)) == 1
    client.go(squats.site)
    client.page.get_by_role("button", name="Log out").click()
    client.page.wait_for_load_state()
    assert _caches(client) == []
    client.context.set_offline(True)
    client.go(squats.site, squats.path())
    expect(client.page.get_by_role("heading", name="No connection")).to_be_visible()


def test_nobody_sees_the_pages_of_somebody_else(visit: Visit, squats: Homework) -> None:
    client = visit()
    _open(client, squats)
    before = _caches(client)
    # Not a farewell: the cookie is gone as when it has run out.
    client.context.clear_cookies()
    _open(client, squats, "mila")
    after = _caches(client)
    assert len(before) == len(after) == 1
    assert before != after
    client.context.set_offline(True)
    client.go(squats.site, squats.path("nina"))
    expect(client.page.get_by_role("heading", name="No connection")).to_be_visible()
    client.go(squats.site, squats.path("mila"))
    expect(client.page.get_by_role("heading", name="Monday")).to_be_visible()
