package io.turnwise.app.faults;

import io.turnwise.avro.SpeakerChange;
import io.turnwise.avro.SpeakerEmbedding;
import io.turnwise.serdes.Contract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificRecord;

/**
 * When an output could be there at the earliest: when the audio that decides it has been played to
 * its end.
 *
 * @param firstCaptured the wall-clock time that the calls' audio is said to begin at
 * @param startNanos when the play began, on {@link System#nanoTime()}'s clock
 * @param speed of the play, as many times as fast as real time
 */
record DueTimes(Instant firstCaptured, long startNanos, double speed) {
  /** Confluent's framing, before the record. */
  private static final int FRAME = 5;

  /**
   * On {@link System#nanoTime()}'s clock.
   *
   * @return of a dead letter, which no audio decides, the play's beginning
   */
  long nanos(Output output) {
    return switch (output.kind()) {
      case SPEAKER_EMBEDDINGS ->
          nanos(
              read(Contract.SPEAKER_EMBEDDINGS, SpeakerEmbedding.class, output.value())
                  .getCapturedAt());
      case SPEAKER_CHANGES ->
          nanos(
              read(Contract.SPEAKER_CHANGES, SpeakerChange.class, output.value()).getCapturedAt());
      case DEAD_LETTERS -> startNanos;
    };
  }

  private long nanos(Instant captured) {
    double seconds = (captured.toEpochMilli() - firstCaptured.toEpochMilli()) / 1000.0;
    return startNanos + (long) (seconds / speed * 1e9);
  }

  /** It was written by this version: its schema need not be asked for. */
  private static <T extends SpecificRecord> T read(Contract contract, Class<T> type, byte[] value) {
    try {
      return type.cast(
          new SpecificDatumReader<T>(contract.schema())
              .read(
                  null,
                  DecoderFactory.get().binaryDecoder(value, FRAME, value.length - FRAME, null)));
    } catch (IOException e) {
      throw new UncheckedIOException("no " + type.getSimpleName() + ": " + e.getMessage(), e);
    }
  }
}
