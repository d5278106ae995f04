package io.turnwise.topology.segment;

/** A chunk that waits for its turn or may be needed again, with its slot in the audio store. */
final class HeldChunk {
  static final int NO_SLOT = -1;

  private final Chunk chunk;
  private int slot;
  private Runs.Run run;
  private boolean dropped;

  HeldChunk(Chunk chunk, int slot) {
    this.chunk = chunk;
    this.slot = slot;
  }

  Chunk chunk() {
    return chunk;
  }

  int slot() {
    return slot;
  }

  void moveTo(int newSlot) {
    slot = newSlot;
  }

  /** The run it became part of when its turn came. */
  Runs.Run run() {
    return run;
  }

  void joined(Runs.Run its) {
    run = its;
  }

  /** Whether nothing needs it any more. */
  boolean dropped() {
    return dropped;
  }

  void drop() {
    dropped = true;
  }
}
