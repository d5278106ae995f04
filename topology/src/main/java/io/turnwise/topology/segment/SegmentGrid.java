package io.turnwise.topology.segment;

import io.turnwise.inference.speech.SpeechGate;
import java.util.function.LongUnaryOperator;

/**
 * Cuts a timeline's samples into segments: one every hop from where the grid began, and what is
 * left at its end as a last one that reaches back over the one before. Shows each to the gate.
 */
final class SegmentGrid {
  private final int hop;
  private final SpeechGate gate;
  private final SampleBuffer buffer = new SampleBuffer();
  private long index;
  private long start;
  private long heardTo;
  private long nextStart;

  SegmentGrid(int hop, SpeechGate gate) {
    this.hop = hop;
    this.gate = gate;
  }

  /** Goes on with a grid whose samples before {@code retainFrom} are gone. */
  SegmentGrid(int hop, SpeechGate gate, Checkpoint checkpoint) {
    this(hop, gate);
    index = checkpoint.index();
    start = checkpoint.gridStart();
    heardTo = checkpoint.heardTo();
    nextStart = checkpoint.nextStart();
    buffer.restart(checkpoint.retainFrom());
  }

  void begin(long at) {
    start = at;
    heardTo = at;
    nextStart = at;
    buffer.restart(at);
  }

  void append(long first, float[] samples) {
    buffer.append(first, samples);
  }

  /** Whether {@link #cut} has something to cut. */
  boolean full() {
    return buffer.end() - nextStart >= Segment.SAMPLES;
  }

  /**
   * Cuts the next segment and forgets what no later one reaches back to.
   *
   * @param capturedAt when the sample just before an index was captured
   */
  Segment cut(LongUnaryOperator capturedAt, int sourceRate) {
    Segment segment = segment(nextStart, nextStart + Segment.SAMPLES, capturedAt, sourceRate);
    buffer.dropBefore(nextStart);
    nextStart += hop;
    return segment;
  }

  /** Whether {@link #cutRest} has something to cut. */
  boolean hasRest() {
    return rest() > 0;
  }

  /** Cuts the last segment, of what has not been in any. */
  Segment cutRest(LongUnaryOperator capturedAt, int sourceRate) {
    long end = heardTo + rest();
    return segment(Math.max(buffer.start(), end - Segment.SAMPLES), end, capturedAt, sourceRate);
  }

  /** Ends the grid; the next one begins elsewhere. */
  void end() {
    buffer.restart(heardTo);
  }

  /** Whole frames that have not been in any segment, in samples. */
  private long rest() {
    return (buffer.end() - heardTo) / SpeechGate.FRAME * SpeechGate.FRAME;
  }

  private Segment segment(long from, long to, LongUnaryOperator capturedAt, int sourceRate) {
    float[] samples = new float[Segment.SAMPLES];
    buffer.copy(from, to, samples);
    int fresh = heardTo == start ? Segment.SAMPLES : Math.toIntExact(to - heardTo);
    boolean[] speech = gate.decide(samples, fresh);
    heardTo = to;
    return new Segment(
        index++,
        from,
        Math.toIntExact(to - from),
        capturedAt.applyAsLong(to),
        sourceRate,
        samples,
        speech);
  }

  /** The first sample that a later segment may need. */
  long retainFrom() {
    return buffer.start();
  }

  long index() {
    return index;
  }

  long start() {
    return start;
  }

  long heardTo() {
    return heardTo;
  }

  long nextStart() {
    return nextStart;
  }

  byte[] gateState() {
    return gate.state();
  }
}
