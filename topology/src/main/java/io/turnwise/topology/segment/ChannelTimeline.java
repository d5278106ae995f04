package io.turnwise.topology.segment;

import io.turnwise.avro.DeadLetterReason;
import io.turnwise.avro.Role;
import io.turnwise.inference.speech.SpeechGate;
import io.turnwise.topology.segment.Checkpoint.Phase;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * One channel's audio, put in order and cut into segments. Chunks may come late, twice, overlapping
 * and cut in any way: what comes out depends on the audio alone.
 *
 * <p>Everything here can be rebuilt from the last {@link #checkpoint()} and the chunks that lie in
 * occupied slots, so that the shell need write each chunk only once. Slots are reused without being
 * cleared: a chunk that lies before what the checkpoint retains is stale.
 *
 * <p>Knows neither Kafka nor clocks. Not thread-safe.
 */
final class ChannelTimeline {
  private static final int LOST_RANGES = 4;
  private static final int BLOCK = 4096;
  private static final float[] SILENCE = new float[BLOCK];

  /** What became of a chunk. */
  sealed interface Outcome {}

  /**
   * Taken in.
   *
   * @param stored at most one chunk to be written to its slot: what of the given one may be needed
   *     again
   * @param checkpointDue whether the checkpoint changed and must be written
   * @param gapsFilled gaps filled with silence
   * @param restarts gaps too long for that
   * @param closed whether the channel has ended
   */
  record Accepted(
      List<Segment> segments,
      List<Stored> stored,
      boolean checkpointDue,
      int gapsFilled,
      int restarts,
      boolean closed)
      implements Outcome {}

  /** Nothing in it was new. */
  record Duplicate() implements Outcome {}

  record Refused(Rejection rejection) implements Outcome {}

  /** A chunk in its slot of the audio store. */
  record Stored(int slot, Chunk chunk) {}

  /** What happens while one chunk is taken in. */
  private static final class Events {
    private final List<Segment> segments = new ArrayList<>(1);
    private boolean checkpointDue;
    private int gapsFilled;
    private int restarts;
    private boolean closed;

    private Accepted with(List<Stored> stored) {
      return new Accepted(segments, stored, checkpointDue, gapsFilled, restarts, closed);
    }
  }

  private final SegmentRules rules;
  private final String gateName;
  private final long openedAt;
  private final long capturedBase;
  private final SegmentGrid grid;
  private final Runs runs = new Runs();
  private final PendingChunks pending;
  private final Deque<HeldChunk> retained = new ArrayDeque<>();
  private final BitSet slots = new BitSet();
  private final ArrayDeque<Long> lost = new ArrayDeque<>();

  private Role role = Role.UNKNOWN;
  private Phase phase = Phase.WAITING;
  private long consumedTo;
  private int consumedRate = Segment.RATE;

  /** Gaps before this position have been decided on already, before a restart. */
  private long decidedTo;

  private int decidedRate = Segment.RATE;
  private long capturedTo;

  /** A sample at 16 kHz whose capture time is known; the others' follow from it. */
  private long anchor;

  private long anchorCapturedAt;

  private ChannelTimeline(
      SegmentRules rules,
      String gateName,
      SegmentGrid grid,
      long openedAt,
      long capturedBase,
      long capturedTo) {
    this.rules = rules;
    pending = new PendingChunks(rules.horizonMillis());
    this.gateName = gateName;
    this.grid = grid;
    this.openedAt = openedAt;
    this.capturedBase = capturedBase;
    this.capturedTo = capturedTo;
  }

  /**
   * A channel that nothing is known of.
   *
   * @param openedAt offset of the record that opens it
   * @param capturedBase its capture time
   */
  static ChannelTimeline open(
      SegmentRules rules, SpeechGate.Factory gates, long openedAt, long capturedBase) {
    return new ChannelTimeline(
        rules,
        gates.name(),
        new SegmentGrid(rules.hop(), gates.start()),
        openedAt,
        capturedBase,
        capturedBase);
  }

  /**
   * The channel as it was when the checkpoint and the last of the chunks were written.
   *
   * @param stored the chunks by their slots, stale ones among them
   */
  static ChannelTimeline restore(
      SegmentRules rules,
      SpeechGate.Factory gates,
      Checkpoint checkpoint,
      Map<Integer, Chunk> stored) {
    SpeechGate gate =
        checkpoint.gateName().equals(gates.name())
            ? gates.resume(checkpoint.gateState())
            : gates.start();
    ChannelTimeline timeline =
        new ChannelTimeline(
            rules,
            gates.name(),
            new SegmentGrid(rules.hop(), gate, checkpoint),
            checkpoint.openedAt(),
            checkpoint.capturedBase(),
            checkpoint.capturedTo());
    timeline.restore(checkpoint, stored);
    return timeline;
  }

  private void restore(Checkpoint checkpoint, Map<Integer, Chunk> stored) {
    role = checkpoint.role();
    phase = checkpoint.phase();
    lost.addAll(checkpoint.lost());
    decidedTo = checkpoint.consumedTo();
    decidedRate = checkpoint.consumedRate();
    consumedTo = decidedTo;
    consumedRate = decidedRate;
    if (checkpoint.runRate() > 0) {
      consumedRate = checkpoint.runRate();
      consumedTo =
          runs.resume(
              new Runs.Run(checkpoint.runRate(), checkpoint.runStart()), checkpoint.retainFrom());
      long missing = runs.nextIndex() - checkpoint.retainFrom();
      if (missing > Segment.RATE) {
        // What is missing would be taken for silence, however long.
        throw new IllegalArgumentException(
            "retainFrom: " + missing + " samples before the run that holds it");
      }
    }
    stored.forEach(
        (slot, chunk) -> {
          if (!stale(chunk)) {
            slots.set(slot);
            pending.add(new HeldChunk(chunk, slot));
          }
        });
    Events events = new Events();
    drain(events, false);
    if (!events.segments.isEmpty()) {
      throw new IllegalStateException(
          "restoring a channel cut " + events.segments.size() + " segments a second time");
    }
  }

  private boolean stale(Chunk chunk) {
    long needed = expectedAt(chunk.sampleRate());
    // Where rates differ, the conversion may be off by one sample.
    return chunk.end() <= (chunk.sampleRate() == consumedRate ? needed : needed + 1);
  }

  /** Takes in the next chunk, in whatever order it comes. */
  Outcome accept(Chunk chunk, Role chunkRole) {
    long expected = expectedAt(chunk.sampleRate());
    if (phase == Phase.CLOSED) {
      return chunk.end() <= expected ? new Duplicate() : afterLast(chunk);
    }
    Events events = new Events();
    if (chunkRole != role) {
      role = chunkRole;
      events.checkpointDue = true;
    }
    if (chunk.end() <= expected) {
      if (chunk.last() && pending.isEmpty()) {
        close(events);
        return events.with(List.of());
      }
      return chunk.samples() > 0 && wasLost(chunk) ? late(chunk) : new Duplicate();
    }
    HeldChunk held = new HeldChunk(chunk.from(expected), HeldChunk.NO_SLOT);
    if (pending.hasSameStart(held.chunk())) {
      HeldChunk same = pending.sameStart(held.chunk());
      if (held.chunk().samples() <= same.chunk().samples()) {
        return new Duplicate();
      }
      pending.remove(same);
      held.moveTo(same.slot());
    }
    pending.add(held);
    drain(events, false);
    return events.with(held.dropped() ? List.of() : List.of(store(held)));
  }

  private static Refused afterLast(Chunk chunk) {
    return new Refused(
        new Rejection(
            DeadLetterReason.AFTER_LAST,
            "position: "
                + chunk.position()
                + " comes after the channel's last chunk; begin a new call id"));
  }

  private static Refused late(Chunk chunk) {
    return new Refused(
        new Rejection(
            DeadLetterReason.LATE,
            "position: "
                + chunk.position()
                + " was taken as lost before this chunk came; raise turnwise.reorder.horizon.ms if"
                + " the source delivers that late"));
  }

  /**
   * Takes what is missing as lost, gives out the rest, and waits for a new beginning: for when the
   * source has gone silent.
   */
  Accepted pause() {
    Events events = new Events();
    if (phase == Phase.FLOWING || !pending.isEmpty()) {
      drain(events, true);
      if (phase == Phase.FLOWING) {
        endGrid(events);
        phase = Phase.PAUSED;
      }
      events.checkpointDue = true;
    }
    return events.with(List.of());
  }

  Checkpoint checkpoint() {
    return new Checkpoint(
        openedAt,
        capturedBase,
        capturedTo,
        role,
        phase,
        grid.index(),
        grid.start(),
        grid.heardTo(),
        grid.nextStart(),
        grid.retainFrom(),
        runs.isEmpty() ? 0 : runs.first().rate(),
        runs.isEmpty() ? 0 : runs.first().start(),
        consumedRate,
        consumedTo,
        List.copyOf(lost),
        gateName,
        grid.gateState());
  }

  long openedAt() {
    return openedAt;
  }

  long capturedBase() {
    return capturedBase;
  }

  Role role() {
    return role;
  }

  boolean closed() {
    return phase == Phase.CLOSED;
  }

  /** When the last sample that was put in order was captured. */
  Instant capturedTo() {
    return Instant.ofEpochMilli(capturedTo);
  }

  /** Media time that all segments still to come end after, in milliseconds. */
  long reachedMillis() {
    // What was put in order is cut up to its last whole frame; the resampler holds back 9 ms.
    long sure = at16k(consumedTo, consumedRate) - 2L * SpeechGate.FRAME;
    return Math.max(grid.heardTo(), sure) / (Segment.RATE / 1000);
  }

  /** Media time of the end of what was put in order, in milliseconds. */
  long endMillis() {
    return Math.max(grid.heardTo(), at16k(consumedTo, consumedRate)) / (Segment.RATE / 1000);
  }

  private Stored store(HeldChunk held) {
    if (held.slot() == HeldChunk.NO_SLOT) {
      held.moveTo(slots.nextClearBit(0));
      slots.set(held.slot());
    }
    return new Stored(held.slot(), held.chunk());
  }

  private void free(HeldChunk held) {
    held.drop();
    if (held.slot() != HeldChunk.NO_SLOT) {
      slots.clear(held.slot());
    }
  }

  private long expectedAt(int rate) {
    return Chunk.convert(consumedTo, consumedRate, rate);
  }

  private static long at16k(long position, int rate) {
    return Chunk.convert(position, rate, Segment.RATE);
  }

  private boolean wasLost(Chunk chunk) {
    long begin = at16k(chunk.position(), chunk.sampleRate());
    long end = at16k(chunk.end(), chunk.sampleRate());
    Iterator<Long> bounds = lost.iterator();
    while (bounds.hasNext()) {
      long from = bounds.next();
      long to = bounds.next();
      if (begin < to && end > from) {
        return true;
      }
    }
    return false;
  }

  private void drain(Events events, boolean waitNoLonger) {
    while (!pending.isEmpty()) {
      HeldChunk held = pending.first();
      Chunk chunk = held.chunk();
      long expected = expectedAt(chunk.sampleRate());
      if (chunk.samples() > 0 && chunk.end() <= expected) {
        pending.remove(held);
        free(held);
        continue;
      }
      long gap = chunk.position() - expected;
      if (gap > 0 && !waitNoLonger && !decided(chunk) && !beyondHorizon()) {
        return;
      }
      pending.remove(held);
      consume(held, Math.max(0, gap), events);
    }
  }

  private boolean decided(Chunk chunk) {
    return chunk.position() < Chunk.convert(decidedTo, decidedRate, chunk.sampleRate());
  }

  private boolean beyondHorizon() {
    Chunk latest = pending.latest();
    long waiting = latest.end() - expectedAt(latest.sampleRate());
    return waiting * 1000 > (long) rules.horizonMillis() * latest.sampleRate() || pending.tooMany();
  }

  private void consume(HeldChunk held, long gap, Events events) {
    int rate = held.chunk().sampleRate();
    Chunk chunk = held.chunk().from(expectedAt(rate));
    if (phase == Phase.WAITING) {
      anchorTo(chunk);
    }
    if (gap > 0) {
      bridge(chunk, gap, events);
    }
    anchorTo(chunk);
    if (phase != Phase.FLOWING) {
      beginGrid(chunk.position(), rate);
    } else if (runs.latest().rate() != rate) {
      append(runs.flush(), events);
      runs.begin(chunk.position(), rate);
    }
    sound(chunk, events);
    consumedTo = chunk.end();
    consumedRate = rate;
    capturedTo = chunk.capturedAt() + Math.round(chunk.samples() * 1000.0 / rate);
    held.joined(runs.latest());
    retained.addLast(held);
    release();
    if (chunk.last() && pending.isEmpty()) {
      close(events);
    }
  }

  private void sound(Chunk chunk, Events events) {
    float[] block = new float[Math.min(BLOCK, chunk.samples())];
    for (int done = 0; done < chunk.samples(); done += block.length) {
      int count = Math.min(block.length, chunk.samples() - done);
      int offset = done * chunk.encoding().bytesPerSample();
      chunk.encoding().decode(chunk.payload(), offset, count, block, 0);
      append(runs.push(block, count), events);
    }
  }

  private void anchorTo(Chunk chunk) {
    anchor = at16k(chunk.position(), chunk.sampleRate());
    anchorCapturedAt = chunk.capturedAt();
  }

  private long capturedAt(long index) {
    return anchorCapturedAt + Math.floorDiv(index - anchor, Segment.RATE / 1000);
  }

  private void bridge(Chunk chunk, long gap, Events events) {
    int rate = chunk.sampleRate();
    events.checkpointDue = true;
    lost.addLast(at16k(consumedTo, consumedRate));
    lost.addLast(at16k(chunk.position(), rate));
    while (lost.size() > 2 * LOST_RANGES) {
      lost.removeFirst();
    }
    if (phase == Phase.PAUSED) {
      return;
    }
    if (gap * 1000 > (long) rules.gapFillMillis() * rate) {
      events.restarts++;
      if (phase == Phase.FLOWING) {
        endGrid(events);
      }
      beginGrid(chunk.position(), rate);
      return;
    }
    events.gapsFilled++;
    if (phase == Phase.WAITING) {
      beginGrid(expectedAt(rate), rate);
    }
    int runRate = runs.latest().rate();
    long silent = Chunk.convert(chunk.position(), rate, runRate) - expectedAt(runRate);
    for (long done = 0; done < silent; done += BLOCK) {
      append(runs.push(SILENCE, (int) Math.min(BLOCK, silent - done)), events);
    }
  }

  private void close(Events events) {
    if (phase == Phase.FLOWING) {
      endGrid(events);
    }
    phase = Phase.CLOSED;
    events.closed = true;
    events.checkpointDue = true;
  }

  private void beginGrid(long start, int rate) {
    runs.begin(start, rate);
    grid.begin(runs.latest().anchor());
    phase = Phase.FLOWING;
  }

  private void append(float[] samples, Events events) {
    grid.append(runs.nextIndex() - samples.length, samples);
    while (grid.full()) {
      events.segments.add(grid.cut(this::capturedAt, runs.latest().rate()));
      events.checkpointDue = true;
      runs.dropBefore(grid.retainFrom());
      release();
    }
  }

  private void endGrid(Events events) {
    append(runs.flush(), events);
    if (grid.hasRest()) {
      events.segments.add(grid.cutRest(this::capturedAt, runs.latest().rate()));
      events.checkpointDue = true;
    }
    grid.end();
    retained.forEach(this::free);
    retained.clear();
    runs.clear();
  }

  private void release() {
    while (!retained.isEmpty()) {
      HeldChunk oldest = retained.getFirst();
      if (runs.needs(oldest.run(), oldest.chunk().end(), grid.retainFrom())) {
        return;
      }
      free(retained.removeFirst());
    }
  }
}
