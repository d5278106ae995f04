package io.turnwise.topology;

import io.turnwise.avro.AudioChunk;
import io.turnwise.avro.DeadLetter;
import io.turnwise.avro.EnrolledVoice;
import io.turnwise.avro.SpeakerChange;
import io.turnwise.avro.SpeakerEmbedding;
import io.turnwise.inference.model.SpeakerEmbedder;
import io.turnwise.inference.speech.SpeechGate;
import io.turnwise.serdes.AvroSerdes;
import io.turnwise.topology.embed.EmbedProcessor;
import io.turnwise.topology.order.OrderProcessor;
import io.turnwise.topology.registry.RegistryProcessor;
import io.turnwise.topology.segment.SegmentListener;
import io.turnwise.topology.segment.SegmentProcessor;
import io.turnwise.topology.segment.SegmentRules;
import io.turnwise.topology.track.SpeakerTracker;
import io.turnwise.topology.track.TrackProcessor;
import io.turnwise.topology.track.TrackerSettings;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.Topology;
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
    SegmentRules rules =
        new SegmentRules(
            settings.hopMillis(), settings.reorderHorizonMillis(), settings.gapFillMillis());
    TrackerSettings tracking =
        TrackerSettings.of(settings.threshold().orElse(embedder.model().threshold()));
    AtomicLong registryChanges = new AtomicLong();
    StringSerializer key = new StringSerializer();
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
            () -> new RegistryProcessor(registryChanges))
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
                    rules, gates, settings.idleMillis(), settings.forgetMillis(), listener),
            Names.AUDIO_CHUNKS)
        .addStateStore(store(Names.SEGMENT_AUDIO), Names.SEGMENT)
        .addStateStore(store(Names.SEGMENT_CHANNELS), Names.SEGMENT)
        .addProcessor(
            Names.EMBED,
            () -> new EmbedProcessor(embedder, settings.speechMinMillis(), settings.audioChunks()),
            Names.SEGMENT)
        .addProcessor(
            Names.ORDER,
            OrderProcessor.publishing(settings.reorderHorizonMillis(), settings.gapFillMillis()),
            Names.EMBED)
        .addStateStore(store(Names.ORDER_CALLS), Names.ORDER)
        .addProcessor(
            Names.TRACK,
            TrackProcessor.supplier(
                new SpeakerTracker(tracking, embedder.model().calibration()), registryChanges),
            Names.ORDER)
        .addStateStore(store(Names.TRACK_VOICES), Names.TRACK)
        .addSink(
            Names.SPEAKER_CHANGES,
            settings.speakerChanges(),
            key,
            AvroSerdes.forValue(SpeakerChange.class, registry).serializer(),
            Names.TRACK)
        .addSink(
            Names.SPEAKER_EMBEDDINGS,
            settings.speakerEmbeddings(),
            key,
            AvroSerdes.forValue(SpeakerEmbedding.class, registry).serializer(),
            Names.ORDER)
        .addSink(
            Names.DEAD_LETTERS,
            settings.deadLetters(),
            key,
            AvroSerdes.forValue(DeadLetter.class, registry).serializer(),
            Names.SEGMENT,
            Names.EMBED);
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
