package io.turnwise.topology.segment;

/** Sees every segment as it is cut, those without speech too; for evaluation. */
@FunctionalInterface
public interface SegmentListener {
  /** Called on the stream's thread, once a segment; must be quick and must not throw. */
  void onSegment(String call, Segmented.Cut cut);

  /** Sees nothing. */
  static SegmentListener none() {
    return (call, cut) -> {};
  }
}
