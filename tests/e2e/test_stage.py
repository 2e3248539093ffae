"""The stage, in a browser, without the page around it: what it shows, and what it gives back."""

from __future__ import annotations

import base64
import io
import json
import mimetypes
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from django.contrib.staticfiles import finders
from numpy.typing import NDArray
from playwright.sync_api import Route, expect

from processing.motion.mesh import write_mesh
from processing.motion.packing import pack
from processing.motion.track import PoseTrack
from processing.stages.writing import VideoWriter
from processing.synthetic.performance import Performance
from processing.synthetic.render import render, shoot
from processing.vision.codecs import Encoding
from processing.vision.planes import PlaneMaker, stacked, with_alpha
from tests.e2e import webkit
from tests.e2e.conftest import PHONE, Visit, Visitor
from tests.e2e.serving import serving

pytestmark = [pytest.mark.e2e, pytest.mark.live]

FPS = 25.0
COUNT = 20
SIZE = (240, 320)
# The encoders' own losses are kept out: what differs is the way, not the file.
LOSSLESS_VP9 = Encoding(
    "libvpx-vp9", "yuva420p", {"lossless": "1", "auto-alt-ref": "0"}, {"alpha_mode": "1"}
)
OPAQUE_VP9 = Encoding("libvpx-vp9", "yuv420p", {"lossless": "1"})
LOSSLESS_H264 = Encoding("libx264", "yuv420p", {"qp": "0", "preset": "medium", "bf": "0"})
PAGE = Path(__file__).with_name("stage_page.html")

Picture = NDArray[np.int16]


@dataclass(frozen=True)
class Clip:
    """Pictures with straight alpha, and their poses."""

    rgb: list[NDArray[np.uint8]]
    alpha: list[NDArray[np.uint8]]
    track: PoseTrack

    def write(self, folder: Path, name: str) -> None:
        """NAME.webm, NAME.mp4 and NAME.bin, as an item's files are."""
        height, width = self.alpha[0].shape
        maker = PlaneMaker(width, height)
        whole = (slice(0, height), slice(0, width))
        planes = [maker.planes(rgb, whole, (0, 0, 0)) for rgb in self.rgb]
        for suffix, encoding, join, tall in (
            ("webm", LOSSLESS_VP9, with_alpha, height),
            ("mp4", LOSSLESS_H264, stacked, 2 * height),
        ):
            with VideoWriter(
                folder / f"{name}.{suffix}",
                encoding,
                width=width,
                height=tall,
                fps=FPS,
                threads=2,
                container_format=suffix,
            ) as writer:
                for i, (colour, alpha) in enumerate(zip(planes, self.alpha, strict=True)):
                    writer.write(join(colour, alpha), round(1000 * i / FPS))
        (folder / f"{name}.bin").write_bytes(pack(self.track))


def _athlete() -> Clip:
    shot = shoot(Performance("squat", reps=1, rep_s=0.8, idle_s=0.0, seed=3), 0.5, SIZE)
    frames = [render(shot, i / FPS) for i in range(COUNT)]
    track = PoseTrack(
        times_s=np.arange(COUNT) / FPS,
        world=np.array([frame.world for frame in frames], np.float32),
        image=np.array([frame.image for frame in frames], np.float32),
        visibility=np.ones((COUNT, 33), np.float32),
        fps=FPS,
        width=SIZE[0],
        height=SIZE[1],
    )
    # The room stays under the matte: the hardest edges two ways of blending could disagree about.
    return Clip(
        [frame.rgb for frame in frames],
        [np.round(255 * frame.alpha).astype(np.uint8) for frame in frames],
        track,
    )


def _numbered(athlete: Clip) -> Clip:
    """The same poses over pictures that say their number in grey."""
    height, width = athlete.alpha[0].shape
    return Clip(
        [np.full((height, width, 3), 10 * i + 20, np.uint8) for i in range(COUNT)],
        [np.full((height, width), 255, np.uint8)] * COUNT,
        athlete.track,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Clips `athlete` and `numbered`, a probe without alpha, and a mesh of an engine's own."""
    found = tmp_path_factory.mktemp("stage")
    athlete = _athlete()
    athlete.write(found, "athlete")
    _numbered(athlete).write(found, "numbered")
    with VideoWriter(
        found / "opaque.webm", OPAQUE_VP9, width=16, height=16, fps=25, threads=1,
        container_format="webm",
    ) as writer:  # fmt: skip
        maker = PlaneMaker(16, 16)
        opaque = np.full((16, 16), 255, np.uint8)
        colour = maker.planes(np.zeros((0, 0, 3), np.uint8), None, (0, 255, 136))
        frame = with_alpha(colour, opaque).reformat(format="yuv420p")
        writer.write(frame, 0)
    _write_pillar(found / "mesh.npz", athlete.track)
    return found


def _write_pillar(path: Path, track: PoseTrack) -> None:
    """A broad pillar in the trainer's place: nothing a mannequin could be taken for."""
    corners = np.array([[x, y, z] for x in (-0.6, 0.6) for y in (-0.9, 0.8) for z in (-0.3, 0.3)])
    square = ((0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3))
    faces = [side for a, b, c, d in square for side in ((a, b, c), (a, c, d))]
    file = io.BytesIO()
    write_mesh(
        file,
        fps=FPS,
        times_s=track.times_s,
        joints_3d=track.world,
        vertices=[np.repeat(corners[None], COUNT, axis=0)],
        faces=np.array(faces, np.int32),
    )
    path.write_bytes(file.getvalue())


@pytest.fixture
def open_stage(visit: Visit, folder: Path) -> Callable[..., Visitor]:
    """Open a page that has nothing but a stage, `window.it`, on the running program."""

    def answer(route: Route) -> None:
        name = route.request.url.split("?")[0].rpartition("/")[2]
        path = PAGE if name == "page.html" else folder / name
        if path.exists():
            kind = "text/html" if path == PAGE else "application/octet-stream"
            route.fulfill(status=200, content_type=kind, body=path.read_bytes())
        else:
            route.fulfill(status=404)

    def opened(how: str = "{}", *, size: dict[str, int] | None = None) -> Visitor:
        visitor = visit(size=size or {"width": 480, "height": 400})
        visitor.page.route("**/stage-test/**", answer)
        visitor.go("", "/stage-test/page.html")
        visitor.page.wait_for_function("() => Boolean(window.openStage)")
        visitor.page.evaluate(f"async () => {{ window.it = await openStage({how}); }}")
        return visitor

    return opened


def _read(visitor: Visitor) -> Picture:
    """The stage's pixels (height, width, 4), straight alpha."""
    return _pixels(visitor.page.evaluate("it.read()"))


def _pixels(found: dict[str, Any]) -> Picture:
    pixels = np.frombuffer(base64.b64decode(found["data"]), np.uint8)
    return pixels.reshape(found["height"], found["width"], 4).astype(np.int16)


def _seen(visitor: Visitor) -> Picture:
    """What is seen of the stage on grey: colours under full transparency are nobody's."""
    return _pixels(visitor.page.evaluate(f"it.read('{_GREY}')"))[..., :3]


_GREY = "rgb(128 128 128)"
_BARE = "it.stage.set({trainerSkeleton: false, clientSkeleton: false})"


def test_both_videos_are_composited_alike(open_stage: Callable[..., Visitor]) -> None:
    pictures, seen = [], []
    for video in ("transparent", "stacked"):
        visitor = open_stage(f"{{video: '{video}'}}")
        visitor.page.evaluate("it.load('athlete')")
        visitor.page.evaluate(_BARE)
        visitor.page.evaluate("it.seek(0.42)")
        assert visitor.page.evaluate("it.player.stacked") is (video == "stacked")
        pictures.append(_read(visitor))
        seen.append(_seen(visitor))
    apart = np.abs(seen[0] - seen[1]).max(axis=2)
    shown = pictures[0][..., 3] > 0
    assert 0.05 < shown.mean() < 0.6
    edges = (pictures[0][..., 3] > 20) & (pictures[0][..., 3] < 235)
    assert edges.sum() > 300, "soft edges are what could differ"
    assert apart.max() <= 2, f"off by {apart.max()} of 255 at {np.argwhere(apart > 2)[:4]}"
    assert np.abs(pictures[0][..., 3] - pictures[1][..., 3]).max() <= 2


@pytest.mark.skipif(webkit.MISSING, reason="WebKitGTK's browser, its driver or Xvfb are missing")
def test_webkit_composites_the_stacked_video_alike(
    open_stage: Callable[..., Visitor], folder: Path, tmp_path: Path
) -> None:
    chromium = open_stage("{video: 'transparent'}")
    chromium.page.evaluate("it.load('athlete')")
    chromium.page.evaluate(_BARE)
    chromium.page.evaluate("it.seek(0.0)")
    solid, expected = _read(chromium)[..., 3], _seen(chromium)
    with serving(partial(_file, folder)) as address, webkit.webkit(tmp_path) as window:
        window.go(f"{address}/stage-test/page.html")
        window.resize(480, 400)
        window.evaluate(
            "window.it = await openStage({video: 'stacked'}); await it.load('athlete');"
        )
        window.evaluate(f"{_BARE}; await it.seek(0.0);")
        assert window.evaluate("return it.player.stacked") is True
        alpha = _pixels(window.evaluate("return await it.read()"))[..., 3]
        shown = _pixels(window.evaluate(f"return await it.read('{_GREY}')"))[..., :3]
    assert shown.shape == expected.shape
    # The matte is ours; colours are turned from YUV in the browser's own way, which differs from
    # Chromium's along every sharp border of two colours.
    assert np.abs(alpha - solid).max() <= 4
    apart = np.abs(shown - expected).max(axis=2)[solid > 0]
    assert apart.mean() < 3 and np.quantile(apart, 0.9) <= 5


def _file(folder: Path, path: str) -> tuple[bytes, str] | None:
    """What the program and the tests' routes would answer, for browsers without routes."""
    name = path.rpartition("/")[2]
    if path.startswith("/stage-test/"):
        found: Path | None = PAGE if name == "page.html" else folder / name
    else:
        asset = finders.find(path.removeprefix("/static/"))
        found = Path(asset) if isinstance(asset, str) else None
    if found is None or not found.is_file():
        return None
    return found.read_bytes(), mimetypes.guess_type(name)[0] or "application/octet-stream"


def test_the_picture_on_show_is_the_clips(open_stage: Callable[..., Visitor], folder: Path) -> None:
    # Against the truth, so that both ways can't be wrong together.
    visitor = open_stage()
    visitor.page.evaluate("it.load('athlete')")
    visitor.page.evaluate(_BARE)
    visitor.page.evaluate("it.seek(0.0)")
    shown = _read(visitor)
    clip = _athlete()
    rows, columns = np.nonzero(shown[..., 3] > 250)
    truth_rows, truth_columns = np.nonzero(clip.alpha[0] > 250)
    scale = (np.ptp(rows) + 1) / (np.ptp(truth_rows) + 1)
    assert (np.ptp(columns) + 1) / (np.ptp(truth_columns) + 1) == pytest.approx(scale, rel=0.03)
    colour = shown[rows, columns, :3].mean(axis=0)
    truth = clip.rgb[0][truth_rows, truth_columns].mean(axis=0)
    assert np.abs(colour - truth).max() < 4, f"{colour} instead of {truth}"


def test_a_browser_that_drops_alpha_gets_the_stacked_video(
    open_stage: Callable[..., Visitor], folder: Path
) -> None:
    honest = open_stage()
    honest.page.evaluate("it.load('athlete')")
    assert honest.page.evaluate("it.player.stacked") is False

    visitor = open_stage()
    # What such a browser sees of the probe: its colours, without the alpha.
    opaque = (folder / "opaque.webm").read_bytes()
    visitor.page.route(
        "**/alpha_probe.webm",
        lambda route: route.fulfill(status=200, content_type="video/webm", body=opaque),
    )
    visitor.page.evaluate("it.load('athlete')")
    assert visitor.page.evaluate("it.player.stacked") is True
    # Where there is only one video, that one is better than none.
    visitor.page.evaluate("it.load('numbered', {stacked: null})")
    assert visitor.page.evaluate("it.player.stacked") is False


def test_a_lost_context_comes_back_by_itself(open_stage: Callable[..., Visitor]) -> None:
    visitor = open_stage()
    visitor.page.evaluate("it.load('athlete')")
    visitor.page.evaluate("it.seek(0.42)")
    visitor.page.evaluate("it.feed(5)")
    before = _read(visitor)
    assert (before[..., 3] > 0).any()
    visitor.page.evaluate(
        """async () => {
          const gl = it.canvas.getContext("webgl2");
          const extension = gl.getExtension("WEBGL_lose_context");
          const told = (type) => new Promise((done) =>
            it.canvas.addEventListener(type, done, { once: true }));
          const lost = told("webglcontextlost");
          extension.loseContext();
          await lost;
          it.feed(5);
          for (let i = 0; i < 3; i += 1) await it.frame();
          const back = told("webglcontextrestored");
          extension.restoreContext();
          await back;
          it.feed(5);
        }"""
    )
    after = _read(visitor)
    assert np.abs(before - after).max() <= 1


def test_everything_is_given_back(open_stage: Callable[..., Visitor]) -> None:
    visitor = open_stage()
    rounds = """async () => {
      for (const view of ["3d", "video"]) {
        it.stage.set({ view });
        for (const name of ["numbered", "athlete"]) {
          await it.load(name);
          for (let i = 0; i < 40; i += 1) {
            it.feed(i % 20, i % 2 ? 1 : 0.75, { masked: i % 3 > 0 });
            if (i % 4 === 0) await it.frame();
          }
          await it.frame();
        }
      }
      return it.stage.stats;
    }"""
    visitor.page.evaluate(rounds)
    first = visitor.page.evaluate(rounds)
    for _ in range(3):
        last = visitor.page.evaluate(rounds)
    assert (last["geometries"], last["textures"]) == (first["geometries"], first["textures"])
    assert last["textures"] <= 2
    made, closed = visitor.page.evaluate("[it.bitmaps.made, it.bitmaps.closed]")
    assert closed == made - 1, "only the one on show is kept"
    visitor.page.evaluate("it.close()")
    stats = visitor.page.evaluate("it.stage.stats")
    assert (stats["geometries"], stats["textures"]) == (0, 0)
    assert visitor.page.evaluate("it.bitmaps.closed") == made


@pytest.mark.parametrize("slow", [False, True])
def test_pose_and_picture_are_of_one_moment(open_stage: Callable[..., Visitor], slow: bool) -> None:
    visitor = open_stage(f"{{stage: {{slow: {json.dumps(slow)}}}}}")
    if slow:  # small enough that a worker makes copies of the video's frames
        visitor.page.evaluate("it.stage.setPlan({drawFps: 1000, drawScale: 0.3})")
    visitor.page.evaluate("it.load('numbered')")
    visitor.page.evaluate("it.stage.set({trainerSkeleton: false})")
    _is_of_one_moment(visitor)
    assert slow == any("shrink_worker" in worker.url for worker in visitor.page.workers)
    if slow:  # so large that copies are not worth while any more
        visitor.page.evaluate("it.stage.setPlan({drawFps: 1000, drawScale: 1})")
        _is_of_one_moment(visitor)


def _is_of_one_moment(visitor: Visitor) -> None:
    # While it plays, and in every view that draws the picture: its grey is its number.
    pairs = visitor.page.evaluate(
        """async () => {
          await it.player.start();
          const pairs = [];
          while (pairs.length < 40) {
            const { width, height, data } = await it.pixels();
            const grey = data[4 * (width * (height >> 1) + (width >> 1)) + 1];
            pairs.push([(grey - 20) / 10, it.stage.stats.poseIndex]);
            await it.frame();
          }
          it.player.pause();
          return pairs;
        }"""
    )
    # Round and round: after the last picture comes the first.
    steps = [abs(picture - pose) for picture, pose in pairs]
    apart = [min(step, COUNT - step) for step in steps]
    assert len({pose for _, pose in pairs}) > 8, "it played"
    # A frame may come on show between the callback that tells its time and the drawing.
    assert max(apart) <= 1.5 and sorted(apart)[len(apart) * 9 // 10] < 0.5


def test_it_draws_only_what_is_new_and_no_more_often_than_it_may(
    open_stage: Callable[..., Visitor],
) -> None:
    visitor = open_stage()
    visitor.page.evaluate("it.load('athlete')")
    visitor.page.evaluate("it.seek(0.42)")
    idle, one, fast, slow = visitor.page.evaluate(
        """async () => {
          const drawn = async (frames, each) => {
            const before = it.stage.stats.frames;
            for (let i = 0; i < frames; i += 1) { each?.(i); await it.frame(); }
            return it.stage.stats.frames - before;
          };
          const idle = await drawn(30);
          const one = await drawn(30, (i) => { if (i === 0) it.feed(3); });
          const fast = await drawn(30, (i) => it.feed(i % 20));
          it.stage.setPlan({ drawFps: 0.1, drawScale: 0.5 });
          const slow = await drawn(30, (i) => it.feed(i % 20));
          return [idle, one, fast, slow];
        }"""
    )
    assert (idle, one) == (0, 1)
    assert fast >= 28
    assert slow <= 1
    assert visitor.page.evaluate("it.canvas.width") == 240


def test_a_silhouette_stays_with_its_own_pose(open_stage: Callable[..., Visitor]) -> None:
    visitor = open_stage()
    visitor.page.evaluate("it.load('athlete')")
    visitor.page.evaluate("it.stage.set({trainerSkeleton: false, align: false})")
    visitor.page.evaluate("it.feed(0, 1, {capturedMs: 0})")
    together = _read(visitor)
    # A pose without a mask would show the skeleton of now over the shape of then.
    visitor.page.evaluate("it.feed(10, 1, {masked: false, capturedMs: 40})")
    held = _read(visitor)
    half = held.shape[1] // 2
    moved = np.abs(held - together)[:, half:].max(axis=2) > 40
    assert moved.mean() < 0.01
    visitor.page.evaluate("it.stage.set({silhouette: false})")
    free = _read(visitor)
    assert (np.abs(free - together)[:, half:].max(axis=2) > 40).mean() > 0.01


def test_a_null_renderer_does_all_but_draw(open_stage: Callable[..., Visitor]) -> None:
    visitor = open_stage("{stage: {renderer: 'null'}}")
    visitor.page.evaluate("it.load('athlete')")
    found = visitor.page.evaluate(
        """async () => {
          for (const view of ["video", "3d"]) {
            it.stage.set({ view });
            for (let i = 0; i < 60; i += 1) { it.feed(i % 20); await it.frame(); }
          }
          // It never had a context: a 2D one can still be had.
          return { ...it.stage.stats, free: it.canvas.getContext("2d") !== null };
        }"""
    )
    assert found["free"]
    assert found["frames"] > 100 and found["poseIndex"] == 0
    assert 0 <= found["ownMs"] < 50
    made, closed = visitor.page.evaluate("[it.bitmaps.made, it.bitmaps.closed]")
    assert closed == made - 1


def _into_3d(visitor: Visitor, options: str = "") -> None:
    visitor.page.evaluate(
        """async (options) => {
          it.stage.set({ view: "3d", ghost: false, ...options });
          while (!it.canvas.hasAttribute("tabindex")) await it.frame();
          await it.frame();
        }""",
        {"trainerSkeleton": False, "clientSkeleton": False} if not options else {},
    )


def test_in_3d_keys_and_fingers_turn_the_bodies(open_stage: Callable[..., Visitor]) -> None:
    visitor = open_stage()
    page = visitor.page
    page.evaluate("it.load('athlete')")
    page.evaluate("it.feed(0)")
    _into_3d(visitor)
    front = _read(visitor)
    half = front.shape[1] // 2
    solid = front[..., 3] > 140
    assert solid[:, :half].any() and solid[:, half:].any(), "trainer left, client right"

    expect(page.locator("canvas")).to_have_attribute("aria-label", "In 3D")
    page.keyboard.press("Tab")
    expect(page.locator("canvas")).to_be_focused()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    turned = _read(visitor)
    assert (np.abs(turned - front).max(axis=2) > 30).mean() > 0.01
    page.keyboard.press("Home")
    assert np.abs(_read(visitor) - front).max() <= 1

    page.mouse.move(200, 200)
    page.mouse.down()
    page.mouse.move(300, 220, steps=4)
    page.mouse.up()
    dragged = _read(visitor)
    assert (np.abs(dragged - front).max(axis=2) > 30).mean() > 0.01
    page.mouse.move(10, 10)
    assert np.abs(_read(visitor) - dragged).max() <= 1, "no button, no turning"
    page.mouse.wheel(0, -600)
    assert (_read(visitor)[..., 3] > 140).sum() > 1.3 * (dragged[..., 3] > 140).sum()
    page.evaluate("it.stage.set({view: 'video'})")
    expect(page.locator("canvas")).not_to_have_attribute("tabindex", "0")
    expect(page.locator("canvas")).to_have_attribute("aria-label", "The trainer and you")


def test_the_ghost_stands_in_the_trainers_place_with_its_faults(
    open_stage: Callable[..., Visitor],
) -> None:
    visitor = open_stage()
    visitor.page.evaluate("it.load('athlete')")
    visitor.page.evaluate("it.seek(0.0)")
    _into_3d(visitor)
    alone = _read(visitor)[..., 3] > 140
    # The client stands as the trainer does, 40 degrees turned: the match's yaw turns them back.
    visitor.page.evaluate(
        """() => {
          it.stage.set({ ghost: true });
          const yaw = 0.7;
          const world = it.poses.world.slice(0, 99);
          for (let i = 0; i < 99; i += 3) {
            const [x, z] = [world[i], world[i + 2]];
            world[i] = Math.cos(yaw) * x - Math.sin(yaw) * z;
            world[i + 2] = Math.cos(yaw) * z + Math.sin(yaw) * x;
          }
          it.feed(0, 1, { world });
          const marks = new Float64Array(13).fill(1);
          marks[6] = marks[7] = 0;
          it.stage.setMarks(marks, { yawRad: yaw, mirror: false });
        }"""
    )
    both = _read(visitor)
    solid = both[..., 3] > 140
    # Turned back, they cover one another: nothing sticks out.
    assert (solid ^ alone).sum() < 0.12 * alone.sum()
    red = solid & (both[..., 0] > both[..., 1] + 40)
    green = solid & (both[..., 1] > both[..., 0] + 40)
    assert green.sum() > 4 * red.sum() > 0
    # The shins are what is wrong, and they are below everything else.
    assert np.nonzero(red)[0].mean() > np.nonzero(green)[0].mean() + 30


def test_an_engines_own_mesh_takes_the_mannequins_place(
    open_stage: Callable[..., Visitor],
) -> None:
    visitor = open_stage()
    visitor.page.evaluate("it.load('athlete', {mesh: '/stage-test/mesh.npz'})")
    _into_3d(visitor)
    visitor.page.wait_for_load_state("networkidle")
    pillar = _read(visitor)[..., 3] > 140
    visitor.page.evaluate("it.load('athlete', {mesh: '/stage-test/nowhere.npz'})")
    visitor.page.wait_for_load_state("networkidle")
    mannequin = _read(visitor)[..., 3] > 140
    assert mannequin.any()
    assert pillar.sum() > 2.5 * mannequin.sum()


def test_the_player_goes_on_where_it_was_at_its_own_pace(
    open_stage: Callable[..., Visitor],
) -> None:
    visitor = open_stage("{stage: {renderer: 'null'}}")
    visitor.page.evaluate("it.load('athlete')")
    found = visitor.page.evaluate(
        """async () => {
          const { player } = it;
          const reach = async (seconds) => {
            while (player.positionS < seconds) await it.frame();
          };
          player.rate = 0.1;
          const slowest = player.rate;
          player.rate = 9;
          const fastest = player.rate;
          player.rate = 1;
          await player.start();
          await reach(1.1);  // past the end: loops count
          player.pause();
          const paused = player.positionS;
          for (let i = 0; i < 5; i += 1) await it.frame();
          const rested = player.positionS;
          player.rate = 0.5;
          await player.resume();
          const resumed = player.positionS;
          const began = performance.now();
          await reach(resumed + 0.25);
          const tookS = (performance.now() - began) / 1000;
          await it.load("numbered");
          const { playbackRate: kept, preservesPitch: pitch } = player.video;
          const anew = player.positionS;
          return { slowest, fastest, paused, rested, resumed, tookS, kept, pitch, anew };
        }"""
    )
    assert (found["slowest"], found["fastest"]) == (0.5, 1.25)
    assert found["rested"] == found["paused"] > 1
    assert found["resumed"] == pytest.approx(found["paused"], abs=0.15)
    # Media seconds: at half the rate they take twice as long. Never less, on a busy machine more.
    assert found["tookS"] > 0.35
    assert (found["kept"], found["pitch"], found["anew"]) == (0.5, True, 0)


@pytest.mark.parametrize("size", [{"width": 1280, "height": 800}, PHONE], ids=["laptop", "phone"])
def test_it_looks_like_something(
    open_stage: Callable[..., Visitor], size: dict[str, int], request: pytest.FixtureRequest
) -> None:
    visitor = open_stage(size=size)
    name = request.node.callspec.id
    visitor.page.evaluate("it.load('athlete')")
    visitor.page.evaluate("it.seek(0.42)")
    for view in ("video", "beside", "3d", "ghost"):
        visitor.page.evaluate(
            """async (view) => {
              it.stage.set({ view: ["3d", "ghost"].includes(view) ? "3d" : "video",
                ghost: view === "ghost", align: view !== "beside" });
              const marks = new Float64Array(13).fill(0.9);
              [marks[5], marks[6], marks[3]] = [0.6, 0.2, NaN];
              it.stage.setMarks(marks, { yawRad: 0.1, mirror: false });
              it.feed(7, 0.8);
              for (let i = 0; i < 20; i += 1) await it.frame();
            }""",
            view,
        )
        visitor.shot(f"stage-{view}-{name}")
        seen = _read(visitor)[..., 3] > 0
        assert seen.mean() > 0.03
    assert cv2.connectedComponents(seen.astype(np.uint8))[0] > 1
