package io.turnwise.topology;

import io.turnwise.avro.AudioChunk;
import io.turnwise.avro.DeadLetter;
import io.turnwise.avro.SpeakerEmbedding;
import io.turnwise.inference.model.SpeakerEmbedder;
import io.turnwise.inference.speech.SpeechGate;
import io.turnwise.serdes.AvroSerdes;
import io.turnwise.topology.embed.EmbedProcessor;
import io.turnwise.topology.segment.SegmentListener;
import io.turnwise.topology.segment.SegmentProcessor;
import io.turnwise.topology.segment.SegmentRules;
import java.util.Map;
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
 * audio-chunks -> segment -> embed -> track -> speaker-changes
 *                    |         |  \-> speaker-embeddings
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
    StringSerializer key = new StringSerializer();
    return new Topology()
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
        .addSink(
            Names.SPEAKER_EMBEDDINGS,
            settings.speakerEmbeddings(),
            key,
            AvroSerdes.forValue(SpeakerEmbedding.class, registry).serializer(),
            Names.EMBED)
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
