package io.turnwise.topology.segment;

import java.util.Comparator;
import java.util.TreeMap;

/** Chunks that wait for their turn, by the time of their first sample. */
final class PendingChunks {
  private static final int MOST_CHUNKS = 4096;
  private static final int LEAST_BYTES = 256 << 10;

  /** Of the fastest audio there may be. */
  private static final int BYTES_A_MILLI = Chunk.MAX_RATE / 1000 * 2;

  /** Exact across rates. */
  private static final Comparator<Chunk> BY_START =
      (a, b) -> Long.compare(a.position() * b.sampleRate(), b.position() * a.sampleRate());

  private final TreeMap<Chunk, HeldChunk> byStart = new TreeMap<>(BY_START);
  private final long mostBytes;
  private long bytes;

  /**
   * @param horizonMillis how much audio waits at most: all of it may wait, cut in two ways
   */
  PendingChunks(int horizonMillis) {
    mostBytes = Math.max(LEAST_BYTES, 2L * horizonMillis * BYTES_A_MILLI);
  }

  boolean isEmpty() {
    return byStart.isEmpty();
  }

  HeldChunk first() {
    return byStart.firstEntry().getValue();
  }

  /** The one that begins last. */
  Chunk latest() {
    return byStart.lastKey();
  }

  /** Whether one that begins where this one does waits already. */
  boolean hasSameStart(Chunk chunk) {
    return byStart.containsKey(chunk);
  }

  /** That one. */
  HeldChunk sameStart(Chunk chunk) {
    return byStart.get(chunk);
  }

  void add(HeldChunk held) {
    byStart.put(held.chunk(), held);
    bytes += held.chunk().payload().length;
  }

  void remove(HeldChunk held) {
    byStart.remove(held.chunk());
    bytes -= held.chunk().payload().length;
  }

  /** Whether more waits than may. */
  boolean tooMany() {
    return byStart.size() > MOST_CHUNKS || bytes > mostBytes;
  }
}
