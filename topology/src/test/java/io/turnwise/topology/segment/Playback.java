package io.turnwise.topology.segment;

import io.turnwise.avro.Role;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Plays chunks into a timeline as the shell does, keeping what the shell would store as bytes. */
final class Playback {
  static final SegmentRules RULES = new SegmentRules(750, 1000, 2000);
  private static final long OPENED_AT = 42;

  private final SegmentRules rules;
  private final Random crashes;
  private final Map<Integer, byte[]> audio = new HashMap<>();
  private byte[] checkpoint;
  private ChannelTimeline timeline;

  final List<Segment> segments = new ArrayList<>();

  /** For each segment, what the timeline had reached before the chunk that completed it. */
  final List<Long> reachedBefore = new ArrayList<>();

  /** What it had reached after each chunk. */
  final List<Long> reached = new ArrayList<>();

  final List<Rejection> rejections = new ArrayList<>();
  int duplicates;
  int gapsFilled;
  int restarts;
  long audioBytes;
  long storedBytes;
  boolean closed;

  private Playback(SegmentRules rules, Random crashes) {
    this.rules = rules;
    this.crashes = crashes;
  }

  static Playback of(List<Chunk> chunks) {
    return of(RULES, chunks);
  }

  static Playback of(SegmentRules rules, List<Chunk> chunks) {
    return new Playback(rules, null).play(chunks);
  }

  /** Forgets everything but the stored bytes again and again, at seeded places. */
  static Playback restoring(List<Chunk> chunks, long seed) {
    return new Playback(RULES, new Random(seed)).play(chunks);
  }

  Playback play(List<Chunk> chunks) {
    chunks.forEach(this::accept);
    return this;
  }

  Playback pause() {
    long before = timeline.reachedMillis();
    take(timeline.pause(), before);
    return this;
  }

  private void accept(Chunk chunk) {
    audioBytes += chunk.payload().length;
    boolean opened = timeline == null;
    if (opened) {
      timeline = ChannelTimeline.open(rules, LevelGate.factory(), OPENED_AT, chunk.capturedAt());
    } else if (crashes != null && crashes.nextInt(8) == 0) {
      timeline = restored();
    }
    long before = timeline.reachedMillis();
    ChannelTimeline.Outcome outcome = timeline.accept(chunk, Role.UNKNOWN);
    if (outcome instanceof ChannelTimeline.Accepted accepted) {
      take(accepted, before);
    } else if (outcome instanceof ChannelTimeline.Duplicate) {
      duplicates++;
    } else if (outcome instanceof ChannelTimeline.Refused refused) {
      rejections.add(refused.rejection());
    }
    reached.add(timeline.reachedMillis());
    if (opened && checkpoint == null) {
      checkpoint = timeline.checkpoint().toBytes();
    }
  }

  private void take(ChannelTimeline.Accepted accepted, long before) {
    segments.addAll(accepted.segments());
    accepted.segments().forEach(segment -> reachedBefore.add(before));
    gapsFilled += accepted.gapsFilled();
    restarts += accepted.restarts();
    for (ChannelTimeline.Stored stored : accepted.stored()) {
      byte[] bytes = ChunkCodec.toBytes(stored.chunk(), timeline.capturedBase());
      audio.put(stored.slot(), bytes);
      storedBytes += bytes.length;
    }
    if (accepted.checkpointDue()) {
      checkpoint = timeline.checkpoint().toBytes();
      storedBytes += checkpoint.length;
    }
    if (accepted.closed()) {
      closed = true;
      audio.clear();
    }
  }

  private ChannelTimeline restored() {
    Checkpoint known = Checkpoint.fromBytes(checkpoint);
    Map<Integer, Chunk> chunks = new HashMap<>();
    audio.forEach(
        (slot, bytes) -> chunks.put(slot, ChunkCodec.fromBytes(bytes, known.capturedBase())));
    return ChannelTimeline.restore(rules, LevelGate.factory(), known, chunks);
  }
}
