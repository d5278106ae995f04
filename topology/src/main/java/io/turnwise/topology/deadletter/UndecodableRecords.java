package io.turnwise.topology.deadletter;

import io.turnwise.avro.DeadLetterReason;
import io.turnwise.serdes.RegistryUnavailable;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.errors.DeserializationExceptionHandler;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends records that are not of the expected schema to the dead letters and goes on. An outage of
 * the schema registry is not the record's fault: the thread fails, is replaced, and reads it again.
 */
public final class UndecodableRecords implements DeserializationExceptionHandler {
  private static final Logger LOG = LoggerFactory.getLogger(UndecodableRecords.class);

  private DeadLetterWriter letters;

  @Override
  public void configure(Map<String, ?> configs) {
    letters = new DeadLetterWriter(configs);
  }

  @Override
  public Response handleError(
      ErrorHandlerContext context, ConsumerRecord<byte[], byte[]> record, Exception exception) {
    if (outage(exception)) {
      LOG.error(
          "{}-{}@{} cannot be read now: {}",
          record.topic(),
          record.partition(),
          record.offset(),
          exception.getMessage());
      return Response.fail();
    }
    LOG.warn(
        "{}-{}@{} is not a record of the expected schema",
        record.topic(),
        record.partition(),
        record.offset());
    if (letters.isRegistry(record.topic())) {
      // The global thread has no producer; the pointer in the log is all there can be.
      return Response.resume();
    }
    DeadLetters.Pointer pointer =
        new DeadLetters.Pointer(
            record.topic(), record.partition(), record.offset(), record.timestamp());
    byte[] value = record.value() == null ? new byte[0] : record.value();
    // The exception's own message may quote the content, so only its kind is told.
    String detail =
        "value: cannot be read as the topic's Avro record ("
            + rootCause(exception).getClass().getSimpleName()
            + "); write it with the schema registered for this topic";
    return Response.resume(
        List.of(
            letters.write(
                record.key(),
                DeadLetters.of(
                    pointer, DeadLetterReason.UNDECODABLE, detail, ByteBuffer.wrap(value)))));
  }

  private static boolean outage(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof RegistryUnavailable) {
        return true;
      }
    }
    return false;
  }

  private static Throwable rootCause(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }
}
