package io.turnwise.topology.registry;

import io.turnwise.avro.EnrolledVoice;
import io.turnwise.topology.Names;
import io.turnwise.topology.StageMetrics;
import io.turnwise.topology.track.Enrolments;
import java.util.regex.Pattern;
import org.apache.kafka.common.metrics.Sensor;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the global store of the enrolled voices. A voice that cannot be compared is refused, with a
 * line in the log and a count; what was enrolled under its id before stays. Runs on the global
 * thread, which has no producer: there are no dead letters from here.
 */
public final class RegistryProcessor implements Processor<String, EnrolledVoice, Void, Void> {
  private static final Logger LOG = LoggerFactory.getLogger(RegistryProcessor.class);

  private static final int SPEAKER_CHARACTERS = 256;
  private static final int MAX_DIMENSION = 65_536;
  private static final Pattern FINGERPRINT = Pattern.compile("[0-9a-f]{64}");

  private final Enrolments enrolments;

  private ProcessorContext<Void, Void> context;
  private KeyValueStore<String, EnrolledVoice> store;
  private StageMetrics metrics;
  private Sensor refusedCount;

  /**
   * @param enrolments told of all that is in the store, and of each change
   */
  public RegistryProcessor(Enrolments enrolments) {
    this.enrolments = enrolments;
  }

  @Override
  public void init(ProcessorContext<Void, Void> context) {
    this.context = context;
    store = context.getStateStore(Names.SPEAKER_REGISTRY);
    metrics = new StageMetrics(context, Names.SPEAKER_REGISTRY);
    refusedCount = metrics.counter("refused-total", "Enrolled voices that cannot be compared");
    enrolments.clear();
    try (KeyValueIterator<String, EnrolledVoice> all = store.all()) {
      all.forEachRemaining(entry -> enrolments.put(entry.value));
    }
  }

  @Override
  public void process(Record<String, EnrolledVoice> record) {
    String speaker = record.key();
    if (speaker == null || speaker.isEmpty()) {
      refuse("key: empty; use the speaker id as the key");
      return;
    }
    EnrolledVoice voice = record.value();
    if (voice == null) {
      store.delete(speaker);
      enrolments.remove(speaker);
    } else {
      String fault = fault(speaker, voice);
      if (!fault.isEmpty()) {
        refuse(fault);
        return;
      }
      try {
        enrolments.put(voice);
      } catch (IllegalArgumentException e) {
        refuse(e.getMessage() + "; enrol an embedding with finite values, not all zero");
        return;
      }
      store.put(speaker, voice);
    }
  }

  @Override
  public void close() {
    if (metrics != null) {
      metrics.close();
    }
  }

  private static String fault(String speaker, EnrolledVoice voice) {
    if (!voice.getSpeakerId().equals(speaker)) {
      return "speakerId: differs from the record's key; use the speaker id as the key";
    }
    if (speaker.length() > SPEAKER_CHARACTERS) {
      return "speakerId: has "
          + speaker.length()
          + " characters; give it 1 to "
          + SPEAKER_CHARACTERS;
    }
    if (voice.getVector().size() > MAX_DIMENSION) {
      return "vector: has " + voice.getVector().size() + " values, more than " + MAX_DIMENSION;
    }
    if (!FINGERPRINT.matcher(voice.getModelFingerprint()).matches()) {
      return "modelFingerprint: is not 64 lower-case hexadecimal digits; give the SHA-256 of the"
          + " model file";
    }
    return "";
  }

  private void refuse(String fault) {
    refusedCount.record();
    context
        .recordMetadata()
        .ifPresent(
            at ->
                LOG.warn(
                    "{}-{}@{}: this enrolment is not used: {}",
                    at.topic(),
                    at.partition(),
                    at.offset(),
                    fault));
  }
}
