package io.turnwise.topology.replay;

import io.turnwise.avro.DeadLetterReason;
import io.turnwise.avro.SpeakerEmbedding;
import io.turnwise.inference.model.VoiceSpace;
import io.turnwise.topology.KeptChannels;
import io.turnwise.topology.Names;
import io.turnwise.topology.StageMetrics;
import io.turnwise.topology.TurnwiseSettings;
import io.turnwise.topology.deadletter.DeadLetters;
import io.turnwise.topology.order.Arrival;
import io.turnwise.topology.replay.ReplayedCall.Latest;
import io.turnwise.topology.silence.SilenceClock;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.apache.kafka.common.metrics.Sensor;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands on published embeddings in place of the stages that made them. What cannot be heard goes to
 * the dead letters. Each channel is heard forwards only: a repeated segment is counted and left
 * out, an earlier one is too late.
 *
 * <p>The topic does not say when a channel ends. A call of which nothing has come for long, by the
 * {@link SilenceClock}, is over on all its channels; a channel on which segment numbers and media
 * time begin again while capture time goes on is another call under an old id, and what was before
 * is over.
 */
public final class ReplayProcessor implements Processor<String, SpeakerEmbedding, String, Object> {
  private static final Logger LOG = LoggerFactory.getLogger(ReplayProcessor.class);
  private static final ByteBuffer NO_CONTENT = ByteBuffer.allocate(0);

  private final EmbeddingReader reader;
  private final String inputTopic;
  private final long idleMillis;
  private final long forgetMillis;
  private final Map<String, Arrivals> live = new HashMap<>();
  private final KeptChannels kept;

  private ProcessorContext<String, Object> context;
  private KeyValueStore<Bytes, byte[]> calls;
  private SilenceClock clock;
  private StageMetrics metrics;
  private Sensor embeddingCount;
  private Sensor duplicateCount;
  private Sensor refusedCount;
  private volatile double reached = Double.NaN;

  /** Of a call: what its silence is told by. */
  private static final class Arrivals {
    private long last;
    private boolean paused;
  }

  /**
   * @param settings its threshold, where it is set, stands for that of models that are not known
   * @param spaces the models that are known, by fingerprint
   */
  public ReplayProcessor(TurnwiseSettings settings, Map<String, VoiceSpace> spaces) {
    reader = new EmbeddingReader(spaces, settings.threshold().isPresent());
    inputTopic = settings.speakerEmbeddings();
    idleMillis = settings.idleMillis();
    forgetMillis = settings.forgetMillis();
    kept = new KeptChannels(settings.channels());
  }

  @Override
  public void init(ProcessorContext<String, Object> context) {
    this.context = context;
    calls = context.getStateStore(Names.REPLAY_CALLS);
    metrics = new StageMetrics(context, Names.REPLAY);
    embeddingCount = metrics.counter("embeddings-total", "Embeddings handed on");
    duplicateCount = metrics.counter("duplicates-total", "Embeddings of a segment just heard");
    refusedCount = metrics.counter("refused-total", "Embeddings sent to the dead letters");
    metrics.gauge(
        StageMetrics.REACHED,
        "Timestamp of the latest record taken in, milliseconds since the epoch; NaN: none yet",
        Map.of(),
        () -> reached);
    clock = SilenceClock.start(context, idleMillis, this::anythingIsDue, this::sweep);
    restoreAll();
  }

  @Override
  public void process(Record<String, SpeakerEmbedding> record) {
    reached = record.timestamp();
    clock.tookIn();
    if (record.value() == null) {
      refuse(record, DeadLetterReason.INVALID_FIELD, "value: null; there are no tombstones here");
      return;
    }
    Optional<String> fault = reader.fault(record.key(), record.value());
    if (fault.isPresent()) {
      refuse(record, DeadLetterReason.INVALID_FIELD, fault.get());
      return;
    }
    hear(record, record.value());
  }

  private void hear(Record<String, SpeakerEmbedding> record, SpeakerEmbedding embedding) {
    Bytes key = key(record.key());
    byte[] known = calls.get(key);
    ReplayedCall call = known == null ? ReplayedCall.none() : ReplayedCall.fromBytes(known);
    Optional<String> fault = faultOfDimension(call, embedding);
    if (fault.isPresent()) {
      refuse(record, DeadLetterReason.INVALID_FIELD, fault.get());
      return;
    }
    int channel = embedding.getChannel();
    Optional<String> tooMany = kept.fault(record.key(), channel);
    if (tooMany.isPresent()) {
      refuse(record, DeadLetterReason.TOO_MANY_CHANNELS, tooMany.get());
      return;
    }
    arrived(record.key());
    Latest now =
        new Latest(
            embedding.getSegment(),
            embedding.getStartMillis(),
            embedding.getEndMillis(),
            embedding.getCapturedAt().toEpochMilli());
    Latest before = call.channels().get(channel);
    if (before != null && now.endMillis() <= before.endMillis()) {
      if (now.equals(before)) {
        duplicateCount.record();
        return;
      }
      if (!beginsAnew(before, now)) {
        refuse(
            record,
            DeadLetterReason.LATE,
            "endMillis: "
                + now.endMillis()
                + " is not after "
                + before.endMillis()
                + ", up to where the channel was heard; send each channel's embeddings in order");
        return;
      }
      end(record.key(), channel, before.endMillis(), before.capturedAt(), record.timestamp());
    }
    calls.put(
        key,
        call.with(channel, now, embedding.getModelFingerprint(), embedding.getVector().size())
            .toBytes());
    kept.add(record.key(), channel);
    embeddingCount.record();
    context.forward(record.withValue(new Arrival.Spoken(embedding)), Names.ORDER);
  }

  private void arrived(String call) {
    Arrivals arrivals = live.computeIfAbsent(call, id -> new Arrivals());
    arrivals.last = clock.now();
    arrivals.paused = false;
  }

  private static boolean beginsAnew(Latest before, Latest now) {
    return now.segment() < before.segment() && now.capturedAt() > before.capturedAt();
  }

  private static Optional<String> faultOfDimension(ReplayedCall call, SpeakerEmbedding embedding) {
    int length = embedding.getVector().size();
    Integer expected = call.dimensions().get(embedding.getModelFingerprint());
    if (expected == null) {
      return call.dimensions().size() < ReplayedCall.MODELS
          ? Optional.empty()
          : Optional.of(
              "modelFingerprint: is of a model beyond the "
                  + ReplayedCall.MODELS
                  + " that one call may have");
    }
    return expected == length
        ? Optional.empty()
        : Optional.of(
            "vector: has " + length + " values, and others of its model in this call " + expected);
  }

  @Override
  public void close() {
    live.clear();
    kept.clear();
    if (metrics != null) {
      metrics.close();
    }
  }

  private boolean anythingIsDue(long now) {
    return live.values().stream().anyMatch(arrivals -> somethingIsDue(arrivals, now));
  }

  private boolean somethingIsDue(Arrivals arrivals, long now) {
    return now - arrivals.last >= (arrivals.paused ? forgetMillis : idleMillis);
  }

  private void sweep(long now) {
    List<String> due = new ArrayList<>();
    live.forEach(
        (call, arrivals) -> {
          if (somethingIsDue(arrivals, now)) {
            due.add(call);
          }
        });
    // A HashMap's order depends on its history; the outputs must not.
    due.sort(null);
    long timestamp = Math.max(0, context.currentStreamTimeMs());
    for (String call : due) {
      Arrivals arrivals = live.get(call);
      if (!arrivals.paused) {
        context.forward(new Record<>(call, new Arrival.CallPaused(), timestamp), Names.ORDER);
        arrivals.paused = true;
      }
      if (now - arrivals.last >= forgetMillis) {
        forget(call, timestamp);
      }
    }
  }

  private void forget(String call, long timestamp) {
    byte[] known = calls.get(key(call));
    if (known != null) {
      SortedMap<Integer, Latest> channels = ReplayedCall.fromBytes(known).channels();
      // All at one place: which of them fell silent first says nothing of which ended first.
      long atMillis = channels.values().stream().mapToLong(Latest::endMillis).max().orElseThrow();
      channels.forEach(
          (channel, latest) -> end(call, channel, atMillis, latest.capturedAt(), timestamp));
      calls.delete(key(call));
      channels.keySet().forEach(channel -> kept.remove(call, channel));
    }
    live.remove(call);
  }

  private void end(String call, int channel, long atMillis, long capturedAt, long timestamp) {
    Arrival end = new Arrival.Ended(channel, atMillis, Instant.ofEpochMilli(capturedAt));
    context.forward(new Record<>(call, end, timestamp), Names.ORDER);
  }

  private void refuse(
      Record<String, SpeakerEmbedding> record, DeadLetterReason reason, String detail) {
    refusedCount.record();
    DeadLetters.Pointer pointer = DeadLetters.Pointer.to(context, inputTopic, record.timestamp());
    LOG.warn(
        "{}-{}@{} went to the dead letters: {}: {}",
        pointer.topic(),
        pointer.partition(),
        pointer.offset(),
        reason,
        detail);
    context.forward(
        DeadLetters.about(record, DeadLetters.of(pointer, reason, detail, NO_CONTENT)),
        Names.DEAD_LETTERS);
  }

  private void restoreAll() {
    live.clear();
    kept.clear();
    try (KeyValueIterator<Bytes, byte[]> all = calls.all()) {
      while (all.hasNext()) {
        KeyValue<Bytes, byte[]> entry = all.next();
        String call = new String(entry.key.get(), StandardCharsets.UTF_8);
        arrived(call);
        ReplayedCall.fromBytes(entry.value)
            .channels()
            .keySet()
            .forEach(channel -> kept.add(call, channel));
      }
    }
  }

  private static Bytes key(String call) {
    return Bytes.wrap(call.getBytes(StandardCharsets.UTF_8));
  }
}
