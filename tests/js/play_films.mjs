/**
 * Follows films of poses as the page does, for tests/motion/test_score_on_films.py: what is played
 * comes as JSON on stdin, what every frame was worth goes as JSON to stdout.
 *
 * [{reference: {times, world, visibility, duration}, picture: {width, height},
 *   frames: [{t, position, found, world, visibility, image}]}]
 */

import { readFileSync } from "node:fs";

import { Attempt } from "../../static/js/shadow/attempt.js";
import { prepare } from "../../static/js/shadow/reference.js";

const numbers = (values) => Float64Array.from(values, (v) => v ?? NaN);
const plain = (values) => Array.from(values, (v) => (Number.isNaN(v) ? null : v));

function play({ reference: given, picture, frames }) {
  const attempt = new Attempt(prepare(given.times, numbers(given.world), given.visibility,
    given.duration));
  return frames.map(({ t, position, found, world, visibility, image }) => {
    const pose = { found, world: numbers(world), visibility, image: numbers(image), ...picture };
    const match = attempt.judge(pose, t, position);
    return {
      t,
      score: plain([match.score])[0],
      lag: plain([match.lagS])[0],
      mirror: match.mirror,
      reps: match.reps,
      errors: plain(match.errorsDeg),
      marks: plain(match.marks),
    };
  });
}

const films = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(films.map(play)));
