package io.turnwise.topology;

import io.turnwise.avro.AudioChunk;
import io.turnwise.avro.DeadLetter;
import io.turnwise.avro.EnrolledVoice;
import io.turnwise.avro.SpeakerChange;
import io.turnwise.avro.SpeakerEmbedding;
import io.turnwise.inference.model.SpeakerEmbedder;
import io.turnwise.inference.model.VoiceSpace;
import io.turnwise.inference.speech.SpeechGate;
import io.turnwise.serdes.AvroSerdes;
import io.turnwise.topology.embed.EmbedProcessor;
import io.turnwise.topology.order.Arrival;
import io.turnwise.topology.order.OrderProcessor;
import io.turnwise.topology.registry.RegistryProcessor;
import io.turnwise.topology.replay.ReplayProcessor;
import io.turnwise.topology.replay.TrackerOfEachModel;
import io.turnwise.topology.segment.SegmentListener;
import io.turnwise.topology.segment.SegmentProcessor;
import io.turnwise.topology.segment.SegmentRules;
import io.turnwise.topology.shed.Lateness;
import io.turnwise.topology.shed.SheddingRules;
import io.turnwise.topology.track.Enrolments;
import io.turnwise.topology.track.Heard;
import io.turnwise.topology.track.SpeakerTracker;
import io.turnwise.topology.track.TrackProcessor;
import io.turnwise.topology.track.TrackerSettings;
import java.util.Map;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * The Streams application as a value: sources, stages, stores and sinks by name, nothing else.
 *
 * <pre>
 * audio-chunks -> segment -> embed -> order -> track -> speaker-changes
 *                    |         |         \-> speaker-embeddings
 *                    |         v
 *                    +----> dead-letters        speaker-registry -> (global store) -> track
 * </pre>
 */
public final class TurnwiseTopology {
  private TurnwiseTopology() {}

  /**
   * Builds the topology; starts nothing.
   *
   * @param embedder shared by all tasks; closed by the caller after the Streams client is closed
   * @param gates shared by all channels; closed by the caller likewise
   * @param registry Confluent's serde settings: schema.registry.url and what goes with it
   */
  public static Topology build(
      TurnwiseSettings settings,
      SpeakerEmbedder embedder,
      SpeechGate.Factory gates,
      Map<String, ?> registry) {
    return build(settings, embedder, gates, registry, SegmentListener.none());
  }

  /** The same, with a listener that sees every segment as it is cut. */
  public static Topology build(
      TurnwiseSettings settings,
      SpeakerEmbedder embedder,
      SpeechGate.Factory gates,
      Map<String, ?> registry,
      SegmentListener listener) {
    return build(settings, embedder, gates, registry, listener, Lateness.none());
  }

  /**
   * The same, shedding by {@code turnwise.shed} what is late.
   *
   * @param lateness how late a record is; with {@link Lateness#none()} nothing is ever shed
   */
  public static Topology build(
      TurnwiseSettings settings,
      SpeakerEmbedder embedder,
      SpeechGate.Factory gates,
      Map<String, ?> registry,
      SegmentListener listener,
      Lateness lateness) {
    SegmentRules rules =
        new SegmentRules(
            settings.hopMillis(), settings.reorderHorizonMillis(), settings.gapFillMillis());
    double threshold = settings.threshold().orElse(embedder.model().threshold());
    TrackerSettings tracking = settings.tracker(threshold);
    SheddingRules shedding = settings.shedding(threshold);
    Enrolments enrolments = new Enrolments();
    Topology topology = withEnrolledVoices(settings, registry, enrolments);
    topology
        .addSource(
            AutoOffsetReset.earliest(),
            Names.AUDIO_CHUNKS,
            new StringDeserializer(),
            AvroSerdes.forValue(AudioChunk.class, registry).deserializer(),
            settings.audioChunks())
        .addProcessor(
            Names.SEGMENT,
            () ->
                new SegmentProcessor(
                    rules,
                    gates,
                    settings.idleMillis(),
                    settings.forgetMillis(),
                    settings.channels(),
                    listener),
            Names.AUDIO_CHUNKS)
        .addStateStore(store(Names.SEGMENT_AUDIO), Names.SEGMENT)
        .addStateStore(store(Names.SEGMENT_CHANNELS), Names.SEGMENT)
        .addProcessor(
            Names.EMBED,
            () ->
                new EmbedProcessor(
                    embedder,
                    settings.speechMinMillis(),
                    settings.audioChunks(),
                    shedding,
                    lateness),
            Names.SEGMENT);
    addTracking(
        topology,
        settings,
        registry,
        Names.EMBED,
        OrderProcessor.publishing(settings.reorderHorizonMillis(), settings.gapFillMillis()),
        TrackProcessor.supplier(
            new SpeakerTracker(tracking, embedder.model().calibration()), enrolments));
    return topology
        .addSink(
            Names.SPEAKER_EMBEDDINGS,
            settings.speakerEmbeddings(),
            new StringSerializer(),
            AvroSerdes.forValue(SpeakerEmbedding.class, registry).serializer(),
            Names.ORDER)
        .addSink(
            Names.DEAD_LETTERS,
            settings.deadLetters(),
            new StringSerializer(),
            AvroSerdes.forValue(DeadLetter.class, registry).serializer(),
            Names.SEGMENT,
            Names.EMBED);
  }

  /**
   * Builds the topology that tracks from published embeddings alone; starts nothing.
   *
   * <pre>
   * speaker-embeddings -> replay -> order -> track -> speaker-changes
   *                         |
   *                         v
   *                    dead-letters        speaker-registry -> (global store) -> track
   * </pre>
   *
   * A segment is handed to the tracker once its call has come further, or has rested for {@code
   * turnwise.idle.ms}: nothing else says that no channel will bring an earlier one.
   *
   * <p>The threshold is that of the settings or, where they have none, that of the embedding's
   * model; an embedding of a model without a threshold is a dead letter.
   *
   * @param spaces the models that are known, by fingerprint
   * @param registry Confluent's serde settings: schema.registry.url and what goes with it
   */
  public static Topology fromEmbeddings(
      TurnwiseSettings settings, Map<String, VoiceSpace> spaces, Map<String, ?> registry) {
    Map<String, VoiceSpace> known = Map.copyOf(spaces);
    Enrolments enrolments = new Enrolments();
    Topology topology = withEnrolledVoices(settings, registry, enrolments);
    topology
        .addSource(
            AutoOffsetReset.earliest(),
            Names.SPEAKER_EMBEDDINGS,
            new StringDeserializer(),
            AvroSerdes.forValue(SpeakerEmbedding.class, registry).deserializer(),
            settings.speakerEmbeddings())
        .addProcessor(
            Names.REPLAY, () -> new ReplayProcessor(settings, known), Names.SPEAKER_EMBEDDINGS)
        .addStateStore(store(Names.REPLAY_CALLS), Names.REPLAY);
    addTracking(
        topology,
        settings,
        registry,
        Names.REPLAY,
        OrderProcessor.unannounced(settings.reorderHorizonMillis(), settings.gapFillMillis()),
        TrackerOfEachModel.supplier(settings, known, enrolments));
    return topology
        .addStateStore(store(Names.TRACK_MODELS), Names.TRACK)
        .addSink(
            Names.DEAD_LETTERS,
            settings.deadLetters(),
            new StringSerializer(),
            AvroSerdes.forValue(DeadLetter.class, registry).serializer(),
            Names.REPLAY);
  }

  private static Topology withEnrolledVoices(
      TurnwiseSettings settings, Map<String, ?> registry, Enrolments enrolments) {
    return new Topology()
        .addGlobalStore(
            Stores.keyValueStoreBuilder(
                    Stores.inMemoryKeyValueStore(Names.SPEAKER_REGISTRY),
                    Serdes.String(),
                    AvroSerdes.forValue(EnrolledVoice.class, registry))
                .withLoggingDisabled(),
            Names.SPEAKER_REGISTRY + "-source",
            new StringDeserializer(),
            AvroSerdes.forValue(EnrolledVoice.class, registry).deserializer(),
            settings.speakerRegistry(),
            Names.REGISTRY,
            () -> new RegistryProcessor(enrolments));
  }

  /**
   * What follows the stage that says what comes of a call's channels.
   *
   * @param parent name of that stage
   */
  private static void addTracking(
      Topology topology,
      TurnwiseSettings settings,
      Map<String, ?> registry,
      String parent,
      ProcessorSupplier<String, Arrival, String, Object> order,
      ProcessorSupplier<String, Heard, String, SpeakerChange> tracker) {
    topology
        .addProcessor(Names.ORDER, order, parent)
        .addStateStore(store(Names.ORDER_CALLS), Names.ORDER)
        .addProcessor(Names.TRACK, tracker, Names.ORDER)
        .addStateStore(store(Names.TRACK_VOICES), Names.TRACK)
        .addSink(
            Names.SPEAKER_CHANGES,
            settings.speakerChanges(),
            new StringSerializer(),
            AvroSerdes.forValue(SpeakerChange.class, registry).serializer(),
            Names.TRACK);
  }

  /**
   * In memory, because a call's state is small, short-lived and touched for every chunk; replicated
   * by its changelog.
   */
  private static StoreBuilder<KeyValueStore<Bytes, byte[]>> store(String name) {
    return Stores.keyValueStoreBuilder(
            Stores.inMemoryKeyValueStore(name), Serdes.Bytes(), Serdes.ByteArray())
        .withCachingDisabled()
        .withLoggingEnabled(Map.of());
  }
}
