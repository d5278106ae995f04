package io.turnwise.topology.segment;

import io.turnwise.avro.DeadLetterReason;
import io.turnwise.avro.Role;
import io.turnwise.inference.audio.Resampler;
import io.turnwise.inference.speech.SpeechGate;
import io.turnwise.topology.segment.Checkpoint.Phase;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

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
  private static final int PENDING_CHUNKS = 4096;
  private static final int PENDING_BYTES = 4 << 20;
  private static final int LOST_RANGES = 4;
  private static final int BLOCK = 4096;
  private static final float[] NOTHING = {};

  /** By time of the first sample; exact across rates. */
  private static final Comparator<Chunk> BY_START =
      (a, b) -> Long.compare(a.position() * b.sampleRate(), b.position() * a.sampleRate());

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

  private final SegmentRules rules;
  private final SpeechGate.Factory gates;
  private final long openedAt;
  private final long capturedBase;

  private Role role = Role.UNKNOWN;
  private Phase phase = Phase.WAITING;
  private SpeechGate gate;

  private final TreeMap<Chunk, Held> pending = new TreeMap<>(BY_START);
  private int pendingBytes;
  private long consumedTo;
  private int consumedRate = Segment.RATE;
  private long sureTo;
  private int sureRate = Segment.RATE;
  private final ArrayDeque<Long> lost = new ArrayDeque<>();

  private final Deque<Run> runs = new ArrayDeque<>();
  private Resampler resampler;
  private final Deque<Held> retained = new ArrayDeque<>();
  private final BitSet slots = new BitSet();

  private long index;
  private long gridStart;
  private long heardTo;
  private long nextStart;
  private long retainFrom;

  private float[] buffer = NOTHING;
  private long bufferStart;
  private int buffered;

  private long anchor;
  private long anchorCapturedAt;
  private long capturedTo;

  /** A stretch of one sample rate. */
  private record Run(int rate, long start, long anchor) {}

  /** A chunk that is waiting or may be needed again, with its slot where it has one yet. */
  private static final class Held {
    private final Chunk chunk;
    private int slot;
    private Run run;
    private boolean dropped;

    private Held(Chunk chunk, int slot) {
      this.chunk = chunk;
      this.slot = slot;
    }
  }

  /** What happens while one chunk is taken in. */
  private static final class Events {
    private final List<Segment> segments = new ArrayList<>(1);
    private boolean checkpointDue;
    private int gapsFilled;
    private int restarts;
    private boolean closed;
  }

  private ChannelTimeline(
      SegmentRules rules, SpeechGate.Factory gates, long openedAt, long capturedBase) {
    this.rules = rules;
    this.gates = gates;
    this.openedAt = openedAt;
    this.capturedBase = capturedBase;
    this.capturedTo = capturedBase;
  }

  /**
   * A channel that nothing is known of.
   *
   * @param openedAt offset of the record that opens it
   * @param capturedBase its capture time
   */
  static ChannelTimeline open(
      SegmentRules rules, SpeechGate.Factory gates, long openedAt, long capturedBase) {
    ChannelTimeline timeline = new ChannelTimeline(rules, gates, openedAt, capturedBase);
    timeline.gate = gates.start();
    return timeline;
  }

  /** The channel as it was when the checkpoint and the last of the chunks were written. */
  static ChannelTimeline restore(
      SegmentRules rules,
      SpeechGate.Factory gates,
      Checkpoint checkpoint,
      Map<Integer, Chunk> stored) {
    ChannelTimeline timeline =
        new ChannelTimeline(rules, gates, checkpoint.openedAt(), checkpoint.capturedBase());
    timeline.restore(checkpoint, stored);
    return timeline;
  }

  private void restore(Checkpoint checkpoint, Map<Integer, Chunk> stored) {
    capturedTo = checkpoint.capturedTo();
    role = checkpoint.role();
    phase = checkpoint.phase();
    index = checkpoint.index();
    gridStart = checkpoint.gridStart();
    heardTo = checkpoint.heardTo();
    nextStart = checkpoint.nextStart();
    retainFrom = checkpoint.retainFrom();
    lost.addAll(checkpoint.lost());
    gate =
        checkpoint.gateName().equals(gates.name())
            ? gates.resume(checkpoint.gateState())
            : gates.start();
    consumedTo = checkpoint.consumedTo();
    consumedRate = checkpoint.consumedRate();
    sureTo = consumedTo;
    sureRate = consumedRate;
    bufferStart = retainFrom;
    if (checkpoint.runRate() > 0) {
      Run run = run(checkpoint.runRate(), checkpoint.runStart());
      runs.add(run);
      consumedTo = neededFrom(run);
      consumedRate = run.rate();
      resampler = Resampler.resume(run.rate(), consumedTo - run.start());
    }
    stored.forEach(
        (slot, chunk) -> {
          if (!stale(chunk)) {
            slots.set(slot);
            pending.put(chunk, new Held(chunk, slot));
            pendingBytes += chunk.payload().length;
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
    long base = expectedAt(chunk.sampleRate());
    // Where rates differ, the conversion may be off by one sample.
    return chunk.sampleRate() == consumedRate ? chunk.end() <= base : chunk.end() <= base + 1;
  }

  /** Takes in the next chunk, in whatever order it comes. */
  Outcome accept(Chunk chunk, Role chunkRole) {
    long expected = expectedAt(chunk.sampleRate());
    if (phase == Phase.CLOSED) {
      return chunk.end() <= expected
          ? new Duplicate()
          : new Refused(
              new Rejection(
                  DeadLetterReason.AFTER_LAST,
                  "position: "
                      + chunk.position()
                      + " comes after the channel's last chunk; begin a new call id"));
    }
    Events events = new Events();
    if (chunkRole != role) {
      role = chunkRole;
      events.checkpointDue = true;
    }
    if (chunk.end() <= expected) {
      if (chunk.last() && pending.isEmpty()) {
        close(events);
        return accepted(events, List.of());
      }
      if (chunk.samples() > 0 && wasLost(chunk)) {
        return new Refused(
            new Rejection(
                DeadLetterReason.LATE,
                "position: "
                    + chunk.position()
                    + " was taken as lost before this chunk came; raise turnwise.reorder.horizon.ms"
                    + " if the source delivers that late"));
      }
      return new Duplicate();
    }
    Held held = new Held(chunk.from(expected), -1);
    Held same = pending.get(held.chunk);
    if (same != null) {
      if (held.chunk.samples() <= same.chunk.samples()) {
        return new Duplicate();
      }
      held.slot = same.slot;
      remove(same);
    }
    pending.put(held.chunk, held);
    pendingBytes += held.chunk.payload().length;
    drain(events, false);
    return accepted(events, held.dropped ? List.of() : List.of(store(held)));
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
    return accepted(events, List.of());
  }

  Checkpoint checkpoint() {
    Run first = runs.peekFirst();
    return new Checkpoint(
        openedAt,
        capturedBase,
        capturedTo,
        role,
        phase,
        index,
        gridStart,
        heardTo,
        nextStart,
        retainFrom,
        first == null ? 0 : first.rate(),
        first == null ? 0 : first.start(),
        consumedRate,
        consumedTo,
        List.copyOf(lost),
        gates.name(),
        gate.state());
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

  private Accepted accepted(Events events, List<Stored> stored) {
    return new Accepted(
        events.segments,
        stored,
        events.checkpointDue,
        events.gapsFilled,
        events.restarts,
        events.closed);
  }

  private Stored store(Held held) {
    if (held.slot < 0) {
      held.slot = slots.nextClearBit(0);
      slots.set(held.slot);
    }
    return new Stored(held.slot, held.chunk);
  }

  private void remove(Held held) {
    pending.remove(held.chunk);
    pendingBytes -= held.chunk.payload().length;
  }

  private void free(Held held) {
    held.dropped = true;
    if (held.slot >= 0) {
      slots.clear(held.slot);
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

  // ---- order

  private void drain(Events events, boolean waitNoLonger) {
    while (!pending.isEmpty()) {
      Held held = pending.firstEntry().getValue();
      Chunk chunk = held.chunk;
      long expected = expectedAt(chunk.sampleRate());
      if (chunk.samples() > 0 && chunk.end() <= expected) {
        remove(held);
        free(held);
        continue;
      }
      long gap = chunk.position() - expected;
      boolean decided =
          waitNoLonger
              || chunk.position() < Chunk.convert(sureTo, sureRate, chunk.sampleRate())
              || beyondHorizon();
      if (gap > 0 && !decided) {
        return;
      }
      remove(held);
      consume(held, Math.max(0, gap), events);
    }
  }

  private boolean beyondHorizon() {
    Chunk latest = pending.lastKey();
    long waiting = latest.end() - expectedAt(latest.sampleRate());
    return waiting * 1000 > (long) rules.horizonMillis() * latest.sampleRate()
        || pending.size() > PENDING_CHUNKS
        || pendingBytes > PENDING_BYTES;
  }

  private void consume(Held held, long gap, Events events) {
    int rate = held.chunk.sampleRate();
    Chunk chunk = held.chunk.from(expectedAt(rate));
    if (phase == Phase.WAITING) {
      anchorTo(chunk);
    }
    if (gap > 0) {
      bridge(chunk, gap, events);
    }
    anchorTo(chunk);
    if (phase != Phase.FLOWING) {
      beginGrid(chunk.position(), rate);
    } else if (runs.getLast().rate() != rate) {
      endRun(events);
      beginRun(chunk.position(), rate);
    }
    float[] block = new float[Math.min(BLOCK, chunk.samples())];
    for (int done = 0; done < chunk.samples(); done += block.length) {
      int count = Math.min(block.length, chunk.samples() - done);
      chunk
          .encoding()
          .decode(chunk.payload(), done * chunk.encoding().bytesPerSample(), count, block, 0);
      append(resampler.push(block, 0, count), events);
    }
    consumedTo = chunk.end();
    consumedRate = rate;
    capturedTo = chunk.capturedAt() + Math.round(chunk.samples() * 1000.0 / rate);
    held.run = runs.getLast();
    retained.addLast(held);
    release();
    if (chunk.last() && pending.isEmpty()) {
      close(events);
    }
  }

  private void anchorTo(Chunk chunk) {
    anchor = at16k(chunk.position(), chunk.sampleRate());
    anchorCapturedAt = chunk.capturedAt();
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
    int runRate = runs.getLast().rate();
    long silent = Chunk.convert(chunk.position(), rate, runRate) - expectedAt(runRate);
    float[] silence = new float[BLOCK];
    for (long done = 0; done < silent; done += BLOCK) {
      append(resampler.push(silence, 0, (int) Math.min(BLOCK, silent - done)), events);
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

  // ---- sound

  private static Run run(int rate, long start) {
    return new Run(rate, start, at16k(start, rate));
  }

  private void beginRun(long start, int rate) {
    runs.addLast(run(rate, start));
    resampler = Resampler.start(rate);
  }

  private void endRun(Events events) {
    append(resampler.flush(), events);
  }

  /** Positions are absolute, so roundings at a change of rate mend themselves here. */
  private void append(float[] samples, Events events) {
    long first = runs.getLast().anchor() + resampler.nextOutput() - samples.length;
    long end = bufferStart + buffered;
    int skipped = (int) Math.max(0, Math.min(samples.length, end - first));
    int padding = samples.length == 0 ? 0 : (int) Math.max(0, first - end);
    int added = padding + samples.length - skipped;
    if (buffered + added > buffer.length) {
      buffer = Arrays.copyOf(buffer, Math.max(2 * buffer.length, buffered + added));
    }
    Arrays.fill(buffer, buffered, buffered + padding, 0f);
    System.arraycopy(samples, skipped, buffer, buffered + padding, samples.length - skipped);
    buffered += added;
    cut(events);
  }

  // ---- segments

  private void beginGrid(long start, int rate) {
    beginRun(start, rate);
    gridStart = runs.getLast().anchor();
    heardTo = gridStart;
    nextStart = gridStart;
    retainFrom = gridStart;
    bufferStart = gridStart;
    buffered = 0;
    phase = Phase.FLOWING;
  }

  private void cut(Events events) {
    while (bufferStart + buffered - nextStart >= Segment.SAMPLES) {
      emit(nextStart, nextStart + Segment.SAMPLES, events);
      long previous = nextStart;
      nextStart += rules.hop();
      // The last segment of a grid reaches back over the one before it.
      retain(previous);
    }
  }

  private void endGrid(Events events) {
    endRun(events);
    int frame = SpeechGate.FRAME;
    long fresh = (bufferStart + buffered - heardTo) / frame * frame;
    if (fresh > 0) {
      long end = heardTo + fresh;
      emit(Math.max(bufferStart, end - Segment.SAMPLES), end, events);
    }
    retained.forEach(this::free);
    retained.clear();
    runs.clear();
    buffer = NOTHING;
    buffered = 0;
  }

  private void emit(long start, long end, Events events) {
    int length = Math.toIntExact(end - start);
    float[] samples = new float[Segment.SAMPLES];
    System.arraycopy(buffer, Math.toIntExact(start - bufferStart), samples, 0, length);
    int fresh = heardTo == gridStart ? Segment.SAMPLES : Math.toIntExact(end - heardTo);
    boolean[] speech = gate.decide(samples, fresh);
    long capturedAt = anchorCapturedAt + Math.floorDiv(end - anchor, Segment.RATE / 1000);
    events.segments.add(new Segment(index, start, length, capturedAt, samples, speech));
    events.checkpointDue = true;
    index++;
    heardTo = end;
  }

  private void retain(long from) {
    int dropped = Math.toIntExact(from - bufferStart);
    System.arraycopy(buffer, dropped, buffer, 0, buffered - dropped);
    bufferStart = from;
    buffered -= dropped;
    retainFrom = from;
    Iterator<Run> later = runs.iterator();
    later.next();
    int passed = 0;
    while (later.hasNext() && later.next().anchor() < retainFrom) {
      passed++;
    }
    for (int i = 0; i < passed; i++) {
      runs.removeFirst();
    }
    release();
  }

  private void release() {
    Run first = runs.peekFirst();
    if (first == null) {
      return;
    }
    long needed = neededFrom(first);
    while (!retained.isEmpty()) {
      Held oldest = retained.getFirst();
      boolean needless =
          oldest.run == first ? oldest.chunk.end() <= needed : !runs.contains(oldest.run);
      if (!needless) {
        return;
      }
      free(retained.removeFirst());
    }
  }

  private long neededFrom(Run run) {
    return run.start()
        + Resampler.firstInputFor(run.rate(), Math.max(0, retainFrom - run.anchor()));
  }
}
