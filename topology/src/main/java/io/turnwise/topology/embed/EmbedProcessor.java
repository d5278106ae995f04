package io.turnwise.topology.embed;

import io.turnwise.avro.DeadLetterReason;
import io.turnwise.avro.SpeakerEmbedding;
import io.turnwise.avro.SpeechSpan;
import io.turnwise.inference.calibration.Calibration;
import io.turnwise.inference.model.EmbeddingFailed;
import io.turnwise.inference.model.Model;
import io.turnwise.inference.model.ProviderCheck;
import io.turnwise.inference.model.SpeakerEmbedder;
import io.turnwise.topology.Names;
import io.turnwise.topology.StageMetrics;
import io.turnwise.topology.deadletter.DeadLetters;
import io.turnwise.topology.order.Arrival;
import io.turnwise.topology.segment.Segment;
import io.turnwise.topology.segment.Segmented;
import io.turnwise.topology.shed.ChannelShedding;
import io.turnwise.topology.shed.Lateness;
import io.turnwise.topology.shed.SheddingRules;
import io.turnwise.topology.shed.Verdict;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.PrimitivesArrays.FloatArray;
import org.apache.kafka.common.metrics.Sensor;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Embeds the segments that have enough speech in them. The embedder is shared by all tasks and
 * owned by whoever built the topology.
 */
public final class EmbedProcessor implements Processor<String, Segmented, String, Object> {
  private static final Logger LOG = LoggerFactory.getLogger(EmbedProcessor.class);

  private static final Schema VECTOR =
      SpeakerEmbedding.getClassSchema().getField("vector").schema();

  private final SpeakerEmbedder embedder;
  private final int speechMinMillis;
  private final String inputTopic;
  private final SheddingRules rules;
  private final Lateness lateness;
  private final Map<ChannelOfCall, ChannelShedding> channels = new HashMap<>();

  private ProcessorContext<String, Object> context;
  private StageMetrics metrics;
  private Sensor embeddedCount;
  private Sensor silentCount;
  private Sensor failedCount;
  private Sensor leftToNeighboursCount;
  private Sensor leftFadingCount;

  private record ChannelOfCall(String call, int channel) {}

  /**
   * @param speechMinMillis least milliseconds of speech for which an embedding is made
   * @param inputTopic what dead letters point to where a segment was flushed by no record
   * @param rules which segments are left out when they are late
   * @param lateness how late a segment is, by the record that completed it
   */
  public EmbedProcessor(
      SpeakerEmbedder embedder,
      int speechMinMillis,
      String inputTopic,
      SheddingRules rules,
      Lateness lateness) {
    this.embedder = embedder;
    this.speechMinMillis = speechMinMillis;
    this.inputTopic = inputTopic;
    this.rules = rules;
    this.lateness = lateness;
  }

  @Override
  public void init(ProcessorContext<String, Object> context) {
    this.context = context;
    metrics = new StageMetrics(context, Names.EMBED);
    embeddedCount = metrics.counter("embeddings-total", "Segments embedded");
    silentCount = metrics.counter("silent-total", "Segments with too little speech to embed");
    failedCount = metrics.counter("failed-total", "Segments the model gave no embedding for");
    leftToNeighboursCount =
        metrics.counter(
            "shed-hop-total", "Segments left out when late, their speech being in others");
    leftFadingCount =
        metrics.counter("shed-silence-total", "Segments left out when late, speech fading out");
    tellProvider();
  }

  private void tellProvider() {
    ProviderCheck check = embedder.provider();
    Map<String, String> tags =
        Map.of("requested", check.requested().toString(), "provider", check.tried().toString());
    metrics.gauge(
        "provider-fell-back",
        "1 where the CPU stands in for the provider, which failed its self-check or later; else 0",
        tags,
        () -> embedder.provider().fellBack() ? 1 : 0);
    metrics.gauge(
        "provider-agreement",
        "Cosine of the provider's embedding with the CPU's in the self-check; NaN: not compared",
        tags,
        () -> embedder.provider().agreement());
    metrics.gauge(
        "provider-millis",
        "Median milliseconds of a segment on the provider in the self-check; NaN: not measured",
        tags,
        () -> embedder.provider().providerMillis());
    metrics.gauge(
        "provider-cpu-millis",
        "Median milliseconds of a segment on the CPU in the self-check; NaN: not measured",
        tags,
        () -> embedder.provider().cpuMillis());
  }

  @Override
  public void process(Record<String, Segmented> record) {
    Segmented segmented = record.value();
    if (segmented instanceof Segmented.Cut cut) {
      embed(record, cut);
    } else if (segmented instanceof Segmented.Progress progress) {
      order(
          record,
          new Arrival.Progress(progress.channel(), progress.fromMillis(), progress.toMillis()));
    } else if (segmented instanceof Segmented.Paused paused) {
      channels.remove(new ChannelOfCall(record.key(), paused.channel()));
      order(record, new Arrival.Paused(paused.channel()));
    } else if (segmented instanceof Segmented.Ended ended) {
      channels.remove(new ChannelOfCall(record.key(), ended.channel()));
      order(record, new Arrival.Ended(ended.channel(), ended.atMillis(), ended.capturedAt()));
    }
  }

  @Override
  public void close() {
    channels.clear();
    if (metrics != null) {
      metrics.close();
    }
  }

  private void embed(Record<String, Segmented> record, Segmented.Cut cut) {
    Segment segment = cut.segment();
    if (segment.speechMillis() < speechMinMillis) {
      silentCount.record();
      return;
    }
    if (leavesOut(record, cut)) {
      return;
    }
    float[] vector;
    try {
      vector = embedder.embed(segment.samples(), segment.speech());
    } catch (EmbeddingFailed e) {
      refuse(record, segment, e);
      return;
    }
    embeddedCount.record();
    takeNote(record.key(), cut, vector);
    order(record, new Arrival.Spoken(embedding(record.key(), cut, vector)));
  }

  private boolean leavesOut(Record<String, Segmented> record, Segmented.Cut cut) {
    // What no record completed was flushed after a silence: its age says nothing about load.
    if (!rules.sheds() || context.recordMetadata().isEmpty()) {
      return false;
    }
    long late = lateness.millis(record.timestamp(), context.currentSystemTimeMs());
    Verdict verdict = shedding(record.key(), cut).decide(cut.segment(), late);
    switch (verdict) {
      case EMBED -> {
        return false;
      }
      case LEAVE_TO_NEIGHBOURS -> leftToNeighboursCount.record();
      case LEAVE_FADING -> leftFadingCount.record();
    }
    return true;
  }

  private void takeNote(String call, Segmented.Cut cut, float[] vector) {
    if (rules.sheds()) {
      Calibration calibration = embedder.model().calibration();
      float[] centred = vector.clone();
      if (calibration.dimension() == vector.length) {
        calibration.centre(vector, centred);
      }
      shedding(call, cut).embedded(cut.segment(), centred);
    }
  }

  private ChannelShedding shedding(String call, Segmented.Cut cut) {
    return channels.computeIfAbsent(
        new ChannelOfCall(call, cut.channel()), key -> new ChannelShedding(rules));
  }

  private void order(Record<String, Segmented> record, Arrival arrival) {
    context.forward(record.withValue(arrival), Names.ORDER);
  }

  private SpeakerEmbedding embedding(String call, Segmented.Cut cut, float[] vector) {
    Segment segment = cut.segment();
    Model model = embedder.model();
    List<SpeechSpan> speech = new ArrayList<>();
    for (Segment.Span span : segment.speechSpans()) {
      speech.add(new SpeechSpan(span.startMillis(), span.endMillis()));
    }
    FloatArray values = new FloatArray(vector.length, VECTOR);
    for (int i = 0; i < vector.length; i++) {
      values.add(i, vector[i]);
    }
    return SpeakerEmbedding.newBuilder()
        .setCall(call)
        .setChannel(cut.channel())
        .setRole(cut.role())
        .setSegment(segment.index())
        .setStartMillis(segment.startMillis())
        .setEndMillis(segment.endMillis())
        .setCapturedAt(Instant.ofEpochMilli(segment.capturedAt()))
        .setSpeechMillis(segment.speechMillis())
        .setSpeech(speech)
        .setSampleRate(segment.sourceRate())
        .setLevelDb(segment.levelDb())
        .setVector(values)
        .setModel(model.name())
        .setModelFingerprint(model.fingerprint())
        .build();
  }

  private void refuse(Record<String, Segmented> record, Segment segment, EmbeddingFailed failure) {
    failedCount.record();
    DeadLetters.Pointer pointer = DeadLetters.Pointer.to(context, inputTopic, record.timestamp());
    String detail = "segment " + segment.index() + ": " + failure.getMessage();
    LOG.warn(
        "{}-{}@{}: no embedding: {}",
        pointer.topic(),
        pointer.partition(),
        pointer.offset(),
        detail);
    context.forward(
        record.withValue(
            DeadLetters.of(
                pointer, DeadLetterReason.EMBEDDING_FAILED, detail, ByteBuffer.allocate(0))),
        Names.DEAD_LETTERS);
  }
}
