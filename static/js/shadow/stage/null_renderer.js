/**
 * Stands in for Three's renderer where nothing shall be drawn: benchmarks measure all else with it.
 */
export class NullRenderer {
  info = { memory: { geometries: 0, textures: 0 } };

  setSize() {}

  render() {}

  dispose() {}
}
