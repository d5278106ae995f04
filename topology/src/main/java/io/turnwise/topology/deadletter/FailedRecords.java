package io.turnwise.topology.deadletter;

import io.turnwise.avro.DeadLetterReason;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.apache.kafka.streams.errors.ProcessingExceptionHandler;
import org.apache.kafka.streams.processor.api.Record;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A record on which the application's own code fails goes to the dead letters, so that one call
 * cannot stop its neighbours. Failures of Kafka or of the registry are no record's fault: the
 * thread fails, is replaced, and the record is processed again.
 */
public final class FailedRecords implements ProcessingExceptionHandler {
  private static final Logger LOG = LoggerFactory.getLogger(FailedRecords.class);

  private DeadLetterWriter letters;

  @Override
  public void configure(Map<String, ?> configs) {
    letters = new DeadLetterWriter(configs);
  }

  @Override
  public Response handleError(
      ErrorHandlerContext context, Record<?, ?> record, Exception exception) {
    if (exception instanceof KafkaException || context.topic() == null) {
      return Response.fail();
    }
    // No message and no cause: they may hold what was said.
    LOG.error(
        "{}-{}@{} failed in {}: {} at {}",
        context.topic(),
        context.partition(),
        context.offset(),
        context.processorNodeId(),
        exception.getClass().getName(),
        List.of(exception.getStackTrace())
            .subList(0, Math.min(8, exception.getStackTrace().length)));
    if (letters.isRegistry(context.topic())) {
      return Response.resume();
    }
    DeadLetters.Pointer pointer =
        new DeadLetters.Pointer(
            context.topic(), context.partition(), context.offset(), context.timestamp());
    byte[] value = context.sourceRawValue() == null ? new byte[0] : context.sourceRawValue();
    String detail =
        "stage "
            + context.processorNodeId()
            + " failed with "
            + exception.getClass().getSimpleName()
            + "; the application's log has where";
    return Response.resume(
        List.of(
            letters.write(
                context.sourceRawKey(),
                DeadLetters.of(
                    pointer, DeadLetterReason.PROCESSING_FAILED, detail, ByteBuffer.wrap(value)))));
  }
}
