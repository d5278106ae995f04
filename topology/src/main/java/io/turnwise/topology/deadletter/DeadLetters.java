package io.turnwise.topology.deadletter;

import io.turnwise.avro.DeadLetter;
import io.turnwise.avro.DeadLetterReason;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import org.apache.kafka.streams.processor.api.ProcessingContext;
import org.apache.kafka.streams.processor.api.Record;

/** Makes dead letters: where a record is, why it could not be used, a digest; never its content. */
public final class DeadLetters {
  /** Four times what the longest call id takes. */
  private static final int MOST_KEY_BYTES = 3_072;

  private static final byte[] NO_KEY = {};

  private DeadLetters() {}

  /**
   * A letter about a record, with its key; with an empty one where that is longer than any call id:
   * a letter must fit into its topic whatever fitted, compressed, into the record's.
   */
  public static Record<String, DeadLetter> about(Record<String, ?> record, DeadLetter letter) {
    String key = record.key();
    boolean fits =
        key == null
            || key.length() <= MOST_KEY_BYTES
                && key.getBytes(StandardCharsets.UTF_8).length <= MOST_KEY_BYTES;
    return new Record<>(fits ? key : "", letter, record.timestamp());
  }

  /** The key of a letter about a record with this one, which may be none. */
  static byte[] keyOf(byte[] key) {
    return key == null || key.length <= MOST_KEY_BYTES ? key : NO_KEY;
  }

  /**
   * Where a record lies.
   *
   * @param timestamp its timestamp, milliseconds since the epoch
   */
  public record Pointer(String topic, int partition, long offset, long timestamp) {
    private static final long NO_OFFSET = -1;

    /**
     * The record that a task is processing; where it is none, as when a silent source is flushed,
     * the partition alone.
     */
    public static Pointer to(ProcessingContext context, String topic, long timestamp) {
      return context
          .recordMetadata()
          .map(at -> new Pointer(at.topic(), at.partition(), at.offset(), timestamp))
          .orElseGet(() -> new Pointer(topic, context.taskId().partition(), NO_OFFSET, timestamp));
    }
  }

  /**
   * @param detail one sentence naming the field and the value at fault; no personal data
   * @param content what the digest is taken over
   */
  public static DeadLetter of(
      Pointer pointer, DeadLetterReason reason, String detail, ByteBuffer content) {
    return DeadLetter.newBuilder()
        .setTopic(pointer.topic())
        .setPartition(pointer.partition())
        .setOffset(pointer.offset())
        .setTimestamp(Instant.ofEpochMilli(pointer.timestamp()))
        .setReason(reason)
        .setDetail(detail)
        .setDigest(content.hasRemaining() ? sha256(content) : "")
        .setBytes(content.remaining())
        .build();
  }

  private static String sha256(ByteBuffer content) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(content.duplicate());
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
